"""New documents: with their defaults, or made out of others. What they take over is the kernel's to say."""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.kernel.finding import Finding
from engine.kernel.making import alike
from engine.kernel.rows import Row
from engine_runtime.access.actor import Actor
from engine_runtime.access.gate import require
from engine_runtime.documents.errors import DocumentInvalid, NotFound
from engine_runtime.documents.filling import blank, fill_from, fill_from_ledgers
from engine_runtime.documents.prepare import fill
from engine_runtime.documents.read import Documents, load, titles
from engine_runtime.documents.service import concrete
from engine_runtime.posting.session import Session, open_session


def new(
    actor: Actor, doctype: str, source: tuple[str, int | Sequence[int]] | None = None
) -> Documents:
    """Unsaved documents of ``doctype``: one with its defaults, or made from ``source`` (doctype, ids).

    What is made of balances is made of those that its defaults choose.
    Several sources become one document where ``merge_by`` says they are alike, else one each.
    """
    session = open_session(actor)
    kind = concrete(session, doctype)
    require(actor, "create", kind)
    if source is None:
        documents = [blank(kind, actor.company_id)]
        fill_from_ledgers(session, kind, documents[0])
    else:
        name, ids = source
        documents = _made(session, kind, name, [ids] if isinstance(ids, int) else ids)
    fill(session, kind, documents)
    return Documents(documents, titles(session, kind, documents))


def _made(session: Session, kind: Doctype, doctype: str, numbers: Sequence[int]) -> list[Row]:
    origin = concrete(session, doctype)
    require(session.actor, "read", origin)
    mapping = kind.make_from.get(origin.name)
    if mapping is None:
        known = ", ".join(kind.make_from) or "nothing"
        raise NotFound(f"{kind.label} is not made from {origin.label}, but from {known}.")
    sources = load(session, origin, numbers)
    for found in sources:
        if origin.submittable and found["stage"] != "submitted":
            finding = Finding("make.not_submitted", "", f"Submit the {origin.label} first.")
            raise DocumentInvalid(finding.message, [finding])
    documents = []
    for group in alike(mapping, sources):
        document = blank(kind, group[0].get("company") or session.actor.company_id)
        fill_from(session, kind, mapping, group, document)
        documents.append(document)
    return documents
