"""Many clients at once: threads that each have a connection of their own and start together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection, connections

PATIENCE = 60


def together(work: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run every piece of ``work`` on a connection of its own, all at one moment.

    Returns in order what each returned; an exception that one raised stands in its place.
    """
    barrier = Barrier(len(work), timeout=PATIENCE)

    def run(piece: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait()
            return piece()
        except Exception as error:  # noqa: BLE001 - whatever a client gets is the result
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def failures(results: Sequence[Any]) -> list[Exception]:
    """The exceptions among what `together` returned."""
    return [result for result in results if isinstance(result, Exception)]
