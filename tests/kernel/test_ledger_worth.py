"""What a ledger's own posting reads of its entry: amounts, and what they are worth."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from engine.kernel.entries import Entry
from engine.kernel.posting import PostingCase
from tests.kernel.programs import document
from tests.language.programs import compile_text, good


def test_an_entry_knows_the_worth_of_its_amounts() -> None:
    compiled = compile_text(good("limits"))
    assert compiled.catalog is not None, [str(p) for p in compiled.problems]
    kind = compiled.catalog.doctypes["Order"]
    ledger = compiled.catalog.ledgers["Exposure"]
    case = PostingCase(
        compiled.catalog, kind, document(compiled.catalog, "Order", {}), {},
        date=date(2026, 4, 10), company=1, company_currency=1, currency=2, rate=Decimal(83),
    )  # fmt: skip
    entry = Entry(ledger, "exposed", {"amount": Decimal("2.50")})
    assert "amount_worth" not in case.entry_frame(entry)["this"], "nothing else is worth anything"
    entry.worth["amount"] = Decimal("207.50")
    seen = case.entry_frame(entry)["this"]
    assert (seen["amount"], seen["amount_worth"]) == (Decimal("2.50"), Decimal("207.50"))
    assert "amount_worth" not in entry.values, "what is stored stays as it is"
