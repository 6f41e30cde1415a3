"""Limits over the books where orders are submitted: measured under lock, on both databases."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine_runtime.api.errors import handle
from engine_runtime.documents import service
from engine_runtime.documents.errors import ConfirmationNeeded, LimitExceeded
from engine_runtime.posting.session import Knowing, knowingly
from tests.concurrency.crowd import failures, together
from tests.runtime.limits.trade import Trade

PROGRAM = "limits"
D = Decimal


def test_the_group_of_a_customer_shares_its_limit(trade: Trade) -> None:
    one, two = trade.customers(limit=1000)
    first, second, third = trade.draft(
        trade.order(one, 6), trade.order(two, 4), trade.order(two, 0.5)
    )
    assert trade.submit(first)[0]["stage"] == "submitted"
    assert trade.submit(second)[0]["stage"] == "submitted", "to the paisa"
    with pytest.raises(LimitExceeded) as refused:
        trade.submit(third)
    (problem,) = refused.value.problems
    assert problem.code == "limit.customer_credit"
    assert problem.message == "Customer Credit: it would be 1,050.00; 1,000.00 at most is allowed."
    assert refused.value.answer is not None
    assert refused.value.answer["details"]["outstanding_balance"] == D(1000)
    assert trade.read(third)["stage"] == "draft"


def test_orders_of_one_call_count_together(trade: Trade) -> None:
    one, two = trade.customers(limit=1000)
    with pytest.raises(LimitExceeded) as refused:
        trade.submit(*trade.draft(trade.order(one, 6), trade.order(two, 5)))
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("many", [2, 6])
def test_of_two_at_once_that_share_a_limit_one_is_refused(trade: Trade, many: int) -> None:
    """Each alone is within the limit, any two together are not; without the lock both would measure 600."""
    codes = trade.customers(limit=1000, number=many)
    rows = trade.draft(*(trade.order(code, 6) for code in codes))
    results = together([lambda row=row: trade.submit(row) for row in rows])  # type: ignore[misc]
    refused = failures(results)
    assert [type(error) for error in refused] == [LimitExceeded] * (many - 1)
    assert [trade.read(row)["stage"] for row in rows].count("submitted") == 1


def test_those_of_other_groups_do_not_wait(trade: Trade) -> None:
    codes = [code for _ in range(4) for code in trade.customers(limit=1000, number=1)]
    rows = trade.draft(*(trade.order(code, 10) for code in codes))
    assert failures(together([lambda row=row: trade.submit(row) for row in rows])) == []  # type: ignore[misc]


def test_what_is_to_be_confirmed_is_done_once_it_is(trade: Trade) -> None:
    (one,) = trade.customers(limit=None, number=1)
    (row,) = trade.draft(trade.order(one, 1, 501))
    with pytest.raises(ConfirmationNeeded) as asked:
        trade.submit(row)
    (problem,) = asked.value.problems
    assert (problem.path, problem.action) == ("lines[0]", "confirm")
    with knowingly(Knowing(frozenset({"another"}))), pytest.raises(ConfirmationNeeded):
        trade.submit(row)
    with knowingly(Knowing(frozenset({problem.confirmation}))):
        (done,) = trade.submit(row)
    assert [finding.message for finding in done["warnings"]] == [problem.message]


def test_who_may_pass_says_why(trade: Trade) -> None:
    (one,) = trade.customers(limit=100, number=1)
    (row,) = trade.draft(trade.order(one, 2))
    with (
        knowingly(Knowing(passed={"customer_credit": {"reason": "An old friend"}})),
    ):
        (done,) = trade.submit(row)
    assert [finding.code for finding in done["warnings"]] == ["limit.customer_credit"]


def test_an_order_that_is_too_large_is_held(trade: Trade) -> None:
    (one,) = trade.customers(limit=None, number=1)
    (row,) = trade.draft(trade.order(one, 250, 499))
    with pytest.raises(LimitExceeded) as refused:
        trade.submit(row)
    stored = trade.read(row)
    assert (stored["state"], stored["stage"]) == ("held", "draft")
    sentence = f"Order #{row['id']} is now in the state Held."
    assert refused.value.detail.endswith(sentence)
    assert refused.value.problems[0].hint.endswith(sentence)
    body = handle(refused.value, {}).data
    assert body["moved"] == [
        {
            "doctype": "order",
            "id": row["id"],
            "state": "held",
            "label": "Held",
            "version": stored["version"],
        }
    ]


def test_what_is_not_stored_goes_nowhere(trade: Trade) -> None:
    (one,) = trade.customers(limit=None, number=1)
    with pytest.raises(LimitExceeded) as refused:
        service.create(trade.actor, "Order", [trade.order(one, 250, 499)], submit=True)
    assert "moved" not in handle(refused.value, {}).data
    assert "is now" not in refused.value.detail


def test_what_is_sold_beyond_the_month_is_done_and_told(trade: Trade) -> None:
    (one,) = trade.customers(limit=None, number=1)
    first, second = trade.draft(
        trade.order(one, 9, 10, item="Salt"), trade.order(one, 2, 10, item="Salt")
    )
    assert trade.submit(first)[0]["warnings"] == []
    (done,) = trade.submit(second)
    assert [finding.code for finding in done["warnings"]] == ["limit.monthly_sale"]
