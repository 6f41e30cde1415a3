"""Data files of packs are checked without a database: `check` and `test` say what is wrong, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main
from engine.compiler.compile import compile_folder
from engine.kernel.pack_records import check_records
from engine.problems.problem import Problem
from tests.architecture.sources import ROOT

PACK = """
pack: shop
version: 1.0.0
data:
  units: {doctype: Unit, file: data/units.csv, policy: owned}
  items: {doctype: Item, file: data/items.ENDING, policy: default}
---
doctype: Unit
company: none
name: {by: code}
fields: {code: {type: text, required: true, length: 3}}
---
doctype: Item
company: none
name: {by: code}
fields:
  code:   {type: text, required: true, length: 6}
  unit:   {type: link, to: Unit}
  like_it: {type: link, to: Item}
  made_by: {type: link, to: Maker}
  count:  {type: integer, max: 5}
  sold:   {type: boolean}
  twice:  {type: integer, formula: count * 2}
  kind:   {type: choice, options: [good, service]}
---
doctype: Maker
company: none
name: {by: code}
fields: {code: {type: text, required: true}}
"""
UNITS = "code\nBOX\nPCS\n"


def _problems(folder: Path, items: str, ending: str = "csv") -> list[Problem]:
    (folder / "data").mkdir()
    (folder / "pack.yaml").write_text(PACK.replace("ENDING", ending), encoding="utf-8")
    (folder / "data" / "units.csv").write_text(UNITS, encoding="utf-8")
    (folder / "data" / f"items.{ending}").write_text(items, encoding="utf-8")
    compiled = compile_folder(folder)
    assert compiled.catalog is not None, [str(problem) for problem in compiled.problems]
    return check_records(compiled.catalog, Path())


def _told(problem: Problem) -> tuple[str, str, str, str]:
    """(code, message, severity, line:column) of a problem that has a place."""
    assert problem.span is not None
    place = f"{problem.span.line}:{problem.span.column}"
    return problem.code, problem.message, problem.severity, place


@pytest.mark.parametrize(
    ("items", "code", "place", "message"),
    [
        ("code,zzz\nA,1\n", "E183", "2:3", "Item has no field 'zzz'."),
        ("code,count\nA,1\nA,2\n", "E184", "3:1", "'A' is here twice; the first is on line 2."),
        ("code,count\nA,abc\n", "E183", "2:3", 'Count: "abc" is not a whole number.'),
        ("code,count\nA,9\n", "E183", "2:3", "Count is 9; the most is 5."),
        ("code,sold\nA,maybe\n", "E183", "2:3", 'Sold: "maybe" is not true or false.'),
        ("code\nTOOLONG\n", "E183", "2:1", "Code takes 6 characters at most."),
        ("code,twice\nA,2\n", "E183", "2:3", "Twice is worked out by its formula; it cannot be set."),
        ("code,kind\nA,q\n", "E183", "2:3", "Kind is 'q'; it takes one of: good, service."),
        ('code,count\n"A,1\n', "E182", "2:1", "This is not CSV: a quote is not closed."),
        ("code,count\n\nA,1,2\n", "E182", "3:1", "This line has 3 cells for 2 columns."),
        ("code,code\nA,A\n", "E182", "1:1", "There are two columns 'code'."),
        ("code,,count\nA,,1\n", "E182", "1:1", "A column has no name."),
        ("", "E182", "1:1", "The file is empty."),
        ('code,unit\n"A\nB",BOX\nC,NO\n', "E185", "4:3", "No pack that shop stands on brings a Unit 'NO'."),
    ],
)  # fmt: skip
def test_a_line_of_csv_that_cannot_be_loaded(
    tmp_path: Path, items: str, code: str, place: str, message: str
) -> None:
    (problem,) = _problems(tmp_path, items)
    assert _told(problem) == (code, message, "error", place)
    assert problem.span is not None
    assert problem.span.file == str(tmp_path / "data/items.csv")


@pytest.mark.parametrize(
    ("items", "code", "place", "message"),
    [
        ("- {code: A}\n- [1, 2]\n", "E182", "2:3", "This is no record: it names no fields."),
        ("- code: A\n  zz: 3\n", "E183", "2:7", "Item has no field 'zz'."),
        ("- code: A\n  kind: [good]\n", "E182", "2:9", "'kind' takes a text here."),
        ("code: A\n", "E182", "1:1", "The file is no list of records."),
        ("- {code: A\n", "E182", "2:1", "This is not YAML: did not find expected ',' or '}'."),
        ("- {code: A}\n- {code: A}\n", "E184", "2:10", "'A' is here twice; the first is on line 1."),
        ("- {code: A, unit: NO}\n", "E185", "1:19", "No pack that shop stands on brings a Unit 'NO'."),
    ],
)  # fmt: skip
def test_a_record_in_yaml_that_cannot_be_loaded(
    tmp_path: Path, items: str, code: str, place: str, message: str
) -> None:
    (problem,) = _problems(tmp_path, items, "yaml")
    assert _told(problem)[:2] == (code, message)
    assert _told(problem)[3] == place


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    _problems(tmp_path, "code\nA\n")
    (tmp_path / "data" / "items.csv").unlink()
    catalog = compile_folder(tmp_path).catalog
    assert catalog is not None
    (problem,) = check_records(catalog, Path())
    assert (problem.code, problem.message) == ("E182", "There is no file items.csv in data.")


@pytest.mark.parametrize(
    "items",
    [
        "code,unit,sold,count,kind\nA,BOX,true,5,good\nB,,,,\n",
        "code,made_by\nA,ANYBODY\n",  # makers are made by people: no pack brings one
        "code,like_it\nA,B\nB,A\n",
    ],
)
def test_what_can_be_loaded_is_no_problem(tmp_path: Path, items: str) -> None:
    assert _problems(tmp_path, items) == []


def test_a_link_to_what_people_may_have_made_is_a_warning(tmp_path: Path) -> None:
    """Items come by `default`: people add their own, so a key that no pack brings may be there."""
    (problem,) = _problems(tmp_path, "code,like_it\nA,C\n")
    assert (problem.code, problem.severity) == ("E185", "warning")


def test_an_empty_value_in_yaml_is_an_empty_cell(tmp_path: Path) -> None:
    assert _problems(tmp_path, "- {code: A, unit: }\n- code: B\n  kind:\n", "yaml") == []


@pytest.mark.parametrize("command", ["check", "test"])
def test_the_commands_say_it(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _problems(tmp_path, "code,zzz\nA,1\n")
    assert main([command, str(tmp_path)]) == 1
    assert f"{tmp_path}/data/items.csv:2:3: E183: Item has no field 'zzz'." in (
        capsys.readouterr().out
    )


def test_a_warning_is_printed_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _problems(tmp_path, "code,like_it\nA,C\n")
    assert main(["check", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert "E185: warning: No pack" in text
    assert "\n1 warning: 3 doctypes" in text


def test_what_is_shipped_can_be_loaded() -> None:
    catalog = compile_folder(ROOT / "metadata").catalog
    assert catalog is not None
    assert check_records(catalog, Path()) == []
