"""E540–E559: documents out of documents, effects, schedules."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_NOTE = (
    "doctype: Note\nsubmittable: true\nfields:\n  about: {type: text}\n"
    "  seen: {type: boolean, after_submit: true}\n"
)

_LINES = (
    "doctype: Order\nfields:\n  items: {type: table, fields: {quantity: {type: quantity}, amount: {type: money}}}\n"
    "---\ndoctype: Bill\n"
)

CODES = MappingProxyType(
    {
        "E540": Code(
            "An effect without one verb",
            "An effect does one thing: make, go, set or send. Two things are two effects, each with a key.",
            _NOTE + "on: {submit: {copy: {make: Note, go: cancel}}}\n",
        ),
        "E541": Code(
            "A document that cannot be made",
            "Rows of others and abstract doctypes are no documents, and only what is submittable is submitted.",
            _NOTE + "on: {submit: {log: {make: Line}}}\n---\n"
            "doctype: Line\nchild: true\nfields:\n  text: {type: text}\n",
        ),
        "E542": Code(
            "No such transition",
            "The transitions of a doctype are those of its workflow; without one, submit and cancel. What is never "
            "submitted has none.",
            _NOTE + "on: {post: {copy: {make: Note}}}\n",
        ),
        "E543": Code(
            "A field that stands still",
            "An effect changes a submitted document only where a field is `after_submit: true`.",
            _NOTE + "on: {submit: {mark: {set: {about: \"'seen'\"}}}}\n",
        ),
        "E544": Code(
            "Effects in a circle",
            "These documents make one another whenever they are submitted. A `when` or `once` has to end it.",
            _NOTE + "on: {submit: {copy: {make: Note, submit: true}}}\n",
        ),
        "E545": Code(
            "A key that does not go with the verb",
            "`submit`, `company` and `once` go with `make`; `go` and `set` need a document they are done to.",
            _NOTE + "on: {submit: {undo: {go: cancel, submit: true}}}\n",
        ),
        "E546": Code(
            "Set, and worked out",
            "What a document takes over is written where a person could write it; a formula, or what `prorate` works "
            "out, would write over it.",
            "doctype: Order\nfields: {rate: {type: money}}\n---\n"
            "doctype: Bill\nfields: {rate: {type: money, formula: 5}}\nfrom: {Order: {set: {rate: rate}}}\n",
        ),
        "E547": Code(
            "Nothing takes the quantity",
            "What is left of a row goes into the field `quantity` of the row that is made.",
            _LINES + "from: {Order: {each: items, quantity: row.quantity}}\n"
            "fields: {items: {type: table, fields: {what: {type: text}}}}\n",
        ),
        "E548": Code(
            "A part of nothing",
            "`prorate` takes amounts and tables of a row in proportion to its quantity, so both rows have one, and "
            "the made row links to the row it is a part of.",
            _LINES
            + "from: {Order: {each: items, prorate: [amount]}}\nfields:\n  items:\n    type: table\n"
            "    fields: {quantity: {type: quantity}, amount: {type: money}}\n",
        ),
        "E549": Code(
            "No such time",
            "A schedule says how often: minutes and hours that divide the day, days, or a day of the month.",
            _NOTE + "---\nschedule: Nightly\nevery: night\ndo: {note: {make: Note}}\n",
        ),
        "E550": Code(
            "Posted, and changed later",
            "What a posting reads stands still once it is written, unless the difference can be worked out: not for a "
            "posting with a date or a mirror of its own, not for goods that are carried at a cost, and not where "
            "another transition than the submit writes it.",
            "ledger: Told\ndimensions: {about: {type: text}}\nmeasures: {times: {type: integer}}\n"
            "---\ndoctype: Note\nsubmittable: true\n"
            "date: day\nfields:\n  day: {type: date}\n  times: {type: integer, after_submit: true}\n"
            "posts: {told: {ledger: Told, date: day, set: {about: \"'note'\", times: times}}}\n",
        ),
    }
)
