"""The stories of the good program `rederive`, played on databases: in memory they are played with the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalog.tests import FIRST_DAY
from engine.testing.stage import Moment
from engine.testing.story import EVERYBODY, play
from engine_runtime.ledgers.verify import verify
from tests.cases.database import on_this_database
from tests.databases import Databases
from tests.language.programs import compile_text, good

PROGRAM = "rederive"


def stories() -> list[str]:
    catalog = compile_text(good(PROGRAM)).catalog
    assert catalog is not None
    return [test.name for test in catalog.tests.values() if not test.is_scene]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(PROGRAM)
    (folder / f"{PROGRAM}.yaml").write_text(good(PROGRAM), encoding="utf-8")
    return folder


@pytest.mark.parametrize("story", stories())
def test_a_story_goes_as_told_and_leaves_the_books_right(
    story: str, folder: Path, databases: Databases, django_db_blocker: pytest.FixtureRequest
) -> None:
    with django_db_blocker.unblock(), databases.clone(folder):  # type: ignore[attr-defined]
        stage = on_this_database(Moment(FIRST_DAY, EVERYBODY, None, None))
        assert [str(failure) for failure in play(stage, stage.catalog.tests[story])] == []
        assert verify(None) == []
