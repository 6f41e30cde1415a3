"""What a browser gets to know of the shop."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from engine.catalog.browser import client_catalog
from tests.language.programs import compile_text, good


@cache
def client() -> dict[str, Any]:
    catalog = compile_text(good("shop")).catalog
    assert catalog is not None
    found: dict[str, Any] = json.loads(json.dumps(client_catalog(catalog)))
    return found


def fields(doctype: str, path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = client()["doctypes"][doctype]["tables"][path]["fields"]
    return found


def test_doctypes_by_key_without_abstract_ones_and_rows() -> None:
    assert set(client()["doctypes"]) == {
        "currency", "company", "account", "customer", "item", "item_price", "invoice", "credit_note",
    }  # fmt: skip
    assert client()["doctypes"]["invoice"]["route"] == "sales/invoices"


def test_links_name_doctype_and_route() -> None:
    (customer,) = fields("invoice")["customer"]["link"]
    assert (customer["doctype"], customer["route"]) == ("customer", "customers")


def test_what_a_person_may_type() -> None:
    line = fields("invoice", "items")
    assert not line["quantity"]["read_only"]
    assert line["amount"]["read_only"]
    assert not line["rate"]["read_only"], "typed over"
    assert fields("invoice", "items.taxes")["rate"]["read_only"]


def test_formulas_and_conditions_come_as_trees() -> None:
    assert fields("invoice", "items")["amount"]["formula"][0] == "*"
    assert fields("invoice")["due_date"]["visible_if"] is not None
    assert fields("invoice")["outstanding"]["formula"] is None, "only the server reads balances"


def test_steps_that_need_rules_are_the_servers() -> None:
    steps = client()["doctypes"]["invoice"]["steps"]
    assert [step["kind"] for step in steps] == [
        "server", "formula", "distribute", "server", "formula", "formula", "formula",
    ]  # fmt: skip
    assert steps[0]["writes"] == [["items", "rate"]]


def test_nothing_of_postings_and_permissions_is_in_it() -> None:
    invoice = client()["doctypes"]["invoice"]
    assert not {"posts", "allow", "number", "facts", "checks"} & set(invoice)
    text = json.dumps(client())
    assert "Accountant" not in text
    assert "inventory_account" not in json.dumps(invoice)


def test_make_from_names_the_source() -> None:
    made = client()["doctypes"]["credit_note"]["make_from"]
    assert made == [{"source": "invoice", "route": "sales/invoices"}]


def test_parts_of_other_rows_say_by_which_link() -> None:
    catalog = compile_text(good("fulfilment")).catalog
    assert catalog is not None
    back = client_catalog(catalog)["doctypes"]["bill_return"]["tables"]["items"]["fields"]
    assert back["packing"]["part_of"] == ["original"]
    assert back["wraps"]["part_of"] == ["original"]
    assert back["rate"]["part_of"] == []


def test_what_is_made_of_balances_has_no_source_to_start_from() -> None:
    catalog = compile_text(good("subscriptions")).catalog
    assert catalog is not None
    shown = client_catalog(catalog)["doctypes"]
    assert shown["dunning"]["make_from"] == []
    assert shown["bill"]["make_from"][0]["source"] == "subscription"


def test_former_names_are_told_while_they_answer() -> None:
    pack = "pack: p\nversion: 1.0.0\n---\ndoctype: Note\n{}fields: {{code: {{type: text}}}}\n"
    for said, former in (
        ("renamed_from: {name: Old Bill, until: '2.0.0'}\n", ["old_bill"]),
        ("renamed_from: Old Bill\n", []),
        ("", []),
    ):
        catalog = compile_text(pack.format(said)).catalog
        assert catalog is not None
        assert client_catalog(catalog)["doctypes"]["note"]["former"] == former


def test_menu_and_reports() -> None:
    assert client()["menu"]["Sales"][0] == {
        "label": "Invoices",
        "kind": "doctype",
        "target": "sales/invoices",
    }
    assert client()["menu"]["Sales"][-1]["target"] == "stock_balance"
    report = client()["reports"]["stock_balance"]
    assert [column["name"] for column in report["columns"]] == ["quantity", "value", "rate"]
    assert report["drill"] == "stock_moves"
    assert report["ask"]["item"]["link"][0]["doctype"] == "item"
