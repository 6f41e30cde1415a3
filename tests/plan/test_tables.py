"""The physical tables of the shop."""

from __future__ import annotations

from functools import cache

import pytest

from engine.plan.spec import ColumnSpec, TableSpec
from engine.plan.tables import tables
from tests.language.programs import compile_text, good


@cache
def shop() -> dict[str, TableSpec]:
    catalog = compile_text(good("shop")).catalog
    assert catalog is not None
    return {table.name: table for table in tables(catalog)}


def names(table: str) -> list[str]:
    return [column.name for column in shop()[table].columns]


def test_which_tables_there_are() -> None:
    assert [name for name in shop() if name.startswith("led_")] == [
        "led_general",
        "led_receivables", "led_receivables__balance",
        "led_stock", "led_stock__balance", "led_stock__layer", "led_stock__consumption",
    ]  # fmt: skip
    assert "doc_invoice__items__taxes" in shop()
    assert "doc_paper" not in shop(), "abstract"
    assert "doc_line" not in shop(), "rows of others"


def test_the_head_of_a_document() -> None:
    assert names("doc_invoice")[:13] == [
        "id", "company_id", "number", "state", "stage", "version", "amends", "catalog", "facts",
        "created_at", "created_by", "changed_at", "changed_by",
    ]  # fmt: skip
    assert "typed" not in names("doc_invoice")
    assert "outstanding" not in names("doc_invoice"), "computed when asked"
    assert "items" not in names("doc_invoice")


def test_the_head_of_a_shared_master() -> None:
    assert names("doc_customer")[:2] == ["id", "version"]
    assert not {"company_id", "state", "number"} & set(names("doc_customer"))


def test_rows_know_their_place_and_what_was_typed_over() -> None:
    assert names("doc_invoice__items")[:4] == ["id", "parent_id", "position", "typed"]
    assert shop()["doc_invoice__items"].column("parent_id").references == "doc_invoice"
    assert (
        shop()["doc_invoice__items__taxes"].column("parent_id").references == "doc_invoice__items"
    )


@pytest.mark.parametrize(
    ("table", "column", "kind", "null", "precision", "scale", "length"),
    [
        ("doc_invoice", "total", "decimal", True, 18, 2, 0),
        ("doc_invoice", "kind", "text", False, 0, 0, 60),
        ("doc_invoice", "posting_date", "date", False, 0, 0, 0),
        ("doc_invoice__items", "quantity", "decimal", False, 18, 3, 0),
        ("doc_invoice__items", "rate", "decimal", True, 18, 6, 0),
        ("doc_account", "is_group", "boolean", True, 0, 0, 0),
        ("doc_customer", "gstin", "text", True, 0, 0, 15),
    ],
)
def test_columns(
    table: str, column: str, kind: str, null: bool, precision: int, scale: int, length: int
) -> None:
    found = shop()[table].column(column)
    assert (found.kind, found.null) == (kind, null)
    assert (found.precision, found.scale, found.length) == (precision, scale, length)


def test_defaults_are_literals_for_rows_that_are_there() -> None:
    assert shop()["doc_invoice"].column("kind").default == "usual"
    assert shop()["doc_invoice"].column("exchange_rate").default == "1"
    assert shop()["doc_invoice"].column("posting_date").default is None
    assert shop()["doc_account"].column("is_group").default is False


def test_links_are_foreign_keys_but_in_ledgers() -> None:
    customer = shop()["doc_invoice"].column("customer_id")
    assert (customer.references, customer.constraint, customer.null) == (
        "doc_customer",
        True,
        False,
    )
    party = shop()["led_receivables"].column("party_id")
    assert (party.references, party.constraint) == ("doc_customer", False)


def test_a_link_to_any_document_keeps_its_doctype() -> None:
    found = shop()["led_receivables"]
    assert found.column("document_id") == ColumnSpec("document_id", "link", constraint=False)
    assert found.column("document_type").kind == "text"


def test_ledgers_keep_worth_and_balance_in_company_currency() -> None:
    general = shop()["led_general"]
    assert general.append_only
    assert general.double_entry == ("debit_worth", "credit_worth")
    assert {"debit", "debit_worth", "credit", "credit_worth", "currency_id"} <= set(
        names("led_general")
    )
    assert "value_worth" not in names("led_stock")
    assert shop()["led_stock"].double_entry is None


def test_balances_and_layers() -> None:
    balance = shop()["led_stock__balance"]
    assert balance.unique == (("key",),)
    assert names("led_stock__balance") == [
        "id", "company_id", "key", "quantity", "value", "layer_quantity", "layer_value",
        "last_moment", "last_entry", "version",
    ]  # fmt: skip
    assert names("led_receivables__balance")[3:5] == ["amount", "amount_worth"]
    assert {"quantity_in", "value_in", "quantity_out", "value_out", "is_open"} <= set(
        names("led_stock__layer")
    )


def test_unique_keys() -> None:
    assert shop()["doc_account"].unique == (("company_id", "code"),)
    assert shop()["doc_customer"].unique == (("gstin",), ("code",))


def test_indexes() -> None:
    assert ("company_id", "posting_date") in shop()["doc_invoice"].indexes
    assert ("company_id", "item_id", "date") in shop()["led_stock"].indexes
    assert ("origin_id",) in shop()["led_stock"].indexes


def test_indexed_columns_exist() -> None:
    for table in shop().values():
        for group in (*table.indexes, *table.unique):
            assert set(group) <= set(table.by_name), table.name


def test_names_fit_the_database() -> None:
    for table in shop().values():
        assert len(table.name) <= 63
        assert all(len(column.name) <= 63 for column in table.columns)
