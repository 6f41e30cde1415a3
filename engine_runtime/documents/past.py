"""Documents of before, as they were posted: what reposting works their journals out again from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.catalog.doctypes import Doctype
from engine.kernel.posting_again import submitting
from engine.kernel.posting_case import PostingCase
from engine.kernel.rows import Row
from engine_runtime.documents.facts import Frozen, recall
from engine_runtime.documents.lookups import gather, gather_linked
from engine_runtime.documents.read import load
from engine_runtime.documents.reading import asking
from engine_runtime.documents.then import of_then
from engine_runtime.documents.write import note_types
from engine_runtime.posting.past import Access
from engine_runtime.posting.post import Submission, case_of, listen
from engine_runtime.posting.session import Session
from engine_runtime.tables.batch import ById


def cases(session: Session, documents: Mapping[int, str]) -> dict[int, PostingCase]:
    """The documents (id → key of the doctype) with the facts and by the rules of then, ready to be posted again."""
    by_key: dict[str, list[int]] = {}
    for number, key in documents.items():
        by_key.setdefault(key, []).append(number)
    found: dict[int, PostingCase] = {}
    # Whoever changes the past need not see every document that follows from it.
    seeing = replace(session, actor=replace(session.actor, system=True))
    for key, numbers in by_key.items():
        doctype = session.catalog.doctypes[session.catalog.by_key[key]]
        facts = _facts(session, doctype, numbers)
        for row in load(seeing, doctype, numbers):
            found[row["id"]] = _case(seeing, doctype, row, facts.get(row["id"]))
    return found


def _case(session: Session, doctype: Doctype, row: Row, facts: Frozen | None) -> PostingCase:
    own = replace(session, facts={}, unknown=set())
    then = of_then(own, doctype, row)
    own, kind = then if then is not None else (own, doctype)
    if facts is None:
        gather(own, kind, [row])
    else:
        recall(own, facts)
    note_types(own, kind, [row])
    case = case_of(own, kind, Submission(row, transitions=submitting(kind)))
    listen(own, case, asking, [])
    return case


def _facts(session: Session, doctype: Doctype, numbers: list[int]) -> dict[int, Frozen | None]:
    rows = session.gateway.fetch(ById(session.spec(doctype), ("id", "facts"), numbers))
    return {number: facts or None for number, facts in rows}


PAST = Access(cases, gather_linked)
"""How posting reaches documents of before."""
