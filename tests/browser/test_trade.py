"""A day of trade in the browser: buy, sell, get paid, cancel, look at the trial balance."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import expect

from tests.browser.screen import Screen, cells, number


def _buy(screen: Screen) -> str:
    screen.new("Purchase Invoice")
    screen.pick("Supplier", "Zostel")
    screen.type("Bill number", "ZF/1")
    screen.pick("Item, Items row 1", "chair")
    screen.type("Quantity, Items row 1", "10")
    screen.type("Rate, Items row 1", "2,000")
    screen.wait_until_worked_out()
    assert screen.value("Net total") == "20,000.00"
    return screen.submit()


def _sell(screen: Screen) -> str:
    screen.new("Sales Invoice")
    screen.pick("Customer", "Zari")
    screen.pick("Item, Items row 1", "chair")
    screen.type("Quantity, Items row 1", "4")
    screen.type("Rate, Items row 1", "3500")
    assert screen.value("Net total") != ""
    screen.wait_until_worked_out()
    assert screen.value("Net total") == "14,000.00"
    screen.picture("sales-invoice-draft", whole=True)
    return screen.submit()


def _get_paid(screen: Screen, invoice: str, amount: str) -> str:
    screen.new("Payment")
    screen.pick("Customer", "Zari")
    screen.pick("Mode", "Bank")
    screen.type("Amount", amount)
    screen.wait_until_worked_out()
    payment = screen.submit()
    screen.new("Allocation")
    screen.pick("Payment", payment)
    screen.pick("Sales invoice", invoice)
    screen.type("Amount", amount)
    screen.wait_until_worked_out()
    return screen.submit()


def test_buy_sell_get_paid_cancel_and_look_at_the_trial_balance(screen: Screen) -> None:
    screen.sign_in()
    screen.picture("start")
    _buy(screen)
    invoice = _sell(screen)
    assert re.search(r"\d{5}$", invoice)
    total = screen.value("Grand total")
    assert screen.value("Outstanding") == total
    general = screen.entries("General")
    assert number(general[-1][-1]) == number(general[-1][-2]) > 0
    assert screen.fits()
    screen.picture("sales-invoice", whole=True)

    allocation = _get_paid(screen, invoice, total)
    screen.open_document("Sales Invoices", invoice)
    assert screen.value("Outstanding") == "0.00"

    screen.open_document("Allocations", allocation)
    screen.cancel("Paid another invoice")
    screen.open_document("Sales Invoices", invoice)
    assert screen.value("Outstanding") == total
    screen.cancel("Wrong customer")
    assert screen.value("Outstanding") == "0.00"
    reversed_entries = screen.entries("General")
    assert sum("reversal" in row[0] for row in reversed_entries) * 2 == len(reversed_entries) - 1
    screen.picture("sales-invoice-cancelled", whole=True)

    screen.open_menu("Trial Balance")
    table = screen.page.get_by_role("table", name="Trial Balance")
    expect(table).to_be_visible()
    totals = [number(text) for text in cells(table)[-1] if re.fullmatch(r"-?[\d,]+\.\d\d", text)]
    assert len(totals) == 6
    for debit, credit in zip(totals[::2], totals[1::2], strict=True):
        assert debit == credit
    assert totals[2] > Decimal(0)
    screen.picture("trial-balance")

    table.get_by_role("link").first.click()
    ledger = screen.page.get_by_role("table", name="General Ledger")
    expect(ledger).to_be_visible()
    screen.picture("general-ledger")
    ledger.get_by_role("link").first.click()
    expect(screen.page.get_by_role("article")).to_be_visible()


def test_a_limit_is_told_at_its_field(screen: Screen) -> None:
    screen.sign_in()
    screen.new("Sales Invoice")
    screen.page.keyboard.press("Control+s")
    problems = screen.page.get_by_role("status")
    expect(problems.get_by_text("Customer is required.")).to_be_visible()
    expect(screen.field("Customer", "combobox")).to_have_attribute("aria-invalid", "true")
    screen.pick("Customer", "Zari")
    expect(screen.field("Customer", "combobox")).not_to_have_attribute("aria-invalid", "true")
    screen.pick("Item, Items row 1", "chair")
    screen.type("Quantity, Items row 1", "100000")
    screen.page.get_by_role("button", name="Submit", exact=True).click()
    dialog = screen.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Submit", exact=True).click()
    expect(dialog).to_have_count(0)
    expect(screen.page.get_by_role("heading", name="New Sales Invoice")).to_be_visible()
    expect(screen.page.get_by_role("alert").or_(problems).first).to_be_visible()
    screen.picture("limit")


def test_keys_enter_rows_and_leaving_asks_first(screen: Screen) -> None:
    screen.sign_in()
    screen.open_menu("Journal Entries")
    screen.page.get_by_role("heading", name="Journal Entries").wait_for()
    screen.page.keyboard.press("Alt+n")
    account = screen.field("Account, Lines row 1", "combobox")
    account.fill("cash")
    account.press("Enter")
    screen.type("Debit, Lines row 1", "1,00,000")
    screen.field("Narration, Lines row 1", "textbox").press("Enter")
    second = screen.field("Account, Lines row 2", "combobox")
    expect(second).to_be_focused()
    second.press("Control+Delete")
    expect(second).to_have_count(0)
    expect(screen.field("Debit, Lines row 1", "textbox")).to_have_value("1,00,000.00")
    expect(screen.field("Account, Lines row 1", "combobox")).not_to_have_value("cash")

    screen.open_menu("Trial Balance")
    dialog = screen.page.get_by_role("dialog", name="Leave without saving?")
    dialog.get_by_role("button", name="Stay").click()
    expect(screen.page.get_by_role("heading", name="New Journal Entry")).to_be_visible()
    screen.open_menu("Trial Balance")
    dialog.get_by_role("button", name="Leave").click()
    expect(screen.page.get_by_role("heading", name="Trial Balance")).to_be_visible()


def test_a_list_searches_filters_and_sorts(screen: Screen) -> None:
    screen.sign_in()
    screen.open_menu("Sales Invoices")
    table = screen.page.get_by_role("table", name="Sales Invoices")
    expect(table).to_be_visible()
    states = screen.page.get_by_role("radiogroup", name="State")
    states.get_by_text("Drafts").click()
    expect(table.get_by_text("Submitted")).to_have_count(0)
    states.get_by_text("All").click()
    table.get_by_role("button", name="Grand total").click()
    table.get_by_role("button", name="Grand total").click()
    expect(table.get_by_role("columnheader", name="Grand total")).to_have_attribute(
        "aria-sort", "descending"
    )
    screen.page.get_by_role("button", name="Filter", exact=True).click()
    editor = screen.page.get_by_role("form", name="New filter")
    editor.get_by_label("Field").select_option(label="Grand total")
    editor.get_by_label("Value").fill("50000")
    editor.get_by_role("button", name="Add").click()
    expect(screen.page.get_by_text("Grand total from 50000")).to_be_visible()
    place = table.get_by_role("columnheader").all_inner_texts().index("Grand total▼")
    expect(table).to_have_attribute("aria-busy", "false")
    amounts = [number(row[place]) for row in cells(table)]
    assert amounts == sorted(amounts, reverse=True)
    assert amounts[-1] >= 50000
    screen.picture("list")


def test_a_phone_shows_the_same(phone: Screen) -> None:
    phone.sign_in()
    phone.new("Sales Invoice")
    phone.pick("Customer", "Zari")
    phone.pick("Item, Items row 1", "chair")
    phone.wait_until_worked_out()
    assert phone.fits()
    phone.picture("phone-invoice", whole=True)


def test_a_saved_draft_is_changed(screen: Screen) -> None:
    screen.sign_in()
    screen.new("Sales Invoice")
    screen.pick("Customer", "Zari")
    screen.pick("Item, Items row 1", "chair")
    screen.wait_until_worked_out()
    usual = screen.value("Rate, Items row 1")
    screen.type("Rate, Items row 1", "1234.5")
    screen.page.keyboard.press("Control+s")
    expect(screen.page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    expect(screen.field("Rate, Items row 1", "textbox")).to_have_value("1,234.50")

    screen.type("Rate, Items row 1", "")
    screen.field("Rate, Items row 1", "textbox").press("Tab")
    expect(screen.field("Rate, Items row 1", "textbox")).to_have_value(usual)

    hsn = screen.field("HSN or SAC, Items row 1", "combobox")
    chair = hsn.input_value()
    screen.pick("Item, Items row 1", "rice")
    expect(hsn).to_have_value(re.compile(f"^(?!{chair}).+"))
    screen.wait_until_worked_out()
    rice = hsn.input_value()
    quantity = screen.field("Quantity, Items row 1", "textbox")
    quantity.fill("2")
    screen.page.keyboard.press("Control+s")
    expect(screen.page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    expect(quantity).to_be_focused()
    screen.page.reload()
    expect(quantity).to_have_value("2")
    expect(screen.field("HSN or SAC, Items row 1", "combobox")).to_have_value(rice)

    screen.page.get_by_role("button", name="More actions").click()
    screen.page.get_by_role("menuitem", name="Delete draft…").click()
    screen.page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(screen.page.get_by_role("table", name="Sales Invoices")).to_be_visible()
