"""Statements that one piece of work sends to the database: the gateway's own, and those of Django's cursors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection

from engine_runtime.tables.gateway import gateway


def statements(work: Callable[[], object]) -> int:
    """How many statements ``work`` sends, BEGIN and COMMIT not counted."""
    through_django = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal through_django
        through_django += 1
        return execute(sql, params, many, context)

    before = gateway().statements
    with connection.execute_wrapper(count):
        work()
    return gateway().statements - before + through_django
