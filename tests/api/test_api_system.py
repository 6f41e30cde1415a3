"""The catalog for the browser, the OpenAPI document, its page, health, headers, the application's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openapi_spec_validator import OpenAPIV31SpecValidator
from rest_framework.test import APIClient

from engine_runtime.active.catalog import NothingPublished
from engine_runtime.active.sources import compile_sources, read_folder
from engine_runtime.api import health
from engine_runtime.api.openapi import document
from engine_runtime.jobs.models import BooksCheck, Heartbeat
from tests.api.world import World

Clients = Callable[..., APIClient]
METADATA = Path(__file__).parents[2] / "metadata"


def test_the_description_is_valid_openapi(world: World) -> None:
    answer = Client().get("/api/openapi.json")
    assert answer.status_code == 200
    api = answer.json()
    assert api["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(api).validate()
    again = Client().get("/api/openapi.json", HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


def test_the_description_of_the_standard_pack_is_valid() -> None:
    compiled = compile_sources(read_folder(METADATA))
    assert compiled.catalog is not None, compiled.problems
    api = document(compiled.catalog)
    OpenAPIV31SpecValidator(api).validate()
    names = [o["operationId"] for item in api["paths"].values() for o in _operations(item)]
    assert len(names) == len(set(names))


def _operations(item: dict[str, Any]) -> list[dict[str, Any]]:
    return [o for verb, o in item.items() if verb in ("get", "post", "patch", "delete")]


def test_the_description_names_exact_types(world: World) -> None:
    schemas = Client().get("/api/openapi.json").json()["components"]["schemas"]
    line = schemas["Journal.lines"]["properties"]
    assert line["debit"]["type"] == ["string", "null"]
    assert line["debit"]["pattern"].endswith(r"(\.[0-9]{1,2})?$")
    sent = schemas["Journal.Input"]
    assert sent["required"] == ["narration"]
    assert "total" not in sent["properties"]
    assert sent["properties"]["lines"]["minItems"] == 2
    assert schemas["Account"]["properties"]["kind"]["enum"] == ["asset", "income", None]


def test_every_described_route_answers(keeper: APIClient, world: World) -> None:
    """What is described exists: a GET of each path is not "there is nothing here"."""
    for path, item in Client().get("/api/openapi.json").json()["paths"].items():
        if "get" in item:
            answer = keeper.get(path.replace("{id}", str(world.cash)))
            code = answer.json().get("code") if answer.content else None
            assert code != "request.route_unknown", path
            assert answer.status_code < 500, path


def test_the_page_browses_the_description_from_here_only(world: World) -> None:
    page = Client().get("/api/docs")
    text = b"".join(page.streaming_content).decode()
    assert page["Content-Type"].startswith("text/html")
    assert "http://" not in text
    assert "https://" not in text
    assert Client().get("/api/docs/docs.js").status_code == 200
    assert Client().get("/api/docs/docs.css").status_code == 200
    assert Client().get("/api/docs/../errors.py").status_code in (401, 404)
    assert Client().get("/api/docs/index.html").status_code == 404


def test_the_catalog_shows_what_the_actor_may(as_user: Clients, world: World) -> None:
    keeper = as_user("keeper", world.north).get("/api/meta").json()
    clerk = as_user("clerk").get("/api/meta").json()
    nobody = as_user("nobody").get("/api/meta").json()
    assert keeper["user"]["username"] == "keeper"
    assert [c["code"] for c in keeper["companies"]] == ["NORTH", "SOUTH"]
    assert keeper["doctypes"]["journal"]["route"] == "books/journals"
    assert "submit" in keeper["doctypes"]["journal"]["can"]
    assert clerk["doctypes"]["journal"]["can"] == ["read", "write", "create"]
    assert "move" not in clerk["doctypes"]
    assert set(clerk["reports"]) == {"goods_balance", "leave_costs_report"}
    assert "Trial Balance" in [i["label"] for i in keeper["menu"]["Books"]]
    assert "Trial Balance" not in [i["label"] for i in clerk["menu"]["Books"]]
    assert nobody["menu"] == {}
    assert nobody["reports"] == {}


def test_the_catalog_is_not_sent_twice(as_user: Clients, world: World) -> None:
    client = as_user("keeper", world.north)
    tag = client.get("/api/meta")["ETag"]
    assert client.get("/api/meta", HTTP_IF_NONE_MATCH=tag).status_code == 304
    other = as_user("clerk").get("/api/meta", HTTP_IF_NONE_MATCH=tag)
    assert other.status_code == 200


def test_health_tells_of_database_catalog_worker_and_books(world: World) -> None:
    found = Client().get("/api/health")
    assert found.status_code == 200
    body = found.json()
    assert body["database"] in ("sqlite", "postgresql")
    assert body["catalog"]["version"] >= 1
    assert (body["status"], body["worker"]["status"]) == ("degraded", "missing")
    beat = Heartbeat.objects.create(name="w", at=timezone.now(), memory_mib=80)
    now = timezone.now()
    check = BooksCheck.objects.create(company_id=world.north, requested_at=now, checked_at=now)
    assert Client().get("/api/health").json()["status"] == "ok"
    check.differences = ["General: debit and credit differ"]
    check.save()
    body = Client().get("/api/health").json()
    assert (body["status"], body["books"]["status"]) == ("degraded", "differ")
    assert "General" not in str(body["books"])  # for anybody: that something is wrong, not what
    beat.at = now - timedelta(minutes=10)
    beat.save()
    assert Client().get("/api/health").json()["worker"]["status"] == "late"


@pytest.mark.parametrize("path", ["/api/health", "/api/docs", "/api/nothing", "/", "/sales/5"])
def test_every_answer_carries_security_headers(world: World, path: str) -> None:
    answer = Client().get(path)
    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'self';")
    assert "script-src 'unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Request-ID"]


def test_other_addresses_are_the_application(world: World, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<title>app</title>", encoding="utf-8")
    settings.UI_DIR = tmp_path
    page = Client().get("/sales/invoices/5")
    assert b"".join(page.streaming_content) == b"<title>app</title>"
    assert Client().get("/api/unknown").status_code == 401


def test_before_the_first_publish(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> None:
        raise NothingPublished("No catalog is published.")

    monkeypatch.setattr(health, "active", nothing)
    answer = Client().get("/api/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")
