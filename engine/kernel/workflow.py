"""Workflows: who may move a document where, whose consent is asked for, and why something is not possible.

Pure: the caller gives the document (a row with ``state``, ``stage``, ``created_by``), the person, the
consents given so far and a frame; it stores what comes out. Public: ``possible``, ``requests``,
``consenting``, ``automatic``, ``overdue``, ``fingerprint``.

The frame is that of any expression (``this``, ``facts``, ``balance``, ``read``, ``user``, ``today``,
``now``, and ``asked`` where something was asked), and ``rule``: (rule set, given) → its answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table
from engine.catalog.workflow import Need, People, Transition, Workflow
from engine.expr.words import failing
from engine.kernel.finding import Finding
from engine.kernel.rows import Row, rows_at

Frame = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody whom another stands in for: their id and roles."""

    id: int
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts. ``rights``: what the doctype allows them; ``places``: whom they stand in for now.

    ``seats``: what is known of those, by name: they bring their roles along, and what they may not do themselves
    nobody does for them. ``engine``: it is the engine itself; ``all``: a superuser, who passes for every role.
    """

    id: int
    name: str
    roles: frozenset[str] = frozenset()
    rights: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    engine: bool = False
    all: bool = False
    seats: Mapping[str, Seat] = field(default_factory=dict)

    def roles_of(self, place: str) -> frozenset[str]:
        """The roles of somebody whom this person stands in for."""
        return self.seats[place].roles if place in self.seats else frozenset()


ENGINE = Person(0, "", engine=True)


@dataclass(frozen=True, slots=True)
class Consent:
    """A consent that was given: for ``person``, by ``by`` (somebody else where they stood in)."""

    transition: str
    need: str
    person: str
    by: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Request:
    """One consent that is asked for: of ``person``, or of anybody of ``roles``; ``rows`` are theirs.

    ``count``: how many different people; ``given``: those who have consented. ``record``: who it is, for timers.
    """

    need: str
    people: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    count: int = 1
    rows: tuple[int, ...] = ()
    given: tuple[str, ...] = ()
    record: Any = None
    by: tuple[str, ...] = ()
    """Who gave them: somebody else than ``given`` where they stood in."""

    @property
    def done(self) -> bool:
        return len(self.given) >= self.count


@dataclass(frozen=True, slots=True)
class Possible:
    """A transition or action, and whether the person may: ``reasons`` say why not. ``offered``: it is shown."""

    name: str
    label: str
    reasons: tuple[Finding, ...] = ()
    waiting: tuple[Request, ...] = ()
    """Consents that are still missing."""
    offered: bool = True
    confirm: str = ""
    """What the person is asked before it is done."""

    @property
    def ok(self) -> bool:
        return not self.reasons


# --- what is possible ----------------------------------------------------------------------------


def possible(
    doctype: Doctype,
    workflow: Workflow,
    person: Person,
    consents: Sequence[Consent],
    frame: Frame,
) -> list[Possible]:
    """Every transition out of the document's state, with the reasons that keep ``person`` from it."""
    document = frame["this"]
    state = workflow.state_of(document.get("state"), document.get("stage"))
    return [
        look_at(doctype, workflow, transition, person, consents, frame)
        for transition in workflow.leaving(state.name)
        if not (transition.system or transition.auto is not None) or person.engine
    ]


def look_at(
    doctype: Doctype,
    workflow: Workflow,
    transition: Transition,
    person: Person,
    consents: Sequence[Consent],
    frame: Frame,
) -> Possible:
    """One transition for one person. What was asked (``frame['asked']``) need not be there yet."""
    document = frame["this"]
    if transition.when is not None and transition.when.run(frame) is not True:
        said = f"{transition.label} does not apply here: {failing(transition.when, frame)}."
        reason = Finding("move.not_offered", "", said)
        return Possible(transition.name, transition.label, (reason,), (), offered=False)
    waiting: tuple[Request, ...] = ()
    reasons: list[Finding] = []
    if transition.needs and not person.engine:
        asked, wrong = requests(doctype, workflow, transition, consents, frame)
        reasons += wrong
        waiting = tuple(r for r in asked if not r.done)
        if waiting:
            reasons += _no_consent(transition, person, asked, document)
    people = _people(doctype, workflow, transition, consents, frame)
    reasons += may(
        transition.people, transition.label, person, document, people, bool(transition.needs)
    )
    return Possible(transition.name, transition.label, tuple(dict.fromkeys(reasons)), waiting)


