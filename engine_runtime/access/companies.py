"""The companies that exist, read from the generated table of the doctype ``Company``."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from engine.catalog.doctypes import Doctype
from engine_runtime.active.catalog import NothingPublished, active
from engine_runtime.tables.gateway import gateway
from engine_runtime.tables.query import Order, Select, build

COMPANY = "Company"


@dataclass(frozen=True, slots=True)
class Company:
    """A company as lists show it; ``code`` is its business key."""

    id: int
    code: str
    name: str


def company_ids() -> list[int]:
    """Ids of all companies; empty while nothing is published."""
    return [row[0] for row in _rows(lambda doctype: ("id",))]


def companies(ids: Collection[int]) -> list[Company]:
    """The companies among ``ids``, in the order of their ids."""
    if not ids:
        return []
    return [Company(*row) for row in _rows(_shown) if row[0] in ids]


def _shown(doctype: Doctype) -> tuple[str, ...]:
    return "id", doctype.name_by or doctype.title_field, doctype.title_field


def _rows(columns: Callable[[Doctype], tuple[str, ...]]) -> list[tuple[Any, ...]]:
    try:
        live = active()
    except NothingPublished:
        return []
    doctype = live.catalog.doctypes.get(COMPANY)
    if doctype is None:
        return []
    found = gateway()
    select = Select(live.tables[doctype.head.name], columns(doctype), order=(Order("id"),))
    return found.fetch(build(select, live.tables, found.vendor))
