"""Postings are tried on made-up documents before a pack is published."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.whole import Catalog
from engine.cli import main
from engine.compiler.compile import compile_folder
from engine.kernel.proof import Proof, unbalanced_postings
from engine.testing.run import run_tests
from tests.language.programs import compile_text

PACK = Path("metadata")

SHOP = """
doctype: Company
fields: {name: {type: text}}
---
ledger: General
double_entry: {debit: debit, credit: credit}
dimensions: {account: {type: text, required: true}}
measures: {debit: {type: money, in: company}, credit: {type: money, in: company}}
---
doctype: Bill
company: required
date: on_day
submittable: true
fields:
  on_day: {type: date, required: true}
  net:    {type: money, in: company, required: true}
  tax:    {type: money, in: company, required: true}
  total:  {type: money, in: company, formula: net + tax}
posts:
  income: {ledger: General, set: {account: "'income'", credit: net}}
  tax:    {ledger: General, set: {account: "'tax'", SIDE: tax}}
  owed:   {ledger: General, set: {account: "'owed'", debit: total}}
"""


def test_what_balances_passes() -> None:
    compiled = compile_text(SHOP.replace("SIDE", "credit"))
    assert compiled.catalog is not None, compiled.problems
    assert unbalanced_postings(compiled.catalog) == []


def test_a_tax_on_the_wrong_side_is_shown_with_its_document() -> None:
    compiled = compile_text(SHOP.replace("SIDE", "debit"))
    assert compiled.catalog is not None, compiled.problems
    (problem,) = unbalanced_postings(compiled.catalog)
    assert problem.code == "E514"
    assert problem.span is not None
    assert "too much debit" in problem.message
    # The smallest one: the tax alone.
    assert "tax 1. It would post: tax debit 1; owed debit 1" in problem.message


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("selling/sales_invoice.yaml", "credit: row.amount,", "debit: row.amount,"),
        ("selling/sales_invoice.yaml", "credit: rounding,", "debit: rounding,"),
        ("buying/purchase_invoice.yaml", "amount: -grand_total", "amount: -net_total"),
        ("stock/stock_entry.yaml", "value: -row.value}", "value: 2 - row.value}"),
    ],
)  # fmt: skip
def test_a_broken_rule_of_the_standard_pack_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, old: str, new: str
) -> None:
    shutil.copytree(PACK, tmp_path / "pack", ignore=shutil.ignore_patterns("data"))
    path = tmp_path / "pack" / "base" / "doctypes" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["check", str(tmp_path / "pack")]) == 1
    assert f"{path}:1:10: E514" in capsys.readouterr().out


def test_the_standard_pack_balances() -> None:
    catalog = compile_folder(PACK).catalog
    assert catalog is not None
    assert unbalanced_postings(catalog) == []


ROWS = """
doctype: Sheet
company: required
date: on_day
submittable: true
fields:
  on_day: {type: date, required: true}
  lines:  {type: table, of: Sheet Line}
  total:  {type: money, in: company, formula: sum(lines.amount)}
posts:
  lines: {ledger: General, each: lines, when: not row.odd, set: {account: "'lines'", debit: row.amount}}
  total: {ledger: General, set: {account: "'total'", credit: total}}
---
doctype: Sheet Line
child: true
fields:
  amount: {type: money, in: company, required: true}
  odd:    {type: boolean}
"""


def test_the_document_shown_is_a_small_one() -> None:
    compiled = compile_text(SHOP.partition("---\ndoctype: Bill")[0] + "---" + ROWS)
    assert compiled.catalog is not None, compiled.problems
    (problem,) = unbalanced_postings(compiled.catalog)
    assert problem.message.count("lines[") == 1
    assert "odd True" in problem.message
    assert "amount 1;" in problem.message or "amount 1," in problem.message


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_documents_of_other_seeds_balance_too(seed: int) -> None:
    """The derivation that publishing uses, driven further than publishing has time for."""
    proof = Proof(pack(), pack().doctypes["Sales Invoice"], frozenset({"submit"}))
    specimens = proof.specimens(seed)
    document = specimens.document()
    broken = proof.work_out(specimens, document)
    if not broken & proof.kept():
        assert proof.left(specimens, document)[0] == 0


@cache
def pack() -> Catalog:
    compiled = compile_folder(PACK)
    assert compiled.catalog is not None
    return compiled.catalog


@pytest.mark.parametrize(
    "when",
    [
        "net < 50000",
        "net != 71234.56",
        "on_day < date(2031, 4, 1)",
        "net * 2 < 250000",
    ],
)
def test_what_differs_only_beyond_a_border_is_found(when: str) -> None:
    """A literal of a condition, and its neighbours, are tried whatever the usual amounts and days are."""
    text = SHOP.replace("SIDE", "credit").replace(
        "{ledger: General, set: {account: \"'owed'\"",
        f'{{ledger: General, when: "{when}", set: {{account: "\'owed\'"',
    )
    compiled = compile_text(text)
    assert compiled.catalog is not None, compiled.problems
    assert [problem.code for problem in unbalanced_postings(compiled.catalog)] == ["E514"]


def test_a_document_without_its_day_says_nothing_of_the_postings() -> None:
    """It is refused where it is posted, whoever leaves the day empty: a person or a formula."""
    text = SHOP.replace("SIDE", "credit").replace("{type: date, required: true}", "{type: date}")
    compiled = compile_text(text)
    assert compiled.catalog is not None, compiled.problems
    assert unbalanced_postings(compiled.catalog) == []
    story = """
---
test: Nobody knows the day
records: {Company: {one: {name: One}}}
steps: {bill: {make: Bill, given: {net: 1, tax: 0}, do: submit, then: {refused: posting.no_date, at: on_day}}}
"""
    compiled = compile_text(text + story)
    assert compiled.catalog is not None, compiled.problems
    assert [played.failures for played in run_tests(compiled.catalog)] == [()]
