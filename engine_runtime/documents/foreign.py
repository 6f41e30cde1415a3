"""Records of other companies: a master that companies share may hold one; strangers see and choose none.

What the actor may not see is not told from what does not exist.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT, Field
from engine.kernel.finding import NO_SUCH_RECORD, Finding, path_of
from engine.kernel.rows import VEILED, Row, rows_at, tables_in_order
from engine_runtime.access.actor import Actor
from engine_runtime.posting.session import Session


def veiled(actor: Actor, record: Row) -> Row:
    """``record`` as ``actor`` may know it: of a company that is not theirs, only that it is there."""
    company = record.get("company")
    if company is None or actor.system or company in actor.companies:
        return record
    return {**dict.fromkeys(record), "id": record["id"], "company": company, VEILED: True}


def strange_links(
    session: Session, doctype: Doctype, document: Row, before: frozenset[int]
) -> list[Finding]:
    """Links of a record of no company to records of companies that are not the actor's.

    Those in ``before`` were there already: somebody of that company put them there.
    """
    if doctype.company == "required" or session.actor.system:
        return []
    return [
        Finding(
            "link.unknown",
            path_of(row, table.path, link.name),
            f"{link.label}: there is no {' or '.join(link.link)} {row[link.name]}.",
            hint=NO_SUCH_RECORD,
        )
        for table in tables_in_order(doctype)
        for link in table.columns
        if link.type == "link" and link.link != (DOCUMENT,)
        for row in rows_at(document, table.path)
        if row[link.name] not in before and _is_strange(session, link.link, row[link.name])
    ]


def _is_strange(session: Session, targets: Sequence[str], value: int | None) -> bool:
    found = (session.facts.get(name, {}).get(value or 0) for name in targets)
    company = next((record.get("company") for record in found if record is not None), None)
    return company is not None and company not in session.actor.companies


def is_shown_apart(session: Session, doctype: Doctype, path: str, link: Field) -> bool:
    """Whether a list may meet records of other companies at the end of ``path``."""
    if doctype.company == "required" and "." not in path:
        return False
    return any(is_of_company(session, target) for target in link.link)


def is_of_company(session: Session, name: str) -> bool:
    """Whether records of the doctype ``name`` belong to one company each."""
    target = session.catalog.doctypes.get(name)
    return target is not None and target.company == "required"
