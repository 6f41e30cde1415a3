"""From an address below ``/api/`` to a doctype and what is asked of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from engine.catalog.doctypes import Doctype
from engine.catalog.values import is_id
from engine.catalog.whole import Catalog
from engine_runtime.api.aliases import former_routes
from engine_runtime.api.percatalog import PerCatalog
from engine_runtime.api.present import Presenter
from engine_runtime.api.problems import RouteUnknown

Action = Literal[
    "list",
    "one",
    "new",
    "preview",
    "submit",
    "cancel",
    "amend",
    "effects",
    "moves",
    "together",
    "history",
    "explain",
    "rederive",
    "go",
    "act",
    "many",
]

COLLECTION_ACTIONS: Mapping[str, Action] = {
    "new": "new",
    "preview": "preview",
    "moves": "together",
}
DOCUMENT_ACTIONS: Mapping[str, Action] = {
    "submit": "submit",
    "cancel": "cancel",
    "amend": "amend",
    "effects": "effects",
    "moves": "moves",
    "history": "history",
    "explain": "explain",
    "rederive": "rederive",
}
SUBMITTABLE_ONLY = frozenset(("submit", "cancel", "effects", "rederive"))


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
    name: str = ""
    """Of the transition or action that is asked for."""
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
    id_ = id_of(rest[0])
    if id_ is not None and len(rest) == 1:
        return Match(place, "one", id_)
    found = _named(place, rest, id_)
    if found is not None:
        return found
    raise RouteUnknown(f'There is nothing at "/api/{path}" for "{place.doctype.label}".')


def _named(place: Place, rest: list[str], id_: int | None) -> Match | None:
    """A transition, an action, or what every document has; of one document or of many."""
    doctype = place.doctype
    name = "/".join(rest[1:] if id_ is not None else rest)
    action = next((a for a in doctype.actions.values() if a.route == name), None)
    declared = doctype.submittable and name in doctype.workflow.transitions
    if id_ is None:
        if action is not None and action.bulk:
            return Match(place, "many", name=action.name)
        return Match(place, "many", name=name) if declared else None
    if action is not None:
        return Match(place, "act", id_, action.name)
    if declared and (doctype.workflow.declared or name not in DOCUMENT_ACTIONS):
        return Match(place, "go", id_, name)
    usual = DOCUMENT_ACTIONS.get(name)
    usable = doctype.submittable or usual not in SUBMITTABLE_ONLY
    usable = usable and (usual != "amend" or doctype.amend == "new")
    usable = usable and not (doctype.workflow.declared and usual in ("submit", "cancel"))
    return Match(place, usual, id_) if usual is not None and usable else None


def id_of(text: str) -> int | None:
    """The id that ``text`` of an address writes; None where it can be none."""
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        return None
    value = int(text)
    return value if is_id(value) else None


def _unknown(path: str, known: list[str]) -> str:
    close = difflib.get_close_matches(path.strip("/"), known, n=1)
    hint = f' Did you mean "/api/{close[0]}"?' if close else ""
    return f'There is nothing at "/api/{path}".{hint}'
