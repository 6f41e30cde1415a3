"""Limits over the books, measured once over all that a transaction writes, with what it writes.

The caller holds the keys of ``limit_keys`` (in their order) before anything is measured, so that two
documents that share a limit are measured one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import IfDone
from engine.catalog.limits import Limit
from engine.catalog.whole import Catalog
from engine.expr.formats import shown
from engine.expr.program import BalanceCall, Under
from engine.expr.types import Money, Record, Type
from engine.kernel.answers import answered
from engine.kernel.breaches import Breach, figure
from engine.kernel.entries import ZERO, Entry
from engine.kernel.finding import Finding, Passable, path_of
from engine.kernel.rows import Facts, Row, rows_at, worth_at
from engine.kernel.rules import Candidates, asker
from engine.kernel.sources import Reader
from engine.kernel.trees import opened, trees_in

Balance = Callable[[BalanceCall], Any]
_GROUPS = "digit groups"
"""Where a frame has how the country groups digits."""


@dataclass(slots=True)
class Standing:
    """The books without this transaction. ``balance`` answers ``balance()``, ``read`` row sources."""

    catalog: Catalog
    facts: Facts
    candidates: Candidates
    balance: Balance
    read: Reader | None = None
    under: Callable[[list[Under]], Mapping[Under, list[int]]] | None = None
    """The records under nodes of trees that questions name."""

    def ask(self, call: BalanceCall, company: Any) -> Any:
        """The answer to a question; one that names no company is about that of the document."""
        return self.balance(self.settled(call, company))

    def settled(self, call: BalanceCall, company: Any) -> BalanceCall:
        """The question with its company, and with records in place of the nodes above them."""
        match = dict(call.match)
        if company is not None:
            match.setdefault("company", company)
        nodes = trees_in(match)
        if nodes:
            assert self.under is not None
            match = opened(match, self.under(nodes))
        return replace(call, match=match)


@dataclass(slots=True)
class LimitCase:
    """A document about to make ``transition``; ``passed``: limits that a person may and will go beyond.

    ``roles``: of the person. Whoever may go beyond a limit is asked whether they do, before it sends the document
    another way.
    """

    doctype: Doctype
    document: Row
    transition: str = "submit"
    passed: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Key of a limit → what the person was asked for."""
    done: bool = False
    """Whether it has happened already: what says ``if_done`` does not refuse it."""
    roles: frozenset[str] = frozenset()

    @property
    def limits(self) -> tuple[Limit, ...]:
        """Those that apply at this transition."""
        found = self.doctype.limits
        if not found:
            return ()
        return tuple(limit for limit in found.values() if self.transition in limit.at)


@dataclass(frozen=True, slots=True)
class TransitionRequest:
    """After the attempt is undone, the document is to go this way; ``limit``: the key of what asks for it."""

    doctype: str
    document: int | None
    transition: str
    reason: str
    limit: str


