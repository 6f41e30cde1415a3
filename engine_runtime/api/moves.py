"""Transitions and actions of documents over HTTP: one, or many at once with a result for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.values import is_id
from engine.kernel.workflow import Possible
from engine_runtime.api.errors import declared_answer, problem, problems_json, status_of
from engine_runtime.api.problems import MalformedBody
from engine_runtime.documents.many import Result
from engine_runtime.documents.standing import Standing, reasons_json, waiting_json
from engine_runtime.documents.tasks import breach_json
from engine_runtime.documents.together import Together, Way

MOST_AT_ONCE = 200


def standing_json(found: Standing) -> dict[str, Any]:
    """What can be done with a document, and why not."""
    return {
        "state": {
            "name": found.state,
            "label": found.label,
            "stage": found.stage,
            "colour": found.colour,
        },
        "transitions": [_possible(p) for p in found.transitions],
        "actions": [_possible(p) for p in found.actions],
        "tasks": [
            {
                "transition": t.transition, "person": t.person, "role": t.role,
                "place": t.place, "rows": t.rows, "since": t.since,
                "breach": breach_json(found.breaches.get(t.breach or 0)),
            }
            for t in found.tasks
        ],
    }  # fmt: skip


def _possible(found: Possible) -> dict[str, Any]:
    return {
        "name": found.name,
        "label": found.label,
        "ok": found.ok,
        "offered": found.offered,
        "reasons": reasons_json(found.reasons),
        "waiting": waiting_json(found.waiting),
        "confirm": found.confirm,
    }


def split(body: Mapping[str, Any]) -> tuple[dict[str, Any], Any]:
    """What was asked for, and the version of the document, out of one flat body."""
    asked = dict(body)
    return asked, asked.pop("version", None)


def many(body: Mapping[str, Any]) -> tuple[list[int], dict[str, Any]]:
    """The documents of a call with many, under ``documents``, and what was asked for."""
    asked = dict(body)
    ids = asked.pop("documents", None)
    whole = isinstance(ids, list) and all(is_id(number) for number in ids)
    if not whole or not ids or len(set(ids)) != len(ids):
        raise MalformedBody(
            'Name the documents by their ids, each once: {"documents": [7, 8]}, and beside it what is asked for.'
        )
    if len(ids) > MOST_AT_ONCE:
        raise MalformedBody(f"One call takes at most {MOST_AT_ONCE} documents.")
    return ids, asked


def result_json(result: Result) -> dict[str, Any]:
    """The result of one of many: ``status``, and what a call with it alone would answer.

    A refusal has its ``problem``, the ``answer`` that metadata declares for it, and ``moved``, each if there is one.
    """
    error = result.error
    if error is None:
        return {"id": result.id, "status": 202 if result.waits else 200, "answer": result.answer}
    declared = declared_answer(error)
    status, code = status_of(error)
    status = declared[0] if declared is not None else status
    told = problem(status, code, error.detail, problems_json(error), "")
    found: dict[str, Any] = {"id": result.id, "status": status, "problem": told}
    if declared is not None:
        found["answer"] = declared[1]
    return found | ({"moved": result.moved} if result.moved else {})


def together_json(found: Together) -> dict[str, Any]:
    """What can be done with several documents: with how many, and why not with the others."""

    def shown(way: Way) -> dict[str, Any]:
        reasons = [{"message": text, "count": count} for text, count in way.reasons.items()]
        return {"name": way.name, "label": way.label, "able": way.able, "reasons": reasons}

    return {
        "total": found.total,
        "transitions": [shown(way) for way in found.transitions],
        "actions": [shown(way) for way in found.actions],
    }
