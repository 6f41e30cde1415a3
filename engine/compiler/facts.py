"""Pass 14, facts: what must be known of other records before a document can be worked out.

Found by reachability from what expressions read. Every own link is fetched with its title and
company, so that a link to nothing or into another company is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field, replace

from engine.catalog.actions import AnswerObject, AnswerRows
from engine.catalog.calculation import Check, RuleStep, Step, TaxStep, expressions_of_step
from engine.catalog.doctypes import Doctype, FactPlan
from engine.catalog.fields import DOCUMENT, Field, Table
from engine.catalog.flow import Effect, Make, MakeFrom, Send, Set
from engine.catalog.ledgers import Ledger, Posting
from engine.catalog.rules import RuleSet
from engine.catalog.sources import expressions_of as expressions_of_source
from engine.catalog.workflow import Condition
from engine.compiler.rules import expressions_of
from engine.expr.program import Expr, Read, Template
from engine.expr.types import COMPANY_DOCTYPE, Record

CONTROL = "is_control"
"""The field of an account that only ledgers may write."""


_Columns = dict[str, set[str]]
_Rows = dict[str, dict[str, tuple[str, str]]]


@dataclass(slots=True)
class _Known:
    """A doctype as facts of it are fetched: its columns, its links, its title."""

    columns: frozenset[str]
    links: Dictionary[str, tuple[str, ...]]
    title: str
    rows: Dictionary[str, tuple[str, str]]
    """Its tables and back links: (key of their rows, the field there that leads back)."""
    backs: frozenset[str]


@dataclass(slots=True)
class FactPlanner:
    """Plans facts for every doctype of a catalog."""

    doctypes: Dictionary[str, Doctype]
    ledgers: Dictionary[str, Ledger]
    rules: Dictionary[str, RuleSet]
    _known: dict[str, _Known] = field(default_factory=dict)

    def plan(self, doctype: Doctype, further: Iterable[Expr] = ()) -> FactPlan:
        """What to fetch for documents of ``doctype``; ``further`` expressions read them too."""
        further = tuple(further)
        rules = self._asked(doctype, further)
        reads = list(self._reads(doctype, rules))
        reads += [(read, frozenset()) for expression in further for read in expression.reads]
        columns, rows = self._read_of(reads)
        if doctype.posts and doctype.company == "required":
            self._money(columns)
        self._control(doctype, columns)
        links = self._own_links(doctype)
        for target in [target for targets in links.values() for target in targets]:
            self._with_owners(target, columns)
        skipped = self._only_defaults(doctype, rules)
        asked = tuple(name for name in rules if self.rules[name].sources)
        return replace(self._planned(columns, rows, skipped), links=links, rules=asked)

    def plan_entries(self, ledger: Ledger) -> FactPlan:
        """What to fetch for entries of ``ledger`` that stand already, to write more like them."""
        reads = list(self._reads_of([ledger, *self._reached(ledger.posts.values())]))
        if ledger.lots is not None and ledger.lots.residue is not None:
            reads += [(read, frozenset()) for read in ledger.lots.residue.reads]
        columns, rows = self._read_of(reads)
        self._money(columns)
        for dimension in ledger.dimensions.values():
            for target in dimension.link:
                self._with_owners(target, columns)
        return self._planned(columns, rows, set())

    def _read_of(self, reads: Iterable[tuple[Read, frozenset[str]]]) -> tuple[_Columns, _Rows]:
        """The columns that are read of each doctype, and its tables and back links."""
        columns: _Columns = {}
        rows: _Rows = {}
        for read, candidates in reads:
            name = read.record.key
            if not self._is_stored(name):
                continue
            known = self._know(name)
            is_fact = not read.record.own or name in candidates
            if read.field in (known.rows if is_fact else known.backs):
                columns.setdefault(name, set())
                rows.setdefault(name, {})[read.field] = known.rows[read.field]
            elif is_fact:
                columns.setdefault(name, set()).add(read.field)
        return columns, rows

    def _planned(self, columns: _Columns, rows: _Rows, skipped: set[tuple[str, str]]) -> FactPlan:
        """The plan of what is read; links that are ``skipped`` are not followed."""
        for target, by in [place for fields in rows.values() for place in fields.values()]:
            columns.setdefault(target, set()).add(by)
        follow = self._follow(columns, skipped)
        for targets in self._followed(follow):
            for target in targets:
                if target != DOCUMENT:
                    columns.setdefault(target, set())
        known = {name: self._columns(name, columns[name]) for name in sorted(columns)}
        return FactPlan({}, known, follow, rows=rows)

    def _is_stored(self, name: str) -> bool:
        owner, _, path = name.partition(".")
        return owner in self.doctypes and path in self.doctypes[owner].tables

    def _with_owners(self, target: str, columns: dict[str, set[str]]) -> None:
        """A link to a row is a link to what the row belongs to: its company is seen there."""
        if target == DOCUMENT:
            return
        columns.setdefault(target, set())
        while "." in target:
            columns[target].add("parent")
            target = target.rpartition(".")[0]
            columns.setdefault(target, set()).add("id")

    def _asked(self, doctype: Doctype, further: Iterable[Expr]) -> tuple[str, ...]:
        """The rule sets that steps ask, and those that expressions and other rule sets ask as functions."""
        by_key = {rules.key: name for name, rules in self.rules.items()}
        found = dict.fromkeys(_rules_of(doctype.steps))
        keys = [key for each in (*_expressions(doctype), *further) for key in each.asks]
        for name in found:
            keys += self.rules[name].asks
        while keys:
            called = by_key.get(keys.pop())  # None: one that did not compile, which is reported
            if called is not None and called not in found:
                found[called] = None
                keys += self.rules[called].asks
        return tuple(found)

    def _know(self, name: str) -> _Known:
        found = self._known.get(name)
        if found is None:
            owner, _, path = name.partition(".")
            doctype = self.doctypes[owner]
            table = doctype.tables[path]
            own = {f.name for f in table.columns}
            links = {f.name: f.link for f in table.columns if f.type == "link"}
            backs = {f.name: f.back for f in table.fields.values() if f.back is not None}
            rows = backs | {
                f.name: (f"{owner}.{f.table}", "parent")
                for f in table.fields.values()
                if f.table is not None
            }
            if path:
                links["parent"] = (name.rpartition(".")[0],)
                columns = frozenset(own | {"id", "parent", "index"})
                found = self._known[name] = _Known(columns, links, "", rows, frozenset(backs))
                return found
            if doctype.company == "required":
                own.add("company")
                links["company"] = (COMPANY_DOCTYPE,)
            own |= {"state", "stage"} if doctype.submittable else set()
            own |= {"number"} if doctype.submittable or doctype.number is not None else set()
            own |= {"amends"} if doctype.amend == "new" else set()
            own |= {"id", "version", "created_at", "created_by", "changed_at", "changed_by"}
            found = self._known[name] = _Known(
                frozenset(own), links, doctype.title_field, rows, frozenset(backs)
            )
        return found

    def _columns(self, name: str, read: set[str]) -> tuple[str, ...]:
        known = self._know(name)
        wanted = (*sorted(read), known.title, "company")
        return tuple(dict.fromkeys(c for c in wanted if c in known.columns and c != "id"))

    def _money(self, columns: _Columns) -> None:
        """What is written into ledgers needs the currency of its company."""
        if COMPANY_DOCTYPE in self.doctypes and "currency" in self._know(COMPANY_DOCTYPE).columns:
            columns.setdefault(COMPANY_DOCTYPE, set()).add("currency")

    def _control(self, doctype: Doctype, columns: dict[str, set[str]]) -> None:
        """A document that writes the books by itself must know which accounts are for ledgers only."""
        for posting in doctype.posts.values():
            ledger = self.ledgers.get(posting.ledger)
            if ledger is None or ledger.double_entry is None:
                continue
            for dimension in ledger.dimensions.values():
                for name in dimension.link:
                    if name in self.doctypes and CONTROL in self._know(name).columns:
                        columns.setdefault(name, set()).add(CONTROL)

    def _own_links(self, doctype: Doctype) -> dict[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], tuple[str, ...]] = {}
        if doctype.company == "required" and COMPANY_DOCTYPE in self.doctypes:
            found["", "company"] = (COMPANY_DOCTYPE,)
        for table in doctype.tables.values():
            for f in _links(table):
                targets = tuple(
                    name for name in f.link if name == DOCUMENT or self._is_stored(name)
                )
                if targets:
                    found[table.path, f.name] = targets
        return found

    def _only_defaults(self, doctype: Doctype, rules: Iterable[str]) -> set[tuple[str, str]]:
        """Links that only fill in an own link by default: they are fetched once they did, not before."""
        hard = {
            (read.record.key, read.field) for read, _ in self._reads(doctype, rules, defaults=False)
        }
        soft: set[tuple[str, str]] = set()
        for expression in _defaults(doctype):
            facts = [read for read in expression.reads if not read.record.own]
            read_of = {read.record.key for read in facts}
            for read in facts:
                name = read.record.key
                targets = (
                    self._know(name).links.get(read.field, ()) if self._is_stored(name) else ()
                )
                place = (name, read.field)
                (hard if read_of.intersection(targets) else soft).add(place)
        return soft - hard

    def _follow(
        self, columns: Dictionary[str, set[str]], skipped: set[tuple[str, str]]
    ) -> dict[str, tuple[str, ...]]:
        """The link columns read of facts that lead to doctypes of which something is read."""
        found: dict[str, tuple[str, ...]] = {}
        for name in sorted(columns):
            links = self._know(name).links
            names = tuple(
                link for link in sorted(columns[name])
                if (name, link) not in skipped and any(columns.get(target) for target in links.get(link, ()))
            )  # fmt: skip
            if names:
                found[name] = names
        return found

    def _followed(self, follow: Dictionary[str, tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
        for name, links in follow.items():
            for link in links:
                yield self._know(name).links[link]

    # --- what is read --------------------------------------------------------------------------

    def _reads(
        self, doctype: Doctype, rules: Iterable[str], *, defaults: bool = True
    ) -> Iterator[tuple[Read, frozenset[str]]]:
        """Each read with the doctypes of which a dict at hand is a candidate, not the document."""
        none: frozenset[str] = frozenset()
        for expression in (*_expressions(doctype), *(_defaults(doctype) if defaults else ())):
            yield from ((read, none) for read in expression.reads)
        for f in (f for table in doctype.tables.values() for f in table.fields.values()):
            if f.where is not None:
                candidates = frozenset(f.link)
                yield from ((read, candidates) for read in f.where.reads)
        for name in (*rules, *_rules_of_needs(doctype)):
            for expression in expressions_of(self.rules[name]):
                yield from ((read, none) for read in expression.reads)
            yield from ((read, none) for read in _trees(self.rules[name]))
        yield from self._reads_of(self._reached(doctype.posts.values()))

    def _reads_of(self, ledgers: Iterable[Ledger]) -> Iterator[tuple[Read, frozenset[str]]]:
        """Each read of what entries of ``ledgers`` need when they are written."""
        none: frozenset[str] = frozenset()
        for ledger in ledgers:
            for expression in _of_ledger(ledger):
                yield from ((read, none) for read in expression.reads)
            for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
                if dimension.where is not None:
                    candidates = frozenset(dimension.link)
                    yield from ((read, candidates) for read in dimension.where.reads)

    def _reached(self, posts: Iterable[Posting]) -> list[Ledger]:
        """The ledgers that postings write, directly and through the posts of ledgers."""
        found: dict[str, Ledger] = {}
        waiting = [p.ledger for p in posts]
        while waiting:
            name = waiting.pop()
            if name not in found and name in self.ledgers:
                found[name] = self.ledgers[name]
                waiting += [p.ledger for p in self.ledgers[name].posts.values()]
        return list(found.values())


def _trees(rules: RuleSet) -> Iterator[Read]:
    """The links upwards of the trees that rows are compared with."""
    for source in rules.sources:
        for match in source.matches:
            if match.tree is not None:
                yield Read(Record(match.tree[0]), match.tree[1])


def _links(table: Table) -> Iterator[Field]:
    return (f for f in table.columns if f.type == "link")


def _rules_of(steps: Iterable[Step]) -> tuple[str, ...]:
    names = [step.rules for step in steps if isinstance(step, (RuleStep, TaxStep))]
    return tuple(dict.fromkeys(names))


def _rules_of_needs(doctype: Doctype) -> tuple[str, ...]:
    """The rule sets that say whose consent a transition needs."""
    return tuple(
        need.rules
        for transition in doctype.workflow.transitions.values()
        for need in transition.needs.values()
        if need.rules is not None
    )


def _expressions(doctype: Doctype) -> Iterator[Expr | Template]:
    """All that is worked out with the facts of a document, but what its links' ``where`` reads."""
    for table in doctype.tables.values():
        for f in table.fields.values():
            yield from _some(f.required_if, f.read_only_if, f.unit)
            if f.make is not None:
                yield from _some(f.make.when, *f.make.set.values())
    for step in (*doctype.steps, *doctype.computed):
        yield from expressions_of_step(step)
    for check in (*doctype.checks.values(), *doctype.proof.values()):
        yield from _of_check(check)
    for posting in doctype.posts.values():
        yield from of_posting(posting)
    for effects in doctype.on.values():
        for effect in effects:
            yield from of_effect(effect)
    yield from of_moves(doctype)
    for limit in doctype.limits.values():
        yield from limit.expressions()
    yield from _some(doctype.title)
    if doctype.number is not None:
        yield from doctype.number.by
        for series in doctype.number.series.values():
            yield from _some(series.text, series.when)


