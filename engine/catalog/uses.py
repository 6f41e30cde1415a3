"""Where something that is declared is used: all that reads or names it.

A thing is named as people write it: ``Sales Invoice``, ``Sales Invoice.customer``, ``Sales Invoice.items.rate``,
``Stock``, ``Stock.quantity``, ``Account Roles.income``; a transition, a state or an action with what it belongs to:
``Order Approval.approve``, ``Sales Invoice.submit`` where no workflow is declared.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine.catalog.calculation import FormulaStep
from engine.catalog.mentions import Mention, Use
from engine.catalog.rules import RuleSet
from engine.catalog.whole import Catalog
from engine.expr.nodes import Find, RoleSteps
from engine.expr.program import Expr, Template
from engine.problems.problem import Span

_SKIPPED = frozenset({"span", "facts", "make_facts", "fixed", "by_key", "tests", "digest", "menu"})
_OPENERS = ("entry:", "answer:", "parameters:", "result:")
_POSTINGS = "postings:"
_POSTED = "posted entry:"


Uses = Mapping[str, tuple[Use, ...]]


def uses(catalog: Catalog, mentions: Iterable[Mention]) -> Uses:
    """Thing → where it is used, in the order of the catalog; ``mentions`` are those that it was compiled with."""
    found: dict[str, dict[Use, None]] = {}
    for name, use in mentions:
        found.setdefault(name, {})[use] = None
    for owner, construct in _constructs(catalog):
        for place, value in _walk(construct, ()):
            for name, use in _of(catalog, owner, place, value):
                found.setdefault(name, {})[use] = None
    return {name: tuple(places) for name, places in found.items()}


def known(catalog: Catalog) -> Iterator[str]:
    """Everything that could be asked for."""
    for doctype in catalog.doctypes.values():
        yield doctype.name
        for path, table in doctype.tables.items():
            owner = f"{doctype.name}.{path}" if path else doctype.name
            yield from (f"{owner}.{name}" for name in table.fields)
    for ledger in catalog.ledgers.values():
        yield ledger.name
        for name in (*ledger.dimensions, *ledger.details, *ledger.measures):
            yield f"{ledger.name}.{name}"
    for rules in catalog.rules.values():
        yield rules.name
        yield from (f"{rules.name}.{name}" for name in (*rules.roles, *_answers(rules)))
    for report in catalog.reports.values():
        yield report.name
        yield from (f"{report.name}.{name}" for name in (*report.ask, *report.columns))
    for doctype in catalog.doctypes.values():
        flow, own = doctype.workflow, doctype.name
        if doctype.submittable or flow.declared:
            owner = flow.name if flow.declared else own
            yield from (f"{owner}.{name}" for name in (*flow.transitions, *flow.states))
        yield from (f"{own}.{name}" for name in doctype.actions)
    yield from (name for _, name in catalog.owners)


def _answers(rules: RuleSet) -> Iterator[str]:
    yield from rules.give
    for case in rules.cases.values():
        yield from case.give


def _constructs(catalog: Catalog) -> Iterator[tuple[str, Any]]:
    """Every construct of every kind, whatever kinds there are."""
    for part in fields(catalog):
        constructs = getattr(catalog, part.name)
        if part.name in _SKIPPED or not isinstance(constructs, Mapping):
            continue
        for name, construct in constructs.items():
            if is_dataclass(construct):
                yield name, construct


def _walk(value: Any, place: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every expression and template below ``value``, with the keys that lead there."""
    if isinstance(value, (Expr, Template)):
        yield place, value
    elif isinstance(value, FormulaStep):
        return  # the formula stands at its field
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _walk(below, (*place, str(key)))
    elif isinstance(value, (tuple, list, frozenset)):
        for below in value:
            yield from _walk(below, (*place, _key_of(below)) if _key_of(below) else place)
    elif is_dataclass(value) and not isinstance(value, Span):
        for part in fields(value):
            if part.name not in _SKIPPED:
                yield from _walk(getattr(value, part.name), (*place, part.name))


def _key_of(value: Any) -> str:
    """Steps stand in a list and have a key; formulas are known by their field."""
    if not is_dataclass(value):
        return ""
    key = getattr(value, "key", None) or getattr(value, "field", None)
    path = getattr(value, "path", "") if key == getattr(value, "field", None) else ""
    return f"{path}.{key}" if path and key else str(key or "")


def _of(
    catalog: Catalog, owner: str, place: tuple[str, ...], value: Any
) -> Iterator[tuple[str, Use]]:
    where = ".".join(key for key in place if key)
    use = Use(owner, where, value.source, value.span)
    for read in value.reads:
        opened = _opened(catalog, read.record.key)
        if opened is not None:
            yield f"{opened}.{read.field}", use
    for node in _named(value.tree):
        if isinstance(node, Find):
            yield node.doctype, use
            continue
        for rules in catalog.rules.values():
            if node.role in rules.roles:
                yield f"{rules.name}.{node.role}", use
    for key in value.asks:
        yield from ((rules.name, use) for rules in catalog.rules.values() if rules.key == key)
    for balance in value.balances:
        ledger = _ledger(catalog, balance.ledger)
        yield ledger, use
        yield f"{ledger}.{balance.measure.partition('.')[0]}", use


def _opened(catalog: Catalog, key: str) -> str | None:
    """The construct behind a record that is no doctype: an entry is one of its ledger.

    None for the postings of a document as such: they are known by their keys.
    """
    if key.startswith(_POSTINGS):
        return None
    if key.startswith(_POSTED):
        doctype, _, posting = key.removeprefix(_POSTED).rpartition(".")
        found = (
            catalog.doctypes[doctype].posts.get(posting) if doctype in catalog.doctypes else None
        )
        return found.ledger if found is not None else key
    for opener in _OPENERS:
        if key.startswith(opener):
            return key.removeprefix(opener)
    return key


def _named(node: Any) -> Iterator[RoleSteps | Find]:
    """The account roles and the doctypes that an expression asks for by name."""
    if isinstance(node, (RoleSteps, Find)):
        yield node
    if isinstance(node, tuple):
        for below in node:
            yield from _named(below)
    elif is_dataclass(node):
        for part in fields(node):
            if part.name != "type":
                yield from _named(getattr(node, part.name))


def _ledger(catalog: Catalog, name: str) -> str:
    return next((x.name for x in catalog.ledgers.values() if name in (x.name, x.key)), name)
