"""The stories of the program `expiry` on the database, with the books proved after each."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalog.tests import FIRST_DAY
from engine.testing.stage import Moment
from engine.testing.story import EVERYBODY, play
from engine_runtime.ledgers.verify import verify
from tests.cases.database import on_this_database
from tests.databases import Databases
from tests.kernel.programs import compiled
from tests.language.programs import good

PROGRAM = "expiry"
STORIES = sorted(
    name
    for name, test in compiled(good(PROGRAM).partition("---")[2]).tests.items()
    if not test.is_scene
)


@pytest.mark.parametrize("story", STORIES)
def test_a_story_goes_as_told_and_the_books_agree(
    story: str,
    databases: Databases,
    module_metadata: Path,
    django_db_blocker: pytest.FixtureRequest,
) -> None:
    with django_db_blocker.unblock(), databases.clone(module_metadata):  # type: ignore[attr-defined]
        stage = on_this_database(Moment(FIRST_DAY, EVERYBODY, None, None))
        failures = play(stage, stage.catalog.tests[story])
        assert [str(failure) for failure in failures] == []
        assert [str(difference) for difference in verify(None)] == []