def conditions(transition: Transition, frame: Frame) -> list[Finding]:
    """The conditions of a transition that do not hold; asked once all answers are there."""
    return unmet("move", transition.checks, frame)


def unmet(kind: str, checks: Mapping[str, Any], frame: Frame) -> list[Finding]:
    """The declared conditions (``Condition``) that do not hold; null passes."""
    return [
        Finding(f"{kind}.{c.key}", "", c.message.run(frame))
        for c in checks.values()
        if (c.when is None or c.when.run(frame) is True) and c.check.run(frame) is False
    ]


_ANOTHER = "Let somebody else do it."


def may(
    people: People,
    label: str,
    person: Person,
    document: Row,
    named: frozenset[str] | None,
    by_consent: bool = False,
) -> list[Finding]:
    """Why ``person`` may not do what ``people`` may. ``named``: the names that ``who`` gives.

    With ``by_consent`` the needs say who acts, unless a role or ``who`` stands beside them.
    """
    if person.engine:
        return []
    reasons = []
    if "creator" in people.barred and person.id == document.get("created_by"):
        said = f"{label}: not by the one who made it."
        reasons.append(Finding("move.creator", "", said, hint=_ANOTHER))
    if "submitter" in people.barred and person.id == document.get("submitted_by"):
        said = f"{label}: not by the one who submitted it."
        reasons.append(Finding("move.submitter", "", said, hint=_ANOTHER))
    if person.all:
        return reasons
    places = person.places if people.stand_in else ()
    roles_here = person.roles.union(*(person.roles_of(place) for place in places))
    acting = {person.name, *places, *(ROLE + role for role in roles_here)}
    if people.roles and not roles_here & set(people.roles):
        roles = " or ".join(people.roles)
        said = f"{label} takes the role {roles}."
        reasons.append(Finding("move.role", "", said, hint="Ask somebody who has it."))
    if named is not None and not acting & named:
        names = ", ".join(sorted(name.removeprefix(ROLE) for name in named)) or "nobody"
        reasons.append(Finding("move.who", "", f"{label} is up to {names}."))
    plain = not people.roles and people.who is None and not by_consent
    if plain and people.right not in person.rights:
        said = f"{label} takes the right to {people.right}."
        reasons.append(Finding("move.right", "", said, hint="Ask somebody who has it."))
    return reasons


def _people(
    doctype: Doctype,
    workflow: Workflow,
    transition: Transition,
    consents: Sequence[Consent],
    frame: Frame,
) -> frozenset[str] | None:
    who = transition.people.who
    if who is None:
        return None
    approvers: tuple[str, ...] = ()
    if "approvers" in who.source:
        approvers = _approvers(doctype, workflow, consents, frame)
    return names_of(who.run({**frame, "approvers": list(approvers)}))


def _approvers(
    doctype: Doctype, workflow: Workflow, consents: Sequence[Consent], frame: Frame
) -> tuple[str, ...]:
    """Everybody whose consent is asked for by some transition out of the document's state."""
    document = frame["this"]
    state = workflow.state_of(document.get("state"), document.get("stage"))
    found: dict[str, None] = {}
    for transition in workflow.leaving(state.name):
        if transition.needs:
            for request in requests(doctype, workflow, transition, consents, frame)[0]:
                found |= dict.fromkeys((*request.people, *request.given))
                found |= dict.fromkeys(ROLE + role for role in request.roles)
    return tuple(found)


ROLE = "role:"
"""Before a role among names of people: anybody of that role."""


def names_of(value: Any) -> frozenset[str]:
    """The log-in names that an expression for people gave: one, several or none."""
    if value is None or value == "":
        return frozenset()
    if isinstance(value, (list, tuple)):
        return frozenset().union(*(names_of(each) for each in value))
    return frozenset({str(value)})


