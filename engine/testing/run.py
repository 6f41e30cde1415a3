"""All stories of a catalog, played in memory. Public: ``run_tests``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalog.tests import Test
from engine.catalog.whole import Catalog
from engine.testing.life import Life
from engine.testing.stage import Moment
from engine.testing.story import EVERYBODY, Failure, play


@dataclass(frozen=True, slots=True)
class Played:
    """One test and where it went another way; no failures: it passed."""

    test: Test
    failures: tuple[Failure, ...]


def run_tests(catalog: Catalog, only: str = "") -> Iterator[Played]:
    """Play every test of ``catalog`` (whose name has ``only`` in it), each from an empty memory.

    Scenes, which only set things up for others, are played with those.
    """
    for test in catalog.tests.values():
        if not test.is_scene and only.lower() in test.name.lower():
            stage = Life(catalog, Moment(test.today, EVERYBODY, None, None))
            yield Played(test, tuple(play(stage, test)))
