"""What is filled from what: backfills over what was there, and new formulas over rows that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main
from engine.plan.migration import Migration, migration
from engine.plan.tables import tables
from tests.language.programs import compile_text

FIRST = """
doctype: Thing
company: none
submittable: true
fields:
  qty: {type: text}
  size: {type: integer}
  above: {type: link, to: Plain}
  lines: {type: table, fields: {memo: {type: text}}}
---
doctype: Plain
company: none
fields: {size: {type: integer}}
"""


def moved(second: str, first: str = FIRST) -> Migration:
    old, new = compile_text(first), compile_text(second)
    assert old.catalog is not None
    assert new.catalog is not None, new.problems
    return migration(tables(old.catalog), new.catalog, old.catalog)


def with_fields(text: str, doctype: str = "Thing") -> str:
    """``FIRST`` with more fields; those of `Plain` are ``doctype``'s last."""
    if doctype == "Plain":
        return FIRST.replace("fields: {size:", f"fields: {{{text}, size:")
    return FIRST.replace("  qty: {", f"{text}  qty: {{")


def test_a_backfill_that_reads_what_is_new_is_refused_at_its_place() -> None:
    [problem] = moved(
        with_fields("  full: {type: text, backfill: 'other'}\n  other: {type: text}\n")
    ).rewrite.unfit
    assert (problem.code, problem.span and (problem.span.line, problem.span.column)) == (
        "E708",
        (6, 33),
    )
    assert problem.message.startswith("'other' is new itself")
    assert "publish 'other' first and 'full' after it" in problem.hint


def test_a_backfill_that_reads_what_is_new_in_a_linked_record_is_refused() -> None:
    text = with_fields("  full: {type: text, backfill: above.code}\n").replace(
        "fields: {size:", "fields: {code: {type: text}, size:"
    )
    assert [problem.code for problem in moved(text).rewrite.unfit] == ["E708"]


def test_a_backfill_that_reads_what_was_there_is_not() -> None:
    text = with_fields("  full: {type: text, backfill: qty}\n")
    assert moved(text).rewrite.unfit == ()
    again = text.replace("  qty: {", "  more: {type: text, backfill: full}\n  qty: {")
    assert moved(again, text).rewrite.unfit == ()
    assert [p.code for p in moved(again).rewrite.unfit] == ["E708"], "both at once"


def test_the_plan_command_shows_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(FIRST, encoding="utf-8")
    new.write_text(
        with_fields("  full: {type: text, backfill: other}\n  other: {type: text}\n"),
        encoding="utf-8",
    )
    assert main(["plan", str(old), str(new)]) == 1
    told = capsys.readouterr().out
    assert "new.yaml:6:32: E708: 'other' is new itself" in told
    assert "^^^^^" in told


@pytest.mark.parametrize(
    ("fields", "doctype", "told"),
    [
        (
            "  half: {type: integer, formula: size / 2}\n", "Thing",
            "doc_thing.half is worked out for drafts: size / 2; submitted documents stay as they are",
        ),
        (
            "  deep: {type: integer, formula: above.size + 1}\n", "Thing",
            "doc_thing.deep is worked out for drafts: above.size + 1; submitted documents stay as they are",
        ),
        (
            "half: {type: integer, formula: size / 2}", "Plain",
            "doc_plain.half is worked out: size / 2",
        ),
        (
            "  many: {type: integer, formula: count(lines)}\n", "Thing",
            "new column doc_thing.many, worked out when a draft is saved; submitted documents stay as they are",
        ),
    ],
)  # fmt: skip
def test_the_plan_says_what_becomes_of_a_new_formula(fields: str, doctype: str, told: str) -> None:
    [change] = moved(with_fields(fields, doctype)).changes
    assert (change.risk, change.text) == ("safe", told)


def test_formulas_that_build_on_one_another_are_filled_in_their_order() -> None:
    move = moved(
        with_fields(
            "  last: {type: integer, formula: first * factor}\n"
            "  first: {type: integer, formula: size + 1}\n"
            "  factor: {type: integer, default: 3}\n"
            "  counted: {type: integer, formula: last + count(lines)}\n"
        )
    )
    assert [fill.column for fill in move.rewrite.fills] == ["first", "last"]
    assert move.rewrite.fills[1].defaults == {"factor": 3}
    assert list(move.rewrite.later) == [("doc_thing", "counted")]


@pytest.mark.parametrize("more", ["required: true", "unique: true"])
def test_a_formula_that_rows_must_have_or_must_not_share_is_not_filled(more: str) -> None:
    text = with_fields(f"  half: {{type: integer, {more}, formula: size / 2}}\n")
    assert moved(text).rewrite.fills == ()
