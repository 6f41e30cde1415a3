"""Fixed routes that are about the installation: catalog for the browser, OpenAPI, its page, health."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe
from rest_framework.request import Request
from rest_framework.response import Response

from engine.catalog.browser import client_catalog
from engine.catalog.whole import Catalog
from engine_runtime.access import gate
from engine_runtime.access.actor import Actor
from engine_runtime.api import headers, openapi
from engine_runtime.api.health import health
from engine_runtime.api.percatalog import PerCatalog
from engine_runtime.api.shell import (
    OpenShell,
    Shell,
    actor_of_request,
    catalog_now,
    only_parameters,
)
from engine_runtime.api.views_auth import user_json

PAGE = Path(__file__).parent / "docs_page"
PAGE_FILES = {
    "": ("index.html", "text/html; charset=utf-8"),
    "docs.js": ("docs.js", "text/javascript; charset=utf-8"),
    "docs.css": ("docs.css", "text/css; charset=utf-8"),
}

SHAPE = 3
"""Counts up when the client catalog is sent in another form, so that no browser keeps the one it had."""

_client = PerCatalog(client_catalog)


def meta_for(actor: Actor, catalog: Catalog) -> dict[str, Any]:
    """The client catalog with only what the actor may read, and what they may do with it."""
    whole = _client(catalog)
    by_key = {d.key: d for d in catalog.doctypes.values()}
    doctypes = {
        key: {**shown, "can": gate.actions(actor, by_key[key])}
        for key, shown in whole["doctypes"].items()
        if by_key[key].child or gate.allowed(actor, "read", by_key[key])
    }
    reports = {
        key: shown
        for key, shown in whole["reports"].items()
        if gate.may_read_report(actor, _report(catalog, key))
    }
    user = user_json(actor)
    seen = {d["route"] for d in doctypes.values() if d.get("route")} | set(doctypes) | set(reports)
    return {
        **whole,
        "user": user,
        "companies": user["companies"],
        "menu": _menu(whole["menu"], seen),
        "doctypes": doctypes,
        "reports": reports,
        "limits": {
            key: limit
            for key, limit in whole["limits"].items()
            if set(limit["roles"]) & actor.roles_here()
        },
    }


def _report(catalog: Catalog, key: str) -> Any:
    return next(r for r in catalog.reports.values() if r.key == key)


def _menu(menu: dict[str, Any], seen: set[str]) -> dict[str, Any]:
    kept = {m: [item for item in items if item["target"] in seen] for m, items in menu.items()}
    return {module: items for module, items in kept.items() if items}


class MetaView(Shell):
    """``GET /api/meta``."""

    def get(self, request: Request) -> Response:
        only_parameters(request, ())
        actor, catalog = actor_of_request(request), catalog_now(request)
        tag = _meta_tag(actor, catalog)
        if headers.not_modified(request, tag):
            return Response(status=304, headers={"ETag": tag})
        found = {"ETag": tag, "Cache-Control": "private, no-cache"}
        return Response(meta_for(actor, catalog), headers=found)


def _meta_tag(actor: Actor, catalog: Catalog) -> str:
    user = user_json(actor)
    told = f"{SHAPE}{catalog.digest}{user}"
    return f'"{hashlib.sha256(told.encode()).hexdigest()[:32]}"'


class HealthView(OpenShell):
    """``GET /api/health``: 200 if documents can be read and written, else 503. For anybody, so without names."""

    def get(self, request: Request) -> Response:
        found = health()
        return Response(found, status=200 if found["status"] != "down" else 503)


class OpenApiView(OpenShell):
    """``GET /api/openapi.json``."""

    def get(self, request: Request) -> HttpResponse:
        catalog = catalog_now(request)
        tag = f'"{catalog.digest[:32]}"'
        if headers.not_modified(request, tag):
            return HttpResponse(status=304, headers={"ETag": tag})
        found = {"ETag": tag, "Cache-Control": "no-cache"}
        return HttpResponse(
            openapi.rendered(catalog), content_type="application/json", headers=found
        )


@require_safe
def docs_page(request: HttpRequest, name: str = "") -> HttpResponseBase:
    """``GET /api/docs``: a page of our own that reads ``/api/openapi.json``; nothing comes from elsewhere."""
    if name not in PAGE_FILES:
        raise Http404
    file, kind = PAGE_FILES[name]
    return FileResponse((PAGE / file).open("rb"), content_type=kind)
