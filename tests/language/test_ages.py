"""`deprecated`: a warning wherever a thing is used by others; the pack is checked and published all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli import main
from tests.language.programs import compile_text

PROGRAM = """\
pack: shop
version: 1.0.0
---
role: Clerk
---
doctype: Company
company: none
fields: {code: {type: text}}
---
doctype: Note
company: none
deprecated: Write a Letter.
fields: {text: {type: text}, above: {type: link, to: Note}}
---
ledger: Old Book
deprecated: Write into Book.
dimensions: {who: {type: text}}
measures: {pieces: {type: integer}}
---
rules: Shares
given: {pieces: integer}
deprecated: Ask Parts.
cases: {all: {give: {share: 1}}}
---
doctype: Line
child: true
fields: {rate: {type: decimal, deprecated: Read price.}, price: {type: decimal}}
---
doctype: Order
company: required
submittable: true
date: day
list: [num]
fields:
  day:    {type: date, required: true}
  who:    {type: text}
  num:    {type: integer, deprecated: Read pieces., unique: [day, num]}
  pieces: {type: integer, formula: num * 2}
  share:  {type: integer, formula: shares(pieces)}
  note:   {type: link, to: Note}
  lines:  {type: table, of: Line}
  total:  {type: decimal, formula: sum(lines.rate)}
posts: {p: {ledger: Old Book, set: {who: who, pieces: num}}}
layout: {Order: [day, num]}
allow: {Clerk: {can: [read]}}
"""
EXPECTED = {
    "38:36": ("'Order.num' is deprecated.", "Read pieces."),
    "39:36": ("'Shares' is deprecated.", "Ask Parts."),
    "40:28": ("'Note' is deprecated.", "Write a Letter."),
    "42:36": ("'Order.lines.rate' is deprecated.", "Read price."),
    "43:21": ("'Old Book' is deprecated.", "Write into Book."),
    "43:55": ("'Order.num' is deprecated.", "Read pieces."),
}


def test_every_use_by_others_is_a_warning_with_the_way_out() -> None:
    compiled = compile_text(PROGRAM)
    assert compiled.catalog is not None
    found = {}
    for problem in compiled.problems:
        assert problem.span is not None
        assert (problem.code, problem.severity) == ("E186", "warning")
        found[f"{problem.span.line}:{problem.span.column}"] = (problem.message, problem.hint)
    assert found == EXPECTED


def test_check_prints_warnings_and_ends_well(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pack.yaml").write_text(PROGRAM, encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    assert f"{tmp_path}/pack.yaml:38:36: E186: warning: 'Order.num' is deprecated." in text
    assert "  hint: Read pieces." in text
    assert "\n6 warnings: 4 doctypes" in text
    assert main(["check", "--format", "github", str(tmp_path)]) == 0
    assert "::warning file=" in capsys.readouterr().out


def test_what_is_deprecated_and_not_used_is_no_warning() -> None:
    compiled = compile_text(
        "doctype: Item\nfields:\n  num: {type: text, deprecated: Read name.}\n  name: {type: text}\n"
    )
    assert compiled.catalog is not None
    assert compiled.problems == ()


def test_the_age_of_a_key_is_not_that_of_its_doctype() -> None:
    compiled = compile_text(
        "doctype: Thing\ncompany: none\nname: {by: code, deprecated: Take the number.}\nfields: {code: {type: text}}\n"
        "---\ndoctype: Box\ncompany: none\nfields: {thing: {type: link, to: Thing}}\n"
    )
    assert compiled.catalog is not None
    assert [str(problem) for problem in compiled.problems] == []
