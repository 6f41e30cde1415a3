"""Files of records: what is read, and what is refused by name."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from engine.catalog.packs import DataFile
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentError
from engine_runtime.documents.read import get
from engine_runtime.exchange.company import add_fiscal_years, found_company, load_reference
from engine_runtime.exchange.pack_data import load_data
from engine_runtime.exchange.records import Record, RecordsUnreadable, read_rows
from tests.pack.vectors import DATA


@pytest.fixture(scope="module")
def actor(module_database: None) -> Actor:
    load_reference(system_actor(), DATA)
    return system_actor(found_company(DATA, {"code": "X", "name": "X", "currency": "INR"})["id"])


def _file(folder: Path, text: str) -> Path:
    file = folder / "records.csv"
    file.write_text(text, encoding="utf-8")
    return file


def _load(actor: Actor, doctype: str, file: Path) -> list[Record]:
    """The file as one that a pack brings for every company."""
    data = DataFile(doctype, doctype, file.name, "default", ("code",), "company")
    return load_data(actor, file.parent, "tests", data).records


def test_empty_cells_are_left_out(tmp_path: Path) -> None:
    assert read_rows(_file(tmp_path, 'code,name\nA,\n"B","C, D"\n')) == [
        {"code": "A"},
        {"code": "B", "name": "C, D"},
    ]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordsUnreadable, match=r"lost\.csv"):
        read_rows(tmp_path / "lost.csv")


def test_latin_letters_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "records.csv"
    file.write_bytes("code\nÄ\n".encode("latin-1"))
    with pytest.raises(RecordsUnreadable, match="UTF-8"):
        read_rows(file)


def test_children_of_a_tree_may_stand_before_their_parent(actor: Actor, tmp_path: Path) -> None:
    service.create(actor, "Branch", [{"code": "B", "name": "B", "gst_state": "27"}])
    text = "code,name,parent_warehouse,is_group,branch\nW1,Shop,W,false,B\nW,All,,true,\n"
    loaded = _load(actor, "Warehouse", _file(tmp_path, text))
    assert [record["code"] for record in loaded] == ["W1", "W"]
    assert loaded[0]["parent_warehouse"] == loaded[1]["id"]


def test_an_orphan_is_refused(actor: Actor, tmp_path: Path) -> None:
    text = "code,name,parent_warehouse,is_group,branch\nW9,Shop,NOWHERE,false,B\n"
    with pytest.raises(DocumentError) as refused:
        _load(actor, "Warehouse", _file(tmp_path, text))
    assert "NOWHERE" in refused.value.problems[0].message


def test_a_circle_is_refused(actor: Actor, tmp_path: Path) -> None:
    text = "code,name,parent_warehouse,is_group,branch\nC1,One,C2,true,B\nC2,Two,C1,true,B\n"
    with pytest.raises(RecordsUnreadable, match="there is no C1, C2 to stand below"):
        _load(actor, "Warehouse", _file(tmp_path, text))


def test_a_condition_is_true_or_false(actor: Actor, tmp_path: Path) -> None:
    text = "code,name,is_group\nW8,Shop,perhaps\n"
    with pytest.raises(DocumentError) as refused:
        _load(actor, "Warehouse", _file(tmp_path, text))
    assert "perhaps" in refused.value.problems[0].message


def test_the_service_says_what_is_wrong_with_a_row(actor: Actor, tmp_path: Path) -> None:
    text = "code,name,gst_state,gstin\nZ,Z,27,27AAPFU0939F1ZO\n"
    with pytest.raises(DocumentError) as refused:
        _load(actor, "Branch", _file(tmp_path, text))
    assert refused.value.problems[0].path == "gstin"


def test_fiscal_years_touch_the_whole_time(actor: Actor) -> None:
    (company,) = get(actor, "Company", [actor.company_id or 0]).rows
    company = add_fiscal_years(actor, company, date(2030, 3, 31), date(2031, 4, 1))
    assert company["books_from"] == date(2029, 4, 1)
    with pytest.raises(DocumentError):
        add_fiscal_years(actor, company, date(2030, 3, 31), date(2030, 3, 31))
