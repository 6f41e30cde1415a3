"""What the shop (``good/shop.yaml``) compiles to."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from engine.catalog.calculation import DistributeStep, FormulaStep, RuleStep, Step, TaxStep
from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from tests.language.programs import compile_text, good


@cache
def shop() -> Catalog:
    compiled = compile_text(good("shop"))
    assert compiled.problems == ()
    assert compiled.catalog is not None
    return compiled.catalog


def invoice() -> Doctype:
    return shop().doctypes["Invoice"]


# --- names, tables, fields -----------------------------------------------------------------------


def test_keys_labels_plurals_and_routes_follow_from_names() -> None:
    currency = shop().doctypes["Currency"]
    assert (currency.key, currency.plural, currency.api) == ("currency", "Currencies", "currencies")
    assert shop().doctypes["Item Price"].plural == "Item Prices"
    assert shop().doctypes["Company"].plural == "Companies"
    assert invoice().api == "sales/invoices"
    assert invoice().fields["due_date"].label == "Due date"
    assert shop().by_key["item_price"] == "Item Price"


def test_child_doctypes_become_tables_of_each_parent() -> None:
    tables = invoice().tables
    assert {path: t.name for path, t in tables.items()} == {
        "": "doc_invoice",
        "items": "doc_invoice__items",
        "items.taxes": "doc_invoice__items__taxes",
    }
    assert tables["items"].row_type == "Line"
    assert tables["items"].minimum_rows == 1
    assert tables["items"].children == ("items.taxes",)
    assert tables["items.taxes"].generated
    assert shop().doctypes["Line"].child
    assert shop().doctypes["Customer"].tables["shipping"].row_type == "Customer.shipping"


def test_scales_precisions_and_lengths() -> None:
    line = invoice().tables["items"].fields
    assert [(line[n].scale, line[n].precision) for n in ("quantity", "rate", "amount")] == [
        (3, 18),
        (6, 18),
        (2, 18),
    ]
    assert invoice().tables["items.taxes"].fields["rate"].scale == 4
    assert shop().doctypes["Customer"].fields["gstin"].length == 15
    assert shop().doctypes["Company"].fields["code"].length == 4


def test_money_is_in_the_currency_of_the_document_where_it_has_one() -> None:
    assert invoice().tables["items"].fields["amount"].money_in == "document"
    assert shop().ledgers["Stock"].measures["value"].money_in == "company"
    assert shop().ledgers["General"].measures["debit"].money_in == "document"


def test_defaults_and_conditions() -> None:
    fields = invoice().fields
    assert fields["kind"].default == "usual"
    assert fields["posting_date"].default_expression is not None
    assert fields["due_date"].required is False
    assert fields["due_date"].required_if is not None
    assert fields["due_date"].visible_if is not None
    assert shop().doctypes["Customer"].fields["gstin"].unique == ()


def test_like_merges_and_after_places() -> None:
    assert list(invoice().fields)[:2] == ["posting_date", "customer"]
    note = shop().doctypes["Credit Note"]
    assert note.number is not None
    assert list(note.number.series) == ["note"]
    assert note.posts["income"].set["credit"].source == "-row.taxable"
    assert note.posts["income"].set["account"].source == "role(income)"
    assert note.api == "credit_notes"
    assert note.submittable


def test_abstract_doctypes_stay_in_the_catalog() -> None:
    assert shop().doctypes["Paper"].abstract
    assert not invoice().abstract


# --- calculation ---------------------------------------------------------------------------------


def written(step: Step) -> str:
    match step:
        case FormulaStep(path, field):
            return f"{path}.{field}".strip(".")
        case RuleStep() | TaxStep() | DistributeStep():
            return f"<{step.key}>"


def test_formulas_run_as_soon_as_what_they_read_is_known() -> None:
    assert [written(step) for step in invoice().steps] == [
        "<price>", "items.amount", "<discount>", "<tax>", "net_total", "tax_total", "total",
    ]  # fmt: skip


def test_each_field_knows_its_writer() -> None:
    line = invoice().tables["items"].fields
    writers = {name: line[name].writer for name in ("item", "rate", "amount", "taxable")}
    assert writers == {"item": "person", "rate": "price", "amount": "formula", "taxable": "tax"}
    assert line["rate"].editable
    assert invoice().tables["items.taxes"].fields["role"].writer == "tax"


def test_formulas_over_balances_are_computed_when_asked() -> None:
    assert [step.field for step in invoice().computed] == ["outstanding"]
    assert not invoice().fields["outstanding"].stored
    assert "outstanding" not in [f.name for f in invoice().head.columns]


def test_givens_bind_by_name_from_row_then_document() -> None:
    price = next(s for s in invoice().steps if isinstance(s, RuleStep))
    assert {name: e.source for name, e in price.given.items()} == {
        "item": "row.item",
        "customer": "customer",
        "quantity": "row.quantity",
        "date": "posting_date",
    }
    tax = next(s for s in invoice().steps if isinstance(s, TaxStep))
    assert {name: e.source for name, e in tax.given.items()} == {
        "kind": "kind",
        "date": "posting_date",
    }


def test_checks_of_rows_see_the_row() -> None:
    check = invoice().checks["items.positive"]
    assert check.each == "items"
    assert check.fields == ("items.quantity",)
    assert check.check.run({"row": {"quantity": 0}}) is False
    assert check.message.run({"row": {"index": 3}}) == "Line 3: take a quantity above 0."


# --- rules ---------------------------------------------------------------------------------------


def test_cases_with_dates_and_lines() -> None:
    tax = shop().rules["Tax"]
    assert {key: (c.valid, c.lines) for key, c in tax.cases.items()} == {
        "none": ((None, None), ()),
        "past": ((None, "2026-03-31"), ("levy",)),
        "now": (("2026-04-01", None), ("levy", "cess")),
    }
    assert tax.lines["levy"].give["role"].run({}) == "income"


def test_rows_match_only_columns_the_source_has() -> None:
    first, second = shop().rules["Price"].sources
    assert [(m.field, m.kind) for m in first.matches] == [
        ("item", "equal"),
        ("customer", "equal"),
        ("minimum_quantity", "up_to"),
        ("valid", "valid"),
    ]
    assert (second.doctype, second.field, second.given) == ("Item", "price", "item")


# --- ledgers and postings ------------------------------------------------------------------------


def test_ledgers() -> None:
    stock, general = shop().ledgers["Stock"], shop().ledgers["General"]
    assert stock.table == "led_stock"
    assert stock.lock_area == "stock"
    assert general.lock_area == "accounts"
    assert general.double_entry == ("debit", "credit")
    assert stock.keepers == (("item",),)
    assert stock.valuation is not None
    assert stock.limits["on_hand"].minimum is not None
    assert not shop().ledgers["Receivables"].limits["open_item"].crosses_zero


def test_postings_come_after_those_they_read() -> None:
    assert list(invoice().posts) == ["goods", "cost", "customer", "income", "tax"]
    assert invoice().posts["cost"].reads_posted == ("goods",)


def test_roles_bind_from_the_dimensions_of_the_posting() -> None:
    asset = shop().ledgers["Stock"].posts["asset"].set["account"]
    account = asset.run(
        {"this": {"item": 5, "company": 1}, "facts": {"Company": {1: {"inventory_account": 9}}}}
    )
    assert account == 9


def test_numbering_leaves_room_for_the_counter() -> None:
    number = invoice().number
    assert number is not None
    series = number.series["bill"]
    assert series.counter_width == 6
    facts = {"Company": {1: {"code": "ACME"}}}
    frame = {
        "this": {"company": 1, "posting_date": date(2026, 4, 1)},
        "facts": facts,
    }
    assert series.text.run(frame) == "ACME/2627/\x00"
    name = shop().doctypes["Customer"].name_series
    assert name is not None
    assert (name.counter_width, name.text.run({"this": {}})) == (5, "C-\x00")


# --- facts ---------------------------------------------------------------------------------------


def test_facts_hold_every_own_link_with_title_and_company() -> None:
    facts = invoice().facts
    assert facts.links["", "customer"] == ("Customer",)
    assert facts.links["items", "item"] == ("Item",)
    assert facts.links["", "company"] == ("Company",)
    assert "name" in facts.columns["Customer"]
    assert "company" in facts.columns["Account"]


def test_facts_reach_through_rules_roles_and_ledgers() -> None:
    facts = invoice().facts
    assert "income_account" in facts.columns["Item"]
    assert "valuation_method" in facts.columns["Item"]
    assert "inventory_account" in facts.columns["Company"]
    assert "is_group" in facts.columns["Account"]
    assert "receivable_account" in facts.follow["Customer"]
    assert facts.rules == ("Price",)


def test_facts_of_a_master_are_few() -> None:
    assert shop().doctypes["Item Price"].facts.columns == {"Customer": ("name",), "Item": ("code",)}


# --- forms, lists, reports, menus ----------------------------------------------------------------


def test_titles_lists_and_layouts() -> None:
    assert invoice().title_field == "number"
    assert shop().doctypes["Customer"].title_field == "name"
    assert shop().doctypes["Item"].title_field == "code"
    assert [s.title for s in invoice().layout] == ["Invoice", "Items", "Totals"]
    assert invoice().list_fields[:2] == ("number", "posting_date")
    assert invoice().list_fields[-1] == "state"


def test_reports() -> None:
    balance = shop().reports["Stock Balance"]
    assert balance.show == ("opening", "inward", "outward", "closing")
    assert (balance.ask["item"].type, balance.ask["item"].link) == ("link", ("Item",))
    assert balance.ask["from_date"].type == "date"
    columns = balance.columns
    assert [(c.type, c.total) for c in columns.values()] == [
        ("quantity", "sum"),
        ("money", "sum"),
        ("rate", "recompute"),
    ]
    assert balance.drill == "Stock Moves"
    assert shop().reports["Stock Moves"].columns["left"].running
    assert shop().reports["Stock Moves"].by == ("date", "origin", "line")


def test_menus() -> None:
    assert [(i.kind, i.label) for i in shop().menu["Sales"]] == [
        ("doctype", "Invoices"),
        ("doctype", "Credit Notes"),
        ("doctype", "Customers"),
        ("report", "Stock Balance"),
    ]


def test_made_from() -> None:
    made = shop().doctypes["Credit Note"].make_from["Invoice"]
    assert (made.table, made.into, made.copy) == ("items", "items", ("customer", "currency"))
    assert set(made.set) == {"item", "rate"}


# --- the whole -----------------------------------------------------------------------------------


def test_the_digest_is_of_the_texts() -> None:
    again = compile_text(good("shop")).catalog
    other = compile_text(good("shop") + "\n# A comment.\n").catalog
    assert again is not None
    assert other is not None
    assert again.digest == shop().digest != other.digest


@pytest.mark.parametrize("name", ["Currency", "Customer", "Invoice", "Credit Note"])
def test_catalogs_are_frozen(name: str) -> None:
    with pytest.raises(AttributeError):
        shop().doctypes[name].label = "x"  # type: ignore[misc]
