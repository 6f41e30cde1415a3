"""Finding records by the key a person uses: ``customer: C-00012`` instead of an id."""

from __future__ import annotations

from collections.abc import Sequence

from engine.catalog.doctypes import Doctype
from engine.kernel.claims import narrow
from engine.kernel.convert import Input, Naming
from engine.kernel.finding import NO_SUCH_RECORD, Finding
from engine_runtime.posting.session import Session
from engine_runtime.tables.asking import select
from engine_runtime.tables.batch import Query
from engine_runtime.tables.query import Condition


def key_field(doctype: Doctype) -> str | None:
    """The field whose text names a record: its business key, else its number."""
    if doctype.name_by is not None:
        return doctype.name_by
    return "number" if doctype.submittable else None


def resolve(session: Session, inputs: Sequence[Input], companies: Sequence[int | None]) -> None:
    """Replace business keys in links by ids; a key that nothing has is a finding.

    ``companies``: the company of each input; masters of other companies are not found.
    """
    wanted: dict[tuple[str, int | None], set[str]] = {}
    for given, company in zip(inputs, companies, strict=True):
        narrow(session.catalog, given)
        for name in given.names:
            for target in name.field.link:
                wanted.setdefault((target, company), set()).add(name.text)
    found = find_by_key(session, wanted)
    for given, company in zip(inputs, companies, strict=True):
        for name in given.names:
            _put(given, name, company, found)


def find_by_key(
    session: Session, wanted: dict[tuple[str, int | None], set[str]]
) -> dict[tuple[str, int | None, str], int]:
    """(doctype, company) → keys that are looked for; out: (doctype, company, key) → id of those that there are."""
    asked: list[tuple[str, int | None]] = []
    queries: list[Query] = []
    for (target, company), texts in wanted.items():
        doctype = session.catalog.doctypes.get(target)
        key = key_field(doctype) if doctype is not None else None
        if doctype is None or key is None:
            continue
        where = [Condition(key, "in", sorted(texts))]
        if doctype.company == "required" and company is not None:
            where.append(Condition("company_id", "=", company))
        asked.append((target, company))
        queries.append(select(session.gateway, session.spec(doctype), (key, "id"), where=where))
    answers = session.gateway.fetch_many(queries) if queries else []
    return {
        (target, company, text): record
        for (target, company), rows in zip(asked, answers, strict=True)
        for text, record in rows
    }


def _put(
    given: Input,
    name: Naming,
    company: int | None,
    found: dict[tuple[str, int | None, str], int],
) -> None:
    for target in name.field.link:
        record = found.get((target, company, name.text))
        if record is not None:
            name.row[name.field.name] = record
            return
    label = " or ".join(name.field.link)
    said = f"{name.field.label}: there is no {label} '{name.text}'."
    given.findings.append(Finding("link.unknown", name.path, said, hint=NO_SUCH_RECORD))
