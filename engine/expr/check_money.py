"""Money and its currency: ``.worth``, ``.currency``.

The currency of a type is a word: ``company``, ``document``, or the field that holds it. A word says
*where* the currency stands, so it tells two currencies of one document apart before anything runs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from types import MappingProxyType

from engine.expr.check_fields import field_of
from engine.expr.context import Context
from engine.expr.nodes import Arithmetic, Call, Field, Literally, Name, Node, Worth
from engine.expr.types import (
    COMPANY_DOCTYPE,
    DECIMAL,
    INTEGER,
    Money,
    Record,
    Type,
    describe,
    records_of,
)

COMPANY = "company"
DOCUMENT = "document"
_PLACES = Literally(2, INTEGER)
_ONE = Literally(1, INTEGER)


def check_worth(context: Context, tree: ast.Attribute, of: Node, money: Money) -> Node:
    """``amount.worth``: in company currency, at the rate of the document that the amount is of."""
    worth = Money(COMPANY)
    if money.currency == COMPANY:
        return Worth(of, worth)
    kept = _kept(context, of, "{}_worth")
    if kept is not None:
        return kept
    if money.currency not in ("", DOCUMENT):
        message = f"Only money in the document's currency has a worth; this is {describe(money)}."
        hint = "Write convert(amount, company.currency, at=date)."
        return context.fail("E232", tree, message, hint)
    head = _head_of(context, of)
    if head is None or _is_own(head.type):
        return Worth(of, worth)
    rate = _money_field(context, head, 1)
    if rate is None:
        return context.fail("E232", tree, "Its document has no rate of exchange.")
    factor = Call("coalesce", (rate, _ONE), DECIMAL)
    return Call("round", (Arithmetic("*", of, factor, worth), _PLACES), worth)


def check_currency(context: Context, tree: ast.Attribute, of: Node, money: Money) -> Node:
    """``amount.currency``: the record of the currency."""
    found = currency_of(context, of, money)
    if found is not None:
        return found
    message = f"It cannot be told here which currency this is: {describe(money)}."
    return context.fail("E204", tree, message, "Name the field that holds the currency.")


def currency_of(context: Context, of: Node, money: Money) -> Node | None:
    """Where the currency of an amount stands; None where nothing says."""
    kept = _kept(context, of, "currency")
    if kept is not None:
        return kept
    head = _head_of(context, of) or _about(context)
    if head is None:
        return None
    if money.currency == COMPANY:
        company = field_of(context, head, "company")
        return field_of(context, company, "currency") if company is not None else None
    if money.currency in ("", DOCUMENT):
        return _money_field(context, head, 0)
    holder = of.of if isinstance(of, Field) else _about(context)
    return field_of(context, holder, money.currency) if holder is not None else None


def currency_word(context: Context, currency: Node) -> str:
    """The word for money in the currency that ``currency`` gives; "" where none fits."""
    if not isinstance(currency, Field):
        return ""
    records = records_of(currency.of.type)
    if all(record.doctype == COMPANY_DOCTYPE for record in records) and currency.name == "currency":
        return COMPANY
    if _is_own(currency.of.type) and all(not record.path for record in records):
        money = context.scope.schema.money(records[0])
        if money is not None and money[0] == currency.name:
            return DOCUMENT
    return currency.name


def _kept(context: Context, of: Node, name: str) -> Node | None:
    """What entries and balances keep beside their money: the rate of then, not of the document."""
    if not isinstance(of, Field) or any(":" not in record.doctype for record in of.records):
        return None
    return field_of(context, of.of, name.format(of.name))


def _head_of(context: Context, of: Node) -> Node | None:
    """The document that a field is of, whichever row it stands in."""
    if not isinstance(of, Field):
        return None
    head, records = of.of, of.records
    while records and records[0].path:
        found = field_of(context, head, "parent")
        if found is None:
            return None
        head, records = found, records_of(found.type)
    return head


def _about(context: Context) -> Node | None:
    """The document whose fields are bare names."""
    key = context.scope.bare
    if key is None or key not in context.scope.names:
        return None
    node: Node = Name(key, context.scope.names[key])
    while (records := records_of(node.type)) and records[0].path:
        above = field_of(context, node, "parent")
        if above is None:
            return None
        node = above
    return node


def _money_field(context: Context, head: Node, which: int) -> Node | None:
    """The currency (0) or the rate (1) of a document."""
    for record in records_of(head.type):
        money = context.scope.schema.money(record)
        if money is not None:
            return field_of(context, head, money[which])
    return None


def _is_own(type_: Type) -> bool:
    return all(isinstance(record, Record) and record.own for record in records_of(type_))


MONEY_PARTS: Mapping[str, Callable[[Context, ast.Attribute, Node, Money], Node]] = MappingProxyType(
    {"worth": check_worth, "currency": check_currency}
)
"""What may be asked of money by a point."""
