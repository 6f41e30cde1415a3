"""One run of the workloads on the database that Django is set up for."""

from __future__ import annotations

from typing import Any

from bench import documents, importing, publishing, web, world
from bench.documents import Captured
from engine_runtime.documents import service


class Run:
    """Builds the company once; each workload leaves it usable for the next."""

    def __init__(self) -> None:
        self.world = world.build()
        self._next = 0
        self._captured: Captured | None = None
        self._y_p50_ms: float | None = None

    def workload(self, name: str) -> dict[str, Any]:
        """The figures of W1, W1b, W2, W3, W6 or W7."""
        figures: dict[str, Any] = getattr(self, f"_{name.lower()}")()
        return figures

    def _numbers(self) -> int:
        """The first of a range of document numbers that nobody has used."""
        self._next += 100_000
        return self._next

    def _w1(self) -> dict[str, Any]:
        figures, self._captured = documents.measure(documents.sale(self.world), self._numbers())
        self._y_p50_ms = figures["yardsticks"]["Y"]["p50_ms"]
        return figures

    def _w2(self) -> dict[str, Any]:
        return documents.measure(documents.cash_sale(self.world), self._numbers())[0]

    def _w1b(self) -> dict[str, Any]:
        if self._captured is None or self._y_p50_ms is None:
            self._w1()
        assert self._captured is not None
        assert self._y_p50_ms is not None
        return web.writing(self.world, self._captured, self._y_p50_ms)

    def _w3(self) -> dict[str, Any]:
        sales = [self.world.sale(self._numbers() + number, 10) for number in range(30)]
        rows = service.create(self.world.actor, "Sales Invoice", sales, submit=True)
        return web.reading(self.world, rows[-1]["id"])

    def _w7(self) -> dict[str, Any]:
        return publishing.measure(self.world)

    def _w6(self) -> dict[str, Any]:
        return importing.measure(self.world)
