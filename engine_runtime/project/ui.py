"""The page of the browser application, for every address that the application itself understands."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; style-src 'self' 'unsafe-inline';"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
"""Scripts come from here and nowhere else; components set styles in place."""


@require_safe
@ensure_csrf_cookie
def application(request: HttpRequest) -> HttpResponseBase:
    """index.html of the built application, never cached (its assets carry their hash); 503 where it is not built."""
    page = settings.UI_DIR / "index.html"
    if not page.is_file():
        return HttpResponse(
            "The browser application is not built. Run: make ui\n",
            status=503,
            content_type="text/plain",
        )
    response = FileResponse(page.open("rb"), content_type="text/html; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
