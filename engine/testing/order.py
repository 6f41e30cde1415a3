"""What others who refer to a document forbid in memory, as on a database: see decision 0014."""

from __future__ import annotations

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.kernel.finding import Finding
from engine.testing import books
from engine.testing.memory import Memory


def settled_by(memory: Memory, kind: Doctype, number: int) -> list[Finding]:
    """A finding where entries of another document name this one: it is cancelled first."""
    for one in books.live(memory.written):
        if one.document == number:
            continue
        for dimension in one.entry.ledger.dimensions.values():
            is_one = dimension.link == (DOCUMENT,) or kind.name in dimension.link
            if is_one and one.entry.values[dimension.name] == number:
                said = f"{one.doctype} {one.document} refers to this {kind.label}. Cancel it first."
                return [Finding("document.in_use", "", said)]
    return []
