"""The hard cases of the language: each a pack with stories, played in memory and on the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalog.tests import FIRST_DAY, Test
from engine.compiler.compile import compile_folder
from engine.problems.render import Sources, as_text
from engine.testing import past
from engine.testing.life import Life
from engine.testing.stage import Moment
from engine.testing.story import EVERYBODY, play
from tests.cases.conftest import CASES
from tests.cases.database import on_this_database
from tests.databases import Databases


@pytest.mark.parametrize("case", CASES)
def test_the_pack_compiles_and_its_stories_pass_in_memory(
    case: str, case_folders: dict[str, Path]
) -> None:
    compiled = compile_folder(case_folders[case])
    assert compiled.catalog is not None, "\n".join(
        as_text(problem, Sources()) for problem in compiled.problems
    )
    own = [t for t in compiled.catalog.tests.values() if not t.is_scene and _is_of(case, t)]
    assert own, f"{case} has no story"
    for test in own:
        failures = play(Life(compiled.catalog, Moment(test.today, EVERYBODY, None, None)), test)
        assert not failures, "\n".join(map(str, failures))


def _is_of(case: str, test: Test) -> bool:
    return Path(test.span.file).parent.name == case


@pytest.mark.parametrize("case", CASES)
def test_its_stories_pass_on_the_database(
    case: str,
    case_folders: dict[str, Path],
    databases: Databases,
    django_db_blocker: pytest.FixtureRequest,
) -> None:
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        names = [
            t.name
            for t in (
                compile_folder(case_folders[case]).catalog or pytest.fail(case)
            ).tests.values()
            if not t.is_scene and _is_of(case, t)
        ]
        for name in names:
            with databases.clone(case_folders[case]):
                stage = on_this_database(Moment(FIRST_DAY, EVERYBODY, None, None))
                test = stage.catalog.tests[name]
                failures = play(stage, test)
                assert not failures, "\n".join(map(str, failures))


@pytest.mark.parametrize("case", ["case02", "case04", "case05", "case06", "case07"])
def test_goods_of_before_their_order_was_kept_follow_all_the_same(
    case: str, case_folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries of older databases do not say how they found their worth: the rules of then do."""
    row_of = past._row
    monkeypatch.setattr(past, "_row", lambda one: row_of(one) | {"how": None, "level": None})
    catalog = compile_folder(case_folders[case]).catalog
    assert catalog is not None
    for test in catalog.tests.values():
        if not test.is_scene and _is_of(case, test):
            failures = play(Life(catalog, Moment(test.today, EVERYBODY, None, None)), test)
            assert not failures, "\n".join(map(str, failures))
