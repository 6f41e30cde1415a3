"""Records of packs: loaded at publish, brought up to date at an upgrade, left where people changed them."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from engine_runtime.access.actor import system_actor
from engine_runtime.active.catalog import NothingPublished, active
from engine_runtime.documents import service
from engine_runtime.documents.models import PackRecord, Version
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import gateway

PACK = """
pack: shop
version: {version}
data:
  units:  {{doctype: Unit, file: data/units.csv, policy: owned}}
  colours: {{doctype: Colour, file: data/colours.yaml, policy: default}}
  holds:  {{doctype: Hold, file: data/holds.csv, policy: default, key: [unit, other]}}
  demo:   {{doctype: Colour, file: data/demo.csv, policy: sample}}
---
doctype: Company
plural: Companies
company: none
fields: {{name: {{type: text, length: 20}}}}
---
doctype: Unit
company: none
name: {{by: code}}
fields: {{code: {{type: text, length: 10, required: true}}, label_text: {{type: text, length: 20}}}}
---
doctype: Colour
company: none
name: {{by: code}}
fields: {{code: {{type: text, length: 10, required: true}}, shade: {{type: decimal}}, note: {{type: text, length: 20}}}}
---
doctype: Hold
company: none
fields: {{unit: {{type: link, to: Unit, required: true}}, other: {{type: link, to: Unit}}, holds: {{type: decimal}}}}
"""
FILES = {
    "units.csv": "code,label_text\nBOX,Box\nPCS,Pieces\nOLD,Old\n",
    "colours.yaml": "- {code: RED, shade: 1.50}\n- {code: BLUE, shade: 2}\n",
    "holds.csv": "unit,other,holds\nBOX,PCS,12\nBOX,,1\n",
    "demo.csv": "code,shade\nPINK,1\n",
}

pytestmark = pytest.mark.usefixtures("empty_database")


def publish(folder: Path, version: str = "1.0.0", **files: str) -> str:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "pack.yaml").write_text(PACK.format(version=version))
    for name, text in {**FILES, **{k.replace("_", "."): v for k, v in files.items()}}.items():
        (folder / "data" / name).write_text(text)
    out = StringIO()
    call_command("publish", str(folder), stdout=out)
    return out.getvalue()


def rows(doctype: str, *columns: str) -> list[tuple[Any, ...]]:
    live, database = active(), gateway()
    table = live.tables[live.catalog.doctypes[doctype].head.name]
    return database.fetch_many([select(database, table, columns, order=("id",))])[0]


def change(doctype: str, code: str, **fields: Any) -> None:
    [[number, version]] = [
        [n, v] for n, v, c in rows(doctype, "id", "version", "code") if c == code
    ]
    service.save(system_actor(), doctype, [{"id": number, "version": version, **fields}])


def test_records_come_with_the_publish_and_only_once(tmp_path: Path) -> None:
    out = publish(tmp_path)
    assert "shop/holds: 2 created" in out
    assert rows("Unit", "code") == [("BOX",), ("PCS",), ("OLD",)]
    assert rows("Colour", "code") == [("RED",), ("BLUE",)], "no samples"
    before = Version.objects.count()
    assert "created" not in publish(tmp_path)
    assert "changed" not in publish(tmp_path, "1.0.1"), (
        "neither does an upgrade that ships the same"
    )
    assert Version.objects.count() == before
    assert len(rows("Hold", "id")) == 2


def test_the_pack_has_the_last_word_on_what_it_owns(tmp_path: Path) -> None:
    publish(tmp_path)
    change("Unit", "BOX", label_text="My box")
    out = publish(tmp_path, "1.1.0", units_csv="code,label_text\nBOX,Carton\nPCS,Pieces\n")
    assert rows("Unit", "code", "label_text") == [
        ("BOX", "Carton"),
        ("PCS", "Pieces"),
        ("OLD", "Old"),
    ]
    assert "shop/units: no longer in the pack, and still here: OLD" in out


def test_people_have_the_last_word_on_defaults(tmp_path: Path) -> None:
    publish(tmp_path)
    change("Colour", "RED", shade=9)
    change("Colour", "BLUE", note="not of the pack")
    shades = "- {code: RED, shade: 3}\n- {code: BLUE, shade: 4}\n- {code: GREEN, shade: 5}\n"
    out = publish(tmp_path, "1.1.0", colours_yaml=shades)
    assert [(c, int(s)) for c, s in rows("Colour", "code", "shade")] == [
        ("RED", 9),
        ("BLUE", 4),
        ("GREEN", 5),
    ]
    assert "shop/colours: left as people changed them: RED" in out


def test_what_people_deleted_stays_away_and_what_they_had_before_is_theirs(tmp_path: Path) -> None:
    publish(tmp_path)
    [[number]] = [[n] for n, c in rows("Colour", "id", "code") if c == "BLUE"]
    service.delete(system_actor(), "Colour", [service.Reference(number)])
    service.create(system_actor(), "Colour", [{"code": "GREY", "shade": 7}])
    shades = "- {code: RED, shade: 1.50}\n- {code: BLUE, shade: 2}\n- {code: GREY, shade: 5, note: from the pack}\n"
    publish(tmp_path, "1.1.0", colours_yaml=shades)
    assert [(c, int(s), n) for c, s, n in rows("Colour", "code", "shade", "note")] == [
        ("RED", 1, None),
        ("GREY", 7, "from the pack"),
    ]
    publish(tmp_path, "1.2.0", colours_yaml=shades.replace("5", "6"))
    assert ("GREY", 7) in [(c, int(s)) for c, s in rows("Colour", "code", "shade")]


def test_a_file_that_is_wrong_by_itself_keeps_the_catalog_from_being_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(CommandError, match="cannot be loaded; nothing was published"):
        publish(tmp_path, holds_csv="unit,other,holds\nBOX,NONE,1\n")
    assert "data/holds.csv:2:5: E185: No pack" in capsys.readouterr().err
    with pytest.raises(NothingPublished):
        active()


def test_a_file_that_cannot_be_loaded_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no record of its packs was loaded"):
        publish(tmp_path, holds_csv="unit,other,holds\n,PCS,1\n")
    assert rows("Unit", "id") == []
    assert not PackRecord.objects.exists()
    publish(tmp_path)
    assert len(rows("Hold", "id")) == 2


def test_a_warning_is_printed_and_the_catalog_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = PACK.replace(
        "name: {{by: code}}\nfields: {{code",
        "deprecated: Use pieces.\nname: {{by: code}}\nfields: {{code",
        1,
    )
    (tmp_path / "data").mkdir()
    (tmp_path / "pack.yaml").write_text(pack.format(version="1.0.0"))
    for name, text in FILES.items():
        (tmp_path / "data" / name).write_text(text)
    call_command("publish", str(tmp_path), stdout=StringIO())
    assert "E186: warning: 'Unit' is deprecated." in capsys.readouterr().err
    assert len(rows("Unit", "id")) == 3
