"""Query parameters of a list → ``ListQuery``. Names are checked where the query is built, in ``documents.listing``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.fields import DOCUMENT
from engine.catalog.whole import Catalog
from engine_runtime.api.body import parse
from engine_runtime.api.present import link_json, target_keys
from engine_runtime.api.problems import MalformedBody, ParameterRefused
from engine_runtime.documents.listing import ListQuery, Page

PARAMETERS = ("fields", "filter", "search", "sort", "limit", "cursor")
LIMIT = 20
LARGEST_LIMIT = 500
MOST_FILTERS = 50
MOST_NAMES = 60
LONGEST_SEARCH = 200


def list_query(parameters: Mapping[str, str]) -> ListQuery:
    """The question of a list. Raises ``ParameterRefused``."""
    return ListQuery(
        fields=_names("fields", parameters.get("fields", "")),
        filters=_filters(parameters.get("filter", "")),
        search=_search(parameters.get("search", "")),
        sort=_names("sort", parameters.get("sort", "")),
        limit=_limit(parameters.get("limit", "")),
        cursor=parameters.get("cursor") or None,
    )


def _names(parameter: str, text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if len(names) > MOST_NAMES:
        raise ParameterRefused(parameter, f'"{parameter}" takes at most {MOST_NAMES} names.')
    return names


def _search(text: str) -> str:
    text = text.strip()
    if len(text) > LONGEST_SEARCH:
        raise ParameterRefused("search", f'"search" takes at most {LONGEST_SEARCH} characters.')
    if "\x00" in text:
        raise ParameterRefused("search", '"search" holds U+0000, which no text contains.')
    return text


def _limit(text: str) -> int:
    if not text:
        return LIMIT
    if not (
        text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= LARGEST_LIMIT
    ):
        raise ParameterRefused("limit", f'"limit" is a number from 1 to {LARGEST_LIMIT}.')
    return int(text)


def _filters(text: str) -> tuple[tuple[str, str, Any], ...]:
    if not text:
        return ()
    try:
        found = parse(text.encode())
    except (MalformedBody, UnicodeEncodeError) as error:
        raise ParameterRefused("filter", f'"filter" is not JSON: {error}', _EXAMPLE) from None
    if not isinstance(found, list) or len(found) > MOST_FILTERS:
        raise ParameterRefused(
            "filter", f'"filter" is a list of at most {MOST_FILTERS} conditions.', _EXAMPLE
        )
    return tuple(_condition(index, item) for index, item in enumerate(found))


_EXAMPLE = 'Write it as [["category.parent", "=", 3], ["posting_date", ">=", "2026-04-01"]].'


def _condition(index: int, item: Any) -> tuple[str, str, Any]:
    ok = isinstance(item, list) and len(item) == 3
    if not ok or not isinstance(item[0], str) or not isinstance(item[1], str):
        raise ParameterRefused(
            "filter", f"Condition {index + 1} is not [field, operator, value].", _EXAMPLE
        )
    return item[0], item[1], item[2]


def page_rows(catalog: Catalog, page: Page) -> list[dict[str, Any]]:
    """The rows of a page as JSON shows them; changed in place, as nobody else needs them."""
    rows = page.rows
    for path in page.fields:
        if path.field.type != "link":
            continue
        link = path.field.link
        keys, several = target_keys(catalog, link), len(link) > 1 or DOCUMENT in link
        for row in rows:
            row[path.name] = link_json(row[path.name], keys, page.titles, several)
    return rows
