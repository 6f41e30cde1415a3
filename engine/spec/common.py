"""Keys that several constructs share, and the words nobody may use as a field name."""

from __future__ import annotations

import keyword

from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Key,
    MapOf,
    Name,
    Names,
    Shape,
    Text,
)

FIELD_TYPES = (
    "text", "long_text", "integer", "decimal", "money", "rate", "percent", "quantity",
    "boolean", "date", "datetime", "time", "choice", "link", "table", "back",
    "phone", "email", "url", "json",
)  # fmt: skip

VALUE_TYPES = tuple(t for t in FIELD_TYPES if t not in ("table", "back", "link"))

GIVEN_WORDS = (
    "this",
    "parent",
    "old",
    "row",
    "posted",
    "user",
    "today",
    "now",
    "answer",
    "asked",
    "facts",
)
"""Names that expressions are given; a field of such a name could never be read."""

STANDARD_FIELDS = (
    "id", "number", "company", "state", "stage", "version", "created_by", "created_at",
    "changed_by", "changed_at", "typed", "catalog", "amends", "submitted_by", "index", "position",
)  # fmt: skip

LEDGER_FIELDS = (
    "id", "company", "date", "meant_for", "moment", "recorded_at", "origin", "line", "rule",
    "reverses", "corrects", "catalog", "currency",
)  # fmt: skip
"""What every ledger entry has without being declared."""

SYSTEM_COLUMNS = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid")
"""What PostgreSQL has in every table, so no column can be called so."""

FIXED_ADDRESSES = (
    "auth", "docs", "health", "jobs", "meta", "openapi.json", "period-locks", "reports", "stand-ins", "tasks",
)  # fmt: skip
"""First parts of the addresses below /api/ that the system has itself (``engine_runtime.api.urls``)."""

PYTHON_WORDS = frozenset(keyword.kwlist) | {"null", "true", "false"}

HELP = Key(
    Text(), "What it is for, in a sentence; shown to users.", "help: Goods that left the warehouse."
)
SINCE = Key(
    Text(40),
    "The version of the pack that brought it; a pack that allows older ones may not name it.",
    "since: '1.2'",
)
DEPRECATED = Key(
    Text(),
    "Why it should not be used any more, and what takes its place: a warning wherever it is used.",
    "deprecated: Read `rate` instead.",
)
LABEL = Key(Text(140), "How users read it; without it the name in plain words.", "label: Due on")
MODULE = Key(
    Text(60), "The menu group it stands in, in any words: what has the same stands together. Without it the folder "
    "under doctypes/ or reports/.",
    "module: sales",
)  # fmt: skip
WHEN = Key(
    Expression("condition", ("document", "row")),
    "It applies only where this holds.",
    "when: quantity > 0",
)
EDITABLE = Key(Flag(), "A person may type over the result, which is remembered.", "editable: true")

ANYWHERE = {"help": HELP, "since": SINCE, "deprecated": DEPRECATED}
"""Keys that may stand on anything."""

SET = Key(
    MapOf(Expression("field", ("document", "row")), keys="field"),
    "Field: expression. A text literal has its own quotes.",
    "set: {item: row.item, quantity: -row.quantity}",
    required=True,
)
LET = Key(
    MapOf(Expression("any", ("document", "given", "row"))),
    "Named intermediate results, read by name in the other expressions of the construct; each is worked "
    "out once. They may build on each other, in any order.",
    'let: {year: fiscal_year(date), before: "turnover(paid.amount, pan=pan, start=year.start, end=date)"}',
)
IF_DONE = Key(
    Either(
        (
            Choice(("task",)),
            Shape(
                "task of what has happened",
                "Whose task it is.",
                {
                    "task": Key(
                        Names("role", single=True, empty=False),
                        "Anybody of these roles.",
                        "task: Stock Keeper",
                        required=True,
                    ),
                    **ANYWHERE,
                },
            ),
        )
    ),
    "What has happened already (a document that comes with the number its till gave it) is not refused: it is "
    "written, and somebody gets a task with both figures. `task` alone: those who may `pass` the limit, else who "
    "brought the document. What carries a cost never goes below zero all the same.",
    "if_done: {task: Stock Keeper}",
)
EACH = Key(Name("table"), "Once per row of this table, or of posted.<key>.", "each: items")
CHECK_ACTION = Choice(("refuse", "warn", "confirm"))
