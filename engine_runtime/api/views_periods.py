"""``/api/period-locks``: which areas are closed until when, and closing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rest_framework.request import Request
from rest_framework.response import Response

from engine_runtime.api.problems import MalformedBody
from engine_runtime.api.shell import Shell, actor_of_request, only_parameters
from engine_runtime.documents.closing import Lock, close, locks

_KEYS = frozenset({"area", "until", "reason"})


class PeriodLocksView(Shell):
    """``GET`` lists, ``POST {area, until, reason}`` closes and lists."""

    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        return Response(_answer(locks(actor_of_request(request))))

    def post(self, request: Request) -> Response:
        only_parameters(request, ())
        area, until, reason = _read(request.data)
        return Response(_answer(close(actor_of_request(request), area, until, reason)))


def _read(body: object) -> tuple[str, date, str]:
    if not isinstance(body, Mapping) or set(body) - _KEYS:
        raise MalformedBody("Send an object with area, until (YYYY-MM-DD) and reason.")
    area, until, reason = body.get("area"), body.get("until"), body.get("reason", "")
    if not isinstance(area, str) or not isinstance(until, str) or not isinstance(reason, str):
        raise MalformedBody("Send an object with area, until (YYYY-MM-DD) and reason.")
    try:
        return area, date.fromisoformat(until), reason
    except ValueError:
        raise MalformedBody(f"'{until}' is not a date (YYYY-MM-DD).") from None


def _answer(found: list[Lock]) -> dict[str, object]:
    return {"locks": [{"area": lock.area, "until": lock.until} for lock in found]}
