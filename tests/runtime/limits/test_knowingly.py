"""What a program sends and is answered where limits are passed knowingly, or refused."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from engine.kernel.finding import Passable
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.api.errors import handle
from engine_runtime.api.headers import knowing, require_passable
from engine_runtime.api.problems import HeaderRefused
from engine_runtime.api.views_system import meta_for
from engine_runtime.documents import moving
from engine_runtime.documents.errors import ConfirmationNeeded, LimitExceeded, NotAllowed
from engine_runtime.documents.models import Version
from engine_runtime.documents.service import Reference
from engine_runtime.posting.session import Knowing, knowingly
from tests.runtime.limits.trade import Trade

PROGRAM = "limits"


def test_headers_say_what_a_person_confirms_and_passes() -> None:
    found = knowing({"X-Confirm": "a, b,", "X-Pass": '{"credit": {"reason": "\\u0939"}}'})
    assert found == Knowing(frozenset({"a", "b"}), {"credit": {"reason": "ह"}})
    assert knowing({}) == Knowing()
    for wrong in ("{", "[]", '{"credit": 1}'):
        with pytest.raises(HeaderRefused):
            knowing({"X-Pass": wrong})


def test_only_limits_that_may_be_passed_are_named(trade: Trade) -> None:
    catalog = active().catalog
    require_passable(knowing({"X-Pass": '{"customer_credit": {"reason": "x"}}'}), catalog)
    for unknown in ("limit.customer_credit", "nothing", "monthly_sale"):
        with pytest.raises(HeaderRefused, match=f'"{unknown}".*Known: customer_credit'):
            require_passable(knowing({"X-Pass": f'{{"{unknown}": {{}}}}'}), catalog)


def test_a_refusal_is_answered_as_the_limit_declares(trade: Trade) -> None:
    (one,) = trade.customers(limit=100, number=1)
    (row,) = trade.draft(trade.order(one, 2))
    with pytest.raises(LimitExceeded) as refused:
        trade.submit(row)
    answer = handle(refused.value, {})
    assert (answer.status_code, answer.data["error"]) == (400, "Credit limit exceeded")
    assert set(answer.data["details"]) == {
        "approved", "credit_limit", "outstanding_balance", "available_credit", "order_amount", "message",
    }  # fmt: skip


def test_who_asks_for_problems_is_told_what_may_be_passed(trade: Trade) -> None:
    (one,) = trade.customers(limit=100, number=1)
    (row,) = trade.draft(trade.order(one, 2))
    with pytest.raises(LimitExceeded) as refused:
        trade.submit(row)
    asking = RequestFactory().get("/", headers={"Accept": "application/problem+json"})
    answer = handle(refused.value, {"request": asking})
    assert (answer.status_code, answer.data["code"]) == (400, "limit.exceeded")
    assert answer.data["answer"]["error"] == "Credit limit exceeded"
    (problem,) = answer.data["problems"]
    assert problem["pass"] == {"limit": "customer_credit", "roles": ["Credit Controller"]}


def test_what_is_asked_is_told_to_whom_it_concerns(trade: Trade) -> None:
    company = trade.actor.company_id
    assert company is not None
    here = frozenset({company})
    catalog = active().catalog
    clerk = Actor(7, "clerk", company, here, {company: frozenset({"Clerk"})})
    assert meta_for(clerk, catalog)["limits"] == {}
    boss = Actor(8, "boss", company, here, {company: frozenset({"Credit Controller"})})
    limit = meta_for(boss, catalog)["limits"]["customer_credit"]
    assert list(limit["ask"][""]["fields"]) == ["reason"]


def test_what_is_to_be_confirmed_brings_its_confirmation(trade: Trade) -> None:
    (one,) = trade.customers(limit=None, number=1)
    (row,) = trade.draft(trade.order(one, 1, 501))
    with pytest.raises(ConfirmationNeeded) as asked:
        trade.submit(row)
    answer = handle(asked.value, {})
    (problem,) = answer.data["problems"]
    assert (answer.status_code, problem["action"]) == (422, "confirm")
    assert problem["send"] == f"X-Confirm: {problem['confirmation']}"
    with knowingly(knowing({"X-Confirm": problem["confirmation"]})):
        trade.submit(row)


@pytest.mark.parametrize("first", ["boss", "clerk"])
def test_who_may_pass_is_asked_before_the_document_goes_another_way(
    trade: Trade, first: str
) -> None:
    """With a pass the document goes on, from where it stands; without one it is held for those who may not pass."""
    (one,) = trade.customers(limit=None, number=1)
    (row,) = trade.draft(trade.order(one, 250, 499))
    company = trade.actor.company_id
    assert company is not None
    here = frozenset({company})
    roles = {"clerk": {"Clerk"}, "boss": {"Clerk", "Credit Controller"}}
    clerk, boss = (
        Actor(n, name, company, here, {company: frozenset(roles[name])})
        for n, name in ((7, "clerk"), (8, "boss"))
    )
    with pytest.raises(LimitExceeded) as refused:
        moving.move(boss if first == "boss" else clerk, "Order", Reference(row["id"], 1), "submit")
    (problem,) = refused.value.problems
    assert isinstance(problem, Passable)
    assert [each.state for each in refused.value.moved] == ([] if first == "boss" else ["held"])
    stored = trade.read(row)
    assert (stored["state"], stored["version"]) == (
        ("draft", 1) if first == "boss" else ("held", 2)
    )
    with knowingly(Knowing(passed={"large_order": {}})):
        reference = Reference(row["id"], stored["version"])
        assert moving.move(boss, "Order", reference, "submit").moved
    assert trade.read(row)["stage"] == "submitted"


def test_only_who_may_passes_a_limit(trade: Trade) -> None:
    (one,) = trade.customers(limit=100, number=1)
    (row,) = trade.draft(trade.order(one, 2))
    company = trade.actor.company_id
    assert company is not None
    here = frozenset({company})
    clerk = Actor(7, "clerk", company, here, {company: frozenset({"Clerk"})})
    passing = Knowing(passed={"customer_credit": {"reason": "An old friend"}})
    with knowingly(passing), pytest.raises(NotAllowed):
        moving.move(clerk, "Order", Reference(row["id"]), "submit")
    assert trade.read(row)["stage"] == "draft"
    with knowingly(Knowing()), pytest.raises(LimitExceeded):
        moving.move(clerk, "Order", Reference(row["id"]), "submit")
    controller = Actor(
        8, "boss", company, here, {company: frozenset({"Clerk", "Credit Controller"})}
    )
    with knowingly(passing):
        assert moving.move(controller, "Order", Reference(row["id"]), "submit").moved
    kept = Version.objects.get(document_id=row["id"], action="submit").changes
    assert kept["passed"]["customer_credit"]["reason"] == "An old friend"
    assert "100.00 at most" in kept["passed"]["customer_credit"]["found"]
