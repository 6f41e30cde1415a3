"""From an address below ``/api/`` to a doctype and what is asked of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine_runtime.api.aliases import former_routes
from engine_runtime.api.percatalog import PerCatalog
from engine_runtime.api.present import Presenter
from engine_runtime.api.problems import RouteUnknown

Action = Literal["list", "one", "new", "preview", "submit", "cancel", "effects"]

COLLECTION_ACTIONS: Mapping[str, Action] = {"new": "new", "preview": "preview"}
DOCUMENT_ACTIONS: Mapping[str, Action] = {
    "submit": "submit",
    "cancel": "cancel",
    "effects": "effects",
}
SUBMITTABLE_ONLY = frozenset(("submit", "cancel", "effects"))
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Place:
    """A doctype with its presenter."""

    doctype: Doctype
    presenter: Presenter


@dataclass(frozen=True, slots=True)
class Match:
    """What an address means."""

    place: Place
    action: Action
    id: int | None = None
    deprecated: bool = False
    """Asked for under a former name."""


def _places(catalog: Catalog) -> dict[str, Place]:
    found = {
        d.api: Place(d, Presenter(catalog, d))
        for d in catalog.doctypes.values()
        if not d.abstract and not d.child
    }
    former = {route: found[doctype.api] for route, doctype in former_routes(catalog).items()}
    return former | found


places = PerCatalog(_places)
"""Route → place, for every doctype that has documents."""


def match(catalog: Catalog, path: str) -> Match:
    """What ``path`` (below ``/api/``) means; the longest route of a doctype wins. Raises ``RouteUnknown``."""
    found = places(catalog)
    parts = path.strip("/").split("/")
    for length in range(len(parts), 0, -1):
        place = found.get("/".join(parts[:length]))
        if place is not None:
            former = "/".join(parts[:length]) != place.doctype.api
            return replace(_match(place, parts[length:], path), deprecated=former)
    raise RouteUnknown(_unknown(path, list(found)))


def _match(place: Place, rest: list[str], path: str) -> Match:
    if not rest:
        return Match(place, "list")
    if len(rest) == 1 and rest[0] in COLLECTION_ACTIONS:
        return Match(place, COLLECTION_ACTIONS[rest[0]])
    id_ = _id(rest[0])
    if id_ is not None and len(rest) == 1:
        return Match(place, "one", id_)
    if id_ is not None and len(rest) == 2 and rest[1] in DOCUMENT_ACTIONS:
        action = DOCUMENT_ACTIONS[rest[1]]
        if place.doctype.submittable or action not in SUBMITTABLE_ONLY:
            return Match(place, action, id_)
    raise RouteUnknown(f'There is nothing at "/api/{path}" for "{place.doctype.label}".')


def _id(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    value = int(text)
    return value if 0 < value <= LARGEST_ID else None


def _unknown(path: str, known: list[str]) -> str:
    close = difflib.get_close_matches(path.strip("/"), known, n=1)
    hint = f' Did you mean "/api/{close[0]}"?' if close else ""
    return f'There is nothing at "/api/{path}".{hint}'
