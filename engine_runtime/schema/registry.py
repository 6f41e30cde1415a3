"""Table specs as Django models, in a registry of their own: nothing here is known to the rest of the process.

`state(specs)` is a `ProjectState`: Django's autodetector compares two of them, its schema editor applies the
difference, and `state(specs).apps.get_model(LABEL, table)` is a model class for joins and administration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from engine.plan.spec import ColumnSpec, TableSpec
from engine_runtime.schema.fields import ExactDecimalField, IdField

LABEL = "generated"
"""The app label of all generated models; no such application is installed."""

LONGEST_NAME = 63
"""PostgreSQL cuts longer identifiers off without a word."""

_PLAIN: dict[str, type[models.Field]] = {  # type: ignore[type-arg]
    "link": models.BigIntegerField,
    "integer": models.BigIntegerField,
    "long_text": models.TextField,
    "boolean": models.BooleanField,
    "date": models.DateField,
    "time": models.TimeField,
    "datetime": models.DateTimeField,
    "json": models.JSONField,
}


class NameTooLong(ValueError):
    """A table or column name that PostgreSQL would cut off."""


def state(tables: Iterable[TableSpec]) -> ProjectState:
    """``tables`` as models. Raises NameTooLong; KeyError when a link refers to a table that is not among them."""
    specs = {table.name: table for table in tables}
    found = ProjectState()
    for table in specs.values():
        _check_names(table)
        for column in table.columns:
            if is_foreign_key(column) and column.references not in specs:
                raise KeyError(
                    f"{table.name}.{column.name} refers to {column.references}, which is no table"
                )
        found.add_model(_model_state(table))
    return found


def unique_name(table: str, columns: tuple[str, ...]) -> str:
    """The name of a unique constraint; made of the columns, so that a violation can be traced back to them."""
    return _name(table, columns, "uniq")


def _model_state(table: TableSpec) -> ModelState:
    # A field has the name of its column, foreign keys too: a column stays itself when it becomes one.
    fields = [(column.name, _field(column)) for column in table.columns]
    constraints = [
        models.UniqueConstraint(fields=group, name=unique_name(table.name, group))
        for group in table.unique
    ]
    indexes = [
        models.Index(fields=group, name=index_name(table.name, group)) for group in table.indexes
    ]
    options = {"db_table": table.name, "constraints": constraints, "indexes": indexes}
    return ModelState(LABEL, table.name, fields, options, (models.Model,))


def _field(column: ColumnSpec) -> models.Field:  # type: ignore[type-arg]
    if column.kind == "id":
        return IdField(primary_key=True, db_column=column.name)
    if is_foreign_key(column):
        return models.ForeignKey(
            f"{LABEL}.{column.references}",
            on_delete=models.DO_NOTHING,
            null=column.null,
            db_column=column.name,
            related_name="+",
        )
    if column.kind == "decimal":
        return ExactDecimalField(
            max_digits=column.precision,
            decimal_places=column.scale,
            null=column.null,
            db_column=column.name,
        )
    if column.kind == "text" and column.length:
        return models.CharField(max_length=column.length, null=column.null, db_column=column.name)
    return _PLAIN.get(column.kind, models.TextField)(null=column.null, db_column=column.name)


def is_foreign_key(column: ColumnSpec) -> bool:
    """Whether the database checks this link."""
    return column.kind == "link" and column.references is not None and column.constraint


def _check_names(table: TableSpec) -> None:
    for name in (table.name, *(column.name for column in table.columns)):
        if len(name.encode()) > LONGEST_NAME:
            raise NameTooLong(
                f"'{name}' (table {table.name}) is longer than {LONGEST_NAME} characters:"
                " give the doctype or the field a shorter name."
            )


def _name(table: str, columns: tuple[str, ...], kind: str) -> str:
    digest = hashlib.sha256("|".join((table, *columns)).encode()).hexdigest()[:10]
    return f"{table[:46]}_{digest}_{kind}"


def index_name(table: str, columns: tuple[str, ...]) -> str:
    """Django allows 30 characters."""
    digest = hashlib.sha256("|".join((table, *columns)).encode()).hexdigest()[:10]
    return f"{table[:14].strip('_')}_{digest}_idx"
