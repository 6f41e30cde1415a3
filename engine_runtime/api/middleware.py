"""The outer edge: request id, size limit, security headers. Stands first in ``MIDDLEWARE``."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from engine_runtime.api.body import BODY_LIMIT, DRAIN_LIMIT, drain
from engine_runtime.api.errors import plain

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")

# Styles are inline because the component library of the application writes them so; scripts never are.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


class RequestEdge:
    """Gives every request an id, refuses what is too large, and sets security headers on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = request.headers.get("X-Request-ID", "")
        request_id = asked if _ID.match(asked) else secrets.token_hex(8)
        request.request_id = request_id  # type: ignore[attr-defined]
        response = _without_length(request) or _too_large(request) or self.get_response(request)
        response.headers["X-Request-ID"] = request_id
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _without_length(request: HttpRequest) -> HttpResponse | None:
    """Refuse a body in chunks: Django would read it as empty, and the sender would not know why."""
    if not request.headers.get("Transfer-Encoding"):
        return None
    drain(request.META["wsgi.input"], DRAIN_LIMIT)
    detail = "Send the body with Content-Length; a body in chunks is not read."
    return plain(request, 411, "request.length_required", detail)


def _too_large(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not (length.isascii() and length.isdigit()) or int(length) <= BODY_LIMIT:
        return None
    drain(request.META["wsgi.input"], int(length))
    return plain(
        request,
        413,
        "request.too_large",
        f"The body is larger than {BODY_LIMIT // (1024 * 1024)} MB. "
        "Send fewer documents in one request.",
    )