def entered(workflow: Workflow, document: Row, stage: str) -> str:
    """The state ``document`` stands in once it is of ``stage``: where it is going, else the first of that stage."""
    going = workflow.states.get(document.get("state") or "")
    return going.name if going and going.stage == stage else workflow.state_of("", stage).name


def locked_fields(workflow: Workflow, document: Row, names: Iterable[str]) -> list[str]:
    """Those of the fields ``names`` that may not be changed in the state that ``document`` is in."""
    state = workflow.state_of(document.get("state"), document.get("stage"))
    return [name for name in names if state.edit is not None and name not in state.edit]


# --- consents ------------------------------------------------------------------------------------


def requests(
    doctype: Doctype,
    workflow: Workflow,
    transition: Transition,
    consents: Sequence[Consent],
    frame: Frame,
) -> tuple[list[Request], list[Finding]]:
    """The consents that ``transition`` needs, with who has given them; findings where nobody can."""
    mark = fingerprint(doctype, frame["this"], workflow.watched)
    valid = [c for c in consents if c.transition == transition.name and c.fingerprint == mark]
    found: list[Request] = []
    wrong: list[Finding] = []
    for need in transition.needs.values():
        if need.when is not None and need.when.run(frame) is not True:
            continue
        for request in _asked(need, frame, wrong):
            given = {
                c.person: c.by for c in valid
                if c.need == need.key and (request.roles or c.person in request.people)
            }  # fmt: skip
            found.append(replace(request, given=tuple(given), by=tuple(given.values())))
    return found, wrong


def waiting(
    doctype: Doctype, workflow: Workflow, consents: Sequence[Consent], frame: Frame
) -> list[tuple[str, Request]]:
    """What the document waits for where it stands: (transition, consent that is missing)."""
    document = frame["this"]
    state = workflow.state_of(document.get("state"), document.get("stage"))
    return [
        (way.name, request)
        for way in workflow.leaving(state.name)
        if way.needs and (way.when is None or way.when.run(frame) is True)
        for request in requests(doctype, workflow, way, consents, frame)[0]
        if not request.done
    ]


def askings(request: Request) -> list[tuple[str, str]]:
    """(person, role) of each task that a request is: those who have not consented, or a role."""
    if request.people:
        return [(name, "") for name in request.people if name not in request.given]
    return [("", role) for role in request.roles]


def _asked(need: Need, frame: Frame, wrong: list[Finding]) -> Iterator[Request]:
    if need.rules is not None:
        yield from _by_rules(need, frame, wrong)
    elif need.each is not None:
        yield from _by_rows(need, frame, wrong)
    else:
        count = need.count.run(frame) if need.count is not None else 1
        people = tuple(sorted(names_of(need.who.run(frame)))) if need.who is not None else ()
        record = need.person.run(frame) if need.person is not None else None
        if need.who is not None and len(people) < (count or 1):
            wrong.append(_nobody(need, ""))
        yield Request(need.key, people, need.roles, int(count or 1), record=record)


def _by_rows(need: Need, frame: Frame, wrong: list[Finding]) -> Iterator[Request]:
    """One request per person, for the rows that are theirs."""
    assert need.each is not None
    assert need.who is not None
    rows: dict[str, list[int]] = {}
    records: dict[str, Any] = {}
    for row in rows_at(frame["this"], need.each):
        inner = {**frame, "row": row}
        names = names_of(need.who.run(inner))
        if not names:
            wrong.append(_nobody(need, f"{need.each}[{row['index'] - 1}]"))
        for name in names:
            rows.setdefault(name, []).append(row["id"])
            if need.person is not None:
                records[name] = need.person.run(inner)
    for name, ids in rows.items():
        theirs = tuple(ids) if need.sees == "own lines" else ()
        yield Request(need.key, (name,), (), 1, theirs, (), records.get(name))


