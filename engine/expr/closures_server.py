"""Closures of what only the server answers: balances of ledgers, accounts of roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.expr.errors import RoleUnresolved
from engine.expr.nodes import Ask, Balance, Find, Node, Role, RoleSteps
from engine.expr.program import BalanceCall, RecordQuestion
from engine.expr.types import records_of

Frame: TypeAlias = Mapping[str, Any]
Run: TypeAlias = Callable[[Frame], Any]
Build: TypeAlias = Callable[[Node], Run]


def build_balance(node: Balance, build: Build) -> Run:
    """Asks ``frame['balance']``; records among the dimensions become ids."""
    match = tuple((name, build(value)) for name, value in node.match)
    times = {
        name: build(part)
        for name, part in (("at", node.at), ("start", node.start), ("end", node.end))
        if part is not None
    }
    ledger, measure, kind = node.ledger, node.measure, node.kind

    def run(frame: Frame) -> Any:
        values = {name: _key(value(frame)) for name, value in match}
        bounds = {name: time(frame) for name, time in times.items()}
        return frame["balance"](BalanceCall(ledger, measure, values, kind=kind, **bounds))

    return run


def _key(value: Any) -> Any:
    if value.__class__ is dict:
        return value.get("id")
    if isinstance(value, (list, tuple)):
        return [_key(each) for each in value]
    return value


def build_role(node: Role, build: Build) -> Run:
    chains = {chain.role: _chain(chain, build) for chain in node.chains}
    chosen = node.chosen
    if chosen is None:
        (chain,) = chains.values()
        return chain
    name = build(chosen)

    def run(frame: Frame) -> Any:
        role = name(frame)
        found = chains.get(role)
        if found is None:
            raise RoleUnresolved(str(role), {})
        return found(frame)

    return run


def _chain(chain: RoleSteps, build: Build) -> Run:
    """The first step that is not null; the steps see the givens and the facts alone.

    A record of another company than the given ``company`` is passed over: what companies share may
    carry the accounts of one of them.
    """
    givens = tuple((name, build(value)) for name, value in chain.givens)
    steps = tuple((build(step), _doctypes(step)) for step in chain.steps)
    role = chain.role
    absent = dict.fromkeys(chain.absent)

    def run(frame: Frame) -> Any:
        inner = dict(absent)
        for name, value in givens:
            inner[name] = value(frame)
        known = dict(inner)
        inner["facts"] = frame["facts"]
        if "balance" in frame:
            inner["balance"] = frame["balance"]
        company = _key(inner.get("company"))
        for step, doctypes in steps:
            account = step(inner)
            if account is not None and not _is_elsewhere(
                account, company, doctypes, frame["facts"]
            ):
                return account
        raise RoleUnresolved(role, {name: _key(value) for name, value in known.items()})

    return run


def _doctypes(step: Node) -> tuple[str, ...]:
    """The doctypes that a step may yield records of."""
    return tuple(record.doctype for record in records_of(step.type))


def _is_elsewhere(account: Any, company: Any, doctypes: tuple[str, ...], facts: Any) -> bool:
    """Whether the facts say that ``account`` belongs to another company; unknown ones do not."""
    if company is None:
        return False
    number = _key(account)
    for name in doctypes:
        record = facts.get(name, {}).get(number)
        if record is not None:
            owner = record.get("company")
            return owner is not None and owner != company
    return False


def build_ask(node: Ask, build: Build) -> Run:
    """Asks ``frame['ask'](rule set key, given)``; null where the rule set has no answer."""
    given = tuple((name, build(value), as_id) for name, value, as_id in node.given)
    rules, answer = node.rules, node.answer

    def run(frame: Frame) -> Any:
        values = {}
        for name, value, as_id in given:
            found = value(frame)
            values[name] = _key(found) if as_id else found
        answers = frame["ask"](rules, values)
        return None if answers is None else answers.get(answer)

    return run


def build_find(node: Find, build: Build) -> Run:
    """Asks ``frame['read']``; the record is given whole, so its fields are at hand."""
    key, doctype, field = build(node.value), node.doctype, node.field

    def run(frame: Frame) -> Any:
        value = key(frame)
        if value is None:
            return None
        found = frame["read"](RecordQuestion(doctype, {field: value}))
        return found[0] if found else None

    return run
