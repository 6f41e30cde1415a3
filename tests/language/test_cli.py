"""The commands ``check``, ``explain``, ``plan`` and ``docs``; rendering of problems."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from engine.cli import main
from engine.compiler.codes import CODES
from engine.problems.problem import Problem, Span
from engine.problems.render import Sources, as_annotation, as_json, as_text
from engine.spec.json_schema import schemas
from tests.language.programs import good

BAD = "doctype: Bill\nfields:\n  due: {type: money, formula: totl * 2}\n  total: {type: money}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bill.yaml").write_text(BAD, encoding="utf-8")
    return tmp_path


def test_check_prints_place_line_caret_and_hint(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{folder}/bill.yaml:3:31: E203: There is no 'totl' here."
    assert lines[1] == "  3 |   due: {type: money, formula: totl * 2}"
    assert lines[2] == "    |                               ^^^^"
    assert lines[3] == "  hint: Did you mean 'total'?"
    assert lines[4].startswith("1 problem in 1 file")


def test_check_as_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder), "--format", "json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    (problem,) = answer["problems"]
    assert (problem["code"], problem["line"], problem["column"], problem["end_column"]) == (
        "E203",
        3,
        31,
        35,
    )


def test_check_for_ci(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(folder), "--format", "github"]) == 1
    line = capsys.readouterr().out.strip()
    assert line.startswith(
        f"::error file={folder}/bill.yaml,line=3,col=31,endColumn=35,title=E203::There is no"
    )


def test_check_of_a_good_folder_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop.yaml").write_text(good("shop"), encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("no problems: 11 doctypes")


def test_explain_shows_the_example_and_what_it_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "e402"]) == 0
    text = capsys.readouterr().out
    assert "This goes in a circle: net → tax → total → net." in text


def test_explain_of_no_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "E999"]) == 2
    assert "There is no code E999." in capsys.readouterr().err


def test_plan(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text("doctype: Bill\nfields:\n  total: {type: money}\n", encoding="utf-8")
    new.write_text(
        "doctype: Bill\nfields:\n  due: {type: date, required: true}\n", encoding="utf-8"
    )
    assert main(["plan", str(old), str(new)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "needs_data   new column doc_bill.due is required and has no default",
        "safe         doc_bill.total is used no more; its values stay",
        "outside      Bill has no field 'total' any more",
        "2 changes: needs_data; 1 name that outsiders use",
    ]


def test_plan_shows_the_sql_of_both_databases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text("doctype: Bill\nfields:\n  total: {type: text}\n", encoding="utf-8")
    new.write_text(
        "doctype: Note\nrenamed_from: {name: Bill, until: '2.0.0'}\nfields:\n"
        "  sum_of: {type: money, renamed_from: {name: total, until: '2.0.0'}}\n"
        "  twice: {type: money, required: true, backfill: '2'}\n",
        encoding="utf-8",
    )
    assert main(["plan", str(old), str(new), "--sql", "both"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert '    postgresql  ALTER TABLE "doc_bill" RENAME TO "doc_note";' in lines
    assert '    sqlite      ALTER TABLE "doc_note" RENAME COLUMN "total" TO "sum_of";' in lines
    assert '    postgresql  ALTER TABLE "doc_note" ADD COLUMN "twice__new" numeric(18, 2);' in lines
    assert (
        '    postgresql  ALTER TABLE "doc_note" RENAME COLUMN "sum_of" TO "sum_of__text";' in lines
    )
    assert not [line for line in lines if line.startswith("outside")], "aliases answer"
    assert lines[-1] == "5 changes: needs_data"


def test_the_reference_is_up_to_date() -> None:
    """Run ``python -m engine docs`` after a change of the spec or of the codes."""
    assert main(["docs", "--check"]) == 0


def test_docs_are_written_where_asked(tmp_path: Path) -> None:
    assert main(["docs", "--to", str(tmp_path)]) == 0
    assert "E402" in (tmp_path / "problems.md").read_text(encoding="utf-8")
    assert "`double_entry`" in (tmp_path / "ledger.md").read_text(encoding="utf-8")
    assert main(["docs", "--check", "--to", str(tmp_path)]) == 0


@pytest.mark.parametrize("name", list(schemas()))
def test_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[name])


def test_the_schema_checks_shape() -> None:
    validator = jsonschema.Draft202012Validator(schemas()["doctype"])
    fine = {"doctype": "Bill", "fields": {"total": {"type": "money", "formula": "net + tax"}}}
    assert list(validator.iter_errors(fine)) == []
    wrong = {"doctype": "Bill", "fields": {"total": {"type": "mony", "lable": "x"}}}
    assert list(validator.iter_errors(wrong))


def test_codes_have_titles_and_explanations() -> None:
    for code, meaning in CODES.items():
        assert meaning.title, code
        assert meaning.explanation.endswith("."), code


# --- rendering -----------------------------------------------------------------------------------


def test_a_long_line_is_cut_around_the_place() -> None:
    line = "x" * 150 + "here" + "y" * 100
    problem = Problem("E101", "Look.", Span("f.yaml", 1, 151, 155))
    shown = as_text(problem, Sources({"f.yaml": line})).splitlines()
    source, caret = shown[1], shown[2]
    start = caret.index("^")
    assert source[start : start + 4] == "here"
    assert source.endswith("…")
    assert len(source) < 120


def test_a_problem_without_a_place_or_a_readable_file() -> None:
    assert (
        as_text(Problem("E120", "Gone.", None, "Look."), Sources()) == "E120: Gone.\n  hint: Look."
    )
    nowhere = Problem("E101", "Bad.", Span("/nowhere/x.yaml", 3, 1))
    assert as_text(nowhere, Sources()) == "/nowhere/x.yaml:3:1: E101: Bad."
    assert as_json(Problem("E120", "Gone.", None))["file"] is None


def test_annotations_escape_what_would_end_them() -> None:
    problem = Problem("E101", "50 %\nmore", Span("a,b:c.yaml", 1, 2))
    assert (
        as_annotation(problem)
        == "::error file=a%2Cb%3Ac.yaml,line=1,col=2,title=E101::50 %25%0Amore"
    )


def test_a_warning_says_so() -> None:
    problem = Problem("E101", "Careful.", Span("f.yaml", 1, 1), severity="warning")
    assert as_text(problem, Sources({"f.yaml": "x"})).startswith(
        "f.yaml:1:1: E101: warning: Careful."
    )


@pytest.mark.parametrize("command", ["check", "test"])
@pytest.mark.parametrize("text", [None, "# nothing yet\n"], ids=["no file", "nothing in it"])
def test_nothing_to_look_at_is_not_fine(
    command: str, text: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "empty.yaml").write_text(text, encoding="utf-8")
    assert main([command, str(tmp_path)]) == 2
    assert f"'{tmp_path}'" in capsys.readouterr().out
    assert main([command, str(tmp_path / "nowhere")]) == 2


def test_a_test_that_is_not_there_is_not_played_silently(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.yaml").write_text(good("stories"), encoding="utf-8")
    assert main(["test", str(tmp_path), "--only", "in two"]) == 0
    assert main(["test", str(tmp_path), "--only", "Notes in two compnies"]) == 2
    assert capsys.readouterr().err == (
        "No test has 'Notes in two compnies' in its name. Did you mean 'Notes in two companies'?\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["explain", "E203"], 0), (["check", "."], 1), (["explain", "E99"], 2), (["--help"], 0)],
)
def test_output_that_nobody_reads_ends_quietly(
    folder: Path, arguments: list[str], code: int
) -> None:
    """As in ``python -m engine check . | true``."""
    root = Path(__file__).parents[2]
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "engine", *arguments],
            stdout=writer,
            stderr=subprocess.PIPE if code != 2 else writer,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(root)},
            check=False,
        )
    finally:
        os.close(writer)
    assert not done.stderr
    assert done.returncode == code
