"""Who may move a document, whose consent is asked for, and what people are told when they may not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.kernel.rules import ask
from engine.kernel.timers import due, escalated
from engine.kernel.workflow import (
    ENGINE,
    Consent,
    Person,
    Possible,
    Seat,
    automatic,
    conditions,
    consenting,
    fingerprint,
    look_at,
    possible,
    requests,
)
from tests.kernel.programs import document
from tests.language.programs import catalog_of, compile_text, good

FACTS = {
    "Cost Center": {11: {"id": 11, "owner": 21}, 12: {"id": 12, "owner": 22}, 13: {"id": 13, "owner": None}},
    "Employee": {
        21: {"id": 21, "login": "asha", "manager": 23},
        22: {"id": 22, "login": "bina", "manager": 23},
        23: {"id": 23, "login": "chief", "manager": None},
    },
}  # fmt: skip
ORDER = {
    "items": [
        {"id": 1, "item": "Soap", "cost_center": 11, "amount": Decimal(400)},
        {"id": 2, "item": "Tin", "cost_center": 12, "amount": Decimal(300)},
        {"id": 3, "item": "Rope", "cost_center": 11, "amount": Decimal(200)},
    ],
    "total": Decimal(900),
    "order_date": datetime(2026, 4, 1, tzinfo=UTC).date(),
}
BUYER = Person(1, "ravi", frozenset({"Buyer"}), frozenset({"read", "write", "create", "cancel"}))


@cache
def catalog() -> Catalog:
    return catalog_of(good("work"))


def order_type() -> Doctype:
    return catalog().doctypes["Purchase Order"]


def frame(state: str, *, total: int = 900, **more: Any) -> dict[str, Any]:
    this = document(catalog(), "Purchase Order", ORDER)
    stage = order_type().workflow.states[state].stage
    this |= {"state": state, "stage": stage, "created_by": 1, "total": Decimal(total)} | more

    def rule(name: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        answer = ask(catalog().rules[name], given, FACTS, {})
        return [] if answer is None else [answer.values]

    return {"this": this, "facts": FACTS, "rule": rule}


def person(name: str, *roles: str, places: Sequence[str] = (), number: int = 9) -> Person:
    return Person(number, name, frozenset(roles), frozenset({"read", "write"}), tuple(places))


def given(at: dict[str, Any], *who: tuple[str, str], transition: str = "approve") -> list[Consent]:
    mark = fingerprint(order_type(), at["this"], order_type().workflow.watched)
    return [Consent(transition, need, name, name, mark) for need, name in who]


def look(name: str, who: Person, at: dict[str, Any], consents: Sequence[Consent] = ()) -> Possible:
    kind = order_type()
    return look_at(kind, kind.workflow, kind.workflow.transitions[name], who, consents, at)


def codes(found: Possible) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_a_buyer_requests_and_nobody_else() -> None:
    assert look("request", BUYER, frame("draft")).ok
    found = look("request", person("meera", "Manager"), frame("draft"))
    assert codes(found) == ["move.role"]
    assert found.reasons[0].message == "Request takes the role Buyer."


def test_each_owner_is_asked_once_for_all_their_lines() -> None:
    at = frame("to_approve")
    approve = order_type().workflow.transitions["approve"]
    asked, wrong = requests(order_type(), order_type().workflow, approve, (), at)
    assert wrong == []
    assert [(r.need, r.people, r.rows) for r in asked] == [
        ("owners", ("asha",), (1, 3)),
        ("owners", ("bina",), (2,)),
    ]


@pytest.mark.parametrize(
    ("total", "roles", "count"), [(900, None, 0), (1000, "Manager", 1), (50000, "Director", 2)]
)
def test_the_band_says_who_and_how_many(total: int, roles: str | None, count: int) -> None:
    at = frame("to_approve", total=total)
    approve = order_type().workflow.transitions["approve"]
    asked, _ = requests(order_type(), order_type().workflow, approve, (), at)
    band = [r for r in asked if r.need == "band"]
    assert [(r.roles, r.count) for r in band] == ([((roles,), count)] if roles else [])


def test_the_document_moves_when_the_last_consent_is_there() -> None:
    at = frame("to_approve")
    asha = person("asha")
    before = look("approve", asha, at)
    assert before.ok
    assert [r.people for r in before.waiting] == [("asha",), ("bina",)]
    after = look("approve", asha, at, given(at, ("owners", "asha")))
    assert codes(after) == ["move.waiting"]
    assert after.reasons[0].message == "You have consented; Approve waits for bina."
    last = look("approve", person("bina"), at, given(at, ("owners", "asha"), ("owners", "bina")))
    assert last.waiting == ()


def test_two_directors_are_two_people() -> None:
    at = frame("to_approve", total=60000)
    owners = given(at, ("owners", "asha"), ("owners", "bina"))
    twice = [*owners, *given(at, ("band", "dev"), ("band", "dev"))]
    assert [r.given for r in look("approve", person("dev", "Director"), at, twice).waiting] == [
        ("dev",)
    ]
    both = [*owners, *given(at, ("band", "dev"), ("band", "esha"))]
    assert look("approve", person("x", "Director"), at, both).waiting == ()


def test_a_consent_ends_when_what_is_watched_changes_and_not_otherwise() -> None:
    at = frame("to_approve")
    consents = given(at, ("owners", "asha"), ("owners", "bina"))
    at["this"]["remarks"] = "urgent"
    assert look("approve", BUYER, at, consents).waiting == ()
    at["this"]["items"][0]["quantity"] = Decimal(7)
    assert len(look("approve", BUYER, at, consents).waiting) == 2


def test_whoever_made_it_does_not_approve_it() -> None:
    at = frame("to_approve")
    found = look("approve", Person(1, "asha", frozenset(), frozenset({"write"})), at)
    assert codes(found) == ["move.creator"]


def test_a_stand_in_consents_for_whom_they_stand_in() -> None:
    at = frame("to_approve")
    approve = order_type().workflow.transitions["approve"]
    asked, _ = requests(order_type(), order_type().workflow, approve, (), at)
    helper = person("hari", places=["bina"])
    assert [(r.people, name) for r, name in consenting(approve, helper, asked, at["this"])] == [
        (("bina",), "bina")
    ]
    assert consenting(approve, person("hari"), asked, at["this"]) == []


def test_a_line_without_an_owner_says_which() -> None:
    at = frame("to_approve")
    at["this"]["items"][1]["cost_center"] = 13
    found = look("approve", person("asha"), at)
    assert [(r.code, r.path) for r in found.reasons] == [("move.nobody", "items[1]")]


def test_those_who_are_asked_may_send_back() -> None:
    at = frame("to_approve", total=2000)
    assert look("send_back", person("asha"), at).ok
    assert look("send_back", person("meera", "Manager"), at).ok
    found = look("send_back", person("zoya"), at)
    assert found.reasons[0].message == "Send back is up to Manager, asha, bina."


def test_only_the_engine_holds() -> None:
    names = [
        p.name for p in possible(order_type(), order_type().workflow, BUYER, (), frame("approved"))
    ]
    assert names == ["receive", "cancel"]
    engine = possible(order_type(), order_type().workflow, ENGINE, (), frame("approved"))
    assert {"hold", "close"} <= {p.name for p in engine if p.ok}


def test_what_is_asked_is_checked() -> None:
    at = frame("approved") | {"asked": {"received_on": datetime(2026, 3, 1, tzinfo=UTC).date()}}
    receive = order_type().workflow.transitions["receive"]
    assert receive.written == ("received_on",)
    found = conditions(receive, at)
    assert [f.code for f in found] == ["move.later"]
    assert found[0].message == "Goods ordered on 2026-04-01 cannot come on 2026-03-01."


def test_what_holds_moves_by_itself() -> None:
    workflow = order_type().workflow
    at = frame("approved")
    assert automatic(workflow, at) is None
    at["this"]["received_on"] = at["this"]["order_date"]
    found = automatic(workflow, at)
    assert found is not None
    assert found.to == "closed"


def test_a_state_that_is_no_more_is_the_first_of_its_stage() -> None:
    workflow = order_type().workflow
    assert workflow.state_of("gone", "submitted").name == "approved"
    assert workflow.state_of(None, None).name == "draft"
    assert workflow.state_of("on_hold", "submitted").name == "on_hold"


@pytest.mark.parametrize(
    ("since", "runs_out"),
    [("2026-11-19", "2026-11-21"), ("2026-11-20", "2026-11-23"), ("2026-11-22", "2026-11-24")],
)
def test_working_days_leave_sundays_out(since: str, runs_out: str) -> None:
    timer = order_type().workflow.timers["late"]
    moment = datetime.fromisoformat(since).replace(hour=10, tzinfo=UTC)
    assert due(timer, moment) == datetime.fromisoformat(runs_out).replace(hour=10, tzinfo=UTC)


def test_the_manager_of_the_one_who_is_late_steps_in() -> None:
    timer = order_type().workflow.timers["late"]
    assert escalated(timer, frame("to_approve"), 21) == {"chief"}
    assert escalated(timer, frame("to_approve"), 23) == frozenset()


def test_a_doctype_without_a_workflow_is_submitted_and_cancelled() -> None:
    compiled = compile_text(good("shop"))
    assert compiled.catalog is not None
    invoice = compiled.catalog.doctypes["Invoice"]
    at = {"this": {"state": "draft", "stage": "draft", "created_by": 1}, "facts": {}}
    clerk = Person(2, "c", frozenset({"Clerk"}), frozenset({"submit"}))
    found = possible(invoice, invoice.workflow, clerk, (), at)
    assert [(p.name, p.ok) for p in found] == [("submit", True)]
    none = possible(invoice, invoice.workflow, Person(3, "d"), (), at)
    assert none[0].reasons[0].message == "Submit takes the right to submit."


def test_a_stand_in_brings_the_roles_of_whom_they_stand_in_for() -> None:
    at = frame("to_approve", total=2000)
    approve = order_type().workflow.transitions["approve"]

    def answers(helper: Person, *given_by: Consent) -> list[tuple[str, str]]:
        asked, _ = requests(order_type(), order_type().workflow, approve, given_by, at)
        found = consenting(approve, helper, asked, at["this"])
        return [(request.need, name) for request, name in found]

    seats = {"chief": Seat(7, frozenset({"Manager"})), "maker": Seat(1, frozenset({"Manager"}))}
    helper = replace(person("hari", places=["chief"]), seats=seats)
    assert answers(helper) == [("band", "chief")]
    assert look("approve", helper, at).ok
    assert answers(person("hari", places=["chief"])) == []
    barred = replace(helper, places=("maker",))
    assert answers(barred) == [], "the one who made it has nobody approve it for them"
    mark = fingerprint(order_type(), at["this"], order_type().workflow.watched)
    once = Consent("approve", "band", "chief", "hari", mark)
    assert answers(replace(helper, roles=frozenset({"Manager"})), once) == []


def test_two_of_a_role_are_two_people_whoever_they_stand_in_for() -> None:
    at = frame("to_approve", total=90000)
    approve = order_type().workflow.transitions["approve"]
    seats = {name: Seat(n, frozenset({"Director"})) for n, name in enumerate(("d1", "d2"), 70)}
    helper = replace(person("hari", places=["d1", "d2"]), seats=seats)
    asked, _ = requests(order_type(), order_type().workflow, approve, (), at)
    found = [(r.need, name) for r, name in consenting(approve, helper, asked, at["this"])]
    assert found == [("band", "d1")]
    mark = fingerprint(order_type(), at["this"], order_type().workflow.watched)
    done = [Consent("approve", "band", "d1", "hari", mark)]
    asked, _ = requests(order_type(), order_type().workflow, approve, done, at)
    assert consenting(approve, helper, asked, at["this"]) == []
