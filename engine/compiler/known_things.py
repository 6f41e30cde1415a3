"""What a name may stand for, of all that a catalog declares."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import child_path
from engine.catalog.tests import Step
from engine.catalog.whole import Catalog
from engine.compiler.names import key_of

_FIELDS = frozenset({
    "field", "field path", "field rows", "table", "dimension", "dimension or field", "measure", "column",
    "currency", "path",
})  # fmt: skip
_WAYS = frozenset({"transition", "state"})


@dataclass(frozen=True, slots=True)
class Scope:
    """What owns names: a doctype (or its table ``path``), a ledger, a rule set, a report, a workflow."""

    kind: str
    name: str
    path: str = ""


Scopes = tuple[tuple[Scope, ...], ...]
"""Nearest first. All of a group are meant where a name is of several: the doctypes of one workflow."""


class Things:
    """Looks names up; what is found is written as ``uses`` is asked: ``Sales Invoice.items.rate``."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._steps: dict[str, dict[str, Step]] = {}
        self._limits = {key_of(name): name for kind, name in catalog.owners if kind == "limit"}

    def there(self, kind: str, name: str) -> bool:
        """Whether such a construct is declared."""
        return (kind, name) in self._catalog.owners

    def doctype(self, name: str) -> Doctype | None:
        return self._catalog.doctypes.get(name)

    def steps(self, test: str) -> Mapping[str, Step]:
        """The steps of a test by key, those of the tests that it is `with` among them."""
        if test not in self._steps:
            found = self._catalog.tests.get(test)
            self._steps[test] = {step.key: step for step in found.steps} if found else {}
        return self._steps[test]

    def through(self, workflow: str, named: Iterable[str]) -> tuple[Scope, ...]:
        """The doctypes that go through a workflow: those it names and those that name it."""
        saying = (d.name for d in self._catalog.doctypes.values() if d.workflow.name == workflow)
        return tuple(Scope("doctype", name) for name in dict.fromkeys((*named, *saying)))

    def table(self, name: str, scopes: Scopes) -> Scopes:
        """``scopes`` and before them the rows of table ``name`` (a path) of the nearest that has one."""
        for group in scopes:
            rows: list[Scope] = []
            for scope in group:
                doctype = self.doctype(scope.name) if scope.kind == "doctype" else None
                path = child_path(scope.path, name)
                if doctype is not None and path in doctype.tables:
                    rows.append(Scope("doctype", scope.name, path))
            if rows:
                return (tuple(rows), *scopes)
        return scopes

    def meant(self, of: str, name: str, scopes: Scopes) -> Iterator[str]:
        """What ``name`` stands for, where a key takes the name of an ``of``."""
        if of in _FIELDS:
            yield from self._nearest(name, scopes)
        elif of in _WAYS:
            yield from self._way(name, scopes)
        elif of == "limit":
            yield from (self._limits[key] for key in (name,) if key in self._limits)
        elif of == "role":
            yield from self._nearest(name, scopes[:1]) or ((name,) if self.there(of, name) else ())
        else:
            yield from self._construct("doctype" if of == "row source" else of, name)

    def _construct(self, of: str, name: str) -> Iterator[str]:
        """A construct, and with a point the table or field of a doctype as well."""
        head, _, path = name.partition(".")
        for kind in of.split():
            if self.there(kind, head):
                yield head
                if path and self.field("doctype", head, "", path):
                    yield name

    def _nearest(self, name: str, scopes: Scopes) -> tuple[str, ...]:
        for group in scopes:
            found = [
                thing
                for scope in group
                for thing in self.field(scope.kind, scope.name, scope.path, name)
            ]
            if found:
                return tuple(found)
        return ()

    def field(self, kind: str, owner: str, path: str, name: str) -> tuple[str, ...]:
        """The field, dimension, measure, answer or column ``name`` of ``owner``; () where it has none."""
        catalog = self._catalog
        if kind == "doctype":
            return tuple(self._of_doctype(owner, path, name))
        known: Iterable[str] = ()
        if kind == "ledger" and owner in catalog.ledgers:
            ledger = catalog.ledgers[owner]
            known = (*ledger.dimensions, *ledger.details, *ledger.measures)
        elif kind == "rules" and owner in catalog.rules:
            known = catalog.rules[owner].roles
        elif kind == "report" and owner in catalog.reports:
            known = (*catalog.reports[owner].ask, *catalog.reports[owner].columns)
        head = name.partition(".")[0]  # `amount.worth` is the measure amount
        return (f"{owner}.{head}",) if head in known else ()

    def _of_doctype(self, owner: str, path: str, name: str) -> Iterator[str]:
        """A field by its path: over tables (``items.rate``) and over links (``customer.name``)."""
        doctype = self.doctype(owner)
        table = doctype.tables.get(path) if doctype is not None else None
        head, _, rest = name.partition(".")
        field = table.fields.get(head) if table is not None else None
        if doctype is None or field is None:
            return
        full = child_path(path, head)
        yield f"{owner}.{full}"
        if rest and full in doctype.tables:
            yield from self._of_doctype(owner, full, rest)
        elif rest:
            for target in field.link:
                yield from self._of_doctype(target, "", rest)

    def _way(self, name: str, scopes: Scopes) -> tuple[str, ...]:
        """A transition, an action or a state of the nearest doctype or workflow that has it."""
        for group in scopes:
            found = [way for scope in group if (way := self.way(scope, name))]
            if found:
                return tuple(dict.fromkeys(found))
        return ()

    def way(self, scope: Scope, name: str) -> str:
        """``Approval.approve`` of a workflow that is declared, ``Invoice.submit`` of a doctype without one."""
        if scope.kind == "workflow":
            for doctype in self._catalog.doctypes.values():
                flow = doctype.workflow
                if flow.name == scope.name and name in (*flow.transitions, *flow.states):
                    return f"{scope.name}.{name}"
            return ""
        doctype_ = self.doctype(scope.name) if scope.kind == "doctype" else None
        if doctype_ is None:
            return ""
        if name in doctype_.actions:
            return f"{doctype_.name}.{name}"
        flow = doctype_.workflow
        if name not in flow.transitions and name not in flow.states:
            return ""
        return f"{flow.name if flow.declared else doctype_.name}.{name}"