def _defaults(doctype: Doctype) -> Iterator[Expr]:
    for table in doctype.tables.values():
        for f in table.fields.values():
            if f.default_expression is not None:
                yield f.default_expression


def _some(*found: Expr | Template | None) -> Iterator[Expr | Template]:
    return (expression for expression in found if expression is not None)


def _of_check(check: Check) -> Iterator[Expr | Template]:
    return _some(check.check, check.message, check.when)


def of_posting(posting: Posting) -> Iterator[Expr | Template]:
    """Every expression of a posting."""
    yield from posting.expressions()


def of_effect(effect: Effect) -> Iterator[Expr]:
    """Every expression of an effect."""
    if effect.when is not None:
        yield effect.when
    if effect.each is not None:
        yield from expressions_of_source(effect.each)
    match effect:
        case Make():
            yield from (*effect.set.values(), *effect.once)
            if effect.company is not None:
                yield effect.company
        case Set():
            yield from effect.set.values()
        case Send():
            yield from effect.values.values()


def of_moves(doctype: Doctype) -> Iterator[Expr | Template]:
    """Every expression of the workflow and the actions of a doctype."""
    for transition in doctype.workflow.transitions.values():
        yield from _some(
            transition.when, transition.auto, transition.confirm, transition.people.who
        )
        yield from _of_conditions(transition.checks)
        for need in transition.needs.values():
            yield from need.given.values()
            yield from _some(need.who, need.person, need.count, need.when)
    for timer in doctype.workflow.timers.values():
        yield timer.to
    for action in doctype.actions.values():
        yield from _some(action.when, action.confirm, action.people.who)
        yield from _of_conditions(action.checks)
        for effect in action.do:
            yield from of_effect(effect)
        if action.answer is not None:
            yield from _of_answer(action.answer)
        for error in action.errors.values():
            yield from _of_answer(error.answer)


