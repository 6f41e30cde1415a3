"""The one table from exceptions to HTTP statuses, and the problem details (RFC 9457) made from it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions as drf
from rest_framework.response import Response

from engine_runtime.access import errors as access
from engine_runtime.active.catalog import CatalogChanged, CatalogUnusable, NothingPublished
from engine_runtime.api import problems as edge
from engine_runtime.api.answer import dump
from engine_runtime.api.differences import difference_json
from engine_runtime.documents import errors as documents
from engine_runtime.reports import errors as reports
from engine_runtime.workflow.standins import StandInRefused

log = logging.getLogger("bahi.api")

PROBLEM_JSON = "application/problem+json"
"""A client whose ``Accept`` names it gets every refusal in this form, also where metadata declares an answer."""
TYPE_PREFIX = "/api/docs#problem-"

TITLES: Mapping[int, str] = {
    400: "The request cannot be read",
    401: "Log in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict",
    411: "Length required",
    413: "Too large",
    415: "Send JSON",
    422: "The document is not valid",
    429: "Too many attempts",
    500: "Something went wrong here",
    503: "Busy or not ready",
}

# The first class that matches counts, so subclasses stand before their bases.
STATUSES: tuple[tuple[type[BaseException], int, str], ...] = (
    (edge.BodyTooLarge, 413, ""),
    (edge.RouteUnknown, 404, ""),
    (edge.EdgeError, 400, ""),
    (access.CredentialsRefused, 401, ""),
    (access.TokenRefused, 401, ""),
    (access.LockedOut, 429, ""),
    (access.AccessError, 403, ""),
    (documents.InputMalformed, 400, ""),
    (documents.NotFound, 404, ""),
    (documents.VersionConflict, 409, ""),
    (documents.StateConflict, 409, ""),
    (documents.NotAllowed, 403, ""),
    (documents.InUse, 409, ""),
    (documents.IdempotencyConflict, 409, ""),
    (documents.DifferenceMoved, 409, ""),
    (documents.Locked, 409, ""),
    (documents.DocumentError, 422, ""),
    (StandInRefused, 422, ""),
    (reports.ReportUnknown, 404, ""),
    (reports.ReportError, 400, ""),
    (NothingPublished, 503, "catalog.not_published"),
    (CatalogUnusable, 503, "catalog.unusable"),
    (CatalogChanged, 503, "catalog.changed"),
    (RequestDataTooBig, 413, "request.too_large"),
    (drf.ParseError, 400, "request.malformed_body"),
    (drf.NotAuthenticated, 401, "auth.required"),
    (drf.AuthenticationFailed, 401, "auth.refused"),
    (drf.PermissionDenied, 403, "access.csrf"),
    (PermissionDenied, 403, "access.forbidden"),
    (drf.MethodNotAllowed, 405, "request.method"),
    (drf.NotAcceptable, 406, "request.not_acceptable"),
    (drf.UnsupportedMediaType, 415, "request.media_type"),
    (drf.NotFound, 404, "request.route_unknown"),
    (Http404, 404, "request.route_unknown"),
    (DataError, 422, "database.value_refused"),
    (IntegrityError, 409, "database.conflict"),
    (OperationalError, 503, "database.busy"),
)

# What a database says names tables and values; people get this instead.
SPOKEN: Mapping[str, str] = {
    "database.value_refused": "A value does not fit its column. Check numbers and lengths.",
    "database.conflict": "The record clashes with another one, or is still used by one.",
    "database.busy": "The database is busy. Send the request again in a moment.",
}


def status_of(error: BaseException) -> tuple[int, str]:
    """(HTTP status, code) of an exception; (500, "internal") of one that the table does not know."""
    for kind, status, code in STATUSES:
        if isinstance(error, kind):
            return status, code or str(getattr(error, "code", "request.refused"))
    return 500, "internal"


def problem(
    status: int, code: str, detail: str, problems: list[dict[str, Any]], request_id: str
) -> dict[str, Any]:
    """The body of an error answer."""
    return {
        "type": TYPE_PREFIX + code,
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
        "problems": problems,
        "request_id": request_id,
    }


def _detail(error: BaseException, code: str, status: int) -> str:
    if status == 500:
        return "An error on our side; nothing was saved. Tell your administrator the request id."
    if code in SPOKEN:
        return SPOKEN[code]
    detail = getattr(error, "detail", None) or str(error)
    return str(detail)


def problems_json(error: BaseException) -> list[dict[str, Any]]:
    """What an exception found, problem by problem."""
    return [problem_json(p) for p in getattr(error, "problems", ()) or ()]


def problem_json(found: object) -> dict[str, Any]:
    """A ``Finding`` (or the like) as one entry of ``problems``."""
    read: Callable[[str], Any]
    if isinstance(found, Mapping):
        read = found.get
    else:
        read = lambda name: getattr(found, name, None)  # noqa: E731
    names = ("code", "path", "message", "hint", "action")
    told: dict[str, Any] = {name: str(read(name) or "") for name in names}
    if told["action"] == "confirm":
        told["confirmation"] = str(read("confirmation") or "")
        told["send"] = f"X-Confirm: {told['confirmation']}"
    if read("limit"):
        told["pass"] = {"limit": str(read("limit")), "roles": list(read("roles") or ())}
    return told


def request_id_of(request: HttpRequest | None) -> str:
    """The id that ``RequestEdge`` gave the request; empty outside of it."""
    return str(getattr(request, "request_id", ""))


def handle(error: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: always an answer of problem details, never a page of HTML."""
    request = context.get("request")
    bare = getattr(request, "_request", request)
    status, code = status_of(error)
    declared = declared_answer(error)
    if declared is not None:
        status = declared[0]
        if not _takes_problems(bare):
            return Response(declared[1], status=status)
    if status == 500:
        log.exception("request %s failed", request_id_of(bare), exc_info=error)
    body = problem(
        status, code, _detail(error, code, status), problems_json(error), request_id_of(bare)
    )
    if declared is not None:
        body["answer"] = declared[1]
    if isinstance(error, documents.LimitExceeded) and error.moved:
        body["moved"] = [moved.as_json() for moved in error.moved]
    if isinstance(error, documents.DifferenceMoved):
        body["difference"] = difference_json(error.difference)
    return Response(body, status=status, headers=_headers(error, status), content_type=PROBLEM_JSON)


def declared_answer(error: BaseException) -> tuple[int, dict[str, Any]] | None:
    """(status, body) that metadata declares for this refusal; None where it declares nothing."""
    if isinstance(error, documents.Answered):
        return error.status, error.body
    if isinstance(error, documents.LimitExceeded) and error.answer is not None:
        return 400, error.answer
    return None


def _takes_problems(request: HttpRequest | None) -> bool:
    return request is not None and PROBLEM_JSON in request.headers.get("Accept", "")


def _headers(error: Exception, status: int) -> dict[str, str]:
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="api"'
    if isinstance(error, access.LockedOut):
        headers["Retry-After"] = str(error.seconds)
    elif status == 503:
        headers["Retry-After"] = "1"
    return headers


def plain(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    """An error answer outside of DRF (middleware, Django's own handlers)."""
    body = dump(problem(status, code, detail, [], request_id_of(request)))
    return HttpResponse(body, status=status, content_type=PROBLEM_JSON)
