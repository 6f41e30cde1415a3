"""Declared answers, and the answers to what is refused, are exactly as declared."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.kernel.answers import answered, refusal
from engine.kernel.finding import Finding
from engine.kernel.workflow import unmet
from tests.kernel.test_workflow import frame, order_type


def _frame(least: int) -> dict[str, Any]:
    return frame("draft", supplier="Acme") | {"asked": {"least": Decimal(least), "note": None}}


def test_an_answer_has_its_keys_in_order_and_its_lists() -> None:
    action = order_type().actions["summary"]
    assert action.answer is not None
    found = answered(action.answer, _frame(300))
    assert list(found) == ["message", "order", "note", "total", "details"]
    assert found == {
        "message": "Order summarised",
        "order": "Acme",
        "note": None,
        "total": Decimal(900),
        "details": {
            "lines": [{"line": 1, "item": "Soap"}, {"line": 2, "item": "Tin"}],
            "count": 2,
            "exact": "2",
        },
    }


def test_a_refusal_has_the_declared_form() -> None:
    action = order_type().actions["summary"]
    at = _frame(1000)
    found = unmet("action", action.checks, at)
    assert [f.code for f in found] == ["action.sensible"]
    message = "No line can cost 1,000.00 when the order is 900.00."
    assert refusal(action.errors, found[0], at) == (
        400,
        {"error": "Too much", "details": {"message": message, "total": Decimal(900)}},
    )
    assert refusal(action.errors, Finding("field.required", "x", "y"), at) is None
