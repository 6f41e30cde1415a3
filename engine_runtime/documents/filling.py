"""Filling new documents out of others, with what the database knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.flow import MakeFrom
from engine.kernel.making import make
from engine.kernel.rows import Row, new_row
from engine_runtime.documents.balances import answers
from engine_runtime.documents.lookups import gather
from engine_runtime.posting.session import Session


def blank(kind: Doctype, company: int | None) -> Row:
    """An unsaved document of ``kind`` with nothing in it."""
    document = new_row(kind.head)
    document["id"] = None
    if kind.company == "required":
        document["company"] = company
    return document


def fill_from(
    session: Session, kind: Doctype, mapping: MakeFrom, sources: Sequence[Row], document: Row
) -> None:
    """Fill ``document`` out of ``sources``, whole documents of ``mapping.source`` that are alike."""
    origin = session.catalog.doctypes[mapping.source]
    # What making reads over the links of a source is more than what posting it did.
    gather(session, replace(origin, facts=kind.make_facts[mapping.source]), sources)
    make(kind, mapping, sources, document, asking(session))


def asking(session: Session) -> dict[str, Any]:
    """The part of a frame that asks the database."""
    return {"facts": session.facts, "balance": lambda call: answers(session, [call])[0]}
