"""Log-in: tokens for programs, a session cookie for the browser, and who am I."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model, login, logout
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import ensure_csrf_cookie
from rest_framework.request import Request
from rest_framework.response import Response

from engine_runtime.access.actor import Actor
from engine_runtime.access.companies import companies
from engine_runtime.access.errors import CredentialsRefused
from engine_runtime.access.login import log_in
from engine_runtime.access.members import Member, actor_of, member
from engine_runtime.api import tokens
from engine_runtime.api.authentication import SESSION_FINGERPRINT, company_asked
from engine_runtime.api.problems import MalformedBody
from engine_runtime.api.shell import OpenShell, Shell, actor_of_request

CREDENTIALS = ("username", "password")


def user_json(actor: Actor) -> dict[str, Any]:
    """The user as the application shows them."""
    return {
        "id": actor.user_id,
        "username": actor.username,
        "name": actor.name,
        "superuser": actor.superuser,
        "company": actor.company_id,
        "companies": [
            {"id": c.id, "code": c.code, "name": c.name} for c in companies(actor.companies)
        ],
        "roles": sorted(actor.roles_here()),
    }


def _credentials(request: Request) -> tuple[str, str]:
    body = request.data
    if not isinstance(body, dict) or set(body) != set(CREDENTIALS):
        raise MalformedBody('Send {"username": "…", "password": "…"} and nothing else.')
    username, password = body["username"], body["password"]
    if not isinstance(username, str) or not isinstance(password, str):
        raise MalformedBody('"username" and "password" are texts.')
    return username, password


def _log_in(request: Request) -> tuple[Member, Actor]:
    """Check the credentials in the body. Raises ``CredentialsRefused``, ``LockedOut``, ``CompanyRefused``."""
    username, password = _credentials(request)
    user_id = log_in(username, password, request.META.get("REMOTE_ADDR", ""))
    found = member(user_id)
    if found is None or not found.active:
        raise CredentialsRefused
    return found, actor_of(found, company_asked(request))


class TokenView(OpenShell):
    """``POST /api/auth/token``."""

    def post(self, request: Request) -> Response:
        found, actor = _log_in(request)
        token, expires = tokens.issue(found.user_id, found.fingerprint)
        return Response({"token": token, "expires_at": expires, "user": user_json(actor)})


class LoginView(OpenShell):
    """``POST /api/auth/login``: as the token, but into the session cookie.

    A foreign page cannot send it: only JSON is read, and browsers ask before sending JSON across origins.
    """

    def post(self, request: Request) -> Response:
        found, actor = _log_in(request)
        user = get_user_model().objects.get(pk=found.user_id)
        login(request._request, user, backend="django.contrib.auth.backends.ModelBackend")
        request._request.session[SESSION_FINGERPRINT] = found.fingerprint
        return Response({"user": user_json(actor), "csrf_token": get_token(request._request)})


class LogoutView(Shell):
    """``POST /api/auth/logout``: ends the session; a token simply expires."""

    def post(self, request: Request) -> Response:
        logout(request._request)
        return Response(status=204)


@method_decorator(ensure_csrf_cookie, name="dispatch")
class MeView(Shell):
    """``GET /api/auth/me``. Its answer, also a 401, sets the CSRF cookie that unsafe methods need."""

    def get(self, request: Request) -> Response:
        return Response(user_json(actor_of_request(request)))
