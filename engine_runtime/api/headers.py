"""Headers that say something about documents: ETag, If-Match, If-None-Match, Idempotency-Key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request

from engine.catalog.whole import Catalog
from engine_runtime.api.body import parse
from engine_runtime.api.problems import HeaderRefused, MalformedBody
from engine_runtime.posting.session import Knowing

_TAG = re.compile(r'(?:W/)?"?(\d{1,18})"?\Z')
_KEY = re.compile(r"[\x21-\x7e]{1,200}\Z")
LARGEST_VERSION = 2**31 - 1


def etag(version: object) -> str:
    """The ETag of a document: its version."""
    return f'"{version}"'


def if_match(request: Request) -> int | None:
    """The version that ``If-Match`` asks for; None without the header or for ``*``. Raises ``HeaderRefused``."""
    text = request.headers.get("If-Match", "").strip()
    if text in ("", "*"):
        return None
    found = _TAG.match(text)
    if not found or int(found[1]) > LARGEST_VERSION:
        raise HeaderRefused(
            f'If-Match "{text[:40]}" is no ETag of a document. Send it as you got it.'
        )
    return int(found[1])


def version_of(request: Request, body: Mapping[str, Any]) -> int | None:
    """The version in the body, else in ``If-Match``. Raises ``MalformedBody`` if they differ or make no sense."""
    header = if_match(request)
    stated = body.get("version")
    if stated is None:
        return header
    if (
        isinstance(stated, bool)
        or not isinstance(stated, int)
        or not 0 <= stated <= LARGEST_VERSION
    ):
        raise MalformedBody('"version" is a whole number, as you were given it.')
    if header is not None and header != stated:
        raise MalformedBody('"version" in the body and If-Match ask for different versions.')
    return stated


def not_modified(request: Request, tag: str) -> bool:
    """True if the client already has what ``tag`` stands for."""
    known = request.headers.get("If-None-Match", "")
    return tag in (part.strip().removeprefix("W/") for part in known.split(","))


def idempotency_key(request: Request) -> str | None:
    """The ``Idempotency-Key``; None without one. Raises ``HeaderRefused``."""
    text = request.headers.get("Idempotency-Key")
    if text is None:
        return None
    if not _KEY.match(text):
        raise HeaderRefused("Idempotency-Key is 1 to 200 printable characters without spaces.")
    return text


def knowing(headers: Mapping[str, str]) -> Knowing:
    """What a person confirms (``X-Confirm``: confirmations, parted by commas) and which limits they pass
    (``X-Pass``: a JSON object, key of the limit → what was asked). Raises ``HeaderRefused``.
    """
    confirmed = [part.strip() for part in headers.get("X-Confirm", "").split(",")]
    return Knowing(frozenset(part for part in confirmed if part), _passed(headers.get("X-Pass")))


def require_passable(what: Knowing, catalog: Catalog) -> None:
    """Refuse limits that there are none of, or that nobody passes. Raises ``HeaderRefused`` naming those there are."""
    known = {
        key
        for doctype in catalog.doctypes.values()
        for key, limit in doctype.limits.items()
        if limit.passing is not None
    }
    for key in what.passed:
        if key not in known:
            names = ", ".join(sorted(known)) or "none"
            raise HeaderRefused(
                f'X-Pass names "{key[:80]}", and no limit that may be passed has that key. Known: {names}.'
            )


def _passed(text: str | None) -> dict[str, Mapping[str, Any]]:
    if text is None:
        return {}
    try:
        found = parse(text.encode())
    except MalformedBody as error:
        raise HeaderRefused(f"X-Pass is not JSON: {error}") from error
    if not isinstance(found, dict) or not all(isinstance(v, dict) for v in found.values()):
        raise HeaderRefused('X-Pass is an object like {"customer_credit": {"reason": "…"}}.')
    return found
