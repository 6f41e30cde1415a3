"""A few tables of every kind of column, as the planner would derive them."""

from __future__ import annotations

from engine.plan.spec import ColumnKind, ColumnSpec, TableSpec


def column(name: str, kind: ColumnKind = "text", null: bool = False, **more: object) -> ColumnSpec:
    """A column with the usual digits of money."""
    if kind == "decimal":
        more = {"precision": 18, "scale": 2} | more
    return ColumnSpec(name, kind, null, **more)  # type: ignore[arg-type]


THING = TableSpec(
    "doc_thing",
    (
        column("id", "id"),
        column("code", length=20),
        column("name", null=True),
        column("story", "long_text", null=True),
        column("count", "integer", null=True),
        column("price", "decimal", null=True),
        column("weight", "decimal", null=True, precision=21, scale=6),
        column("good", "boolean", null=True),
        column("day", "date", null=True),
        column("hour", "time", null=True),
        column("moment", "datetime", null=True),
        column("more", "json", null=True),
        column("parent_id", "link", null=True, references="doc_thing"),
    ),
    unique=(("code",),),
    indexes=(("day", "id"),),
)
PAPER = TableSpec(
    "doc_paper",
    (
        column("id", "id"),
        column("number", null=True, length=16),
        column("version", "integer"),
        column("thing_id", "link", null=True, references="doc_thing"),
        column("party_id", "link", null=True),
        column("total", "decimal"),
    ),
)
BOOK = TableSpec(
    "led_book",
    (
        column("id", "id"),
        column("origin_id", "link"),
        column("date", "date"),
        column("debit", "decimal"),
        column("credit", "decimal"),
    ),
    indexes=(("date", "id"),),
    append_only=True,
    double_entry=("debit", "credit"),
)
BALANCE = TableSpec(
    "led_book__balance",
    (
        column("id", "id"),
        column("company_id", "link"),
        column("key"),
        column("amount", "decimal"),
        column("version", "integer"),
        column("last_entry", "link", null=True),
    ),
    unique=(("key",),),
)
SHOP = (THING, PAPER, BOOK, BALANCE)
BY_NAME = {table.name: table for table in SHOP}
