"""What every pack must keep to: it compiles without a word, fast, and whole."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import pytest

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.compiler.compile import compile_folder

METADATA = Path(__file__).resolve().parents[2] / "metadata"
ACTIONS_OF_AN_OWNER = {"read", "write", "create", "delete"}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    compiled = compile_folder(METADATA)
    assert compiled.problems == ()
    assert compiled.catalog is not None
    return compiled.catalog


def _documents(catalog: Catalog) -> list[Doctype]:
    return [d for d in catalog.doctypes.values() if not d.abstract and not d.child]


def test_compiles_in_half_a_second() -> None:
    started = time.process_time()
    compile_folder(METADATA)
    assert time.process_time() - started < 0.5 * 4  # machines of tests are slower than desks


def test_somebody_may_do_everything(catalog: Catalog) -> None:
    for doctype in _documents(catalog):
        owner = doctype.allow["System Manager"].can
        assert owner >= ACTIONS_OF_AN_OWNER, doctype.name
        if doctype.submittable:
            assert owner >= {"submit", "cancel"}, doctype.name


def test_every_role_and_doctype_is_used(catalog: Catalog) -> None:
    granted = {p.role for d in _documents(catalog) for p in d.allow.values()}
    assert granted == set(catalog.roles)
    shown = {item.target for items in catalog.menu.values() for item in items}
    known = shown | {catalog.by_key.get(target, target) for target in shown}
    assert {d.name for d in _documents(catalog)} <= known


def test_forms_show_what_a_person_fills_in(catalog: Catalog) -> None:
    for doctype in _documents(catalog):
        shown = {name for section in doctype.layout for row in section.show for name in row}
        needed = {f.name for f in doctype.fields.values() if f.required and f.writer == "person"}
        assert needed <= shown, doctype.name


def test_numbers_of_invoices_fit_sixteen_characters(catalog: Catalog) -> None:
    for doctype in _documents(catalog):
        if doctype.number is not None:
            assert doctype.number.gapless, doctype.name
            assert doctype.number.max_length == 16, doctype.name


def test_control_accounts_are_written_by_ledgers_only(catalog: Catalog) -> None:
    """A document names an account that no ledger keeps; roles of ledgers are named in ledgers only."""
    kept = {"inventory", "receivable", "payable"}
    for doctype in _documents(catalog):
        for posting in doctype.posts.values():
            for expression in posting.set.values():
                named = [role for role in kept if f"role({role}" in expression.source]
                assert named == [], f"{doctype.name}.{posting.key}"


@pytest.mark.parametrize("file", sorted(METADATA.rglob("*.csv")), ids=lambda f: f.stem)
def test_data_files_are_tables(file: Path) -> None:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, strict=True))
    assert len(rows) > 1
    assert {len(row) for row in rows} == {len(rows[0])}
