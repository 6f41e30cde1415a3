"""Doing a call again that the database broke off: two transactions waited for each other."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import wraps
from time import sleep
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.utils import OperationalError

from engine_runtime.active.catalog import CatalogChanged, refresh
from engine_runtime.documents.errors import Locked
from engine_runtime.posting.reposting import PastMoved
from engine_runtime.tables.violations import is_broken_off, is_locked

TIMES = 8
LONGEST_PAUSE = 400
"""Milliseconds: those who were in each other's way come again at different moments."""
_BUSY = "Somebody else is working on this, or on what it changes. Try again in a moment."

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
            except PastMoved as error:
                if connection.in_atomic_block:
                    raise
                if not left:
                    raise Locked(_BUSY) from error
                _pause(left)
            except OperationalError as error:
                if is_locked(error):
                    raise Locked(_BUSY) from error
                if connection.in_atomic_block or not is_broken_off(error):
                    raise
                if not left:
                    raise Locked(_BUSY) from error
                _pause(left)
        raise AssertionError("the last try returns or raises")

    return run


def _pause(left: int) -> None:
    """Wait for a moment, longer the more often it was in vain."""
    sleep(random.randint(0, LONGEST_PAUSE // (left + 1)) / 1000)  # noqa: S311 - no secret
