"""Small packs compiled from text, and documents of them worked out without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.catalog.fields import child_path
from engine.catalog.whole import Catalog
from engine.compiler.compile import compile_constructs
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, append_row, new_row
from engine.source.load import load_text

HEAD = """
pack: kernel-tests
version: 1.0.0
---
role: Keeper
---
"""


def compiled(text: str) -> Catalog:
    """The catalog of a pack."""
    constructs, problems = load_text(HEAD + text, "program.yaml")
    found = compile_constructs(constructs, problems)
    assert found.catalog is not None, [str(problem) for problem in found.problems]
    return found.catalog


def document(catalog: Catalog, name: str, fields: Mapping[str, Any]) -> Row:
    """An unsaved document with ``fields``; lists are the rows of child tables."""
    doctype = catalog.doctypes[name]
    row = new_row(doctype.head)
    row |= {"id": 1, "company": 1, "state": "draft"}
    _fill(catalog, name, "", row, fields)
    return row


def _fill(catalog: Catalog, name: str, path: str, row: Row, fields: Mapping[str, Any]) -> None:
    tables = catalog.doctypes[name].tables
    for field, value in fields.items():
        if isinstance(value, list):
            below = child_path(path, field)
            for child in value:
                _fill(catalog, name, below, append_row(row, field, tables[below]), child)
        else:
            row[field] = value


def worked_out(
    catalog: Catalog,
    name: str,
    fields: Mapping[str, Any],
    facts: Mapping[str, dict[int, Row]] | None = None,
    candidates: Mapping[str, Sequence[Row]] | None = None,
) -> tuple[Row, list[Finding]]:
    """A document after every formula and step, and what was found."""
    row = document(catalog, name, fields)
    case = Calculation(catalog, catalog.doctypes[name], row, dict(facts or {}), candidates or {})
    return row, calculate(case)


def table(text: str) -> list[list[str]]:
    """The rows of a table as text, without its head: cells are parted by ``|``."""
    lines = [line for line in text.strip().splitlines()[1:] if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]
