"""Transitions and actions stand in the description of the API, and in what the browser gets."""

from __future__ import annotations

from engine.catalog.browser import client_catalog
from engine_runtime.api.openapi import document
from tests.language.programs import compile_text, good


def test_the_description_lists_transitions_and_actions() -> None:
    catalog = compile_text(good("work")).catalog
    assert catalog is not None
    paths = document(catalog)["paths"]
    route = "/api/purchases/orders"
    for name in (
        "request",
        "approve",
        "send_back",
        "receive",
        "cancel",
        "summary",
        "moves",
        "history",
    ):
        assert f"{route}/{{id}}/{name}" in paths
    for name in ("submit", "hold", "close"):
        assert f"{route}/{{id}}/{name}" not in paths
    sent = paths[f"{route}/{{id}}/send_back"]["post"]["requestBody"]["content"]
    assert sent["application/json"]["schema"]["required"] == ["reason"]
    assert paths[f"{route}/summary"]["post"]["operationId"] == "summaryOfManyPurchaseOrder"
    assert paths[f"{route}/approve"]["post"]["operationId"] == "approveOfManyPurchaseOrder"
    assert f"{route}/moves" in paths
    assert f"{route}/submit" not in paths
    assert "400" in paths[f"{route}/{{id}}/summary"]["post"]["responses"]


def test_the_browser_gets_buttons_with_what_they_ask() -> None:
    catalog = compile_text(good("work")).catalog
    assert catalog is not None
    order = client_catalog(catalog)["doctypes"]["purchase_order"]
    assert order["states"]["to_approve"] == {
        "label": "Waiting for approval", "stage": "draft", "colour": "warning", "edit": ["remarks"],
    }  # fmt: skip
    assert list(order["transitions"]) == [
        "request",
        "approve",
        "send_back",
        "release",
        "receive",
        "cancel",
    ]
    assert order["transitions"]["send_back"]["ask"][""]["fields"]["reason"]["required"]
    assert order["actions"]["again"]["route"] == "again"
    assert order["actions"]["again"]["confirm"] is not None
