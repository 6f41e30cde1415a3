"""Many documents at once where limits refuse some: each row tells what a call with it alone would answer."""

from __future__ import annotations

from dataclasses import replace

from engine_runtime.access.actor import Actor
from engine_runtime.api.moves import result_json, together_json
from engine_runtime.documents.many import each_for_itself
from engine_runtime.documents.together import together
from tests.runtime.limits.trade import Trade

PROGRAM = "limits"


def clerk_of(trade: Trade) -> Actor:
    company = trade.actor.company_id
    assert company is not None
    return Actor(7, "clerk", company, frozenset({company}), {company: frozenset({"Clerk"})})


def test_a_row_has_the_declared_answer_and_where_the_document_went(trade: Trade) -> None:
    (poor,) = trade.customers(limit=100, number=1)
    (rich,) = trade.customers(limit=None, number=1)
    fine, over, large = trade.draft(
        trade.order(rich, 1), trade.order(poor, 2), trade.order(rich, 250, 499)
    )
    ids = [fine["id"], over["id"], large["id"], 999_999]
    found = list(each_for_itself(clerk_of(trade), "Order", "submit", ids, {}))
    done, refused, held, gone = (result_json(result) for result in found)
    assert (done["status"], done["answer"]["state"], done["answer"]["moved"]) == (
        200, "submitted", True,
    )  # fmt: skip
    assert "problem" not in done
    assert (refused["status"], refused["answer"]["error"]) == (400, "Credit limit exceeded")
    assert refused["problem"]["code"] == "limit.exceeded"
    assert refused["problem"]["problems"][0]["pass"]["roles"] == ["Credit Controller"]
    assert "moved" not in refused
    stored = trade.read(large)
    assert held["moved"] == [
        {"doctype": "order", "id": large["id"], "state": "held", "label": "Held",
         "version": stored["version"]}
    ]  # fmt: skip
    assert (held["status"], "answer" in held) == (422, False)
    assert (gone["status"], gone["problem"]["code"]) == (404, "document.not_found")
    kept = [result.as_json() for result in found]
    assert kept[1]["answer"] == refused["answer"]
    assert kept[1]["problems"][0]["code"] == "limit.customer_credit"
    assert kept[2]["moved"] == held["moved"]


def test_what_can_be_done_with_several_says_with_how_many(trade: Trade) -> None:
    (one,) = trade.customers(limit=None, number=1)
    first, second, third = trade.draft(*[trade.order(one, 1) for _ in range(3)])
    trade.submit(third)
    ids = [first["id"], second["id"], third["id"], 999_999]
    found = together_json(together(clerk_of(trade), "Order", ids))
    assert found["total"] == 4
    submit, cancel = found["transitions"]
    assert (submit["name"], submit["label"], submit["able"]) == ("submit", "Submit", 2)
    assert submit["reasons"] == [
        {"message": "It does not lead out of the state Submitted.", "count": 1},
        {"message": "It is no more there.", "count": 1},
    ]
    assert (cancel["name"], cancel["able"]) == ("cancel", 1)
    stranger = replace(clerk_of(trade), roles={})
    stranger = replace(stranger, superuser=True)
    assert together(stranger, "Order", ids[:2]).transitions[0].able == 2
