"""Who sends the request: a bearer token, or the session cookie of the browser (then with a CSRF token).

``request.user`` becomes the ``Actor``. Neither way loads a Django ``User``: one query reads the user with
the memberships, so rights that were taken away count from the next request on.
"""

from __future__ import annotations

from typing import TypeGuard

from django.contrib.auth import SESSION_KEY
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from engine_runtime.access.actor import Actor
from engine_runtime.access.errors import CompanyRefused, TokenRefused
from engine_runtime.access.members import Member, actor_of, member
from engine_runtime.api import tokens
from engine_runtime.api.problems import HeaderRefused

SESSION_FINGERPRINT = "bahi_fingerprint"
"""Session key: the password fingerprint at log-in, so that a changed password ends every session."""


def company_asked(request: Request) -> int | None:
    """The company id of the header ``X-Company``; None without one. Raises ``HeaderRefused``."""
    text = request.headers.get("X-Company", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise HeaderRefused(
            f'X-Company "{text[:40]}" is not a company id. Send the number of a company.'
        )
    if len(text) > 18:
        raise CompanyRefused(text[:40])
    return int(text)


def _active(found: Member | None, fingerprint: str) -> Member:
    if found is None or not found.active:
        raise TokenRefused("The user of this log-in is not active any more.")
    if found.fingerprint != fingerprint:
        raise TokenRefused("The password was changed after this log-in. Log in again.")
    return found


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer <token>``."""

    def authenticate(self, request: Request) -> tuple[Actor, str] | None:
        """(actor, "token"), or None if the header is absent. Raises ``TokenRefused``, ``CompanyRefused``."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer" or not text.strip():
            raise TokenRefused(
                'Send "Authorization: Bearer <token>" with a token of /api/auth/token.'
            )
        token = tokens.read(text.strip())
        found = _active(member(token.user_id), token.fingerprint)
        return actor_of(found, company_asked(request)), "token"

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class CookieAuthentication(SessionAuthentication):
    """The session cookie. Every unsafe method needs the CSRF token as well."""

    def authenticate(self, request: Request) -> tuple[Actor, str] | None:  # type: ignore[override]
        """(actor, "session"), or None if nobody is logged in here. Raises ``TokenRefused``, ``CompanyRefused``."""
        session = request._request.session
        user_id = session.get(SESSION_KEY)
        if user_id is None:
            return None
        self.enforce_csrf(request)
        try:
            found = _active(member(int(user_id)), session.get(SESSION_FINGERPRINT, ""))
        except TokenRefused:
            session.flush()
            raise
        return actor_of(found, company_asked(request)), "session"


class LoggedIn(BasePermission):
    """Somebody is logged in; what they may do is asked of the gate, room by room."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return is_actor(request.user)


def is_actor(user: object) -> TypeGuard[Actor]:
    """True if ``request.user`` is somebody."""
    return isinstance(user, Actor)
