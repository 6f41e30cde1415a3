"""What documents wait for: my tasks, who stands in for me, and how far work in the background is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from engine.catalog.values import is_id
from engine_runtime.api.problems import MalformedBody, ParameterRefused, RouteUnknown
from engine_runtime.api.routes import id_of
from engine_runtime.api.shell import Shell, actor_of_request, only_parameters
from engine_runtime.documents.tasks import see_to, tasks
from engine_runtime.jobs.work import job_of
from engine_runtime.workflow.standins import StandInDay, end, name_stand_in, named_by

_SHAPE = "Send an object with stand_in (a log-in name), from_date and to_date (YYYY-MM-DD)."
_KEYS = frozenset({"stand_in", "from_date", "to_date"})


class TasksView(Shell):
    """``GET /api/tasks``: what waits for me, the oldest first: consents, and limits that were passed."""

    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        return Response({"tasks": tasks(actor_of_request(request))})


class TaskDoneView(Shell):
    """``POST /api/tasks/{id}/done``: I have seen to a limit that was passed; the body says how."""

    def post(self, request: Request, number: int) -> Response:
        only_parameters(request, ())
        body = request.data
        note = body.get("note") if isinstance(body, Mapping) and set(body) == {"note"} else None
        if not isinstance(note, str):
            raise MalformedBody('Send what was done about it: {"note": "…"}.')
        if not is_id(number):
            raise RouteUnknown("There is no such task.")
        return Response(see_to(actor_of_request(request), number, note))


class JobView(Shell):
    """``GET /api/jobs/{id}``: how far work in the background is."""

    def get(self, request: Request, number: int) -> Response:
        only_parameters(request, ())
        job = job_of(actor_of_request(request), number) if is_id(number) else None
        if job is None:
            raise RouteUnknown(f"There is no job {number} of yours.")
        return Response(job.as_json())


class StandInsView(Shell):
    """``/api/stand-ins``: whom I have named to act in my place. ``GET`` lists, ``POST`` names, ``DELETE`` ends."""

    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        return Response(_answer(named_by(actor_of_request(request))))

    def post(self, request: Request) -> Response:
        only_parameters(request, ())
        body = request.data
        if not isinstance(body, Mapping) or set(body) - _KEYS:
            raise MalformedBody(_SHAPE)
        name = body.get("stand_in")
        if not isinstance(name, str):
            raise MalformedBody(_SHAPE)
        start, until = _day(body.get("from_date")), _day(body.get("to_date"))
        return Response(
            _answer(name_stand_in(actor_of_request(request), name, start, until)), status=201
        )

    def delete(self, request: Request) -> Response:
        number = only_parameters(request, ("id",)).get("id", "")
        found = id_of(number)
        if found is None:
            raise ParameterRefused("id", "Say which one: ?id=…")
        end(actor_of_request(request), found)
        return Response(status=204)


def _day(text: object) -> date:
    if not isinstance(text, str):
        raise MalformedBody(_SHAPE)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise MalformedBody(f"'{text[:40]}' is not a date (YYYY-MM-DD).") from None


def _answer(found: list[StandInDay]) -> dict[str, list[dict[str, Any]]]:
    return {
        "stand_ins": [
            {
                "id": s.id,
                "stand_in": s.stand_in,
                "from_date": s.from_date,
                "to_date": s.to_date,
                "unread": s.unread,
            }
            for s in found
        ]
    }
