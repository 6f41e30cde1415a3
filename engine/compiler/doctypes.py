"""The passes over one doctype, one after the other: from a draft to a ``Doctype`` without its fact plan."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Literal, cast

from engine.catalog.actions import Action
from engine.catalog.calculation import FormulaStep, Step, expressions_of_step
from engine.catalog.change import Former
from engine.catalog.doctypes import Doctype, FactPlan
from engine.catalog.fields import Table
from engine.catalog.ledgers import Posting
from engine.catalog.workflow import STANDARD, Workflow
from engine.compiler import view
from engine.compiler.access import AccessCompiler
from engine.compiler.actions import ActionCompiler
from engine.compiler.balance import check_balance
from engine.compiler.calculation import CalculationCompiler
from engine.compiler.change import former_of
from engine.compiler.checks import CheckCompiler
from engine.compiler.default_order import Defaults
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.effects import EffectCompiler, on_of
from engine.compiler.finish import TableFinisher
from engine.compiler.known import Known
from engine.compiler.late import changed_in_place, late_fields, late_reads
from engine.compiler.let import bind_let
from engine.compiler.making import MakingCompiler
from engine.compiler.names import key_of, plural_of
from engine.compiler.numbering import NumberingCompiler, passed_through
from engine.compiler.order import order_steps
from engine.compiler.posting_order import marked
from engine.compiler.postings import PostingCompiler
from engine.compiler.presentation import PresentationCompiler
from engine.compiler.reader import Reader, own_record
from engine.compiler.steps import Place
from engine.compiler.workflow import compile_workflow
from engine.expr.program import Expr
from engine.problems.problem import Problem
from engine.source.nodes import Construct

_NO_FACTS = FactPlan({}, {}, {})


def compile_doctype(draft: DoctypeDraft, known: Known) -> tuple[Doctype, list[Problem]]:
    """One doctype. Rows of others get their fields only: they are worked out where they are used."""
    if draft.child:
        finisher = TableFinisher(known.schema, draft, {}, frozenset())
        tables = finisher.tables()
        # Where its rows are used their problems are told there.
        problems = [] if finisher.problems and _is_used(draft, known) else finisher.problems
        parts = _Parts(defaults=finisher.defaults)
        return _assemble(draft, tables, parts, known), problems + _of_child(draft)
    return _Passes(draft, known).run()


def _is_used(child: DoctypeDraft, known: Known) -> bool:
    """Whether a doctype has rows of this type."""
    return any(
        table.row_type == child.name and table.path
        for draft in known.drafts.values()
        for table in draft.tables.values()
    )


def _of_child(draft: DoctypeDraft) -> list[Problem]:
    """Keys that rows of others cannot have."""
    found: list[Problem] = []
    for key in (
        "posts", "calculate", "number", "from", "on", "submittable", "workflow", "actions",
    ):  # fmt: skip
        entry = draft.node.entries.get(key)
        if entry is not None:
            message = f"'{key}' does not go with '{draft.name}', whose records are rows of others."
            found.append(
                Problem(
                    "E508", message, entry.key.span, "Move it to the documents that have the rows."
                )
            )
    return found


@dataclass(slots=True)
class _Parts:
    """What the passes found."""

    steps: tuple[Step, ...] = ()
    computed: tuple[FormulaStep, ...] = ()
    posts: Dictionary[str, Posting] | None = None
    workflow: Workflow = STANDARD
    actions: Dictionary[str, Action] | None = None
    passes: _Passes | None = None
    defaults: Defaults = ()


class _Passes:
    def __init__(self, draft: DoctypeDraft, known: Known) -> None:
        self.draft = draft
        self.known = known
        self.problems: list[Problem] = []
        schema = known.schema
        self.calculation = CalculationCompiler(schema, draft, known.rules, known.broken_ledgers)
        self.checks = CheckCompiler(schema, draft)
        self.numbering = NumberingCompiler(schema, draft)
        self.access = AccessCompiler(schema, draft, known.program)
        self.presentation = PresentationCompiler(schema, draft)
        self.postings = PostingCompiler(
            schema, known.ledger_drafts, known.broken_ledgers, known.program
        )
        self.effects = EffectCompiler(schema, known.drafts, known.program)
        self.making = MakingCompiler(schema, draft, known.drafts, known.program.ledgers)

    def run(self) -> tuple[Doctype, list[Problem]]:
        draft, known = self.draft, self.known
        reader = Reader(known.schema)
        about = reader.scope({"this": own_record(draft)}, balances=True)
        known.schema.lets[draft.name] = bind_let(reader, draft.node, about).let
        self._take(reader)
        work = self.calculation.run(frozenset(known.program.rules))
        steps, wrong = order_steps(work)
        self._take(self.calculation)
        self.problems += wrong
        formulas: dict[Place, Expr] = {
            (s.path, s.field): s.formula
            for s in (*(w.step for w in work.formulas), *work.computed)
            if isinstance(s, FormulaStep)
        }
        live = frozenset((s.path, s.field) for s in work.computed)
        finisher = TableFinisher(known.schema, draft, formulas, live)
        tables = finisher.tables()
        self._take(finisher)
        posts = self.postings.of_doctype(draft, known.ledgers)
        self._take(self.postings)
        if not self.problems:
            places = {key.text: key.span for key, _ in view.entries(draft.node, "posts")}
            self.problems += check_balance(draft.name, posts, known.ledgers, places)
        self.making.settled = not self.problems
        self.presentation.check_names()
        workflow, wrong = compile_workflow(draft, known)
        self.problems += wrong
        posts = marked(posts, workflow)
        actions = ActionCompiler(draft, known, workflow)
        found = actions.run()
        self._take(actions)
        parts = _Parts(steps, tuple(work.computed), posts, workflow, found, self, finisher.defaults)
        doctype = _assemble(draft, tables, parts, known)
        late = (self.access, self.presentation, self.making, self.effects)
        for reader in (self.checks, self.numbering, *late):
            self._take(reader)
        self.problems += _live_reads(doctype, live)
        self.problems += late_reads(doctype, known.ledgers)
        self.problems += changed_in_place(doctype, known.ledgers, draft.node)
        self.problems += passed_through(doctype, draft.node)
        return replace(doctype, late=late_fields(doctype)), self.problems

    def _take(self, reader: Reader) -> None:
        self.problems += reader.problems
        reader.problems = []


def _live_reads(doctype: Doctype, live: frozenset[Place]) -> list[Problem]:
    """Steps, checks and postings cannot read what is computed only when asked."""
    if not live:
        return []
    found: list[Problem] = []
    checks = (*doctype.checks.values(), *doctype.proof.values())
    expressions = [e for c in checks for e in (c.check, c.when) if e is not None]
    expressions += [e for p in doctype.posts.values() for e in p.expressions()]
    for step in doctype.steps:
        if not isinstance(step, FormulaStep):
            expressions += expressions_of_step(step)
    for expression in expressions:
        for read in expression.reads:
            own = read.record.own and read.record.doctype == doctype.name
            if own and (read.record.path, read.field) in live:
                message = f"'{read.field}' reads balances, so it is worked out when asked and decides nothing."
                found.append(
                    Problem(
                        "E406", message, expression.span, "Use balance(…) in a limit of the ledger."
                    )
                )
    return found


def _module(construct: Construct, folder: str) -> str:
    """The module said, else the folder under ``doctypes/`` or ``reports/``."""
    said = view.text(construct.node, "module")
    if said is not None:
        return said
    parts = PurePath(construct.file).parts
    if folder in parts:
        below = parts[len(parts) - 1 - parts[::-1].index(folder) + 1 : -1]
        return below[0] if below else ""
    return ""


def module_of(construct: Construct, folder: str) -> str:
    """As ``_module``, with a name for what lies in no folder."""
    return _module(construct, folder) or "general"


def _former(draft: DoctypeDraft) -> Former:
    """What the doctype was called, and the addresses that it had by those names."""
    found = former_of(draft.node, draft.release)
    return replace(found, routes=tuple(key_of(plural_of(name)) for name in found.names))


def _assemble(
    draft: DoctypeDraft, tables: dict[str, Table], parts: _Parts, known: Known
) -> Doctype:
    node, passes = draft.node, parts.passes
    shown = passes.presentation if passes is not None else PresentationCompiler(known.schema, draft)
    label = view.text(node, "label") or draft.name
    plural = view.text(node, "plural") or plural_of(label)
    return Doctype(
        name=draft.name,
        key=draft.key,
        label=label,
        plural=plural,
        module=module_of(draft.construct, "doctypes"),
        span=draft.construct.span,
        abstract=draft.abstract,
        child=draft.child,
        company=cast("Literal['required', 'shared', 'none']", draft.company),
        tables=tables,
        api=view.text(node, "api") or key_of(plural),
        name_by=shown.name_by,
        name_series=passes.numbering.name_series() if passes is not None else None,
        title=shown.title() if passes is not None else None,
        title_field=shown.title_field(),
        search=shown.search() if passes is not None else (),
        date=draft.date,
        currency=draft.currency,
        rate=draft.rate,
        submittable=draft.submittable,
        amend=draft.amend,
        number=passes.numbering.numbering() if passes is not None else None,
        steps=parts.steps,
        computed=parts.computed,
        checks=passes.checks.run() if passes is not None else {},
        proof=passes.checks.proof() if passes is not None else {},
        posts=parts.posts or {},
        layout=shown.layout() if passes is not None else (),
        list_fields=shown.list_fields() if passes is not None else (),
        allow=passes.access.allow() if passes is not None else {},
        make_from=passes.making.make_from() if passes is not None else {},
        facts=_NO_FACTS,
        on=on_of(passes.effects, draft, known.program) if passes is not None else {},
        tree=view.text(node, "tree"),
        workflow=parts.workflow,
        actions=parts.actions or {},
        former=_former(draft),
        defaults=parts.defaults,
        help=view.text(node, "help") or "",
    )
