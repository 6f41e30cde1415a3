"""Times of repeated work, and what is said about them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field


class MeasurementFailed(Exception):
    """One workload cannot be measured; the text says why. The others go on."""


@dataclass
class Times:
    """Seconds of each repetition."""

    seconds: list[float] = field(default_factory=list)

    def take(self, work: Callable[[], object]) -> None:
        started = time.perf_counter()
        work()
        self.seconds.append(time.perf_counter() - started)

    @property
    def p50_ms(self) -> float:
        return self.at(0.50)

    @property
    def p95_ms(self) -> float:
        return self.at(0.95)

    @property
    def per_s(self) -> float:
        """Repetitions per second when done one after another."""
        return len(self.seconds) / sum(self.seconds)

    def at(self, share: float) -> float:
        """The value in ms below which ``share`` of the repetitions lie."""
        ordered = sorted(self.seconds)
        place = min(len(ordered) - 1, round(share * (len(ordered) - 1)))
        return ordered[place] * 1000

    def summary(self) -> dict[str, float]:
        return {
            "per_s": round(self.per_s, 1),
            "p50_ms": round(self.p50_ms, 3),
            "p95_ms": round(self.p95_ms, 3),
            "count": len(self.seconds),
        }


def interleave(
    works: dict[str, Callable[[int], object]], count: int, warm_up: int
) -> dict[str, Times]:
    """Run each of ``works`` in turn, ``count`` times after ``warm_up``, so that all meet the same disturbances.

    Each is called with the number of the repetition.
    """
    times = {name: Times() for name in works}
    for number in range(warm_up + count):
        for name, work in works.items():
            started = time.perf_counter()
            work(number)
            if number >= warm_up:
                times[name].seconds.append(time.perf_counter() - started)
    return times
