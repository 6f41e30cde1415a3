"""Several documents of a list at once: chosen by keys or boxes, done each for itself, told one by one."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.people import PASSWORD
from tests.browser.screen import Screen


def _spend(work: Screen, head: str, amount: str) -> None:
    work.new("Spend")
    work.type("Head", head)
    work.type("Amount", amount)
    work.wait_until_worked_out()
    work.save()


def _bar(work: Screen) -> Locator:
    return work.page.get_by_role("toolbar", name="Chosen documents")


def _row(work: Screen, head: str) -> Locator:
    return work.page.get_by_role("row").filter(has_text=head)


def test_several_are_submitted_and_remarked_at_once(work: Screen) -> None:
    work.sign_in("ravi", PASSWORD)
    for head, amount in (("chalk", "20"), ("palace", "90000"), ("candles", "30")):
        _spend(work, head, amount)
    work.page.goto(f"{work.url}/doc/spend?sort=head")
    for head in ("candles", "chalk", "palace"):
        expect(_row(work, head)).to_be_visible()
    # Other tests leave spends of their own: candles and chalk stand first all the same, palace is found by its box.
    _row(work, "candles").get_by_role("link").focus()
    work.page.keyboard.press("Space")
    expect(_bar(work)).to_contain_text("1 chosen")
    work.page.keyboard.press("Shift+ArrowDown")
    expect(_bar(work)).to_contain_text("2 chosen")
    _row(work, "palace").get_by_role("checkbox").click()
    expect(_bar(work)).to_contain_text("3 chosen")
    work.picture("many-chosen")
    cancel = _bar(work).get_by_role("button", name="Cancel")
    expect(cancel).to_have_count(0)
    _bar(work).get_by_role("button", name="Submit").click()
    dialog = work.page.get_by_role("dialog", name="Submit: 3 Spends")
    dialog.get_by_role("button", name="Submit").click()
    expect(dialog).to_contain_text("3 of 3: 2 done, 1 refused")
    refused = dialog.get_by_role("listitem").filter(has_text="5,000.00 at most is allowed")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("Accountant may go beyond it knowingly")
    work.picture("many-done")
    dialog.get_by_role("button", name="Close").click()
    expect(_bar(work)).to_contain_text("1 chosen")
    expect(_row(work, "candles")).to_contain_text("Submitted")
    expect(_row(work, "palace")).to_contain_text("Draft")

    _row(work, "chalk").get_by_role("checkbox").click()
    expect(_bar(work).get_by_role("button", name="Remark")).to_have_attribute(
        "aria-disabled", "true"
    )
    _row(work, "palace").get_by_role("checkbox").click()
    _row(work, "candles").get_by_role("checkbox").click()
    _bar(work).get_by_role("button", name="Remark").click()
    dialog = work.page.get_by_role("dialog", name="Remark: 2 Spends")
    dialog.get_by_label("Word").fill("well done")
    dialog.get_by_role("button", name="Remark").click()
    expect(dialog.get_by_role("listitem").filter(has_text="Remarked")).to_have_count(2)
    dialog.get_by_role("link").first.click()
    expect(work.page.get_by_role("article")).to_be_visible()


def test_boxes_fit_a_phone(phone: Screen) -> None:
    phone.sign_in()
    phone.open_menu("Sales Invoices")
    boxes = _row(phone, "Submitted").get_by_role("checkbox")
    boxes.nth(0).click()
    boxes.nth(1).click()
    expect(_bar(phone)).to_contain_text("2 chosen")
    expect(_bar(phone).get_by_role("button", name="Cancel")).to_be_visible()
    assert phone.fits()
    phone.picture("many-phone")