def _of_conditions(conditions: Dictionary[str, Condition]) -> Iterator[Expr | Template]:
    for condition in conditions.values():
        yield from _some(condition.check, condition.message, condition.when)


def _of_answer(answer: AnswerObject) -> Iterator[Expr]:
    for part in answer.parts.values():
        if isinstance(part, AnswerObject):
            yield from _of_answer(part)
        elif isinstance(part, AnswerRows):
            yield from _of_answer(part.give)
            if part.where is not None:
                yield part.where
        elif part.expression is not None:
            yield part.expression


def of_making(mapping: MakeFrom) -> Iterator[Expr]:
    """Every expression by which a document is made out of another."""
    yield from mapping.set.values()
    if mapping.each is not None:
        yield from expressions_of_source(mapping.each)
    if mapping.quantity is not None:
        yield mapping.quantity


def _of_ledger(ledger: Ledger) -> Iterator[Expr | Template]:
    """What an entry of the ledger needs when it is written; candidates are looked at separately."""
    for dimension in (*ledger.dimensions.values(), *ledger.details.values()):
        yield from _some(dimension.required_if, dimension.default_expression)
    if ledger.valuation is not None:
        yield from _some(ledger.valuation.method, ledger.valuation.residue)
    if ledger.lots is not None:
        yield from _some(ledger.lots.order, ledger.lots.expires)
    for limit in ledger.limits.values():
        yield from _some(limit.minimum, limit.maximum, limit.expression)
        yield from _some(limit.when, limit.unless, limit.message)
    for posting in ledger.posts.values():
        yield from of_posting(posting)
