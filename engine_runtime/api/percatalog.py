"""Things worked out once per catalog: routes, presenters, the OpenAPI document."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from engine.catalog.whole import Catalog

Made = TypeVar("Made")


class PerCatalog(Generic[Made]):
    """``make(catalog)``, remembered for the last catalog asked.

    Two threads may make it twice at a publish; both results are equal, so no lock is needed.
    """

    def __init__(self, make: Callable[[Catalog], Made]) -> None:
        self._make = make
        self._last: tuple[Catalog, Made] | None = None

    def __call__(self, catalog: Catalog) -> Made:
        last = self._last
        if last is not None and last[0] is catalog:
            return last[1]
        made = self._make(catalog)
        self._last = (catalog, made)
        return made
