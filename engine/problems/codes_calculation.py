"""E44x row sources, E45x the steps that use them."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_DUE = (
    "ledger: Owed\ndimensions: {party: {type: text}, side: {type: text}}\n"
    "measures: {amount: {type: money, in: company}}\n---\n"
)
_LIST = (
    "doctype: List\nfields:\n"
    "  lines: {type: table, generated: true, fields: {party: {type: text}, amount: {type: money, in: company}}}\n"
    "calculate:\n  lines: "
)

CODES = MappingProxyType(
    {
        "E440": Code(
            "Not a row source",
            "Rows come from a table, `posted.<key>`, `periods(…)`, or a mapping with exactly one of `ledger`, "
            "`doctype`, `rows` and the keys that go with it.",
            _LIST + "{rows: lines, from: {as: owed}, set: {amount: 1}}\n",
        ),
        "E441": Code(
            "A source says what it cannot",
            "`where` may read a dimension that is not in `by`, and then no measure: it chooses entries before they "
            "are summed.",
            _DUE
            + _LIST
            + "{rows: lines, from: {ledger: Owed, by: [party], where: \"row.side == 'bank' and row.amount > 0\"},"
            " set: {party: row.party, amount: row.amount}}\n",
        ),
    }
)
