"""What a story expects against what is there. Every function gives sentences, none if all is well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, child_path
from engine.catalog.ledgers import Dimension, Ledger
from engine.catalog.tests import Data
from engine.kernel.rows import Row
from engine.testing.stage import Line

ZERO = Decimal(0)


@dataclass(slots=True)
class Names:
    """How a story speaks of records: name → (doctype, id). ``find``: the id of any name, of ``sold.items.1`` too."""

    known: dict[str, tuple[str, int]]
    find: Callable[[str], Any]

    def of(self, number: Any) -> str:
        """The name of the record with this id, or the id itself."""
        return next((name for name, (_, own) in self.known.items() if own == number), str(number))

    def means(self, data: Data, number: Any) -> bool:
        """Whether ``data`` names the record with this id."""
        if data is None or number is None:
            return data is None and number is None
        return isinstance(data, str) and str(self.find(data)) == str(number)


def fields(names: Names, kind: Doctype, row: Row, wanted: Mapping[str, Data]) -> list[str]:
    """How ``row`` (the head of a document) differs from the fields that ``wanted`` names."""
    return _fields(names, kind, "", row, wanted)


def _fields(
    names: Names, kind: Doctype, path: str, row: Row, wanted: Mapping[str, Data]
) -> list[str]:
    found: list[str] = []
    for name, value in wanted.items():
        field = kind.tables[path].fields.get(name)
        where = f"{path}[{row['index'] - 1}].{name}" if path else name
        if field is not None and field.type == "table":
            found += _rows(names, kind, child_path(path, name), where, row[name], value)
        elif not _same(names, field, row.get(name), value):
            is_there = _shown(names, field, row.get(name))
            found.append(f"{where} is {is_there}, and should be {_said(value)}")
    return found


def _rows(
    names: Names, kind: Doctype, path: str, where: str, rows: Sequence[Row], wanted: Data
) -> list[str]:
    expected = wanted if isinstance(wanted, list) else [wanted]
    if len(rows) != len(expected):
        return [f"{where} has {len(rows)} row(s), and should have {len(expected)}"]
    found: list[str] = []
    for row, value in zip(rows, expected, strict=True):
        found += _fields(names, kind, path, row, value if isinstance(value, dict) else {})
    return found


def _same(names: Names, field: Field | None, value: Any, wanted: Data) -> bool:
    if field is not None and field.type == "link":
        return names.means(wanted, value)
    return same_value(value, wanted)


def same_value(value: Any, wanted: Data) -> bool:
    """Whether a value that is no link is what ``wanted`` writes."""
    if value is None or wanted is None:
        return value is None and wanted is None
    if isinstance(value, bool):
        return str(wanted) == ("true" if value else "false")
    if isinstance(value, (Decimal, int)):
        number = _number(wanted)
        return number is not None and number == value
    if isinstance(value, date):
        return value.isoformat()[:10] == wanted
    if isinstance(value, (list, dict)):
        return _same_data(value, wanted)
    return bool(str(value) == wanted)


def _same_data(value: Any, wanted: Data) -> bool:
    if isinstance(value, list):
        return (
            isinstance(wanted, list)
            and len(value) == len(wanted)
            and all(same_value(v, w) for v, w in zip(value, wanted, strict=True))
        )
    return isinstance(wanted, dict) and all(
        name in value and same_value(value[name], want) for name, want in wanted.items()
    )


def _number(data: Data) -> Decimal | None:
    try:
        number = Decimal(data) if isinstance(data, str) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _shown(names: Names, field: Field | None, value: Any) -> str:
    if field is not None and field.type == "link" and value is not None:
        return names.of(value)
    return "empty" if value is None else str(value)


def _said(data: Data) -> str:
    return "empty" if data is None else str(data)


def listing(names: Names, what: str, there: Sequence[Mapping[str, Any]], wanted: Data) -> list[str]:
    """How a list of mappings (tasks, consents) differs from ``wanted``, in whatever order; ``rows`` are named."""
    expected = wanted if isinstance(wanted, list) else [wanted]
    left = list(there)
    for one in expected:
        found = next((each for each in left if _named_alike(names, each, one)), None)
        if found is None:
            return [f"{what} are {[dict(each) for each in there]}, and should be {wanted}"]
        left.remove(found)
    return [f"{what} are also {[dict(each) for each in left]}"] if left else []


def _named_alike(names: Names, there: Mapping[str, Any], wanted: Data) -> bool:
    if not isinstance(wanted, dict):
        return False
    if "rows" in wanted:
        rows = wanted["rows"]
        said = [str(names.find(str(row))) for row in (rows if isinstance(rows, list) else [rows])]
        if said != [str(row) for row in there.get("rows") or ()]:
            return False
    return all(same_value(there.get(n), value) for n, value in wanted.items() if n != "rows")


# --- ledgers ---------------------------------------------------------------------------------


def ledger(names: Names, book: Ledger, lines: Sequence[Line], wanted: Data) -> list[str]:
    """How ``lines`` (of one document) differ from the lines that ``wanted`` writes, or do not balance."""
    if wanted == "balances":
        return _balances(book, lines)
    expected = [_pattern(book, one) for one in (wanted if isinstance(wanted, list) else [wanted])]
    if _match(names, book, lines, expected):
        return []
    there = "\n    ".join(_line(names, book, line, expected) for line in lines) or "nothing"
    should = "\n    ".join(_in_words(one) for one in expected) or "nothing"
    return [f"{book.name} has\n    {there}\n  and should have\n    {should}"]


def _balances(book: Ledger, lines: Sequence[Line]) -> list[str]:
    if book.double_entry is None:
        return [f"{book.name} has no two sides that could balance"]
    debit, credit = (
        sum((_amount(line, side) for line in lines), ZERO) for side in book.double_entry
    )
    if not lines:
        return [f"{book.name} has nothing, and should balance"]
    return (
        []
        if debit == credit
        else [f"{book.name} has {debit} on the debit and {credit} on the credit side"]
    )


def _amount(line: Line, measure: str) -> Decimal:
    worth = line.values.get(f"{measure}.worth")
    found: Decimal = worth if worth is not None else line.values[measure]
    return found


def _pattern(book: Ledger, data: Data) -> dict[str, Data]:
    """``[receivable, 1180, 0]`` as ``{account: receivable, debit: 1180, credit: 0}``."""
    if isinstance(data, dict):
        return data
    cells = data if isinstance(data, list) else [data]
    columns = [*list(book.dimensions)[:1], *book.measures]
    return dict(zip(columns, cells, strict=False))


def _match(
    names: Names, book: Ledger, lines: Sequence[Line], patterns: Sequence[Mapping[str, Data]]
) -> bool:
    """Whether every line has a pattern of its own: found by trying, the lists are short."""
    if len(lines) != len(patterns):
        return False
    if not patterns:
        return True
    first, rest = patterns[0], patterns[1:]
    return any(
        _fits(names, book, line, first)
        and _match(names, book, [*lines[:place], *lines[place + 1 :]], rest)
        for place, line in enumerate(lines)
    )


def _fits(names: Names, book: Ledger, line: Line, pattern: Mapping[str, Data]) -> bool:
    """What a pattern names must be so; a measure that it does not name must be nothing."""
    for name, wanted in pattern.items():
        dimension = book.dimensions.get(name) or book.details.get(name)
        value = line.rule if name == "rule" else line.values.get(name)
        if not (
            names.means(wanted, value)
            if _is_link(dimension, name) or name == "line"
            else same_value(value, wanted)
        ):
            return False
    return all(name in pattern or not line.values[name] for name in book.measures)


def _is_link(dimension: Dimension | None, name: str) -> bool:
    """Whether it holds a record: a dimension that links, the document, or the currency that entries of money have."""
    if dimension is None:
        return name in ("currency", "origin")
    return dimension.type == "link"


def _line(names: Names, book: Ledger, line: Line, patterns: Sequence[Mapping[str, Data]]) -> str:
    """The line as a test would write it, with what the patterns ask for."""
    wanted = dict.fromkeys(name for pattern in patterns for name in pattern)
    columns = dict.fromkeys([*list(book.dimensions)[:1], *book.measures, *wanted])
    parts = []
    for name in columns:
        dimension = book.dimensions.get(name) or book.details.get(name)
        value = line.rule if name == "rule" else line.values.get(name)
        is_link = _is_link(dimension, name) and value is not None
        parts.append(f"{name}: {names.of(value) if is_link else value}")
    return "{" + ", ".join(parts) + f"}}  ({line.rule})"


def _in_words(pattern: Mapping[str, Data]) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in pattern.items()) + "}"


def standing(names: Names, book: Ledger, lines: Sequence[Line], wanted: Data) -> list[str]:
    """How what stands in a whole ledger differs from ``wanted``, per the dimensions that it names."""
    patterns = [_pattern(book, one) for one in (wanted if isinstance(wanted, list) else [wanted])]
    by = [n for n in book.dimensions if any(n in pattern for pattern in patterns)]
    by = by or list(book.dimensions)[:1]
    sums: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        key = tuple(line.values.get(name) for name in by)
        total = sums.setdefault(key, dict(zip(by, key, strict=True)))
        for name in _counted(book, line):
            total[name] = total.get(name, ZERO) + (line.values[name] or ZERO)
    rows = [_net(book, total) for total in sums.values()]
    kept = [
        Line(0, book.name, "", row)
        for row in rows
        if any(row[name] for name in row if name not in by)
    ]
    return ledger(names, book, kept, [dict(pattern) for pattern in patterns])


def _counted(book: Ledger, line: Line) -> list[str]:
    worths = [f"{name}.worth" for name in book.measures if f"{name}.worth" in line.values]
    return [*book.measures, *worths]


def _net(book: Ledger, row: dict[str, Any]) -> dict[str, Any]:
    """Of two sides only the larger keeps what it is more."""
    if book.double_entry is not None:
        debit, credit = book.double_entry
        for suffix in ("", ".worth"):
            if debit + suffix in row:
                net = row[debit + suffix] - row[credit + suffix]
                row[debit + suffix], row[credit + suffix] = max(net, ZERO), max(-net, ZERO)
    return row
