"""The construct ``workflow``: what a document goes through, who moves it, who has to consent."""

from __future__ import annotations

from engine.spec.common import ANYWHERE, LABEL, WHEN
from engine.spec.fields import FIELD
from engine.spec.kinds import (
    Choice,
    Either,
    Expression,
    Flag,
    Key,
    MapOf,
    Name,
    Names,
    Shape,
    Template,
    Text,
    Value,
)

STAGES = ("draft", "submitted", "cancelled")
WATCHERS = ("creator", "submitter")
_SEES = ("document", "asked", "user", "today", "now")

ASK = Key(
    MapOf(FIELD, keys="new"),
    "What the person is asked for, as fields; expressions read them as `asked.reason`. A field of the document "
    "that is asked for by its own name is written into it: an action that is offered for what is submitted asks so "
    "for fields that are `after_submit` only.",
    "ask: {reason: {type: text, required: true}}",
)
WHO = Key(
    Expression("any", (*_SEES, "approvers")),
    "The people who may: log-in names, or records with a field `login`; `approvers` are those asked to consent.",
    "who: branch.manager",
)
ROLE = Key(Names("role", single=True, empty=False), "The roles that may.", "role: Purchase User")
NOT = Key(
    Names("person", empty=False),
    "Who may not, whatever their roles: creator, submitter.",
    "not: [creator]",
)
CONFIRM = Key(
    Template(_SEES),
    "What the person is asked before it is done.",
    "confirm: 'Close {number} for good?'",
)

CHECK = Shape(
    "condition of a transition",
    "What must hold before the document moves.",
    {
        "check": Key(
            Expression("condition", _SEES),
            "Must hold; null passes.",
            "check: total > 0",
            required=True,
        ),
        "message": Key(
            Template(_SEES),
            "What the person reads, with the way out.",
            "message: Enter the date of delivery first.",
            required=True,
        ),
        "when": WHEN,
        **ANYWHERE,
    },
)

_NEED = Shape(
    "consent",
    "Consents that are needed before the document moves, each a task of its own.",
    {
        "each": Key(
            Name("table"), "One per person that `who` gives for these rows.", "each: items"
        ),
        "who": Key(
            Expression("any", ("document", "row", "asked")),
            "Who consents: log-in names, or records with a field `login`; with `each`, per row.",
            "who: row.cost_center.owner",
        ),
        "role": Key(
            Names("role", single=True, empty=False), "Anybody of these roles.", "role: Director"
        ),
        "count": Key(
            Value("integer", ("document", "asked")),
            "How many different people; 1 unless said, and with `each` everybody.",
            "count: 2",
        ),
        "sees": Key(
            Choice(("own lines", "all")),
            "own lines: the task shows the rows of the person; all: the whole document.",
            "sees: own lines",
        ),
        "rules": Key(
            Name("rules"),
            "The rule set that says who and how many: its answer has `role` or `who`, and `count`.",
            "rules: Approval Bands",
        ),
        "with": Key(
            MapOf(Expression("any"), keys="given"),
            "What the rule set is given, where the document has no field of that name.",
            "with: {amount: grand_total}",
        ),
        "when": WHEN,
        **ANYWHERE,
    },
)

TRANSITION = Shape(
    "transition",
    "A way from one state to another: a button, an address of the API, a thing an effect can `go`.",
    {
        "from": Key(
            Names("state", single=True, empty=False),
            "The states it leads out of.",
            "from: [draft]",
            required=True,
        ),
        "to": Key(Name("state"), "The state it leads to.", "to: approved", required=True),
        "label": LABEL,
        "role": ROLE,
        "who": WHO,
        "not": NOT,
        "when": Key(
            Expression("condition", _SEES), "Offered only where this holds.", "when: total > 0"
        ),
        "ask": ASK,
        "needs": Key(
            MapOf(_NEED),
            "Consents that are all needed, in any order; the last one moves the document.",
            "needs: {owners: {each: items, who: row.cost_center.owner, sees: own lines}}",
        ),
        "stand_in": Key(
            Flag(), "Whom a person named for a time may act in their place.", "stand_in: true"
        ),
        "system": Key(
            Flag(), "Only the engine goes here, for a limit or an effect.", "system: true"
        ),
        "auto": Key(
            Expression("condition"),
            "The engine goes here as soon as this holds: looked at when the document is written, and when others "
            "post to what `balance(…, x=this)` asks.",
            'auto: "balance(to_deliver.quantity, order=this) == 0"',
        ),
        "check": Key(MapOf(CHECK), "What must hold, each with its message."),
        "confirm": CONFIRM,
        **ANYWHERE,
    },
)

STATE = Shape(
    "state",
    "Where a document stands.",
    {
        "label": LABEL,
        "stage": Key(
            Choice(STAGES),
            "draft (unless said): nothing is posted; submitted: entering it submits; cancelled: entering it cancels.",
            "stage: submitted",
        ),
        "edit": Key(
            Either((Choice(("all", "none")), Names("field"))),
            "What of the document may be changed: all (usual in a draft), none, or these fields.",
            "edit: [remarks, due_date]",
        ),
        "colour": Key(
            Choice(("neutral", "info", "success", "warning", "danger")),
            "How its badge looks.",
            "colour: warning",
        ),
        **ANYWHERE,
    },
)

ESCALATE = Shape(
    "timer",
    "What happens when nobody moves a document on.",
    {
        "in": Key(Name("state"), "The state it waits in.", "in: to_approve", required=True),
        "after": Key(
            Text(40),
            "How long: hours, days or working days.",
            "after: 2 working days",
            required=True,
        ),
        "to": Key(
            Expression("any", ("document", "who")),
            "Who may act as well from then on; `who` is the person that is late.",
            "to: who.manager",
            required=True,
        ),
        **ANYWHERE,
    },
)

WORKFLOW = Shape(
    "workflow",
    "States, and the transitions between them. A doctype without one has draft, submitted and cancelled, "
    "and the transitions submit and cancel.",
    {
        "workflow": Key(
            Name("new"), "Its name, in words.", "workflow: Purchase Order Approval", required=True
        ),
        "for": Key(
            Names("doctype", single=True, empty=False),
            "The doctypes that go through it; a doctype may also name it by `workflow`.",
            "for: Purchase Order",
        ),
        "states": Key(
            MapOf(STATE), "The states; a new document stands in the first.",
            "states: {draft: {edit: all}, approved: {stage: submitted}}", required=True,
        ),
        "transitions": Key(
            MapOf(TRANSITION), "The ways between them.",
            "transitions: {approve: {from: draft, to: approved, role: Manager}}", required=True,
        ),
        "escalate": Key(
            MapOf(ESCALATE), "Timers.",
            "escalate: {late: {in: to_approve, after: 2 working days, to: who.manager}}",
        ),
        "again_if_changed": Key(
            Names("field", empty=False),
            "A consent holds as long as none of these fields changes; without it, until anything changes.",
            "again_if_changed: [items, grand_total]",
        ),
        "moves": Key(
            MapOf(Name("state")),
            "Where documents go that stand in a state which is no more.",
            "moves: {second_check: to_approve}",
        ),
        **ANYWHERE,
    },
)  # fmt: skip
