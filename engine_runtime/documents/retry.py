"""Doing a call again that the database broke off: two transactions waited for each other."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection
from django.db.utils import OperationalError

from engine_runtime.tables.violations import is_broken_off

TIMES = 5

P = ParamSpec("P")
R = TypeVar("R")


def retried(call: Callable[P, R]) -> Callable[P, R]:
    """``call``, one transaction, tried up to ``TIMES`` times. Inside a caller's transaction it is tried once:
    what was broken off is then the caller's to repeat.
    """

    @wraps(call)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TIMES - 1):
            try:
                return call(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or not is_broken_off(error):
                    raise
        return call(*args, **kwargs)

    return run
