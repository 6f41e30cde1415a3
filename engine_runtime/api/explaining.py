"""Explanations and uses as JSON."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from engine.catalog.uses import Uses, known, uses
from engine.catalog.whole import Catalog
from engine.expr.inputs import Input
from engine.problems.suggest import did_you_mean
from engine_runtime.access.errors import Forbidden
from engine_runtime.active.catalog import mentions_of
from engine_runtime.api.percatalog import PerCatalog
from engine_runtime.api.problems import ParameterRefused
from engine_runtime.api.shell import Shell, actor_of_request, catalog_now, only_parameters
from engine_runtime.documents.difference import plain
from engine_runtime.documents.explaining import Explained


def explained_json(catalog: Catalog, found: Explained) -> dict[str, Any]:
    """Who wrote the value (``by``), by which formula or step, from what, and why a rule set answered so."""
    why = found.explanation
    return {
        "field": found.place,
        "by": why.by,
        "text": why.text,
        "step": why.key,
        "because": why.because,
        "inputs": [_input(catalog, part, found) for part in why.inputs],
    }


def _input(catalog: Catalog, part: Input, found: Explained) -> dict[str, Any]:
    shown: dict[str, Any] = {"text": part.text, "value": _value(part.value)}
    if part.withheld:
        shown["withheld"] = True
    for name in part.doctypes:
        kind = catalog.doctypes.get(name)
        title = found.titles.get(kind.key, {}).get(part.value) if kind is not None else None
        if title is not None:
            shown["title"] = title
    return shown


def _value(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_value(part) for part in value]
    if isinstance(value, dict):
        return value.get("id")
    return plain(value)


def _found(catalog: Catalog) -> tuple[Uses, frozenset[str]]:
    found = uses(catalog, mentions_of(catalog))
    return found, frozenset((*known(catalog), *found))


_uses = PerCatalog(_found)


class UsesView(Shell):
    """``GET /api/meta/uses?of=Sales Invoice.customer``: for who may change what is declared, which is a superuser."""

    def get(self, request: Request) -> Response:
        name = only_parameters(request, ("of",)).get("of", "")
        actor, catalog = actor_of_request(request), catalog_now(request)
        if not actor.superuser:
            raise Forbidden("Metadata", "read")
        found, names = _uses(catalog)
        if name not in names:
            hint = did_you_mean(name, names)
            raise ParameterRefused("of", f'Nothing is called "{name[:80]}". {hint}'.strip())
        shown = [
            {
                "owner": use.owner,
                "place": use.place,
                "text": use.text,
                "file": use.span.file if use.span else "",
                "line": use.span.line if use.span else 0,
            }
            for use in found.get(name, ())
        ]
        return Response({"of": name, "uses": shown})
