"""What a person does at the screen, by labels and roles only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

USER = "admin"
PASSWORD = "admin-demo-2026"


def number(text: str) -> Decimal:
    """``1,23,456.00`` → 123456.00."""
    return Decimal(text.replace(",", ""))


@dataclass(frozen=True)
class Screen:
    """One browser window; every method is one thing a person does."""

    page: Page
    url: str
    pictures: Path

    def sign_in(self, user: str = USER, password: str = PASSWORD) -> None:
        self.page.goto(self.url)
        self.page.get_by_label("User name").fill(user)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("navigation", name="Menu")).to_be_attached()

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="User menu").click()
        self.page.get_by_role("menuitem", name="Sign out").click()
        expect(self.page.get_by_role("button", name="Sign in")).to_be_visible()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def save(self) -> None:
        """Saves the document in hand, and waits until nothing of it is unsaved."""
        self.page.keyboard.press("Control+s")
        expect(self.page.get_by_text("not saved")).to_have_count(0)

    def open_menu(self, name: str) -> None:
        menu = self.page.get_by_role("button", name="Menu", exact=True)
        if menu.is_visible():
            menu.click()
        navigation = self.page.get_by_role("navigation", name="Menu")
        navigation.get_by_role("link", name=name, exact=True).click()

    def new(self, label: str, menu: str | None = None) -> None:
        """Opens the list that the menu calls ``menu`` (else the plural) and starts a new document."""
        self.open_menu(menu or f"{label}s")
        self.page.get_by_role("link", name=f"New {label}").click()
        expect(self.page.get_by_role("heading", name=f"New {label}")).to_be_visible()

    def pick(self, label: str, text: str) -> None:
        """Finds a record by what is typed and takes the first that is found."""
        field = self.field(label, "combobox")
        field.fill(text)
        self.page.get_by_role("listbox").get_by_role("option").filter(
            has_text=text
        ).first.wait_for()
        field.press("Enter")
        expect(field).not_to_have_attribute("aria-expanded", "true")

    def type(self, label: str, text: str) -> None:
        self.field(label, "textbox").fill(text)

    def field(self, label: str, role: str) -> Locator:
        """The control named exactly ``label``; required ones carry a star that only eyes see."""
        return self.page.get_by_role(role, name=label, exact=True)  # type: ignore[arg-type]

    def value(self, label: str) -> str:
        return self.field(label, "textbox").input_value()

    def wait_until_worked_out(self) -> None:
        """The preview has answered what was typed last."""
        self.page.wait_for_timeout(350)
        expect(self.page.get_by_text("working out…")).to_have_count(0)

    def submit(self) -> str:
        """Submits the document in hand; its number."""
        self.page.get_by_role("button", name="Submit", exact=True).click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_role("button", name="Submit", exact=True).click()
        expect(self.page.get_by_role("article").get_by_text("Submitted")).to_be_visible()
        return self.heading()

    def cancel(self, reason: str) -> None:
        self.page.get_by_role("button", name="Cancel…").click()
        dialog = self.page.get_by_role("dialog")
        dialog.get_by_label("Reason").fill(reason)
        dialog.get_by_role("button", name="Cancel the document").click()
        expect(self.page.get_by_role("article").get_by_text("Cancelled")).to_be_visible()

    def heading(self) -> str:
        """The number of the document in hand, without its state."""
        text = self.page.get_by_role("heading", level=1).inner_text()
        return text.split("\n")[0].strip()

    def open_document(self, menu: str, title: str) -> None:
        """Opens the document numbered ``title`` from its list."""
        self.open_menu(menu)
        self.page.get_by_role("link", name=title, exact=True).click()
        expect(self.page.get_by_role("heading", name=title)).to_be_visible()

    def entries(self, ledger: str) -> list[list[str]]:
        """The entries that the document in hand wrote into a ledger, as they are shown."""
        self.page.get_by_role("tab", name=ledger).click()
        table = self.page.get_by_role("table", name=f"Entries in {ledger}")
        expect(table).to_be_visible()
        return cells(table)

    def fits(self) -> bool:
        """Whether the page is no wider than the window, and so never scrolls sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))

    def picture(self, name: str, *, whole: bool = False) -> None:
        self.pictures.mkdir(parents=True, exist_ok=True)
        expect(self.page.get_by_role("alert")).to_have_count(0)  # messages that go by themselves
        self.page.evaluate("window.scrollTo(0, 0)")
        self.page.screenshot(path=self.pictures / f"{name}.png", full_page=whole)


def cells(table: Locator) -> list[list[str]]:
    """The texts of a table, row by row, without its head."""
    rows = table.get_by_role("row").all()[1:]
    return [row.locator("th, td").all_inner_texts() for row in rows]
