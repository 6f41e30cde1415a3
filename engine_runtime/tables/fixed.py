"""Fixed tables (Django models) as table specs, so that the gateway writes them in the same round trip."""

from __future__ import annotations

from functools import lru_cache

from django.db import models

from engine.plan.spec import ColumnKind, ColumnSpec, TableSpec

_KINDS: dict[str, ColumnKind] = {
    "BigIntegerField": "integer",
    "IntegerField": "integer",
    "BooleanField": "boolean",
    "CharField": "text",
    "TextField": "long_text",
    "DateField": "date",
    "DateTimeField": "datetime",
    "JSONField": "json",
    "ForeignKey": "link",
}


@lru_cache(maxsize=64)
def table_of(model: type[models.Model]) -> TableSpec:
    """The spec of a fixed table. Raises KeyError for a field type that no fixed table of the hot path has."""
    return TableSpec(
        model._meta.db_table, tuple(_column(field) for field in model._meta.concrete_fields)
    )


def _column(field: models.Field) -> ColumnSpec:  # type: ignore[type-arg]
    kind: ColumnKind = "id" if field.primary_key else _KINDS[field.get_internal_type()]
    length = field.max_length if kind == "text" else 0
    return ColumnSpec(str(field.column), kind, null=field.null, length=length or 0)
