"""Reports over HTTP: what accountants expect of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from engine_runtime.tables.gateway import gateway
from tests.api.world import World

Journal = Callable[..., dict[str, Any]]
Clients = Callable[..., APIClient]
PERIOD = {"from_date": "2026-05-01", "to_date": "2026-05-31"}


@pytest.fixture
def booked(keeper: APIClient, journal: Journal) -> None:
    """Before, inside and after May 2026; one of May is cancelled again."""
    for amount, day in (("100", "2026-04-10"), ("40", "2026-05-01"), ("2.50", "2026-05-31"),
                        ("7", "2026-06-01")):  # fmt: skip
        body = journal(amount, day, narration=f"Sold for {amount}")
        assert (
            keeper.post("/api/books/journals?submit=true", body, format="json").status_code == 201
        )
    wrong = keeper.post(
        "/api/books/journals?submit=true", journal("9", "2026-05-15"), format="json"
    )
    keeper.post(f"/api/books/journals/{wrong.json()['id']}/cancel", {}, format="json")


def report(client: APIClient, key: str, **query: Any) -> dict[str, Any]:
    answer = client.get(f"/api/reports/{key}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()  # type: ignore[no-any-return]


def test_the_trial_balance(keeper: APIClient, booked: None, world: World) -> None:
    found = report(keeper, "trial_balance", **PERIOD)
    names = [c["name"] for c in found["columns"]]
    assert names == ["account", "kind", "opening_debit", "opening_credit", "debit", "credit",
                     "closing_debit", "closing_credit"]  # fmt: skip
    cash, sales = found["rows"]
    assert cash["account"]["id"] == world.cash
    assert cash["kind"] == "asset"
    assert [cash[n] for n in names[2:]] == ["100.00", "0.00", "51.50", "9.00", "142.50", "0.00"]
    assert [sales[n] for n in names[2:]] == ["0.00", "100.00", "9.00", "51.50", "0.00", "142.50"]
    totals = found["totals"]
    for debit, credit in (("opening_debit", "opening_credit"), ("debit", "credit"),
                          ("closing_debit", "closing_credit")):  # fmt: skip
        assert totals[debit] == totals[credit]
    assert totals["closing_debit"] == "142.50"
    assert "kind" not in totals


def test_the_ledger_of_an_account_runs_on(keeper: APIClient, booked: None, world: World) -> None:
    found = report(keeper, "account_ledger", account=world.cash, **PERIOD)
    assert found["opening"] == {"balance": "100.00"}
    shown = [(r["date"], r["debit"], r["credit"], r["balance"]) for r in found["rows"]]
    assert shown == [
        ("2026-05-01", "40.00", "0.00", "140.00"),
        ("2026-05-15", "9.00", "0.00", "149.00"),
        ("2026-05-15", "0.00", "9.00", "140.00"),
        ("2026-05-31", "2.50", "0.00", "142.50"),
    ]
    assert found["closing"] == {"balance": "142.50"}
    assert found["totals"] == {"debit": "51.50", "credit": "9.00"}
    assert found["asked"]["account"]["id"] == world.cash
    first = found["rows"][0]
    assert first["origin"]["doctype"] == "journal"
    assert first["origin"]["title"]
    assert first["_drill"] == {"route": "books/journals", "id": first["origin"]["id"]}
    assert keeper.get(f"/api/{first['_drill']['route']}/{first['_drill']['id']}").status_code == 200


def test_a_row_drills_down_with_its_keys_and_period(
    keeper: APIClient, booked: None, world: World
) -> None:
    row = report(keeper, "trial_balance", **PERIOD)["rows"][0]
    assert row["_drill"] == {
        "report": "account_ledger",
        "params": {"company": world.north, "account": world.cash, **PERIOD},
    }
    below = report(keeper, row["_drill"]["report"], **row["_drill"]["params"])
    assert below["closing"]["balance"] == row["closing_debit"]


def move(client: APIClient, world: World, quantity: str, rate: str, day: str) -> None:
    line = {"goods": world.nails, "quantity": quantity, "rate": rate}
    body = {"posting_date": day, "lines": [line]}
    answer = client.post("/api/moves?submit=true", body, format="json")
    assert answer.status_code == 201, answer.content


def test_quantities_and_values_come_in_and_go_out(keeper: APIClient, world: World) -> None:
    move(keeper, world, "10", "2.00", "2026-04-10")
    move(keeper, world, "10", "3.00", "2026-05-05")
    move(keeper, world, "-4", "0", "2026-05-06")
    found = report(keeper, "goods_balance", **PERIOD)
    row = found["rows"][0]
    assert [Decimal(row[n]) for n in ("opening", "inward", "outward", "quantity")] == [
        10,
        10,
        4,
        16,
    ]
    assert (Decimal(row["value"]), Decimal(row["rate"])) == (Decimal(40), Decimal("2.5"))
    assert Decimal(found["totals"]["rate"]) == Decimal("2.5")
    at = report(keeper, "goods_at", to_date="2026-04-30")["rows"]
    assert [(Decimal(r["quantity"]), Decimal(r["value"])) for r in at] == [(10, 20)]
    assert report(keeper, "goods_at", to_date="2026-04-01")["rows"] == []


def test_a_parameter_named_like_a_dimension_narrows(keeper: APIClient, world: World) -> None:
    move(keeper, world, "10", "2.00", "2026-05-05")
    assert len(report(keeper, "goods_balance", goods=world.nails, **PERIOD)["rows"]) == 1
    assert len(report(keeper, "goods_balance", goods="N", **PERIOD)["rows"]) == 1
    unknown = keeper.get("/api/reports/goods_balance", {"goods": world.nails + 1, **PERIOD})
    assert unknown.json()["problems"][0]["path"] == "query.goods"


def test_another_companys_entries_never_show(
    keeper: APIClient, as_user: Clients, booked: None, world: World
) -> None:
    south = as_user("keeper", world.south)
    assert report(south, "trial_balance", **PERIOD)["rows"] == []
    asked = report(south, "trial_balance", company=world.north, **PERIOD)
    assert len(asked["rows"]) == 2  # a member of both may ask for either
    answer = as_user("clerk").get("/api/reports/goods_balance", {"company": world.south})
    assert (answer.status_code, answer.json()["code"]) == (403, "access.company_refused")


def test_reports_follow_the_roles(as_user: Clients, world: World) -> None:
    clerk = as_user("clerk")
    assert clerk.get("/api/reports/goods_balance").status_code == 200
    answer = clerk.get("/api/reports/trial_balance")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
    assert [r["key"] for r in clerk.get("/api/reports").json()["rows"]] == [
        "goods_balance",
        "leave_costs_report",
    ]


@pytest.mark.parametrize(
    ("key", "query", "path"),
    [
        ("trial_balance", {"from_date": "soon"}, "query.from_date"),
        ("trial_balance", {"from_date": "2026-02-30"}, "query.from_date"),
        ("trial_balance", {"colour": "red"}, "query.colour"),
        ("trial_balance", {"company": "x"}, "query.company"),
        ("trial_balance", {"from_date": "2026-06-01", "to_date": "2026-05-01"}, None),
        ("account_ledger", {}, "query.account"),
        ("account_ledger", {"account": "cash"}, "query.account"),
        ("account_ledger", {"account": str(2**70)}, "query.account"),
    ],
)
def test_bad_parameters_are_named(
    keeper: APIClient, key: str, query: dict[str, str], path: str | None
) -> None:
    answer = keeper.get(f"/api/reports/{key}", query)
    assert answer.status_code == 400, answer.content
    if path is not None:
        assert [p["path"] for p in answer.json()["problems"]] == [path]


def test_the_number_of_statements_does_not_grow(
    keeper: APIClient, journal: Journal, booked: None, world: World
) -> None:
    def sent() -> int:
        before = gateway().statements
        report(keeper, "account_ledger", account=world.cash, **PERIOD)
        return gateway().statements - before

    few = sent()
    for _ in range(10):
        keeper.post("/api/books/journals?submit=true", journal("1", "2026-05-20"), format="json")
    assert sent() == few <= 8
