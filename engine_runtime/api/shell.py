"""The shell of every view: DRF's APIView with our parser, renderer, authentication and error table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from engine.catalog.whole import Catalog
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.api.answer import OrjsonRenderer
from engine_runtime.api.authentication import BearerAuthentication, CookieAuthentication, LoggedIn
from engine_runtime.api.body import StrictJsonParser
from engine_runtime.api.errors import handle
from engine_runtime.api.problems import ParameterRefused


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

    def get_exception_handler(self) -> Callable[..., Any]:
        return handle

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """There is one form, JSON, whatever ``Accept`` says."""
        renderer = OrjsonRenderer()
        return renderer, renderer.media_type


class OpenShell(Shell):
    """A view that anybody may ask; a log-in that came along is not looked at."""

    authentication_classes = ()
    permission_classes = ()


def actor_of_request(request: Request) -> Actor:
    """The actor of a request that passed ``LoggedIn``."""
    assert isinstance(request.user, Actor)
    return request.user


def catalog_now() -> Catalog:
    """The live catalog. Raises ``NothingPublished`` before the first publish."""
    return active().catalog


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
