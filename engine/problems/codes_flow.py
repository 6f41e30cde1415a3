"""E540–E559: documents out of documents, effects, schedules."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_NOTE = (
    "doctype: Note\nsubmittable: true\nfields:\n  about: {type: text}\n"
    "  seen: {type: boolean, after_submit: true}\n"
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
            "The transitions of a doctype are those of its workflow; without one, submit and cancel.",
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
    }
)
