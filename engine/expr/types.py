"""The types of expressions. Frozen values: two types are the same when they are equal.

``fits`` tells whether a value of one type may stand where another is expected, ``join`` finds the
type that covers two branches. What operators do with types is the table in ``algebra.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Number:
    """A number without a unit."""

    kind: Literal["integer", "decimal", "percent", "rate"] = "decimal"


@dataclass(frozen=True, slots=True)
class Money:
    """An amount. ``currency`` is a word: ``company``, ``document`` or the field that holds it; ``""`` fits all."""

    currency: str = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of goods. ``unit`` is the last word of the path that tells it (``stock_unit`` of
    ``item.stock_unit``): strips and tablets differ in it, a copied row does not. None fits every other.

    ``path`` is the whole of it, seen from the head of a document of doctype ``owner``: in one document
    the stock units of two items are two units.
    """

    unit: str | None = None
    owner: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    pass


@dataclass(frozen=True, slots=True)
class Boolean:
    pass


@dataclass(frozen=True, slots=True)
class Date:
    pass


@dataclass(frozen=True, slots=True)
class DateTime:
    pass


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days, as ``days(14)`` gives it."""


@dataclass(frozen=True, slots=True)
class FiscalYearType:
    """What ``fiscal_year(date)`` gives: ``.start``, ``.end``, ``.label``, ``.short``."""


@dataclass(frozen=True, slots=True)
class Null:
    pass


@dataclass(frozen=True, slots=True)
class Any:
    """Json, and what could not be typed because of an earlier problem; goes with everything."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row of ``doctype`` (of its table ``path``).

    ``own``: part of the document in hand, a dict at run time; else reached over a link: its id,
    whose fields are facts.
    """

    doctype: str
    path: str = ""
    own: bool = False

    @property
    def key(self) -> str:
        """Under which its rows stand in ``facts``: ``Item``, ``Sales Order.items``."""
        return f"{self.doctype}.{self.path}" if self.path else self.doctype


@dataclass(frozen=True, slots=True)
class OneOf:
    """A link that may lead to several doctypes."""

    records: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a table."""

    of: Record


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values: ``items.amount``, ``['a', 'b']``."""

    of: Type


Type: TypeAlias = (
    Number
    | Money
    | Quantity
    | Text
    | Boolean
    | Date
    | DateTime
    | Days
    | FiscalYearType
    | Null
    | Any
    | Record
    | OneOf
    | Rows
    | ListOf
)

INTEGER = Number("integer")
DECIMAL = Number("decimal")
PERCENT = Number("percent")
RATE = Number("rate")
TEXT = Text()
BOOLEAN = Boolean()
DATE = Date()
DATETIME = DateTime()
DAYS = Days()
FISCAL_YEAR = FiscalYearType()
NULL = Null()
ANY = Any()

ANY_DOCUMENT = "Document"
"""The doctype of a link that takes a document of any doctype."""

COMPANY_DOCTYPE = "Company"
"""The doctype that every document with a `company` belongs to: the only one whose name the engine knows."""


def record_name(record: Record) -> str:
    """For the texts of problems. Records that are no doctype are named ``entry:Stock``."""
    what, _, of = record.key.rpartition(":")
    return f"the {what} of {of}" if what else record.key


_WORDS = {
    Money: "money",
    Text: "text",
    Boolean: "a condition",
    Date: "a date",
    DateTime: "a date and time",
    Days: "a number of days",
    FiscalYearType: "a fiscal year",
    Null: "null",
    Any: "anything",
}
_NUMBER_WORDS = {"integer": "a whole number", "percent": "a percentage", "rate": "a rate"}


def describe(type_: Type) -> str:
    """The type in words, for the texts of problems."""
    match type_:
        case Number(kind):
            return _NUMBER_WORDS.get(kind, "a number")
        case Money("company" | "document" as currency):
            return f"money in the {currency} currency"
        case Money(currency) if currency:
            return f"money in the currency of '{currency}'"
        case Quantity(unit, path=path):
            return f"a quantity in {path or unit}" if unit else "a quantity"
        case Record():
            return f"a record of {type_.key}" if ":" not in type_.key else record_name(type_)
        case OneOf(records):
            return "a record of " + " or ".join(record_name(record) for record in records)
        case Rows(of):
            return f"the rows of {record_name(of)}"
        case ListOf(of):
            return f"a list ({describe(of)})"
    return _WORDS[type(type_)]


def is_open(type_: Type) -> bool:
    """Whether it goes with everything: null, json, or an expression with a problem."""
    return isinstance(type_, (Null, Any))


def is_numeric(type_: Type) -> bool:
    return isinstance(type_, (Number, Money, Quantity))


def records_of(type_: Type) -> tuple[Record, ...]:
    """The records that a record type stands for; () for any other type."""
    if isinstance(type_, Record):
        return (type_,)
    return type_.records if isinstance(type_, OneOf) else ()


def same_currency(a: Money, b: Money) -> bool:
    return a.currency == b.currency or not a.currency or not b.currency


def same_unit(a: Quantity, b: Quantity) -> bool:
    """Whether nothing tells two units apart."""
    if a.unit is None or b.unit is None:
        return True
    beside = bool(a.owner) and a.owner == b.owner
    return a.unit == b.unit and not (beside and a.path != b.path)


def _same_record(a: Record, b: Record) -> bool:
    if a.key == b.key:
        return True
    return ANY_DOCUMENT in (a.key, b.key)


def overlap(a: Type, b: Type) -> bool:
    """Whether two record types may be the same record."""
    return any(_same_record(x, y) for x in records_of(a) for y in records_of(b))


def fits(expected: Type, given: Type) -> bool:
    """Whether a value of ``given`` may stand where ``expected`` is asked.

    A plain number takes on a unit, and an amount may be stored as a number; money of another
    currency, money for a quantity and a quantity for money are refused.
    """
    if is_open(expected) or is_open(given):
        return True
    match expected, given:
        case Money(), Money():
            return same_currency(expected, given)
        case Quantity(), Quantity():
            return same_unit(expected, given)
        case ((Money() | Quantity()), Number()):
            return True
        case Number(), (Number() | Money() | Quantity()):
            return True
        case Rows(a), Rows(b):
            return _same_record(a, b)
        case ListOf(a), ListOf(b):
            return fits(a, b)
    if records_of(expected):
        return overlap(expected, given)
    return expected == given


def join(a: Type, b: Type) -> Type | None:
    """The type of a value that is ``a`` or ``b``; None when nothing covers both."""
    if a == b or is_open(b):
        return ANY if isinstance(b, Any) else a
    if is_open(a):
        return ANY if isinstance(a, Any) else b
    match a, b:
        case Number(), Number():
            return DECIMAL
        case ((Money() | Quantity()), Number()):
            return a
        case Number(), (Money() | Quantity()):
            return b
        case Money(), Money():
            return (a if a.currency else b) if same_currency(a, b) else None
        case Quantity(), Quantity():
            return (a if a.unit else b) if same_unit(a, b) else None
        case ListOf(x), ListOf(y):
            inner = join(x, y)
            return ListOf(inner) if inner is not None else None
    if records_of(a) and records_of(b):
        return OneOf(tuple(dict.fromkeys(records_of(a) + records_of(b))))
    return None
