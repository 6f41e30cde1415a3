"""The shell of every view: DRF's APIView with our parser, renderer, authentication and error table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from engine.catalog.whole import Catalog
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import (
    CatalogChanged,
    CatalogUnusable,
    NothingPublished,
    active,
    refresh,
)
from engine_runtime.api import headers
from engine_runtime.api.answer import OrjsonRenderer
from engine_runtime.api.authentication import BearerAuthentication, CookieAuthentication, LoggedIn
from engine_runtime.api.body import StrictJsonParser
from engine_runtime.api.errors import handle
from engine_runtime.api.problems import HeaderRefused, ParameterRefused
from engine_runtime.posting.session import Knowing, knowingly

TIMES = 4
"""How often a request is begun, when catalogs are published one upon the other."""


class Shell(APIView):
    """Subclasses write ``get``, ``post`` … and raise; ``errors.handle`` answers."""

    authentication_classes: Sequence[type[BaseAuthentication]] = (
        BearerAuthentication,
        CookieAuthentication,
    )
    permission_classes: Sequence[type[BasePermission]] = (LoggedIn,)
    parser_classes = (StrictJsonParser,)
    renderer_classes = (OrjsonRenderer,)
    throttle_classes = ()
    versioning_class = None
    metadata_class = None  # type: ignore[assignment]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Answer; from the start again if another catalog became the live one while nothing was written yet."""
        for left in reversed(range(TIMES)):
            self.written = False
            self._repeats, self._repeat = left > 0, False
            request.catalog = self._began = _live_version()  # type: ignore[attr-defined]
            with knowingly(_knowing(request)):
                answer = super().dispatch(request, *args, **kwargs)
            if not self._repeat:
                break
        return answer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what no person can have confirmed or passed before anything is done."""
        super().initial(request, *args, **kwargs)
        what = headers.knowing(request.headers)
        if what.passed:
            headers.require_passable(what, catalog_now(request))

    def handle_exception(self, exc: Exception) -> Response:
        """Answer an error; one that comes of an outdated catalog is told to nobody."""
        if self._repeats and not self.written and outdated(exc, self._began):
            self._repeat = True
            return Response(status=503)
        return super().handle_exception(exc)

    def get_exception_handler(self) -> Callable[..., Any]:
        return handle

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """There is one form, JSON, whatever ``Accept`` says."""
        renderer = OrjsonRenderer()
        return renderer, renderer.media_type


def _knowing(request: HttpRequest) -> Knowing:
    """What the person confirms; headers that cannot be read confirm nothing, and ``initial`` refuses them."""
    try:
        return headers.knowing(request.headers)
    except HeaderRefused:
        return Knowing()


def outdated(error: Exception, version: int | None) -> bool:
    """Whether ``error`` comes of working by the catalog ``version``, which is not the live one any more."""
    if isinstance(error, CatalogChanged):
        refresh()
        return True
    if not isinstance(error, DatabaseError) or version is None or connection.in_atomic_block:
        return False
    return refresh().version != version


def _live_version() -> int | None:
    try:
        return active().version
    except (NothingPublished, CatalogUnusable, DatabaseError):
        return None  # who needs it is told why


class OpenShell(Shell):
    """A view that anybody may ask; a log-in that came along is not looked at."""

    authentication_classes = ()
    permission_classes = ()


def actor_of_request(request: Request) -> Actor:
    """The actor of a request that passed ``LoggedIn``."""
    assert isinstance(request.user, Actor)
    return replace(request.user, catalog=_began_with(request))


def catalog_now(request: Request) -> Catalog:
    """The catalog that the request began with. Raises ``NothingPublished`` before the first publish."""
    return active(_began_with(request)).catalog


def _began_with(request: Request) -> int | None:
    return getattr(request._request, "catalog", None)


def only_parameters(request: Request, known: Collection[str]) -> dict[str, str]:
    """The query parameters, each given once. Raises ``ParameterRefused`` for an unknown or repeated one."""
    found: dict[str, str] = {}
    for name, values in request.query_params.lists():
        if name not in known:
            names = ", ".join(sorted(known)) or "none"
            raise ParameterRefused(
                name, f'There is no query parameter "{name}" here.', f"Known here: {names}."
            )
        if len(values) > 1:
            raise ParameterRefused(
                name, f'The query parameter "{name}" is given {len(values)} times.'
            )
        found[name] = str(values[0])
    return found
