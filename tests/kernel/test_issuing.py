"""Numbers that come along with documents: whose they are, where they belong, what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.breaches import Breach, figure
from engine.kernel.convert import convert
from engine.kernel.entries import Entry, balance_key
from engine.kernel.finding import Finding
from engine.kernel.issuing import MOST_AHEAD, Issued, placed, too_far
from engine.kernel.limits import Broken, check_limits
from engine.kernel.numbering import NumberPlan
from engine.kernel.rows import Facts
from tests.kernel.programs import document, table
from tests.language.programs import compile_text, good

D = Decimal
FACTS: Facts = {
    "Company": {1: {"id": 1, "code": "ONE"}},
    "Till": {5: {"id": 5, "code": "T1", "company": 1}},
    "Item": {40: {"id": 40, "code": "SOAP", "most": None}},
    "Customer": {10: {"id": 10, "code": "JOHN"}},
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    compiled = compile_text(good("till"))
    assert compiled.catalog is not None, [str(p) for p in compiled.problems]
    return compiled.catalog


COUNTERS = """
story                         | prefix | width | suffix | number   | counter
as it was given               | T1/    | 3     |        | T1/007   | 7
wider than its place          | T1/    | 3     |        | T1/1007  | 1007
with zeros too many           | T1/    | 3     |        | T1/0007  |
with zeros too few            | T1/    | 3     |        | T1/07    |
with something behind         | T1/    | 3     | -X     | T1/007-X | 7
without what stands behind    | T1/    | 3     | -X     | T1/007   |
of another till               | T1/    | 3     |        | T2/007   |
none at all                   | T1/    | 3     |        | T1/      |
nothing before the first      | T1/    | 3     |        | T1/000   |
below nothing                 | T1/    | 3     |        | T1/-07   |
a letter                      | T1/    | 3     |        | T1/00A   |
a sign that is a digit        | T1/    | 1     |        | T1/²     |
a digit of another script     | T1/    | 1     |        | T1/७     |
what is before overlaps       | A      | 1     | A      | A        |
more than can be counted      | T      | 1     |        | T1000000000000000 |
as much as can be counted     | T      | 1     |        | T999999999999999  | 999999999999999
"""


@pytest.mark.parametrize("row", [pytest.param(r[1:], id=r[0]) for r in table(COUNTERS)])
def test_the_counter_in_a_number(row: list[str]) -> None:
    prefix, width, suffix, number, counter = row
    plan = NumberPlan("s", prefix, int(width), suffix, 60)
    assert plan.counter(number) == (int(counter) if counter else None)


def bill(catalog: Catalog, **more: Any) -> dict[str, Any]:
    line = {"item": 40, "quantity": D(1), "rate": D(10), "amount": D(10)}
    fields = {"day": date(2026, 5, 4), "till": 5, "customer": 10, "total": D(10), "lines": [line]}
    return document(catalog, "Bill", {**fields, **more})


def test_a_number_belongs_to_the_series_that_numbers_its_document(catalog: Catalog) -> None:
    kind = catalog.doctypes["Bill"]
    found = placed(kind, bill(catalog), FACTS, "T1-2627/000012")
    assert isinstance(found, Issued)
    assert (found.counter, found.plan.series) == (12, "bill|bill|1|5|2026-27")
    returned = bill(catalog, total=D(-10))
    wrong = placed(kind, returned, FACTS, "T1-2627/000012")
    assert isinstance(wrong, Finding)
    assert wrong.code == "number.not_of_series"
    assert "T1C2627/000001" in wrong.message
    assert isinstance(placed(kind, returned, FACTS, "T1C2627/000012"), Issued)


def test_a_bill_of_no_till_has_no_number_of_one(catalog: Catalog) -> None:
    found = placed(catalog.doctypes["Bill"], bill(catalog, till=None), FACTS, "T1-2627/000012")
    assert isinstance(found, Finding)
    assert (found.code, found.path) == ("number.no_issuer", "till")


def test_a_number_runs_ahead_so_far(catalog: Catalog) -> None:
    plan = NumberPlan("s", "T", 3, "", 60)
    assert too_far(Issued("T", plan, MOST_AHEAD), 0) is None
    assert too_far(Issued("T", plan, MOST_AHEAD + 7), 7) is None
    assert too_far(Issued("T", plan, 3), 900) is None
    ahead = too_far(Issued("T", plan, MOST_AHEAD + 8), 7)
    assert ahead is not None
    assert "100,001 ahead" in ahead.message


def test_what_a_channel_sends_is_read_once(catalog: Catalog) -> None:
    sent = {"till": 5, "issued": {"number": "T1-2627/000012"}}
    given = convert(catalog.doctypes["Bill"], sent)
    assert (given.issued, given.findings) == ("T1-2627/000012", [])
    assert "issued" in sent, "what was sent stays as it was"
    none = convert(catalog.doctypes["Bill"], {"till": 5, "issued": None})
    assert (none.issued, none.findings) == (None, [])
    refused = convert(catalog.doctypes["Delivery"], {"issued": {"number": "D1"}})
    assert [finding.code for finding in refused.findings] == ["number.not_issued"]


FIELD = """
doctype: Licence
fields: {issued: {type: json}}
"""


def test_where_nothing_is_issued_a_field_may_be_called_so() -> None:
    found = compile_text(FIELD).catalog
    assert found is not None
    given = convert(found.doctypes["Licence"], {"issued": {"number": "L1"}})
    assert given.row["issued"] == {"number": "L1"}
    assert (given.issued, given.findings) == (None, [])


# --- limits of what has happened already ---------------------------------------------------------


def below(catalog: Catalog) -> Broken:
    ledger = catalog.ledgers["Shelf"]
    values = {"item": 40, "company": 1, "line": None, "quantity": D("-4.500")}
    before = {("Shelf", balance_key(("item",), 1, values)): {"quantity": D(3)}}
    (found,) = check_limits(catalog, FACTS, before, [Entry(ledger, "x", values)])
    return found


def test_a_limit_refuses_what_can_still_be_refused(catalog: Catalog) -> None:
    finding, breach = below(catalog).settled(done=False)
    assert (finding.action, breach) == ("refuse", None)


def test_what_has_happened_already_is_a_breach_with_both_figures(catalog: Catalog) -> None:
    found = below(catalog)
    finding, breach = found.settled(done=True)
    assert (finding.action, finding.hint) == ("warn", "")
    roles = ("Stock Keeper", "Shop Manager")
    assert breach == Breach(
        "left", "Shelf", "Shelf: left", "Item SOAP", "-1.5", "0", found.finding.message, roles
    )
    assert breach.asked("anna") == [("", "Stock Keeper"), ("", "Shop Manager")]


def test_without_a_role_it_is_the_task_of_who_brought_it() -> None:
    assert Breach("x", "", "X", "", "1", "0", "").asked("anna") == [("anna", "")]


def test_a_limit_without_if_done_refuses_it_all_the_same(catalog: Catalog) -> None:
    facts = {**FACTS, "Item": {40: {"id": 40, "code": "SOAP", "most": D(5)}}}
    values = {"item": 40, "company": 1, "line": None, "quantity": D(6)}
    before = {("Shelf", balance_key(("item",), 1, values)): {"quantity": D(0)}}
    (found,) = check_limits(catalog, facts, before, [Entry(catalog.ledgers["Shelf"], "x", values)])
    assert (found.limit.key, found.measured, found.allowed) == ("room", 6, 5)
    assert found.settled(done=True) == (found.finding, None)


@pytest.mark.parametrize(
    ("value", "text"), [(D("-1.500"), "-1.5"), (D("1E+3"), "1000"), (7, "7"), (D("0.00"), "0")]
)
def test_figures_are_written_out(value: D | int, text: str) -> None:
    assert figure(value) == text
