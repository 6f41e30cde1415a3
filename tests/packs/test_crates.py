"""Crates on loan: three files over the base pack, in memory and on the database, put in, taken out, put in again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from engine.catalog.tests import FIRST_DAY
from engine.compiler.compile import compile_folder
from engine.testing.run import run_tests
from engine.testing.stage import Moment
from engine.testing.story import EVERYBODY, play
from engine_runtime.access.actor import system_actor
from engine_runtime.access.companies import company_ids
from engine_runtime.active.catalog import active
from engine_runtime.reports.run import run
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import gateway
from tests.cases.database import on_this_database
from tests.databases import Databases

CRATES = Path(__file__).parent / "crates"
METADATA = Path(settings.METADATA_DIR)
STORY = "Crates go and come back"


def beside(folder: Path, *others: str) -> Path:
    """A project folder with the crates beside these packs."""
    for other in others:
        shutil.copytree(METADATA / other, folder / other)
    shutil.copytree(CRATES, folder / "crates")
    return folder


@pytest.mark.parametrize("others", [("base",), ("base", "regions")])
def test_the_story_holds_with_and_without_a_country(tmp_path: Path, others: tuple[str]) -> None:
    compiled = compile_folder(beside(tmp_path, *others))
    assert compiled.catalog is not None, compiled.problems
    played = list(run_tests(compiled.catalog))
    assert STORY in [one.test.name for one in played]
    assert [str(f) for one in played for f in one.failures] == []


def manage(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def rows(table: str, *columns: str) -> list[tuple[Any, ...]]:
    database = gateway()
    return database.fetch_many([select(database, active().tables[table], columns)])[0]


@pytest.fixture
def folder(databases: Databases, tmp_path: Path, django_db_blocker: Any) -> Iterator[Path]:
    """The project, which a database of its own has published without the records of its packs."""
    folder = beside(tmp_path / "all", "base", "regions")
    with django_db_blocker.unblock(), databases.clone(folder):
        yield folder


def test_it_is_put_in_taken_out_and_put_in_again(folder: Path) -> None:
    stage = on_this_database(Moment(FIRST_DAY, EVERYBODY, None, None))
    assert [str(f) for f in play(stage, active().catalog.tests[STORY])] == []
    entries = rows("led_crates", "id", "crates")
    assert sum(crates for _, crates in entries) == 10
    company = company_ids()[0]
    asked = {"company": company, "on_date": "2026-04-30"}
    answer = run(system_actor(company), "crates_with_customers", asked)
    assert [line["with_them"] for line in answer.rows] == [10]

    with pytest.raises(CommandError, match="Pack india requires base"):
        manage("uninstall_pack", "base")
    told = manage("uninstall_pack", "crates-on-loan", "--dry-run")
    assert "led_crates with 3 rows stays" in told
    assert "documents with entries in led_crates cannot be cancelled until the pack is back" in told
    assert "Crates" in active().catalog.ledgers
    assert "without crates-on-loan" in manage("uninstall_pack", "crates-on-loan")
    assert "Crates" not in active().catalog.ledgers
    assert "crates" not in active().catalog.doctypes["Sales Invoice"].fields
    with pytest.raises(CommandError, match="no pack 'crates-on-loan'"):
        manage("uninstall_pack", "crates-on-loan")

    assert "6 tests passed" in manage("publish", str(folder))
    assert rows("led_crates", "id", "crates") == entries
    answer = run(system_actor(company), "crates_with_customers", asked)
    assert [line["with_them"] for line in answer.rows] == [10]


def test_a_story_that_goes_another_way_stops_the_publish(
    empty_database: None, tmp_path: Path
) -> None:
    folder = beside(tmp_path / "all", "base")
    file = folder / "crates" / "delivery.yaml"
    file.write_text(file.read_text().replace("crates: -5", "crates: -4"))
    with pytest.raises(CommandError, match="1 of 2 tests failed; nothing was published"):
        manage("publish", str(folder))
    assert "tests were not played" in manage("publish", str(folder), "--without-tests")
