"""Limits over the books: what they measure, with the document; what follows where they are passed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.expr.program import BalanceCall
from engine.kernel.declared_limits import (
    LimitCase,
    LimitOutcome,
    Standing,
    check_declared,
    including,
    limit_keys,
)
from engine.kernel.entries import Entry
from engine.kernel.posting import PostingCase, begin, finish
from tests.kernel.programs import document
from tests.language.programs import catalog_of, good

D = Decimal
DAY = date(2026, 6, 15)
FACTS: dict[str, dict[int, dict[str, Any]]] = {
    "Company": {1: {"id": 1, "code": "ACME"}, 2: {"id": 2, "code": "OTHER"}},
    "Customer": {
        10: {"id": 10, "code": "A", "credit_group": 20, "credit_limit": D(1), "is_trusted": None},
        11: {"id": 11, "code": "B", "credit_group": 20, "credit_limit": None, "is_trusted": False},
        12: {
            "id": 12,
            "code": "C",
            "credit_group": None,
            "credit_limit": D(500),
            "is_trusted": None,
        },
        13: {"id": 13, "code": "D", "credit_group": None, "credit_limit": None, "is_trusted": None},
        14: {"id": 14, "code": "E", "credit_group": 20, "credit_limit": D(1), "is_trusted": True},
    },
    "Credit Group": {20: {"id": 20, "code": "G", "credit_limit": D(1000), "members": [30, 31]}},
    "Credit Group.members": {
        30: {"id": 30, "customer": 10, "parent": 20},
        31: {"id": 31, "customer": 11, "parent": 20},
    },
    "Item": {
        40: {"id": 40, "code": "Soap", "ceiling": D(50), "monthly": None},
        41: {"id": 41, "code": "Salt", "ceiling": None, "monthly": D(10)},
    },
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return catalog_of(good("limits"))


class Books:
    """What stands: balances by party (or item), told by every question."""

    def __init__(self, **stands: Decimal) -> None:
        self.stands = stands
        self.asked: list[BalanceCall] = []

    def __call__(self, call: BalanceCall) -> Decimal:
        self.asked.append(call)
        keys = call.match["party"] if "party" in call.match else call.match["item"]
        names = keys if isinstance(keys, list) else [keys]
        return sum((self.stands.get(f"_{name}", D(0)) for name in names), D(0))


def order(catalog: Catalog, customer: int, *lines: tuple[int, str, str]) -> dict[str, Any]:
    rows = [{"item": i, "quantity": D(q), "rate": D(r), "amount": D(q) * D(r)} for i, q, r in lines]
    fields = {
        "day": DAY,
        "customer": customer,
        "lines": rows,
        "total": sum(r["amount"] for r in rows),
    }
    row = document(catalog, "Order", fields)
    for number, line in enumerate(row["lines"]):
        line["id"] = 100 + number
    return row


def entries_of(catalog: Catalog, row: dict[str, Any]) -> list[Entry]:
    case = PostingCase(catalog, catalog.doctypes["Order"], row, FACTS, DAY, 1, None, None, D(1))
    return finish(begin(case), {})


def outcome(
    catalog: Catalog, books: Books, row: dict[str, Any], **passed: dict[str, Any]
) -> LimitOutcome:
    case = LimitCase(catalog.doctypes["Order"], row, "submit", passed)
    standing = Standing(catalog, FACTS, {}, books)
    (found,) = check_declared([case], entries_of(catalog, row), standing)
    return found


def told(found: LimitOutcome) -> list[tuple[str, str]]:
    return [(finding.code.removeprefix("limit."), finding.action) for finding in found.findings]


# --- one limit that customers share --------------------------------------------------------------


def test_members_of_a_group_share_its_limit(catalog: Catalog) -> None:
    books = Books(_10=D(600), _11=D(300))
    assert told(outcome(catalog, books, order(catalog, 10, (40, "2", "50")))) == []
    found = outcome(catalog, books, order(catalog, 11, (40, "2", "50.01")))
    assert told(found) == [("customer_credit", "refuse"), ("price_ceiling", "confirm")]
    assert (
        found.findings[0].message
        == "Customer Credit: it would be 1,000.02; 1,000.00 at most is allowed."
    )
    assert found.findings[0].hint == "100.00 is left: stay within it, or have the limit changed."


def test_the_declared_answer_says_the_figures(catalog: Catalog) -> None:
    found = outcome(catalog, Books(_10=D(900)), order(catalog, 10, (40, "4", "50")))
    assert found.answer == {
        "error": "Credit limit exceeded",
        "details": {
            "approved": False,
            "credit_limit": D(1000),
            "outstanding_balance": D(900),
            "available_credit": D(100),
            "order_amount": D(200),
            "message": "Insufficient credit. Available: 100.00, Required: 200.00",
        },
    }


@pytest.mark.parametrize(
    ("customer", "stands", "refused"),
    [(12, "500", True), (12, "400", False), (13, "999999", False), (14, "5000", False)],
    ids=["own limit", "own limit reached", "a null limit limits nothing", "unless"],
)
def test_whose_limit(catalog: Catalog, customer: int, stands: str, refused: bool) -> None:
    books = Books(**{f"_{customer}": D(stands)})
    found = outcome(catalog, books, order(catalog, customer, (40, "2", "50")))
    assert (("customer_credit", "refuse") in told(found)) is refused


def test_what_makes_it_better_passes(catalog: Catalog) -> None:
    found = outcome(catalog, Books(_12=D(900)), order(catalog, 12, (40, "-2", "50")))
    assert told(found) == [("small_order", "warn")]


def test_what_a_person_passes_is_told_and_done(catalog: Catalog) -> None:
    row = order(catalog, 12, (40, "20", "50"))
    found = outcome(catalog, Books(), row, customer_credit={"reason": "An old friend"})
    assert told(found) == [("customer_credit", "warn")]
    assert found.answer is None
    said = "Customer Credit: it would be 1,000.00; 500.00 at most is allowed."
    assert found.passed == {"customer_credit": {"found": said, "reason": "An old friend"}}


def test_questions_are_about_the_company_of_the_document(catalog: Catalog) -> None:
    books = Books()
    outcome(catalog, books, order(catalog, 12, (40, "2", "50")))
    assert {call.match["company"] for call in books.asked} == {1}


# --- the other actions ---------------------------------------------------------------------------


def test_a_row_is_named_and_confirmed_by_what_was_read(catalog: Catalog) -> None:
    row = order(catalog, 13, (41, "1", "99"), (40, "1", "60"))
    (finding,) = outcome(catalog, Books(), row).findings
    assert (finding.path, finding.action) == ("lines[1]", "confirm")
    assert finding.message == "Line 2: Soap at 60 is above the ceiling of 50."
    (again,) = outcome(catalog, Books(), row).findings
    assert again.confirmation == finding.confirmation
    (other,) = outcome(
        catalog, Books(), order(catalog, 13, (41, "1", "99"), (40, "1", "61"))
    ).findings
    assert other.confirmation != finding.confirmation


def test_what_only_warns(catalog: Catalog) -> None:
    found = outcome(catalog, Books(_41=D(8)), order(catalog, 13, (41, "3", "5")))
    assert told(found) == [("monthly_sale", "warn")]


def test_the_document_goes_another_way(catalog: Catalog) -> None:
    found = outcome(catalog, Books(), order(catalog, 13, (41, "10", "10001")))
    assert told(found) == [("large_order", "refuse")]
    (request,) = found.transitions
    assert (request.document, request.transition) == (1, "hold")
    assert request.reason == "An order of 100,010.00 is looked at first."


def test_other_transitions_measure_nothing(catalog: Catalog) -> None:
    row = order(catalog, 12, (40, "200", "50"))
    case = LimitCase(catalog.doctypes["Order"], row, "cancel")
    (found,) = check_declared([case], [], Standing(catalog, FACTS, {}, Books()))
    assert found == LimitOutcome()


# --- locks, and the books with what is about to be written ----------------------------------------


def test_keys_are_those_of_by_in_one_order(catalog: Catalog) -> None:
    kind = catalog.doctypes["Order"]
    rows = [order(catalog, n, (40, "1", "5")) for n in (12, 11, 10, 14)]
    cases = [LimitCase(kind, row) for row in rows]
    keys = limit_keys(cases, Standing(catalog, FACTS, {}, Books()))
    assert keys == ["customer_credit|1|-", "customer_credit|1|20"], "who is trusted needs no lock"


def test_what_no_key_names_is_held_per_company_where_books_are_asked(catalog: Catalog) -> None:
    kind = catalog.doctypes["Order"]
    cases = [LimitCase(kind, order(catalog, 14, (41, "1", "5")))]
    keys = limit_keys(cases, Standing(catalog, FACTS, {}, Books()))
    assert keys == ["monthly_sale|1"], "a price ceiling and a total are the document's own"


def test_two_documents_of_one_call_are_measured_together(catalog: Catalog) -> None:
    rows = [order(catalog, n, (40, "12", "50")) for n in (10, 11)]
    entries = [entry for row in rows for entry in entries_of(catalog, row)]
    cases = [LimitCase(catalog.doctypes["Order"], row) for row in rows]
    found = check_declared(cases, entries, Standing(catalog, FACTS, {}, Books()))
    assert [told(each) for each in found] == [[("customer_credit", "refuse")]] * 2


def test_entries_count_where_they_are_meant(catalog: Catalog) -> None:
    row = order(catalog, 10, (40, "2", "50"), (41, "3", "1"))
    with_them = including(Books(_10=D(7)), entries_of(catalog, row))

    def amount(ledger: str, measure: str, **more: Any) -> Decimal:
        times = {name: more.pop(name) for name in ("at", "start", "end") if name in more}
        return Decimal(with_them(BalanceCall(ledger, measure, more, **times)))

    assert amount("Exposure", "amount", party=10) == 110
    assert amount("Exposure", "amount", party=[10, 11], company=1) == 110
    assert amount("Exposure", "amount", party=10, company=2) == 7
    assert amount("Exposure", "amount", party=10, at=date(2026, 6, 14)) == 7
    assert amount("Exposure", "amount", party=10, start=DAY, end=DAY) == 110
    assert amount("Exposure", "amount", party=10, start=date(2026, 6, 16), end=DAY) == 7
    assert amount("Sold", "quantity", item=41) == 3
    assert amount("Sold", "quantity", item=40) == 2
