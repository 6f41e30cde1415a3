"""The companies that exist, read from the generated table of the doctype ``Company``."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from engine.catalog.types import Doctype
from engine_runtime.active.catalog import NothingPublished, active

COMPANY = "Company"


@dataclass(frozen=True, slots=True)
class Company:
    """A company as lists show it; ``code`` is its business key."""

    id: int
    code: str
    name: str


def company_ids() -> list[int]:
    """Ids of all companies; empty while nothing is published."""
    doctype = _doctype()
    if doctype is None:
        return []
    return [row[0] for row in _rows(f"SELECT id FROM {doctype.head.name} ORDER BY id")]  # noqa: S608 - a name of the catalog


def companies(ids: Collection[int]) -> list[Company]:
    """The companies among ``ids``, in the order of their ids."""
    doctype = _doctype()
    if doctype is None or not ids:
        return []
    code = doctype.name_by or doctype.title_field
    columns = f"id, {code}, {doctype.title_field}"
    rows = _rows(f"SELECT {columns} FROM {doctype.head.name} ORDER BY id")  # noqa: S608 - names of the catalog
    return [Company(*row) for row in rows if row[0] in ids]


def _doctype() -> Doctype | None:
    try:
        return active().catalog.doctypes.get(COMPANY)
    except NothingPublished:
        return None


def _rows(statement: str) -> list[tuple[int, str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())