@dataclass(slots=True)
class LimitOutcome:
    """What the limits say of one document; ``answer`` is the declared answer to the first refusal, if any."""

    findings: list[Finding] = field(default_factory=list)
    transitions: list[TransitionRequest] = field(default_factory=list)
    passed: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Limits that a person went beyond: key → what was found and what they said of it; to be kept."""
    answer: dict[str, Any] | None = None
    breaches: list[Breach] = field(default_factory=list)
    """Limits that it passes though it may not: it has happened already."""


def limit_keys(cases: Iterable[LimitCase], standing: Standing) -> list[str]:
    """What is locked while the limits of ``cases`` are measured, in the one order of everybody."""
    found: set[str] = set()
    for case in cases:
        for limit in case.limits:
            if not limit.by and not limit.reads_books:
                continue
            company = case.document.get("company")
            books = partial(standing.ask, company=company)
            for frame in _frames(case, limit, standing, books):
                if not _applies(limit, frame):
                    continue
                # Without ``by`` whatever the company's documents write may be what is measured.
                shared = [expression.run(frame) for expression in limit.by.values()] or [company]
                found.add("|".join([limit.key, *map(_text, shared)]))
    return sorted(found)


def _text(value: Any) -> str:
    return "-" if value is None else str(value)


def check_declared(
    cases: Sequence[LimitCase], entries: Iterable[Entry], standing: Standing
) -> list[LimitOutcome]:
    """The outcome of each case, measured with all of ``entries``."""
    if not any(case.limits for case in cases):
        return [LimitOutcome() for _ in cases]
    written = list(entries)
    return [_outcome(case, written, standing) for case in cases]


def _outcome(case: LimitCase, entries: list[Entry], standing: Standing) -> LimitOutcome:
    outcome = LimitOutcome()
    company = case.document.get("company")

    def without(call: BalanceCall) -> Any:
        return standing.ask(call, company)

    def with_it(call: BalanceCall) -> Any:
        return including(standing.balance, entries)(standing.settled(call, company))

    for limit in case.limits:
        frames = zip(
            _frames(case, limit, standing, with_it),
            _frames(case, limit, standing, without),
            strict=True,
        )
        for frame, earlier in frames:
            if _applies(limit, frame):
                frame[_GROUPS] = standing.catalog.country.digit_groups
                _measure(_Measured(case, limit, standing.catalog, outcome), frame, earlier)
    return outcome


@dataclass(frozen=True, slots=True)
class _Measured:
    """A limit of a document, and where what it says is noted."""

    case: LimitCase
    limit: Limit
    catalog: Catalog
    outcome: LimitOutcome


def _frames(
    case: LimitCase, limit: Limit, standing: Standing, balance: Balance
) -> Iterable[dict[str, Any]]:
    """One frame, or one per row of ``each``: the givens, and the books as ``balance`` knows them."""
    worth = worth_at(case.doctype, case.document)
    around = {"balance": balance, "read": standing.read, "worth": worth}
    ask = asker(standing.catalog, standing.facts, standing.candidates, around)
    for row in rows_at(case.document, limit.each or ""):
        frame: dict[str, Any] = {
            "this": case.document,
            "facts": standing.facts,
            "ask": ask,
            **around,
        }
        if limit.each is not None:
            frame["row"] = row
        given = {name: expression.run(frame) for name, expression in limit.given.items()}
        yield {**frame, **given, "let": {}}


def _applies(limit: Limit, frame: dict[str, Any]) -> bool:
    if limit.when is not None and limit.when.run(frame) is not True:
        return False
    return limit.unless is None or limit.unless.run(frame) is not True


def _measure(about: _Measured, frame: dict[str, Any], earlier: dict[str, Any]) -> None:
    limit, outcome = about.limit, about.outcome
    measured = limit.measure.run(frame)
    most = limit.maximum.run(frame) if limit.maximum is not None else None
    least = limit.minimum.run(frame) if limit.minimum is not None else None
    if most is None and least is None:
        return
    if measured is None:
        said = f"{limit.name} cannot be measured: something it needs is missing."
        read = ", ".join(sorted({each.field.replace("_", " ") for each in limit.measure.reads}))
        hint = f"Fill in what it reads: {read}." if read else "Fill in what it is measured by."
        place = _path(limit, frame)
        outcome.findings.append(Finding(f"limit.{limit.key}", place, said, hint=hint))
        return
    over, under = _beyond(measured, most), least is not None and measured < least
    if not over and not under:
        return
    before = limit.measure.run(earlier)
    # What a document makes better is not held against it.
    if before is not None and (measured < before if over else measured > before):
        return
    told = {**frame, "measured": measured, "before": before, "max": most, "min": least}
    _tell(about, told)


def _beyond(measured: Any, most: Any) -> bool:
    return most is not None and bool(measured > most)


def _tell(about: _Measured, told: dict[str, Any]) -> None:
    case, limit, outcome = about.case, about.limit, about.outcome
    message, hint = _words(limit, told)
    finding = Finding(f"limit.{limit.key}", _path(limit, told), message, hint=hint)
    document = case.document.get("id")
    if limit.passing is not None and limit.key in case.passed:
        outcome.findings.append(replace(finding, action="warn", hint=""))
        asked = limit.passing.ask.fields if limit.passing.ask is not None else ()
        said = {name: case.passed[limit.key].get(name) for name in asked}
        outcome.passed[limit.key] = {"found": message, **said}
    elif case.done and limit.if_done is not None:
        outcome.findings.append(replace(finding, action="warn", hint=""))
        outcome.breaches.append(_breach(about, told, message, limit.if_done))
    elif limit.action in ("warn", "confirm"):
        outcome.findings.append(
            replace(finding, action="warn" if limit.action == "warn" else "confirm")
        )
    else:
        outcome.findings.append(_passable(limit, finding))
        if limit.answer is not None and outcome.answer is None:
            outcome.answer = answered(limit.answer, told)
        if limit.action == "go" and not _may_pass(limit, case):
            reason = limit.reason.run(told) if limit.reason is not None else message
            outcome.transitions.append(
                TransitionRequest(case.doctype.name, document, limit.transition, reason, limit.key)
            )


def _breach(about: _Measured, told: dict[str, Any], message: str, if_done: IfDone) -> Breach:
    measured, most, least = (told[name] for name in ("measured", "max", "min"))
    allowed = most if _beyond(measured, most) else least
    figures = (figure(measured), figure(allowed))
    key = about.limit.key
    return Breach(key, "", about.limit.name, _key(about, told), *figures, message, if_done.roles)


def _key(about: _Measured, frame: Mapping[str, Any]) -> str:
    """Of what it is measured, in words: ``Company One, Holder Group A``."""
    words = []
    for name, expression in about.limit.by.items():
        value = expression.run(frame)
        if value is not None:
            label = name.replace("_", " ").capitalize()
            words.append(f"{label} {_title(about.catalog, frame['facts'], expression.type, value)}")
    if about.limit.each is not None:
        words.append(f"line {frame['row']['index']}")
    return ", ".join(words)


def _title(catalog: Catalog, facts: Facts, type_: Type, value: Any) -> Any:
    """How a person knows a record, where the facts know it."""
    if not isinstance(type_, Record):
        return value
    record = facts.get(type_.key, {}).get(value)
    doctype = catalog.doctypes.get(type_.doctype)
    if record is None or doctype is None:
        return value
    return record.get("number") or record.get(doctype.title_field) or value


def _may_pass(limit: Limit, case: LimitCase) -> bool:
    return limit.passing is not None and not case.roles.isdisjoint(limit.passing.roles)


def _passable(limit: Limit, found: Finding) -> Finding:
    """The refusal, saying who may go beyond the limit, if anybody may."""
    if limit.passing is None:
        return found
    return Passable(
        found.code,
        found.path,
        found.message,
        hint=found.hint,
        limit=limit.key,
        roles=limit.passing.roles,
    )


def _words(limit: Limit, told: dict[str, Any]) -> tuple[str, str]:
    """(message, hint) of a limit that is passed."""
    if limit.message is not None:
        return limit.message.run(told), ""
    measured, most, least, before = (told[n] for n in ("measured", "max", "min", "before"))

    def written(value: Any) -> str:
        return shown(value, told[_GROUPS], 2 if isinstance(limit.measure.type, Money) else None)

    if _beyond(measured, most):
        left = most - before if before is not None else None
        hint = "Nothing is left: take back what uses it, or have the limit changed."
        if left is not None and left > 0:
            hint = f"{written(left)} is left: stay within it, or have the limit changed."
        return (
            f"{limit.name}: it would be {written(measured)}; {written(most)} at most is allowed.",
            hint,
        )
    said = f"{limit.name}: it would be {written(measured)}; {written(least)} at least is asked."
    return said, f"Come to {written(least)} or more, or have the limit changed."


def _path(limit: Limit, frame: Mapping[str, Any]) -> str:
    return path_of(frame["row"], limit.each) if limit.each is not None else ""


# --- the books with what is about to be written ----------------------------------------------------


def including(balance: Balance, entries: Sequence[Entry]) -> Balance:
    """``balance`` with ``entries`` that are not written yet."""
    by_ledger: dict[str, list[Entry]] = {}
    for entry in entries:
        by_ledger.setdefault(entry.ledger.name, []).append(entry)

    def answer(call: BalanceCall) -> Any:
        own = by_ledger.get(call.ledger, ())
        return balance(call) + sum(
            (_amount(e, call.measure) for e in own if _is_meant(e, call)), ZERO
        )

    return answer


def _amount(entry: Entry, measure: str) -> Decimal:
    name = measure.replace(".", "_")
    plain = name.removesuffix("_worth")
    worth = entry.worth.get(plain) if plain != name else None
    if worth is None and name in entry.values:
        return Decimal(entry.values[name])
    return Decimal(entry.values.get(plain, ZERO)) if worth is None else worth


def _is_meant(entry: Entry, call: BalanceCall) -> bool:
    if call.at is not None and entry.date > call.at:
        return False
    if call.start is not None and entry.date < call.start:
        return False
    if call.end is not None and entry.date > call.end:
        return False
    return all(_fits(entry.values.get(name), value) for name, value in call.match.items())


def _fits(cell: Any, value: Any) -> bool:
    cell = cell["id"] if isinstance(cell, dict) else cell
    if isinstance(value, (list, tuple, set, frozenset)):
        return cell in value
    return bool(cell == value)
