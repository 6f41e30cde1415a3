"""Making documents ready: company, facts, defaults, calculation, validation. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.claims import contradicted
from engine.kernel.convert import Input
from engine.kernel.defaults import fill_defaults
from engine.kernel.finding import Confirmable, Finding
from engine.kernel.parts import replaced
from engine.kernel.rows import Row
from engine.kernel.rules import Candidates
from engine.kernel.validate import validate
from engine_runtime.documents.anything import kind_linked, know_any, unknown_documents
from engine_runtime.documents.deciding import Decided, deciding, hold_asked, shared
from engine_runtime.documents.errors import (
    ConfirmationNeeded,
    DocumentError,
    DocumentInvalid,
    InputMalformed,
    LimitExceeded,
    PeriodClosed,
)
from engine_runtime.documents.facts import WHY
from engine_runtime.documents.foreign import strange_links
from engine_runtime.documents.lookups import candidates, gather
from engine_runtime.documents.naming import resolve
from engine_runtime.documents.parts import take_parts
from engine_runtime.documents.reading import answer_reads
from engine_runtime.posting.session import Session


@dataclass(slots=True)
class Prepared:
    """A worked-out document with what was found; ``warnings`` do not stop it."""

    row: Row
    findings: list[Finding] = field(default_factory=list)
    explanations: dict[str, str] = field(default_factory=dict)
    asking: dict[str, Any] = field(default_factory=dict)
    """What its checks may ask of rule sets and records."""
    issued: str | None = None
    """The number that it comes with."""

    def refused(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.action == "refuse"]


MOST_ROUNDS = 10
"""How often a calculation may choose records that lead it to choose others, or find the books changed."""


def prepare(
    session: Session, doctype: Doctype, inputs: Sequence[Input], *, submitting: bool = False
) -> list[Prepared]:
    """Work every input out. Malformed input raises InputMalformed; the rest is in ``findings``.

    ``submitting``: balances that decided something are held and read again, see ``deciding``.
    """
    _refuse_malformed(inputs)
    companies = [company_of(session, doctype, given) for given in inputs]
    resolve(session, inputs, companies)
    rows = [given.row for given in inputs]
    for row, company in zip(rows, companies, strict=True):
        row["company"] = company
    fill(session, doctype, rows)
    take_parts(session, doctype, rows)
    prepared = _calculate_all(session, doctype, inputs, submitting=submitting)
    know_any(session, doctype, rows)
    for given, item in zip(inputs, prepared, strict=True):
        # What is unknown, or could not be worked out, is not missing on top of that.
        told = {finding.path for finding in item.findings if finding.path}
        checked = validate(doctype, item.row, session.facts, item.asking, given.old)
        checked += strange_links(session, doctype, item.row, given.before)
        checked += unknown_documents(session, doctype, item.row)
        checked += unbelieved(session, doctype, given)
        item.findings += [
            confirmed(session, finding) for finding in checked if finding.path not in told
        ]
    return prepared


def unbelieved(session: Session, doctype: Doctype, given: Input) -> list[Finding]:
    """What ``given`` says and the worked-out document does not: nothing that is sent is passed over."""
    found = contradicted(session.catalog, given, partial(kind_linked, session))
    return [*replaced(doctype, given), *found]


def _calculate_all(
    session: Session, doctype: Doctype, inputs: Sequence[Input], *, submitting: bool
) -> list[Prepared]:
    """Work every input out; again where a step or formula chose records of which more is read, or where
    a balance that it asked for has changed until it was held.
    """
    rows = [given.row for given in inputs]
    books = [deciding(session, row) for row in rows]
    for _ in range(MOST_ROUNDS):
        rule_rows = candidates(session, doctype, rows)
        prepared = [
            _calculate(session, doctype, given, rule_rows, own)
            for given, own in zip(inputs, books, strict=True)
        ]
        changed = hold_asked(session, books) if submitting else set()
        if not gather(session, doctype, rows, trusted=True) and not changed:
            break
    for index, finding in shared(doctype, books) if submitting else ():
        prepared[index].findings.append(finding)
    return prepared


def fill(session: Session, doctype: Doctype, rows: Sequence[Row]) -> None:
    """Defaults may read records that another default has just chosen: fill until nothing is new."""
    today, user = session.today, session.actor.username
    fetched = gather(session, doctype, rows)
    while True:
        for row in rows:
            fill_defaults(doctype, row, session.facts, today=today, user=user)
        if not fetched:
            return
        fetched = gather(session, doctype, rows, trusted=True)


def _calculate(
    session: Session,
    doctype: Doctype,
    given: Input,
    rule_rows: Candidates,
    books: Decided,
) -> Prepared:
    case = Calculation(session.catalog, doctype, given.row, session.facts, rule_rows)
    case.balance = books.answer
    case.read = answer_reads(session, doctype, given.row)
    found = calculate(case)
    given.row[WHY] = case.explanations
    asking = case.around() | {"ask": case.ask}
    told = [*given.findings, *found]
    return Prepared(given.row, told, case.explanations, asking, given.issued)


def _refuse_malformed(inputs: Sequence[Input]) -> None:
    found = [
        Finding(f.code, prefixed(index, len(inputs), f.path), f.message, hint=f.hint)
        for index, given in enumerate(inputs)
        for f in given.findings
    ]
    if found:
        raise InputMalformed(found[0].message, found)


def company_of(session: Session, doctype: Doctype, given: Input) -> int | None:
    """The company of a document: as sent, as stored, else the actor's. Raises InputMalformed, DocumentInvalid."""
    if doctype.company != "required":
        if given.company is not None:
            said = f"{doctype.label} belongs to no company."
            finding = Finding("input.unknown_field", "company", said, hint="Leave it out.")
            raise InputMalformed(finding.message, [finding])
        return None
    stored = given.row.get("company")
    sent = _sent_company(session, given.company)
    if stored is not None and sent not in (None, stored):
        hint = "Make a new one in the other company."
        said = "A document never changes its company."
        finding = Finding("company.fixed", "company", said, hint=hint)
        raise DocumentInvalid(finding.message, [finding])
    company = stored or sent or session.actor.company_id
    if company is None:
        finding = Finding("company.missing", "company", "Choose a company first.")
        raise DocumentInvalid(finding.message, [finding])
    if not session.actor.system and company not in session.actor.companies:
        hint = "Choose a company that you work in."
        said = "You do not work in this company."
        finding = Finding("company.refused", "company", said, hint=hint)
        raise DocumentInvalid(finding.message, [finding])
    return int(company)


