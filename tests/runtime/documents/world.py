"""What the tests of documents share: who acts, what there is, and how rows are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from django.db import connection

from engine_runtime.access.actor import Actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentError
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference

DAY = date(2026, 5, 4)
Row = dict[str, Any]
_codes = count(1)


@dataclass(frozen=True)
class World:
    """``actor`` and ``other`` act in the first and the second company; the rest are ids."""

    actor: Actor
    other: Actor
    region: int
    partner: int
    shelf: int
    their_shelf: int

    def order(self, *lines: Row, **more: Any) -> Row:
        """An order as somebody sends it."""
        body = {"posting_date": "2026-05-04", "partner": "P", "shelf": "S"}
        return body | {"lines": list(lines) or [{"name": code("N"), "quantity": 2}]} | more

    def create(self, *documents: Row, submit: bool = False) -> list[Row]:
        """Store orders."""
        return service.create(self.actor, "Order", documents or [self.order()], submit=submit)

    def submit(self, *rows: Row) -> list[Row]:
        """Submit stored orders."""
        return service.submit(self.actor, "Order", [Reference(row["id"]) for row in rows])

    def cancel(self, *rows: Row, reason: str = "") -> list[Row]:
        """Cancel stored orders."""
        references = [Reference(row["id"]) for row in rows]
        return service.cancel(self.actor, "Order", references, reason=reason)

    def save(self, row: Row, **changes: Any) -> Row:
        """Change a stored order, on top of the version in hand."""
        change = {"id": row["id"], "version": row["version"], **changes}
        return service.save(self.actor, "Order", [change])[0]

    def read(self, row: Row, doctype: str = "Order") -> Row:
        """A document as it is stored."""
        return get(self.actor, doctype, [row["id"]]).rows[0]


def code(prefix: str) -> str:
    """A code that nobody has."""
    return f"{prefix}{next(_codes)}"


def rows_per_table() -> dict[str, int]:
    """How many rows every table of the database has."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')
            found[table] = cursor.fetchone()[0]
    return found


def problems(error: DocumentError) -> list[tuple[str, str]]:
    """(code, path) of what was wrong."""
    return [(problem.code, problem.path) for problem in error.problems]
