"""The constructs ``report``, ``role`` and ``menu``."""

from __future__ import annotations

from engine.spec.change import RENAMED_FROM
from engine.spec.common import ANYWHERE, FIELD_TYPES, LABEL, MODULE
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Integer,
    Key,
    ListOf,
    MapOf,
    Name,
    Names,
    Shape,
    Value,
    unbuilt,
)

_ASKED = ("ask", "today", "user")

_SOURCE = Shape(
    "report source",
    "A question to a ledger: a row per key with its balance or turnover.",
    {
        "ledger": Key(Name("ledger"), "The ledger.", "ledger: Stock", required=True),
        "by": Key(
            Names("dimension"),
            "A row per each of these; `date`, `origin`, `line` go down to the entries.",
            "by: [item, warehouse]",
            required=True,
        ),
        "at": Key(Expression("date", _ASKED), "The balance at the end of this day.", "at: to_date"),
        "between": Key(
            ListOf(Expression("date", _ASKED)),
            "What happened from the one day to the other.",
            "between: [from_date, to_date]",
        ),
        "match": Key(
            MapOf(Expression("any", _ASKED), keys="dimension"),
            "Dimension: value; null matches all.",
            "match: {account: account}",
        ),
        "where": Key(
            Expression("condition", ("row",)), "Only these rows.", "where: row.quantity > 0"
        ),
        "show": Key(
            Names("period part"),
            "Of opening, inward, outward, closing.",
            "show: [opening, inward, outward, closing]",
        ),
        "order": unbuilt("The order of the rows."),
        "as": unbuilt("Another name for the row."),
        **ANYWHERE,
    },
)

_ASK = Shape(
    "parameter",
    "What the reader is asked. Type and target follow from the dimension of the same name.",
    {
        "type": Key(Choice(FIELD_TYPES), "Its type.", "type: date"),
        "to": Key(
            Names("doctype", single=True, empty=False), "The doctype of a link.", "to: Customer"
        ),
        "label": LABEL,
        "required": Key(Flag(), "It must be answered.", "required: true"),
        "default": Key(Value("any", ("today", "user")), "The answer proposed.", "default: =today"),
        "tree": unbuilt("With everything below it."),
        **ANYWHERE,
    },
)

_COLUMN = Shape(
    "column",
    "A column of figures.",
    {
        "formula": Key(
            Expression("any", ("result",)),
            "What it shows.",
            "formula: closing.value",
            required=True,
        ),
        "label": LABEL,
        "type": Key(Choice(FIELD_TYPES), "Its type; without it the formula's.", "type: money"),
        "scale": Key(Integer(0, 9), "Its decimals.", "scale: 2"),
        "total": Key(
            Choice(("sum", "recompute", "none")),
            "How its total is made; recompute runs the formula on the totals.",
            "total: recompute",
        ),
        "running": Key(Flag(), "It adds up from row to row.", "running: true"),
        **ANYWHERE,
    },
)

REPORT = Shape(
    "report",
    "A question to a ledger, answered as a table.",
    {
        "report": Key(Name("new"), "Its name, in words.", "report: Stock Balance", required=True),
        "label": LABEL,
        "module": MODULE,
        "from": Key(_SOURCE, "What it asks.", required=True),
        "ask": Key(MapOf(_ASK), "What the reader is asked.", "ask: {to_date: {default: =today}}"),
        "group": Key(
            Names("path"),
            "The columns on the left, and what totals are made for.",
            "group: [item.group, item]",
        ),
        "columns": Key(
            MapOf(_COLUMN),
            "The figures.",
            "columns: {value: {formula: closing.value}}",
            required=True,
        ),
        "allow": Key(
            Names("role", single=True),
            "The roles that may read it, and see the entries of its ledger; without it all of the company.",
            "allow: [Accountant]",
        ),
        "drill": Key(
            Name("report"), "The report that a click on a row opens.", "drill: General Ledger"
        ),
        "highlight": unbuilt("Colours."),
        "chart": unbuilt("A drawing."),
        **ANYWHERE,
    },
)

ROLE = Shape(
    "role",
    "A name that permissions are given to.",
    {
        "role": Key(Name("new"), "Its name.", "role: Accountant", required=True),
        "label": LABEL,
        "where": unbuilt("Only these records."),
        "renamed_from": RENAMED_FROM,
        **ANYWHERE,
    },
)

_ITEM = Shape(
    "menu item",
    "A line of the menu. Exactly one of `doctype` and `report`.",
    {
        "doctype": Key(Name("doctype"), "Opens its list.", "doctype: Sales Invoice"),
        "report": Key(Name("report"), "Opens the report.", "report: Trial Balance"),
        "label": LABEL,
        **ANYWHERE,
    },
)

MENU = Shape(
    "menu",
    "A group of the menu.",
    {
        "menu": Key(Name("new"), "Its title.", "menu: Sales", required=True),
        "label": LABEL,
        "items": Key(
            Either((Names("doctype or report"), MapOf(_ITEM))),
            "Names of doctypes and reports.",
            "items: [Sales Invoice, Trial Balance]",
            required=True,
        ),
        **ANYWHERE,
    },
)
