"""Playing a story on a stage, and telling where it went another way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, child_path
from engine.catalog.tests import RESULTS, Data, GivenRecord, Step, Test, made_name
from engine.expr.types import COMPANY_DOCTYPE
from engine.kernel.rows import Row
from engine.problems.problem import Span
from engine.testing import compare
from engine.testing.compare import Names
from engine.testing.paths import document_of, id_of
from engine.testing.stage import Moment, Refused, Stage

EVERYBODY = "tester"


@dataclass(frozen=True, slots=True)
class Failure:
    """Where a story went another way; ``step`` is "" for its records."""

    test: str
    step: str
    span: Span
    message: str

    def __str__(self) -> str:
        where = f"{self.span.file}:{self.span.line}"
        return f"{where}: {self.test}{' · ' + self.step if self.step else ''}: {self.message}"


@dataclass(slots=True)
class _Play:
    stage: Stage
    test: Test
    names: Names = field(init=False)
    failures: list[Failure] = field(default_factory=list)
    company: int | None = None

    def __post_init__(self) -> None:
        self.names = Names({}, lambda text: id_of(self.stage, self.names.known, text))


def play(stage: Stage, test: Test) -> list[Failure]:
    """Carry out ``test`` on ``stage``; the first step that is refused unexpectedly ends it."""
    run = _Play(stage, test)
    for record in test.records:
        if not _record(run, record):
            return run.failures
    for step in test.steps:
        if not _step(run, step):
            break
    return run.failures


# --- records ---------------------------------------------------------------------------------


def _record(run: _Play, record: GivenRecord) -> bool:
    run.stage.moment = Moment(run.test.today, EVERYBODY, None, run.company)
    kind = run.stage.catalog.doctypes[record.doctype]
    transition = "submit" if kind.submittable else None
    try:
        values = _input(run, kind, "", record.fields)
        if kind.company == "required" and isinstance(record.fields.get("company"), str):
            values["company"] = document_of(run.names.known, str(record.fields["company"]))[1]
        number = run.stage.create(kind.name, values, transition)
    except Refused as refused:
        _fail(run, "", record.span, f"the {kind.name} '{record.name}' is refused: {refused}")
        return False
    run.names.known[record.name] = (kind.name, number)
    if kind.name == COMPANY_DOCTYPE and run.company is None:
        run.company = number
    if run.test.company == record.name:
        run.company = number
    return True


def _input(run: _Play, kind: Doctype, path: str, given: Mapping[str, Data]) -> dict[str, Any]:
    """What a story writes as a channel would send it: names become ids."""
    fields = kind.tables[path].fields
    return {
        name: _value(run, kind, (path, name), fields.get(name), value)
        for name, value in given.items()
        if name != "company" or name in fields
    }


def _value(
    run: _Play, kind: Doctype, place: tuple[str, str], target: Field | None, value: Data
) -> Any:
    path, name = place
    # A row of a stored document, by its place in it.
    if name == "id" and path and isinstance(value, str):
        return run.names.find(value)
    if target is None or value is None:
        return value
    if target.type == "table":
        rows = value if isinstance(value, list) else [value]
        below = child_path(path, target.name)
        return [_input(run, kind, below, row) if isinstance(row, dict) else row for row in rows]
    if target.type == "link" and isinstance(value, str):
        return run.names.find(value)
    if target.type == "boolean" and value in ("true", "false"):
        return value == "true"
    return value


# --- steps -----------------------------------------------------------------------------------


def _step(run: _Play, step: Step) -> bool:
    """Whether the story can go on."""
    before = _marks(run)
    refused, answer = _do(run, step)
    expected = step.then.get("refused")
    if refused is not None and expected is None:
        _fail(run, step.key, step.span, f"is refused: {refused}")
        return False
    if expected is not None:
        return _refusal(run, step, refused, expected)
    try:
        _check(run, step, before, answer)
    except Refused as nowhere:
        _fail(run, step.key, step.span, f"cannot be looked at: {nowhere}")
        return False
    return True


def _moment(run: _Play, step: Step) -> Moment:
    """When, by whom and where a step happens. Raises Refused for a company or record that is not there."""
    company = run.company
    if step.company is not None:
        company = document_of(run.names.known, step.company)[1]
    passes = {
        limit: {name: _asked(run, value) for name, value in said.items()}
        for limit, said in step.passes.items()
    }
    today, person = step.today or run.test.today, step.by or EVERYBODY
    confirms = frozenset(step.confirms)
    return Moment(
        today, person, step.roles, company, step.stands_in_for, passes, confirms, step.issued
    )


def _marks(run: _Play) -> dict[str, int]:
    """How far every ledger, and every doctype, has come."""
    catalog = run.stage.catalog
    marks = {name: len(run.stage.lines(name)) for name in catalog.ledgers}
    wanted = {name for step in run.test.steps for name in _made(step)}
    return marks | {name: len(run.stage.documents(name)) for name in wanted}


def _made(step: Step) -> list[str]:
    made = step.then.get("made")
    return list(made) if isinstance(made, dict) else []


def _do(run: _Play, step: Step) -> tuple[Refused | None, Any]:
    try:
        run.stage.moment = _moment(run, step)
        return None, _carry_out(run, step)
    except Refused as refused:
        return refused, None


def _carry_out(run: _Play, step: Step) -> Any:
    stage, known = run.stage, run.names.known
    if step.verb == "make":
        known[step.key] = (step.subject, _make(run, step))
    elif step.verb == "change":
        kind, number = document_of(known, step.of or "")
        known[step.key] = (kind, number)
        stage.change(kind, number, _input(run, stage.catalog.doctypes[kind], "", step.given))
        if step.do != "save":
            stage.go(kind, number, step.do, {})
    elif step.verb == "rederive":
        kind, number = known[step.key] = document_of(known, step.of or "")
        stage.rederive(kind, number)
    elif step.verb == "close" and step.until is not None:
        stage.close(step.subject, step.until)
    elif step.verb == "schedule":
        stage.run_schedule(step.subject)
    elif step.verb == "expire":
        stage.expire(step.subject)
    elif step.of is not None:
        kind, number = known[step.key] = document_of(known, step.of)
        given = {name: _asked(run, value) for name, value in step.given.items()}
        if step.verb == "go":
            stage.go(kind, number, step.subject, given)
        elif step.verb == "action":
            return stage.act(kind, number, step.subject, given)
    return None


def _asked(run: _Play, value: Data) -> Any:
    """What a person answers; names of records become ids."""
    if isinstance(value, str):
        return run.names.find(value)
    if isinstance(value, list):
        return [_asked(run, one) for one in value]
    if isinstance(value, dict):
        return {name: _asked(run, one) for name, one in value.items()}
    return value


def _make(run: _Play, step: Step) -> int:
    stage = run.stage
    kind = stage.catalog.doctypes[step.subject]
    values = _input(run, kind, "", step.given)
    if step.source:
        ledgers = stage.catalog.ledgers
        sources = [
            document_of(run.names.known, name) for name in step.source if name not in ledgers
        ]
        made = stage.made_from(kind.name, sources)
        values = _laid_over(made, values)
    return stage.create(kind.name, values, None if step.do == "save" else step.do)


def _laid_over(made: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """``values`` over what was made; rows by their place, as many as are given."""
    result = dict(made)
    for name, value in values.items():
        below = made.get(name)
        if isinstance(value, list) and isinstance(below, list):
            result[name] = [
                _laid_over(below[i], row) if i < len(below) and isinstance(row, dict) else row
                for i, row in enumerate(value)
            ]
        else:
            result[name] = value
    return result


# --- what must be so -------------------------------------------------------------------------


def _refusal(run: _Play, step: Step, refused: Refused | None, expected: Data) -> bool:
    wanted = sorted(str(code) for code in (expected if isinstance(expected, list) else [expected]))
    if refused is None:
        _fail(run, step.key, step.span, f"should be refused ({', '.join(wanted)}), and is not")
        return False
    found = sorted({finding.code for finding in refused.findings})
    if found != wanted:
        said = f"is refused by {', '.join(found)}, and should be by {', '.join(wanted)}: {refused}"
        _fail(run, step.key, step.span, said)
    places = step.then.get("at")
    if places is not None:
        at = sorted(str(place) for place in (places if isinstance(places, list) else [places]))
        there = sorted({finding.path for finding in refused.findings})
        if at != there:
            said = f"is refused at {', '.join(there)}, and should be at {', '.join(at)}"
            _fail(run, step.key, step.span, said)
    wanted_answer = step.then.get("answer")
    if wanted_answer is not None and not compare.same_value(refused.answer, wanted_answer):
        said = f"answers {refused.answer}, and should answer {wanted_answer}"
        _fail(run, step.key, step.span, said)
    return True


def _check(run: _Play, step: Step, before: Mapping[str, int], answer: Any) -> None:
    then = step.then
    if "warned" in then:
        wanted = then["warned"]
        codes = sorted(str(code) for code in (wanted if isinstance(wanted, list) else [wanted]))
        found = sorted(set(run.stage.warned()))
        if found != codes:
            _fail(run, step.key, step.span, f"warns of {found}, and should of {codes}")
    if "answer" in then and not compare.same_value(answer, then["answer"]):
        said = f"answers {answer}, and should answer {then['answer']}"
        _fail(run, step.key, step.span, said)
    balances = then.get("balances")
    for name, wanted in balances.items() if isinstance(balances, dict) else ():
        book = run.stage.catalog.ledgers[name]
        lines = [line for _, line in run.stage.lines(name)]
        for said in compare.standing(run.names, book, lines, wanted):
            _fail(run, step.key, step.span, f"in all {said}")
    if step.key in run.names.known:
        marks = {} if step.verb == "expect" else before
        _document(run, step, run.names.known[step.key], then, marks)
    elif step.verb == "expire":
        _lines(run, step, then, before)
    made = then.get("made")
    for name, wanted in made.items() if isinstance(made, dict) else ():
        _made_documents(run, step, name, wanted, before)


def _document(
    run: _Play,
    step: Step,
    known: tuple[str, int],
    then: Mapping[str, Data],
    before: Mapping[str, int],
) -> None:
    """The fields of one document, and the lines that it wrote since ``before``."""
    kind = run.stage.catalog.doctypes[known[0]]
    row: Row = run.stage.document(*known)
    plain = {
        name: value
        for name, value in then.items()
        if name not in RESULTS - {"state"} and name not in run.stage.catalog.ledgers
    }
    for said in compare.fields(run.names, kind, row, plain):
        _fail(run, step.key, step.span, said)
    for name, listed in (("tasks", run.stage.tasks), ("consents", run.stage.consents)):
        if name in then:
            for said in compare.listing(run.names, name, listed(*known), then[name]):
                _fail(run, step.key, step.span, said)
    _lines(run, step, then, before, known[1])


def _lines(
    run: _Play,
    step: Step,
    then: Mapping[str, Data],
    before: Mapping[str, int],
    document: int | None = None,
) -> None:
    """The lines written since ``before``: of one document, or of all."""
    for name, book in run.stage.catalog.ledgers.items():
        if name in then:
            fresh = run.stage.lines(name)[before.get(name, 0) :]
            own = [line for number, line in fresh if document in (None, number)]
            for said in compare.ledger(run.names, book, own, then[name]):
                _fail(run, step.key, step.span, said)


def _made_documents(
    run: _Play, step: Step, doctype: str, wanted: Data, before: Mapping[str, int]
) -> None:
    numbers = run.stage.documents(doctype)[before[doctype] :]
    expected: Sequence[Data] = wanted if isinstance(wanted, list) else [wanted]
    if len(numbers) != len(expected):
        said = f"made {len(numbers)} {doctype}, and should have made {len(expected)}"
        _fail(run, step.key, step.span, said)
        return
    for place, (number, then) in enumerate(zip(numbers, expected, strict=True)):
        name = made_name(doctype, place, len(numbers))
        run.names.known[f"{step.key}.{name}"] = (doctype, number)
        if isinstance(then, dict):
            _document(run, step, (doctype, number), then, before)


def _fail(run: _Play, step: str, span: Span, message: str) -> None:
    run.failures.append(Failure(run.test.name, step, span, message))
