"""The shape of one field of a doctype."""

from __future__ import annotations

from engine.spec.change import BACKFILL, RENAMED_FROM, RENAMED_OPTIONS
from engine.spec.common import ANYWHERE, EDITABLE, FIELD_TYPES, LABEL
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Integer,
    Key,
    MapOf,
    Name,
    Names,
    Number,
    Shape,
    Value,
    unbuilt,
)

_ROW = ("record", "parent")

_MAKE = Shape(
    "link make",
    "A record made at submit for a link that is empty, in the same transaction. Where `set` gives the key that "
    "records are named by and one has it already, that one is linked.",
    {
        "when": Key(
            Expression("condition", _ROW),
            "Only where this holds; `required` then does not ask a person for it.",
            "when: item.has_batches",
        ),
        "set": Key(
            MapOf(Expression("field", _ROW), keys="field"),
            "Field of what is made: expression over the row that lacks it.",
            "set: {item: item, expiry: expiry}",
        ),
        **ANYWHERE,
    },
)

FIELD = Shape(
    "field",
    "One field: one line. Formulas and conditions of a child row see the row; `parent` is what it belongs to.",
    {
        "type": Key(
            Choice(FIELD_TYPES, declared="type"), "What it holds.", "type: money", required=True
        ),
        "label": LABEL,
        "required": Key(
            Value("condition", _ROW, literals=("true", "false")),
            "Whether it must be filled; `=` gives a condition.",
            "required: =item.has_batches",
        ),
        "default": Key(
            Value("field", (*_ROW, "today", "now", "user")),
            "Taken once, when the record is made.",
            "default: =today",
        ),
        "formula": Key(
            Expression("field", _ROW), "Always worked out from this.", "formula: quantity * rate"
        ),
        "editable": EDITABLE,
        "to": Key(
            Names("doctype", single=True, empty=False),
            "The doctypes a link may point to; `Document` takes any, `Sales Order.items` a row.",
            "to: Customer",
        ),
        "where": Key(
            Expression("condition", (*_ROW, "row")),
            "Which records a link may point to; `row` is the candidate.",
            "where: not row.is_group",
        ),
        "of": Key(
            Name("doctype"), "The doctype of a table's rows, or of a back link.", "of: Trade Line"
        ),
        "by": Key(Name("field"), "The link field at the other end of a back link.", "by: customer"),
        "fields": Key(
            MapOf(Number()),
            "The fields of a table that needs no doctype of its own, or more of them.",
        ),
        "generated": Key(
            Flag(), "Its rows are written by a calculation step only.", "generated: true"
        ),
        "min": Key(Number(), "The least value; of a table, the least number of rows.", "min: 1"),
        "max": Key(
            Number(), "The greatest value; of a table, the greatest number of rows.", "max: 100"
        ),
        "length": Key(Integer(1, 100_000), "The most characters of a text.", "length: 140"),
        "scale": Key(Integer(0, 9), "Decimals of a decimal.", "scale: 3"),
        "options": Key(
            Names("option", empty=False), "The words of a choice.", "options: [goods, service]"
        ),
        "unique": Key(
            Either((Flag(), Names("field"))),
            "No two records alike: alone, or together with other fields.",
            "unique: [company, supplier]",
        ),
        "unit": Key(Expression("any", _ROW), "The unit of a quantity.", "unit: item.stock_unit"),
        "in": Key(
            Name("currency"),
            "The currency of money: company, document where it has one, or a field beside it that links to it.",
            "in: company",
        ),
        "after": Key(
            Name("field"),
            "It stands after this field, of the doctype it is `like` or changes or its own.",
            "after: customer",
        ),
        "after_submit": Key(Flag(), "It may change after submit.", "after_submit: true"),
        "fixed": Key(
            Flag(),
            "It may not change once entries of a ledger name the record. Without it: where a ledger depends on it.",
            "fixed: true",
        ),
        "visible_if": Key(Expression("condition", _ROW), "Shown only where this holds."),
        "read_only_if": Key(Expression("condition", _ROW), "Locked where this holds."),
        "renamed_from": RENAMED_FROM,
        "renamed_options": RENAMED_OPTIONS,
        "backfill": BACKFILL,
        "make": Key(
            _MAKE,
            "What is made where the link is empty when the document is submitted, and linked.",
            "make: {when: item.has_batches, set: {item: item, expiry: expiry}}",
        ),
        "per_company": unbuilt("A value per company on a shared record."),
        "class": unbuilt("A class of confidential fields."),
        **ANYWHERE,
    },
)

# A table's own fields are fields again; the shape is tied to itself here, once.
FIELD.keys["fields"] = Key(
    MapOf(FIELD, keys="new"),
    "The fields of a table that needs no doctype of its own, or further ones.",
    "fields: {reason: {type: text}}",
)

FIELDS = Key(
    MapOf(FIELD, keys="new"),
    "The fields, in the order of the form.",
    "fields: {customer: {type: link, to: Customer, required: true}}",
)
