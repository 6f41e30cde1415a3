"""Where a field, a ledger, a rule set, a doctype or a role is used: all that reads or names it.

A thing is named as people write it: ``Sales Invoice``, ``Sales Invoice.customer``,
``Sales Invoice.items.rate``, ``Stock``, ``Stock.quantity``, ``Account Roles.income``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from engine.catalog.calculation import FormulaStep
from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger, Posting
from engine.catalog.reports import Report
from engine.catalog.rules import RuleSet
from engine.catalog.whole import Catalog
from engine.expr.nodes import RoleSteps
from engine.expr.program import Expr, Template
from engine.problems.problem import Span

_MADE_OF_NAMES = frozenset({
    "ledger", "rules", "link", "source", "doctype", "role", "row_type", "gives", "target", "drill", "workflow",
    "transition", "given_link",
})  # fmt: skip
"""Attributes of resolved constructs that hold the names of others."""
_FIELDS = frozenset({
    "fields", "show", "list_fields", "search", "copy", "carried", "prorate", "merge_by", "each", "into", "over", "base",
    "by", "date", "currency", "rate", "title_field", "name_by", "tree", "set", "of", "per", "measure", "totals",
    "field", "unique", "line",
})  # fmt: skip
"""Attributes that hold names of fields, dimensions or measures of their construct, or of the table gone through."""
_SKIPPED = frozenset({"span", "facts", "make_facts", "fixed", "by_key", "tests", "digest", "menu"})
_OPENERS = ("entry:", "answer:", "parameters:", "result:")
_POSTINGS = "postings:"
_POSTED = "posted entry:"


@dataclass(frozen=True, slots=True)
class Use:
    """``owner`` (a construct) uses the thing at ``place`` (keys, by dots), in the expression ``text`` if it is one."""

    owner: str
    place: str
    text: str
    span: Span | None


Uses = Mapping[str, tuple[Use, ...]]


def uses(catalog: Catalog) -> Uses:
    """Thing → where it is used, in the order of the catalog."""
    found: dict[str, dict[Use, None]] = {}
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
    yield from catalog.roles


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
    """Every expression, template and name below ``value``, with the keys that lead there.

    What a posting writes comes as (ledger, dimension or measure).
    """
    if isinstance(value, (Expr, Template)):
        yield place, value
    elif isinstance(value, FormulaStep):
        return  # the formula stands at its field
    elif isinstance(value, str):
        if _MADE_OF_NAMES.union(_FIELDS).intersection(place[-2:]):
            yield place, value
    elif isinstance(value, Mapping):
        for key, below in value.items():
            yield from _walk(below, (*place, str(key)))
    elif isinstance(value, (tuple, list, frozenset)):
        for below in value:
            yield from _walk(below, (*place, _key_of(below)) if _key_of(below) else place)
    elif is_dataclass(value) and not isinstance(value, Span):
        if isinstance(value, Posting):
            for name in value.set:
                yield (*place, "set", name), (value.ledger, name)
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
    if isinstance(value, tuple):
        yield ".".join(value), Use(owner, where, "", _span(catalog, owner))
        return
    if isinstance(value, str):
        for name in _named(catalog, owner, place, value):
            yield name, Use(owner, where, "", _span(catalog, owner))
        return
    use = Use(owner, where, value.source, value.span)
    for read in value.reads:
        opened = _opened(catalog, read.record.key)
        if opened is not None:
            yield f"{opened}.{read.field}", use
    for role in _roles(value.tree):
        for rules in catalog.rules.values():
            if role in rules.roles:
                yield f"{rules.name}.{role}", use
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


def _roles(node: Any) -> Iterator[str]:
    """The account roles that an expression asks for by name."""
    if isinstance(node, RoleSteps):
        yield node.role
    elif isinstance(node, tuple):
        for below in node:
            yield from _roles(below)
    elif is_dataclass(node):
        for part in fields(node):
            if part.name != "type":
                yield from _roles(getattr(node, part.name))


def _named(catalog: Catalog, owner: str, place: tuple[str, ...], text: str) -> Iterator[str]:
    """What a name stands for: another construct, a row of one, or a field of the construct it stands in."""
    if _MADE_OF_NAMES.intersection(place[-2:]):
        for table in (catalog.doctypes, catalog.ledgers, catalog.rules, catalog.roles):
            if text in table and text != owner:
                yield text
                return
        if text.partition(".")[0] in catalog.doctypes and "." in text:
            yield text
            return
    if _FIELDS.intersection(place[-2:]):
        doctype, ledger = catalog.doctypes.get(owner), catalog.ledgers.get(owner)
        if ledger is not None and text in (*ledger.dimensions, *ledger.details, *ledger.measures):
            yield f"{owner}.{text}"
        elif doctype is not None:
            path, _, name = text.rpartition(".")
            if path in doctype.tables and name in doctype.tables[path].fields:
                yield f"{owner}.{text}"


def _ledger(catalog: Catalog, name: str) -> str:
    return next((x.name for x in catalog.ledgers.values() if name in (x.name, x.key)), name)


def _span(catalog: Catalog, owner: str) -> Span | None:
    construct: Doctype | Ledger | RuleSet | Report | None = (
        catalog.doctypes.get(owner)
        or catalog.ledgers.get(owner)
        or catalog.rules.get(owner)
        or catalog.reports.get(owner)
    )
    return getattr(construct, "span", None)