def _by_rules(need: Need, frame: Frame, wrong: list[Finding]) -> Iterator[Request]:
    given = {name: expression.run(frame) for name, expression in need.given.items()}
    answers: Iterable[Mapping[str, Any]] = frame["rule"](need.rules, given)
    for answer in answers:
        people = tuple(sorted(names_of(answer.get("who"))))
        role = answer.get("role")
        count = answer.get("count")
        wanted = 1 if count is None else int(count)
        if wanted <= 0:
            continue
        if not people and not role:
            wrong.append(_nobody(need, ""))
        yield Request(need.key, people, (role,) if role else (), wanted)


def _nobody(need: Need, path: str) -> Finding:
    where = f" for {path}" if path else ""
    return Finding(
        "move.nobody", path, f"Nobody can give the consent '{need.key}'{where}.",
        hint="Fill in who is responsible.",
    )  # fmt: skip


def consenting(
    transition: Transition, person: Person, asked: Sequence[Request], document: Row
) -> list[tuple[Request, str]]:
    """The requests that ``person`` may still answer, each with in whose name.

    Of a role one answers once, in one's own name or that of somebody who has the role.
    """
    found: list[tuple[Request, str]] = []
    names = [person.name, *_places(transition.people, person, document)]
    for request in asked:
        if request.done:
            continue
        if request.people:
            places = [n for n in names if n in request.people and n not in request.given]
        else:
            places = _for_role(request, person, names)
        found += [(request, name) for name in places]
    return found


def _places(people: People, person: Person, document: Row) -> list[str]:
    """Whom ``person`` may act for here: nobody who is barred from it themselves."""
    if not people.stand_in:
        return []
    barred = {document.get(_BARRED[watcher]) for watcher in people.barred}
    return [n for n in person.places if n not in person.seats or person.seats[n].id not in barred]


_BARRED = {"creator": "created_by", "submitter": "submitted_by"}


def _for_role(request: Request, person: Person, names: Sequence[str]) -> list[str]:
    if person.name in request.by or person.name in request.given:
        return []
    wanted = set(request.roles)
    own = [person.name] if person.all or person.roles & wanted else []
    others = [n for n in names[1:] if n not in request.given and person.roles_of(n) & wanted]
    return [*own, *others][:1]


def _no_consent(
    transition: Transition, person: Person, asked: Sequence[Request], document: Row
) -> list[Finding]:
    if consenting(transition, person, asked, document):
        return []
    missing = whom(r for r in asked if not r.done)
    if any(person.name in (*request.given, *request.by) for request in asked):
        message = f"You have consented; {transition.label} waits for {missing}."
        return [Finding("move.waiting", "", message)]
    return [Finding("move.consent", "", f"{transition.label} waits for {missing}.")]


def whom(waiting: Iterable[Request]) -> str:
    """The people whose consent is missing, in words."""
    parts = []
    for request in waiting:
        left = [name for name in request.people if name not in request.given]
        count = request.count - len(request.given)
        of = " or ".join(request.roles) if request.roles else ", ".join(left)
        parts.append(of if count == 1 else f"{count} of {of}")
    return " and ".join(dict.fromkeys(parts))


def fingerprint(doctype: Doctype, document: Row, watched: Sequence[str] | None) -> str:
    """A digest of what consents depend on: the fields ``watched``, or everything that is stored."""
    head = doctype.head
    names = set(watched) if watched is not None else None
    text = repr(_values(doctype, head, document, names))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _values(doctype: Doctype, table: Table, row: Row, names: set[str] | None) -> list[Any]:
    found: list[Any] = [
        (f.name, _plain(row.get(f.name))) for f in table.columns if names is None or f.name in names
    ]
    for path in table.children:
        name = path.rpartition(".")[2]
        if names is None or name in names:
            child = doctype.tables[path]
            found.append((name, [_values(doctype, child, r, None) for r in row[name]]))
    return found


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


# --- by itself -----------------------------------------------------------------------------------


def automatic(workflow: Workflow, frame: Frame) -> Transition | None:
    """The first transition out of the document's state that the engine makes by itself, because it holds."""
    document = frame["this"]
    state = workflow.state_of(document.get("state"), document.get("stage"))
    for transition in workflow.leaving(state.name):
        if transition.auto is not None and transition.auto.run(frame) is True:
            return transition
    return None
