"""What entries of a ledger name keeps the fields that the ledger's declaration depends on."""

from __future__ import annotations

from typing import Any

import pytest

from engine.compiler.compile import compile_constructs
from engine.source.load import load_text
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.read import get
from engine_runtime.exchange.company import found_company
from engine_runtime.tables.gateway import gateway
from tests.company import DATA, Company, line
from tests.helpers import refused

USED = "field.fixed_once_used"


def change(company: Company, doctype: str, code: str, **fields: Any) -> None:
    row = get(company.actor, doctype, [company.id_of(doctype, code)]).rows[0]
    service.save(company.actor, doctype, [{"id": row["id"], "version": row["version"], **fields}])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stock_unit", "KGS"),
        ("is_stocked", False),
        ("has_batches", True),
        ("valuation_method", "fifo"),
    ],
)
def test_an_item_that_moved_keeps_what_stock_depends_on(
    company: Company, field: str, value: object
) -> None:
    item = company.item()
    before = {"is_stocked": True, "stock_unit": "NOS", "has_batches": False}
    change(company, "Item", item, **{field: value})
    change(company, "Item", item, **{field: before.get(field, "average")})
    company.buy(line(item, 5, 10))
    assert refused(change, company, "Item", item, **{field: value}) == [(USED, field)]
    change(company, "Item", item, name="Another name", standard_price=7, disabled=True)


def test_the_sentence_names_ledger_and_record(company: Company) -> None:
    item = company.item()
    company.buy(line(item, 1, 10))
    with pytest.raises(DocumentInvalid) as error:
        change(company, "Item", item, stock_unit="KGS")
    [problem] = error.value.problems
    said = f"Stock unit cannot change any more: Stock has entries of Item Thing {item}."
    assert (problem.message, problem.hint) == (said, "Make a new Item.")


def test_a_cancelled_document_leaves_entries_that_count(company: Company) -> None:
    item = company.item()
    company.cancel("Purchase Invoice", company.buy(line(item, 1, 10)))
    assert refused(change, company, "Item", item, stock_unit="KGS") == [(USED, "stock_unit")]


def test_a_batch_stays_with_its_item_and_a_warehouse_stays_a_leaf(company: Company) -> None:
    item, other = company.item(has_batches=True), company.item(has_batches=True)
    batch = company.make("Batch", item=item, code=f"B-{item}")
    company.buy(line(item, 5, 10, batch=batch["id"]))
    assert refused(change, company, "Batch", f"B-{item}", item=other) == [(USED, "item")]
    assert refused(change, company, "Warehouse", "W", is_group=True) == [(USED, "is_group")]
    change(company, "Warehouse", "X", is_group=True)
    change(company, "Warehouse", "X", is_group=False)


def test_an_account_and_a_currency_with_entries_stay(company: Company) -> None:
    company.buy(line(company.item(), 1, 10))
    control = "2110"
    assert refused(change, company, "Account", control, kind="ordinary") == [(USED, "kind")]
    assert refused(change, company, "Account", control, root_type="asset") == [(USED, "root_type")]
    assert refused(change, company, "Company", "SHOP", currency="USD") == [(USED, "currency")]
    change(company, "Account", control, needs_cost_center=False, name="Sundry creditors")


def test_a_company_without_entries_takes_another_currency(company: Company) -> None:
    found_company(DATA, {"code": "EMPTY", "name": "No books yet", "currency": "INR"})
    change(company, "Company", "EMPTY", currency="USD")


def test_several_records_of_one_save_are_told_apart(company: Company) -> None:
    used, fresh = company.item(), company.item()
    company.buy(line(used, 1, 10))
    ids = [company.id_of("Item", code) for code in (fresh, used)]
    rows = get(company.actor, "Item", ids).rows
    changes = [
        {"id": row["id"], "version": row["version"], "valuation_method": "fifo"} for row in rows
    ]
    with pytest.raises(DocumentInvalid) as error:
        service.save(company.actor, "Item", changes)
    assert [(p.code, p.path) for p in error.value.problems] == [(USED, "[1].valuation_method")]


def test_nothing_is_asked_where_no_such_field_changes(company: Company) -> None:
    item = company.item()
    database = gateway()

    def statements(**fields: Any) -> int:
        before = database.statements
        change(company, "Item", item, **fields)
        return database.statements - before

    plain = statements(name="Other")
    assert statements(valuation_method="fifo") == plain + 1


def test_a_pack_is_told_of_a_fixed_field_that_no_ledger_can_fix() -> None:
    text = """
doctype: Shelf
company: shared
name: {by: code}
title: "{code}"
fields:
  code: {type: text, required: true, length: 10}
  tall: {type: boolean, fixed: true}
"""
    constructs, problems = load_text(text, "shelf.yaml")
    found = compile_constructs(constructs, problems).problems
    assert [p.code for p in found if "fixed" in p.message] == ["E304"]


def test_the_catalog_tells_what_is_fixed(company: Company) -> None:
    fixed = active().catalog.doctypes["Item"].fixed
    assert fixed["stock_unit"] == (("Stock", "item"),)
    assert "name" not in fixed
