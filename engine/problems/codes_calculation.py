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

_RULE = "rules: Price\ngiven: {kind: text}\ncases: {any: {give: {price: 1}}}\n---\n"
_MATCH = (
    "ledger: Bank\ndimensions: {item: {type: text}, side: {type: text}}\n"
    "measures: {amount: {type: money, in: company}}\n---\n"
    "doctype: Match\nfields:\n  pairs:\n    type: table\n    fields:\n"
    "      books: {type: table, fields: {item: {type: text}, amount: {type: money, in: company}}}\n"
    "      lines: {type: table, fields: {item: {type: text}, amount: {type: money, in: company}}}\n"
    "calculate:\n  propose:\n"
    "    pair: {ledger: Bank, as: book, by: [item], where: book.side == 'book'}\n"
    "    with: {ledger: Bank, as: line, by: [item], where: line.side == 'bank'}\n"
    "    passes: {exact: {when: book.amount == -line.amount}}\n    into: pairs\n"
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
        "E450": Code(
            "Not through these rows",
            "A step that writes fields, taxes or shares goes through the rows of a table of the document. Balances, "
            "groups and records are gone through by `rows`, and by `rules` with `into`.",
            _RULE
            + "doctype: Bill\nfields:\n  items: {type: table, fields: {kind: {type: text}, price: {type: money}}}\n"
            "calculate:\n  price: {each: {rows: items, by: [kind]}, rules: Price, set: {price: answer.price}}\n",
        ),
        "E451": Code(
            "A share is a number",
            "`distribute` writes shares of an amount into a field of type money, quantity or number.",
            "doctype: Bill\nfields:\n  freight: {type: money}\n"
            "  items: {type: table, fields: {amount: {type: money}, share: {type: text}}}\n"
            "calculate:\n  freight: {distribute: freight, over: items, weight: row.amount, into: share}\n",
        ),
        "E452": Code(
            "These cannot be paired",
            "The sides of a pairing are balances, records or rows, each with a name of its own (`as: book`); the table "
            "of pairs has a table for either (`books`, `lines`) with fields that its rows have.",
            _MATCH.replace("lines: {type", "others: {type"),
        ),
        "E453": Code(
            "A pass compares rows, or the sums of a reference",
            "A pass has `when`; or `sum`, `to` and `by`. Sums are never searched for: only the rows of "
            "one reference are added up.",
            _MATCH.replace(
                "when: book.amount == -line.amount", "sum: book.amount, to: -line.amount"
            ),
        ),
    }
)
