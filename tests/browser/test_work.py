"""Documents that are asked for, granted, passed, amended and remarked on: what the screen lets people do, and says."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.people import PASSWORD
from tests.browser.screen import Screen, cells


def _spend(work: Screen, head: str, amount: str) -> None:
    work.new("Spend")
    work.type("Head", head)
    work.type("Amount", amount)
    work.wait_until_worked_out()


def test_a_field_that_stays_open_is_saved_after_submit(work: Screen) -> None:
    work.sign_in("ravi", PASSWORD)
    _spend(work, "tea", "100")
    work.press("Submit")
    dialog = work.page.get_by_role("dialog")
    expect(dialog).to_contain_text("amended, which posts the difference")
    expect(dialog).to_contain_text("Note stays open.")
    dialog.get_by_role("button", name="Submit", exact=True).click()
    expect(work.page.get_by_role("article").get_by_text("Submitted")).to_be_visible()
    expect(work.field("Amount", "textbox")).to_have_attribute("readonly", "")
    expect(work.page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    work.type("Note", "for the guests")
    work.press("Save")
    expect(work.page.get_by_text("not saved")).to_have_count(0)
    work.type("Note", "for all")
    work.save()
    work.page.reload()
    expect(work.field("Note", "textbox")).to_have_value("for all")
    work.picture("work-submitted")


def test_a_submitted_document_is_amended_in_place(work: Screen) -> None:
    work.sign_in("ravi", PASSWORD)
    _spend(work, "ink", "100")
    number = work.submit()
    work.press("Amend")
    expect(work.page.get_by_text("being amended")).to_be_visible()
    work.type("Amount", "130")
    work.wait_until_worked_out()
    assert work.value("Twice") == "260.00"
    work.save()
    expect(work.page.get_by_text("being amended")).to_have_count(0)
    assert work.heading() == number
    assert [row[-1] for row in work.entries("Spent")] == ["100.00", "30.00", "130.00"]
    work.press("Amend")
    work.type("Amount", "999")
    work.press("Leave it as it was")
    assert work.value("Amount") == "130.00"


def test_what_is_asked_before_an_action_is_shown(work: Screen) -> None:
    work.sign_in("ravi", PASSWORD)
    _spend(work, "soap", "10")
    work.submit()
    work.press("Remark")
    dialog = work.page.get_by_role("dialog")
    expect(dialog.get_by_text("Really remark soap?")).to_be_visible()
    word = dialog.get_by_label("Word")
    expect(word).to_be_focused()
    work.picture("work-asked")
    word.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("Word")
    word.fill("well done")
    word.press("Enter")
    expect(work.page.get_by_text("Remarked")).to_be_visible()


def test_a_limit_says_why_and_is_passed_by_who_may(work: Screen) -> None:
    work.sign_in("ravi", PASSWORD)
    _spend(work, "roof", "9000")
    work.press("Submit")
    work.page.get_by_role("dialog").get_by_role("button", name="Submit", exact=True).click()
    problems = work.page.get_by_role("status")
    expect(problems.get_by_text("No money")).to_be_visible()
    expect(problems.get_by_text("5,000.00 at most")).to_be_visible()
    expect(problems.get_by_text("Accountant may go beyond it knowingly.")).to_be_visible()
    work.picture("work-limit")
    work.save()
    address = work.page.url
    work.sign_out()

    work.sign_in("asha", PASSWORD)
    work.page.goto(address)
    work.press("Submit")
    work.page.get_by_role("dialog").get_by_role("button", name="Submit", exact=True).click()
    dialog = work.page.get_by_role("dialog", name="Go beyond Hard Spend?")
    reason = dialog.get_by_label("Reason")
    expect(reason).to_be_focused()
    reason.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Fill in: Reason.")
    work.page.screenshot(path=work.pictures / "work-pass.png")
    reason.fill("Es regnet – ₹ 9,000")
    reason.press("Enter")
    expect(work.page.get_by_role("article").get_by_text("Submitted")).to_be_visible()


def test_a_state_opens_what_it_names_and_a_task_leads_there(work: Screen) -> None:
    work.sign_in("ravi", PASSWORD)
    work.new("Wish", "Wishes")
    work.type("What, Lines row 1", "blade")
    work.field("What", "textbox").fill("plough")
    work.type("Price", "1500")
    work.save()
    work.press("Ask")
    dialog = work.page.get_by_role("dialog")
    expect(dialog.get_by_text("Ask for plough?")).to_be_visible()
    dialog.get_by_role("button", name="Ask").click()
    expect(work.field("Day", "textbox")).to_have_attribute("readonly", "")
    expect(work.page.get_by_role("button", name="Add row")).to_have_count(0)
    work.type("Price", "1700")
    work.save()
    work.page.reload()
    expect(work.field("Price", "textbox")).to_have_value("1,700.00")
    work.sign_out()

    work.sign_in("anna", PASSWORD)
    menu = work.page.get_by_role("navigation", name="Menu")
    menu.get_by_role("link", name="My tasks 1").click()
    table = work.page.get_by_role("table", name="My tasks")
    expect(table.get_by_role("row")).to_have_count(2)
    work.picture("work-tasks")
    table.get_by_role("link", name="Wish plough").click()
    work.press("Grant")
    work.page.get_by_role("dialog").get_by_role("button", name="Grant").click()
    expect(work.page.get_by_role("article").get_by_text("Granted")).to_be_visible()
    menu.get_by_role("link", name="My tasks", exact=True).click()
    expect(work.page.get_by_text("Nothing waits for you.")).to_be_visible()


def test_a_stand_in_is_named_and_removed(work: Screen) -> None:
    work.sign_in("anna", PASSWORD)
    work.page.get_by_role("link", name="Stand-ins").click()
    form = work.page.get_by_role("form", name="Name a stand-in")
    form.get_by_label("Log-in name").fill("nobody")
    form.get_by_label("Log-in name").press("Enter")
    expect(form.get_by_role("alert")).to_have_text("There is no user 'nobody'.")
    form.get_by_label("Log-in name").fill("asha")
    form.get_by_role("textbox", name="To, included").fill("+30")
    form.get_by_role("button", name="Name").click()
    table = work.page.get_by_role("table", name="Stand-ins")
    expect(table.get_by_role("cell", name="asha", exact=True)).to_be_visible()
    work.picture("work-stand-ins")
    table.get_by_role("button", name="Remove asha").click()
    expect(work.page.get_by_text("Nobody stands in for you.")).to_be_visible()


def test_a_document_is_brought_under_todays_rules_once_the_difference_was_seen(
    work: Screen,
) -> None:
    work.sign_in("asha", PASSWORD)
    work.new("Pot")
    work.type("Code", "feast")
    work.type("Percent", "10")
    work.save()
    work.new("Spend")
    work.type("Head", "sweets")
    work.type("Amount", "200")
    work.pick("Pot", "feast")
    work.wait_until_worked_out()
    number = work.submit()
    address = work.page.url
    work.open_document("Pots", "feast")
    work.type("Percent", "15")
    work.save()

    work.page.goto(address)
    assert work.value("Share") == "20.00"
    work.press("More actions")
    work.page.get_by_role("menuitem", name="Bring under today’s rules…").click()
    dialog = work.page.get_by_role("dialog", name=f"Bring {number} under today’s rules?")
    fields = dialog.get_by_role("table", name="Fields that change")
    expect(fields).to_contain_text("Share")
    assert cells(fields) == [["Share", "20.00", "30.00"]]
    assert [row[-1] for row in cells(dialog.get_by_role("table", name="Entries in Spent"))] == [
        "10.00",
        "10.00",
    ]
    work.page.screenshot(path=work.pictures / "work-rederive.png")
    dialog.get_by_label("Reason").fill("a larger feast")
    dialog.get_by_role("button", name="Write the difference").click()
    expect(work.page.get_by_text(f"{number} is under today’s rules.")).to_be_visible()
    assert work.value("Share") == "30.00"
    assert [row[-1] for row in work.entries("Spent")] == ["220.00", "10.00", "230.00"]
    work.press("More actions")
    work.page.get_by_role("menuitem", name="Bring under today’s rules…").click()
    expect(dialog.get_by_text("Nothing would be another")).to_be_visible()
    work.page.screenshot(path=work.pictures / "work-rederive-nothing.png")
    dialog.get_by_role("button", name="Close", exact=True).click()
    work.sign_out()

    work.sign_in("ravi", PASSWORD)
    work.page.goto(address)
    work.press("More actions")
    expect(work.page.get_by_role("menuitem", name="New")).to_be_visible()
    expect(work.page.get_by_role("menuitem", name="Bring under today’s rules…")).to_have_count(0)
