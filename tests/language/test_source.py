"""Reading files: places, several documents, packs, broken files beside whole ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine.compiler.compile import compile_constructs, compile_folder
from engine.problems.render import Sources, as_text
from engine.source.load import Unreadable, load_folder, load_text
from engine.source.merging import merge_files
from engine.source.nodes import Mapping, Scalar
from engine_runtime.active.sources import read_folder

BILL = "doctype: Bill\nfields:\n  total: {type: money}\n"


def write(folder: Path, name: str, text: str | bytes) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)


@pytest.mark.parametrize(
    "text", ["on", "no", "1.10", "0123", "12:30:00", "2026-04-01", "~", "null", "1e3"]
)
def test_every_scalar_is_text(text: str) -> None:
    constructs, problems = load_text(f"doctype: Bill\nhelp: {text}\n", "x.yaml")
    assert problems == []
    value = constructs[0].node.get("help")
    assert isinstance(value, Scalar)
    assert value.text == text


def test_places_count_characters_from_one() -> None:
    constructs, _ = load_text('doctype: Bill\nfields:\n  ü: {type: "money"}\n', "x.yaml")
    fields = constructs[0].node.get("fields")
    assert isinstance(fields, Mapping)
    field = fields.entries["ü"]
    assert (field.key.span.line, field.key.span.column) == (3, 3)
    assert isinstance(field.value, Mapping)
    type_ = field.value.get("type")
    assert isinstance(type_, Scalar)
    assert type_.quoted
    assert (type_.span.column, type_.span.end_column) == (14, 19), "the text without its quotes"


def test_a_file_may_hold_several_documents() -> None:
    constructs, problems = load_text(f"# first\n{BILL}---\nrole: Clerk\n---\n", "x.yaml")
    assert problems == []
    assert [(c.kind, c.name) for c in constructs] == [("doctype", "Bill"), ("role", "Clerk")]


def test_empty_files_declare_nothing() -> None:
    for text in ("", "# only a comment\n", "---\n---\n"):
        assert load_text(text, "x.yaml") == ([], [])


def test_a_folder_is_read_in_the_order_of_names_with_its_packs(tmp_path: Path) -> None:
    write(tmp_path, "pack.yaml", "pack: base\nversion: '1'\n")
    write(tmp_path, "b/bill.yaml", BILL)
    write(tmp_path, "packs/crates/pack.yaml", "pack: crates\nversion: '1'\n")
    write(tmp_path, "packs/crates/a.yaml", "role: Driver\n")
    write(tmp_path, "data/demo/items.yaml", "- {code: A}\n")
    constructs, problems = load_folder(tmp_path)
    assert problems == []
    found = [(c.name, c.pack) for c in constructs]
    assert found == [("Bill", "base"), ("base", "base"), ("Driver", "crates"), ("crates", "crates")]


def test_a_broken_file_leaves_the_others_checked(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "doctype: Customer\nfields: {name: {type: text}\n")
    write(
        tmp_path,
        "b.yaml",
        "doctype: Bill\nfields:\n  customer: {type: link, to: Customer}\n  due: {type: mony}\n",
    )
    write(
        tmp_path,
        "c.yaml",
        "doctype: Note\nlike: Customer\nfields:\n  more: {type: text, formula: any.at.all}\n",
    )
    compiled = compile_folder(tmp_path)
    assert compiled.catalog is None
    found = [(p.code, p.span.file.rpartition("/")[2]) for p in compiled.problems if p.span]
    assert found == [("E101", "a.yaml"), ("E113", "b.yaml")]


def test_a_file_that_is_not_text(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", b"doctype: \xff\xfe\n")
    (found,) = compile_folder(tmp_path).problems
    assert (found.code, "UTF-8" in found.message) == ("E120", True)


def test_a_control_character(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", f"{BILL}help: what is\nplural: Bi\x00lls\n")
    (found,) = compile_folder(tmp_path).problems
    assert found.span is not None
    assert (found.code, found.span.line, found.span.column) == ("E101", 5, 11)
    assert "U+0000" in found.message


def test_a_half_of_a_character() -> None:
    (found,) = load_text("doctype: B\nhelp: \ud800\n", "x.yaml")[1]
    assert found.span is not None
    assert (found.code, found.span.line, found.span.column) == ("E101", 2, 7)


@pytest.mark.parametrize("name", ["x.yml", "x.YAML", "deep/X.Yml"])
def test_files_are_read_whatever_their_ending_looks_like(tmp_path: Path, name: str) -> None:
    write(tmp_path, "pack.yml", "pack: base\nversion: '1.0.0'\n")
    write(tmp_path, name, BILL)
    constructs, problems = load_folder(tmp_path)
    assert problems == []
    assert {(c.name, c.pack) for c in constructs} == {("Bill", "base"), ("base", "base")}
    assert sorted(read_folder(tmp_path)) == sorted(["pack.yml", name])


def test_a_folder_without_a_file_to_read(tmp_path: Path) -> None:
    write(tmp_path, "data/items.yaml", "- {code: A}\n")
    write(tmp_path, "x.yaml~", BILL)
    (found,) = compile_folder(tmp_path).problems
    assert found.code == "E120"
    assert found.message.startswith("There is no file to read in '")
    with pytest.raises(FileNotFoundError, match="There is no file to read"):
        read_folder(tmp_path)


def test_what_is_no_plain_file_is_named_and_not_opened(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", BILL)
    (tmp_path / "folder.yaml").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "link.yaml").symlink_to("nowhere")
    found = compile_folder(tmp_path).problems
    assert [(p.code, p.message) for p in found] == [
        ("E120", "The file cannot be read: it is a link to nowhere, which is not there."),
        ("E120", "The file cannot be read: it is no plain file."),
    ]
    assert as_text(found[1], Sources()).count("\n") == 0
    with pytest.raises(Unreadable, match="which is not there"):
        read_folder(tmp_path)


def test_a_merge_goes_by_key_whatever_the_ending() -> None:
    old, local, new = (f"role: Clerk\nlabel: {a}\nhelp: {b}\n" for a, b in ("AB", "CB", "AD"))
    merged = merge_files({"x.yml": old}, {"x.yml": local}, {"x.yml": new})
    assert merged.conflicts == ()
    assert merged.files == {"x.yml": "role: Clerk\nlabel: C\nhelp: D\n"}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (found,) = compile_folder(tmp_path / "nowhere").problems
    assert found.code == "E120"


def test_problems_come_sorted_by_place() -> None:
    text = "doctype: Bill\nfields:\n  b: {type: mony}\n  a: {type: link, to: Nobody, lable: x}\n"
    constructs, problems = load_text(text, "x.yaml")
    found = compile_constructs(constructs, problems).problems
    assert [p.code for p in found] == ["E113", "E301", "E110"]


def test_module_follows_from_the_folder(tmp_path: Path) -> None:
    write(tmp_path, "doctypes/selling/bill.yaml", BILL)
    catalog = compile_folder(tmp_path).catalog
    assert catalog is not None
    assert catalog.doctypes["Bill"].module == "selling"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_stands_on_the_third_line_of_a_text_is_marked_there(end: str) -> None:
    lines = ["doctype: Bill", "fields:", "  a:", "    type: money", "    formula: |"]
    text = end.join(
        [*lines, "      1 +", "", "      2 + ü", "      + bxx", "  c: {type: text}", ""]
    )
    found = compile_constructs(*load_text(text, "x.yaml")).problems
    places = [(p.code, p.span.line, p.span.column, p.span.end_column) for p in found if p.span]
    assert places == [("E203", 8, 11, 12), ("E203", 9, 9, 12)]
