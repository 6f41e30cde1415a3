"""Filling new documents out of others, with what the database knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.catalog.doctypes import Doctype
from engine.catalog.flow import MakeFrom
from engine.kernel.convert import Input
from engine.kernel.making import make
from engine.kernel.rows import Row, new_row
from engine_runtime.documents.lookups import gather
from engine_runtime.documents.prepare import prepare
from engine_runtime.documents.reading import asking
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
    """Fill ``document`` out of ``sources``, whole documents of ``mapping.source`` that are alike.

    Of a ledger there are no sources: the rows are balances that ``document`` itself chooses.
    """
    origin = kind if mapping.of_ledger else session.catalog.doctypes[mapping.source]
    # What making reads over the links of a source is more than what posting it did.
    seeing = replace(origin, facts=kind.make_facts[mapping.source])
    asked = [document] if mapping.of_ledger else sources
    # Facts of its own: of the same records the new document reads other fields.
    apart = replace(session, facts={}, unknown=set())
    gather(apart, seeing, asked)
    if mapping.of_ledger or asked:
        make(kind, origin, mapping, sources, document, asking(apart, seeing, asked[0]))


def fill_from_ledgers(session: Session, kind: Doctype, document: Row) -> None:
    """Fill ``document`` out of the balances that its ``from`` names, once its own fields are worked out."""
    mappings = [mapping for mapping in kind.make_from.values() if mapping.of_ledger]
    if not mappings:
        return
    prepare(session, kind, [Input(document)])
    for mapping in mappings:
        fill_from(session, kind, mapping, [], document)
