"""E56x and E57x: workflows and actions."""

from __future__ import annotations

from types import MappingProxyType

from engine.problems.code import Code

_LEAVE = "doctype: Leave\nsubmittable: true\nfields:\n  days: {type: integer}\n"
_HEAD = "workflow: Leave Approval\nfor: Leave\n"
_STATES = "states: {asked: {}, granted: {stage: submitted}}\n"
_ROLE = "---\nrole: Manager\n"


def _flow(transitions: str, states: str = _STATES, more: str = "") -> str:
    return f"{_LEAVE}---\n{_HEAD}{states}transitions:\n{transitions}{more}"


_GRANT = "  grant: {from: asked, to: granted}\n"

CODES = MappingProxyType(
    {
        "E560": Code(
            "Unknown state",
            "`from`, `to`, `in` and `moves` name states of the same workflow.",
            _flow("  grant: {from: asked, to: grantd}\n" + _GRANT.replace("grant:", "give:")),
        ),
        "E561": Code(
            "A state nobody reaches",
            "Every state is reached from the first one by transitions.",
            _flow(_GRANT, "states: {asked: {}, granted: {stage: submitted}, lost: {}}\n"),
        ),
        "E562": Code(
            "Where documents begin",
            "A new document stands in the first state; nothing of it is posted yet, so its stage is draft.",
            _flow(
                "  grant: {from: granted, to: granted}\n", "states: {granted: {stage: submitted}}\n"
            ),
        ),
        "E563": Code(
            "No way back",
            "A document goes from draft to submitted to cancelled: what was posted is never taken out, "
            "it is reversed.",
            _flow(_GRANT + "  back: {from: granted, to: asked}\n"),
        ),
        "E564": Code(
            "Workflow and doctype",
            "A workflow is for submittable doctypes, and a doctype goes through one.",
            "doctype: Leave\nfields:\n  days: {type: integer}\n---\n"
            f"{_HEAD}{_STATES}transitions:\n{_GRANT}",
        ),
        "E565": Code(
            "Unknown workflow",
            "No pack declares a workflow of this name.",
            _LEAVE + "workflow: Leave Aproval\n",
        ),
        "E567": Code(
            "Nobody is asked",
            "What only the engine does (`system`, `auto`) has no people, no consents and no questions.",
            _flow("  grant: {from: asked, to: granted, system: true, role: Manager}\n", more=_ROLE),
        ),
        "E568": Code(
            "Whose consent",
            "A consent is asked of people (`who`, for each row with `each`), of a `role`, or of whom `rules` name.",
            _flow("  grant: {from: asked, to: granted, needs: {boss: {count: 2}}}\n"),
        ),
        "E569": Code(
            "Not people",
            "People are log-in names, or records with a text field `login` that holds one.",
            _flow("  grant: {from: asked, to: granted, who: days}\n"),
        ),
        "E570": Code(
            "Address taken",
            "Transitions and actions are addresses behind a document; each is there once.",
            _flow(_GRANT + "  history: {from: asked, to: asked}\n"),
        ),
        "E571": Code(
            "No length of time",
            "A timer says a number and hours, days or working days.",
            _flow(_GRANT, more="escalate: {late: {in: asked, after: soon, to: \"'boss'\"}}\n"),
        ),
        "E574": Code(
            "List of an answer",
            "A list has `each` (a table) and `give` (what each row gives), and beside them only `where`.",
            "doctype: Leave\nfields:\n  days: {type: table, fields: {on: {type: date}}}\n"
            "actions: {show: {answer: {days: {each: days, on: =row.on}}}}\n",
        ),
        "E575": Code(
            "An action without effect",
            "An action does something (`do`) or answers something (`answer`).",
            "doctype: Leave\nfields:\n  days: {type: integer}\nactions: {show: {label: Show}}\n",
        ),
        "E576": Code(
            "Cannot be asked for",
            "What is asked for is typed by a person: no formula, nothing that speaks of storage. Where it has "
            "the name of a field of the document, it has its type, as it is written into it; an action asks so for "
            "what stands still once the document is submitted only where it is offered `when: stage == 'draft'`.",
            "doctype: Leave\nfields:\n  days: {type: integer}\n"
            "actions: {show: {ask: {half: {type: integer, formula: 2}}, answer: {days: =days}}}\n",
        ),
        "E577": Code(
            "No such problem",
            "An error answer is `for` the codes of problems: `link.unknown`, `limit.` or `check.` and the key of one "
            "that is declared, or the first word alone for all of its kind.",
            "doctype: Leave\nfields:\n  days: {type: integer}\n"
            "actions:\n  show:\n    answer: {days: =days}\n"
            "    errors: {no: {for: [lnik.unknown], answer: {error: x}}}\n",
        ),
    }
)
