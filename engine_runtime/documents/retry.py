"""Doing a call again that the database broke off: two transactions waited for each other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.utils import OperationalError

from engine_runtime.active.catalog import CatalogChanged, refresh
from engine_runtime.documents.errors import Locked
from engine_runtime.posting.reposting import PastMoved
from engine_runtime.tables.violations import is_broken_off, is_locked

TIMES = 5

P = ParamSpec("P")
R = TypeVar("R")


def retried(call: Callable[P, R]) -> Callable[P, R]:
    """``call``, one transaction, tried up to ``TIMES`` times. Inside a caller's transaction it is tried once:
    what was broken off is then the caller's to repeat. Raises Locked where a lock was not to be had.
    """

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for left in reversed(range(TIMES)):
            try:
                return call(*args, **kwargs)
            except CatalogChanged:
                # Who began with a catalog, as a request does, begins again with the next one.
                actor = args[0] if args else None
                if not left or connection.in_atomic_block or getattr(actor, "catalog", None):
                    raise
                refresh()
            except PastMoved:
                if connection.in_atomic_block or not left:
                    raise
            except OperationalError as error:
                if is_locked(error):
                    raise Locked(
                        "Somebody else is working on this, or on what it changes. Try again in a moment."
                    ) from error
                if connection.in_atomic_block or not left or not is_broken_off(error):
                    raise
        raise AssertionError("the last try returns or raises")

    return run
