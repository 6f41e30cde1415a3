"""Keys that tell how a construct came out of an earlier version of itself."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, VALUE_TYPES
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Integer,
    Key,
    MapOf,
    Names,
    Shape,
    Text,
)

_NAMES = Names("former name", single=True, empty=False)

_FORMER = Shape(
    "former name",
    "What it was called, and how long outsiders may go on calling it so.",
    {
        "name": Key(
            _NAMES,
            "The former name; of several, from the oldest to the last.",
            "name: [firm, trade_name]",
            required=True,
        ),
        "until": Key(
            Text(40),
            "The version of the pack from which the API answers to the former name no more. "
            "Without it, it stops answering at once.",
            "until: '2.0'",
        ),
        **ANYWHERE,
    },
)

RENAMED_FROM = Key(
    Either((_NAMES, _FORMER)),
    "Its former name, or names from the oldest to the last: the data moves along. "
    "It stays in the source as long as a database of before may still be brought to this version.",
    "renamed_from: {name: firm, until: '2.0'}",
)

_REMOVED = Shape(
    "removed field",
    "A field that was taken out. Its values stay in the database, unseen; `backfill` of other fields may read them.",
    {
        "type": Key(Choice((*VALUE_TYPES, "link")), "What it held.", "type: text", required=True),
        "to": Key(
            Names("doctype", single=True, empty=False), "What a link pointed to.", "to: Customer"
        ),
        "length": Key(Integer(1, 100_000), "The most characters of a text.", "length: 140"),
        "scale": Key(Integer(0, 9), "Decimals of a decimal.", "scale: 3"),
        "drop": Key(
            Flag(),
            "Its column goes, with the values: `publish --allow-destructive` carries it out.",
            "drop: true",
        ),
        **ANYWHERE,
    },
)

REMOVED = Key(
    MapOf(_REMOVED),
    "Fields that were taken out.",
    "removed: {full_name: {type: text, length: 140}}",
)

BACKFILL = Key(
    Expression("field", ("former record", "parent")),
    "What records get that are there already when the field is published; it sees the record as it was, "
    "removed fields included and new ones not. Worked out in batches while everybody works, and stored as anything "
    "else is: rounded to the field. Nothing for a required field, and what is no option of a choice, refuse the "
    "publish: `coalesce` says what such records get.",
    "backfill: \"text('{} {}', first_name, last_name)\"",
)

RENAMED_OPTIONS = Key(
    MapOf(Text(), keys="former option"),
    "Former option: present option. Stored values are changed. An option that is taken out otherwise refuses the "
    "publish where rows hold it.",
    "renamed_options: {good: goods}",
)