def _sent_company(session: Session, value: Any) -> int | None:
    if isinstance(value, dict):
        value = value.get("id")
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    finding = Finding("value.type", "company", "Company takes the id of a company.")
    raise InputMalformed(finding.message, [finding])


def prefixed(index: int, count: int, path: str) -> str:
    """The path of a finding in a call with several documents: ``[3].items[0].rate``."""
    if count == 1:
        return path
    return f"[{index}].{path}" if path else f"[{index}]"


def confirmed(session: Session, finding: Finding) -> Finding:
    """The finding; one that a person has confirmed only warns."""
    if finding.action == "confirm" and finding.confirmation in session.knowing.confirmed:
        return replace(finding, action="warn")
    return finding


def _ask_to_confirm(findings: Sequence[tuple[int, Finding]], count: int) -> None:
    """Raise what a person has to confirm; confirmations are of what is told of the document itself."""
    open_ones = [(index, f) for index, f in findings if f.action == "confirm"]
    if open_ones:
        problems = [
            Confirmable(
                f.code, prefixed(index, count, f.path), f.message, f.action, f.hint, f.confirmation
            )
            for index, f in open_ones
        ]
        raise ConfirmationNeeded(problems[0].message, problems)


def refuse(findings: Sequence[tuple[int, Finding]], count: int) -> None:
    """Raise what the refusing ``findings`` (document index, finding) amount to, if there are any."""
    refused = [(index, f) for index, f in findings if f.action == "refuse"]
    if not refused:
        _ask_to_confirm(findings, count)
        return
    problems = [replace(f, path=prefixed(index, count, f.path)) for index, f in refused]
    codes = {f.code.partition(".")[0] for _, f in refused}
    kind: type[DocumentError] = DocumentInvalid
    if codes == {"limit"}:
        kind = LimitExceeded
    elif codes == {"period"}:
        kind = PeriodClosed
    raise kind(problems[0].message, problems)
