"""E70x change over time."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

CODES = MappingProxyType(
    {
        "E700": Code(
            "Renamed from what is still there",
            "A former name is that of something that is there no more: otherwise its data would be taken from it.",
            "doctype: Bill\nfields:\n  net: {type: money}\n  total: {type: money, renamed_from: net}\n",
        ),
        "E701": Code(
            "Renamed twice from one name",
            "The data of one field or construct moves to one place. What is split is filled by `backfill`.",
            "doctype: Contact\nfields:\n  first: {type: text, renamed_from: name_of}\n"
            "  last: {type: text, renamed_from: name_of}\n",
        ),
        "E702": Code(
            "Removed and declared",
            "A removed name may not be used for something else while its values are kept.",
            "doctype: Contact\nfields:\n  phone: {type: phone}\nremoved:\n  phone: {type: text}\n",
        ),
        "E703": Code(
            "An option renamed wrongly",
            "`renamed_options` leads from an option that is there no more to one that is.",
            "doctype: Thing\nfields:\n"
            "  kind: {type: choice, options: [goods, service], renamed_options: {good: good_s}}\n",
        ),
        "E704": Code(
            "Nothing to fill",
            "`backfill` writes a column. What is worked out when asked has none.",
            "ledger: Owed\ndimensions: {contact: {link: Contact}}\nmeasures: {amount: {type: money}}\n---\n"
            "doctype: Contact\nfields:\n"
            "  owes: {type: money, formula: 'balance(owed.amount, contact=this)', backfill: '1'}\n",
        ),
        "E705": Code(
            "Filled from what is not stored",
            "`backfill` reads the stored fields of the record, of what it belongs to, and of records that are linked.",
            "doctype: Bill\nfields:\n  items: {type: table, fields: {amount: {type: money}}}\n"
            "  total: {type: money, backfill: sum(items.amount)}\n",
        ),
        "E706": Code(
            "No version",
            "A version is numbers with points between them.",
            "doctype: Bill\nfields:\n  total: {type: money, renamed_from: {name: amount, until: summer}}\n",
        ),
        "E707": Code(
            "Filled in a circle",
            "Fields that are filled from one another: `backfill` sees records as they were, without any of them.",
            "doctype: Thing\nfields:\n  full: {type: text, backfill: other}\n  other: {type: text, backfill: full}\n",
        ),
        "E708": Code(
            "Filled from what is new",
            "`backfill` sees records as they were. `plan` and `publish` refuse one that reads a field which the "
            "catalog of before does not have: publish that field first, or read what it is filled from.",
            "",
        ),
    }
)
