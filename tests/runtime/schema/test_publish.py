"""Publishing from the command line, and how a process learns what is live."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from engine_runtime.active import catalog as live
from engine_runtime.active.catalog import CatalogUnusable, NothingPublished, active, forget
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.schema.registry import LABEL, state

pytestmark = pytest.mark.usefixtures("empty_database")

THING = """
doctype: Thing
company: none
name: {by: code}
fields:
  code: {type: text, required: true, length: 20}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A pack of one doctype."""
    (tmp_path / "pack.yaml").write_text("pack: small\nversion: 1.0.0\n", encoding="utf-8")
    (tmp_path / "thing.yaml").write_text(THING, encoding="utf-8")
    return tmp_path


def publish(folder: Path, *options: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("publish", str(folder), *options, stdout=out, stderr=out)
    return out.getvalue()


def add_field(folder: Path, line: str) -> None:
    path = folder / "thing.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"  {line}\n", encoding="utf-8")


def test_before_the_first_publish_the_way_out_is_told() -> None:
    with pytest.raises(NothingPublished, match=r"python manage\.py publish"):
        active()


def test_a_published_field_is_there_at_once(folder: Path) -> None:
    assert "Catalog 1 is live (2 files" in publish(folder)
    assert "Catalog 1 is live" in publish(folder)
    assert list(active().tables) == ["doc_thing"]
    add_field(folder, "weight: {type: decimal}")
    assert "Catalog 2 is live" in publish(folder)
    assert active().version == 2
    assert active().tables["doc_thing"].column("weight").kind == "decimal"
    assert active().catalog.doctypes["Thing"].fields["weight"].type == "decimal"


def test_another_process_learns_it_from_the_database(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(folder)
    first = active()
    forget()
    again = active()
    assert again is not first
    assert (again.version, again.tables) == (1, first.tables)
    assert again.catalog.digest == first.catalog.digest == AppliedCatalog.objects.get().digest
    # What another process publishes is seen by the next check, not by the next call.
    stored = AppliedCatalog.objects.get()
    stored.version = 2
    stored.save(force_insert=True)
    assert active() is again
    monkeypatch.setattr(live, "CHECK_SECONDS", 0.0)
    assert active().version == 2


def test_asking_what_is_live_costs_no_statement(
    folder: Path, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    publish(folder)
    with django_assert_num_queries(0):  # type: ignore[operator]
        for _ in range(100):
            active()


def test_stored_sources_that_no_longer_compile_are_told(folder: Path) -> None:
    publish(folder)
    AppliedCatalog.objects.update(sources={"thing.yaml": THING + "  nett: {type: mony}\n"})
    forget()
    with pytest.raises(CatalogUnusable, match="thing"):
        active()


def test_metadata_with_an_error_is_printed_and_changes_nothing(folder: Path) -> None:
    publish(folder)
    add_field(folder, "weight: {type: wieght}")
    out = StringIO()
    with pytest.raises(CommandError, match="nothing was published"):
        call_command("publish", str(folder), stdout=out, stderr=out)
    assert "thing.yaml:7:" in out.getvalue()
    assert AppliedCatalog.objects.count() == 1


def test_rows_that_stand_against_it_are_told(folder: Path) -> None:
    publish(folder)
    with connection.cursor() as cursor:
        names = [column.name for column in active().tables["doc_thing"].columns]
        values = [
            7 if name == "id" else datetime(2026, 4, 1) if "_at" in name else 1 for name in names
        ]
        marks = ", ".join(["%s"] * len(values))
        cursor.execute(f"INSERT INTO doc_thing ({', '.join(names)}) VALUES ({marks})", values)
    add_field(folder, "weight: {type: decimal, required: true}")
    with pytest.raises(CommandError, match=r"doc_thing\.weight is new and required"):
        publish(folder)
    (folder / "thing.yaml").unlink()
    (folder / "other.yaml").write_text(THING.replace("Thing", "Other"), encoding="utf-8")
    assert "Catalog 2 is live" in publish(folder)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM doc_thing")
        assert cursor.fetchall() == [(7,)], "what is declared no more stays"
    publish(folder, "--drop-data")
    assert "doc_thing" not in connection.introspection.table_names()


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no folder"):
        publish(tmp_path / "nowhere")


def test_the_standard_pack_becomes_models_with_their_links() -> None:
    publish(Path(settings.METADATA_DIR))
    apps = state(active().tables.values()).apps
    for table in active().tables.values():
        model = apps.get_model(LABEL, table.name)
        assert [field.column for field in model._meta.fields] == [c.name for c in table.columns]
        model.objects.first()  # fails where a column is missing


def test_migrations_of_fixed_tables_are_complete() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_catalog_is_live_in_a_process_of_its_own(folder: Path) -> None:
    publish(folder)
    code = (
        "import django; django.setup();"
        "from django.db import connection; connection.settings_dict['NAME'] = {name!r};"
        "from engine_runtime.active.catalog import active; print(active().version)"
    ).format(name=connection.settings_dict["NAME"])
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "engine_runtime.project.settings"},
    )  # fmt: skip
    assert found.stdout.strip() == "1"
