"""E593–E599: changing what is submitted."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

CODES = MappingProxyType(
    {
        "E593": Code(
            "It cannot be changed in place",
            "A document that is changed in place is posted again whole, and the difference is written. That cannot "
            "be done where goods are carried at a cost, where a posting says its own date, its mirror or whose cost "
            "it takes, and where another transition than the submit writes it.",
            "ledger: Told\ndimensions: {about: {type: text}}\nmeasures: {times: {type: integer}}\n---\n"
            "doctype: Note\nsubmittable: true\namend: in_place\ndate: day\nfields: {day: {type: date}}\n"
            "posts: {told: {ledger: Told, date: day, set: {about: \"'note'\", times: 1}}}\n",
        ),
    }
)
