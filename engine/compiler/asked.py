"""What transitions and actions ask a person for: fields, checked as those of a doctype are.

They become a doctype that exists for the question only, so that input is read, defaulted and
checked, and a dialog is drawn, by what does it for documents.
"""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.doctypes import ASK, Doctype, FactPlan, Section
from engine.catalog.fields import Table
from engine.catalog.workflow import STANDARD
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.facts import FactPlanner
from engine.compiler.fields import settle_asked
from engine.compiler.finish import TableFinisher
from engine.compiler.known import Known
from engine.compiler.names import label_of
from engine.compiler.reader import own_record
from engine.compiler.stages import is_for_drafts
from engine.compiler.steps import expected
from engine.expr.program import Expr
from engine.expr.types import Record
from engine.problems.problem import Problem, Span
from engine.source.nodes import Construct, Entry, Mapping, Scalar

NOT_ASKED = frozenset(
    {"formula", "editable", "unique", "after_submit", "fixed", "generated", "after"}
)
"""Keys that speak of what is stored."""


class Asked:
    """Compiles what one transition or action of ``owner`` asks for."""

    def __init__(self, known: Known, owner: DoctypeDraft) -> None:
        self._known = known
        self._owner = owner
        self.problems: list[Problem] = []

    def doctype(self, key: Scalar, node: Mapping) -> tuple[Doctype, Record] | None:
        """The fields under ``ask`` and how expressions know them; None where nothing is asked."""
        fields = view.mapping(node, "ask")
        if fields is None:
            return None
        before = len(self.problems)
        self._check(fields)
        name = f"{ASK}{self._owner.name}.{key.text}"
        entry = Entry(Scalar("fields", key.span), fields)
        construct = Construct("doctype", name, Mapping({"fields": entry}, node.span), key.span)
        known = self._known
        draft, wrong = settle_asked(known.program, known.targets, construct, self._owner)
        self.problems += wrong if len(self.problems) == before else ()
        record = known.schema.add_draft(draft)
        beside = {"document": own_record(self._owner)}
        finisher = TableFinisher(known.schema, draft, {}, frozenset(), beside)
        tables = finisher.tables()
        self.problems += finisher.problems
        label = view.text(node, "label") or label_of(key.text)
        return replace(_asked(draft, tables, label), defaults=finisher.defaults), record

    def written(self, ask: Doctype | None) -> tuple[str, ...]:
        """What is asked for by the name of a field of the document, and is written into it; it has to fit there."""
        asked = self._known.schema.draft(ask.name) if ask is not None else None
        if asked is None:
            return ()
        head, fields = self._owner.tables[""].fields, asked.tables[""].fields
        found = tuple(name for name in fields if name in head)
        for name in found:
            alike = expected(head[name]) == expected(fields[name])
            if head[name].writer != "person" or head[name].type == "table" or not alike:
                hint = "Give it the type of the field, or another name."
                self._unwritable(name, fields[name].span, "", hint)
        return found

    def written_when(self, ask: Doctype | None, when: Expr | None) -> tuple[str, ...]:
        """As ``written``, of an action that is offered ``when``: what is submitted by then must not stand still."""
        found = self.written(ask)
        owner = self._owner
        settled = owner.submittable and view.text(owner.node, "amend") != "in_place"
        if ask is None or not settled or is_for_drafts(when):
            return found
        for name in found:
            if not view.flag(owner.tables[""].fields[name].node, "after_submit"):
                hint = (
                    "Give the field after_submit: true, offer the action with when: stage == 'draft', "
                    "or ask by another name."
                )
                why = f": it stands still once a {owner.name} is submitted"
                self._unwritable(name, ask.head.fields[name].span, why, hint)
        return found

    def _unwritable(self, name: str, span: Span, why: str, hint: str) -> None:
        message = (
            f"'{name}' is a field of {self._owner.name} that this cannot be written into{why}."
        )
        self.problems.append(Problem("E576", message, span, hint))

    def _check(self, fields: Mapping) -> None:
        for entry in fields.entries.values():
            if not isinstance(entry.value, Mapping):
                continue
            if view.text(entry.value, "type") == "back":
                message = f"'{entry.key.text}' cannot be asked for: it is the other end of a link."
                self.problems.append(Problem("E576", message, entry.key.span, "Ask for a link."))
            for name in entry.value.entries.keys() & NOT_ASKED:
                span = entry.value.entries[name].key.span
                message = f"'{name}' does not go with what a person is asked for."
                self.problems.append(Problem("E576", message, span, "Take it out."))


def _asked(draft: DoctypeDraft, tables: dict[str, Table], label: str) -> Doctype:
    shown = tuple((name,) for name in tables[""].fields)
    return Doctype(
        name=draft.name,
        key=draft.key,
        label=label,
        plural=label,
        module="",
        span=draft.construct.span,
        abstract=True,
        child=False,
        company="required" if draft.company == "required" else "none",
        tables=tables,
        api="",
        name_by=None,
        name_series=None,
        title=None,
        title_field="id",
        search=(),
        date=None,
        currency=draft.currency,
        rate=draft.rate,
        submittable=False,
        amend="none",
        number=None,
        steps=(),
        computed=(),
        checks={},
        posts={},
        layout=(Section(label, shown),),
        list_fields=(),
        allow={},
        make_from={},
        facts=FactPlan({}, {}, {}),
        workflow=STANDARD,
    )


def plan_asked(doctype: Doctype, planner: FactPlanner) -> Doctype:
    """``doctype`` with what its questions must know of other records."""
    transitions = {
        name: replace(t, ask=_planned(t.ask, doctype.facts, planner)) if t.ask is not None else t
        for name, t in doctype.workflow.transitions.items()
    }
    actions = {
        name: replace(a, ask=_planned(a.ask, doctype.facts, planner)) if a.ask is not None else a
        for name, a in doctype.actions.items()
    }
    if not doctype.workflow.declared and not actions:
        return doctype
    workflow = replace(doctype.workflow, transitions=transitions)
    return replace(doctype, workflow=workflow, actions=actions)


def _planned(ask: Doctype, beside: FactPlan, planner: FactPlanner) -> Doctype:
    """A record that both link to is read once, so its columns are those that either needs."""
    plan = planner.plan(ask)
    columns = {
        name: tuple(dict.fromkeys((*plan.columns.get(name, ()), *beside.columns.get(name, ()))))
        for name in (*plan.columns, *(n for n in beside.columns if n not in plan.columns))
    }
    return replace(
        ask, facts=replace(plan, columns=columns, follow={**plan.follow, **beside.follow})
    )
