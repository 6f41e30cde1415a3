"""A small business of its own (tests/api/pack), two companies, users with different rights, and clients for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from rest_framework.test import APIClient

from engine_runtime.access.actor import system_actor
from engine_runtime.access.members import actor_named, member
from engine_runtime.access.models import Membership
from engine_runtime.api import tokens
from engine_runtime.documents import service
from tests.api.world import PASSWORD, World

PACK = Path(__file__).parent / "pack"


@pytest.fixture(scope="session")
def metadata_folder() -> Path:
    """The business of these tests."""
    return PACK


@pytest.fixture(scope="module", autouse=True)
def published(django_db_setup: None, module_database: None) -> None:
    """Every module has a database of its own with the pack published; each test is rolled back in it."""


@pytest.fixture(autouse=True)
def quick_hashes(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def world(db: None) -> World:
    north, south = _companies()
    in_north, in_south = system_actor(north), system_actor(south)
    accounts = [
        {"code": "1000", "name": "Cash", "kind": "asset"},
        {"code": "4000", "name": "Sales", "kind": "income"},
    ]
    cash, sales = service.create(in_north, "Account", accounts)
    foreign = service.create(in_south, "Account", accounts[:1])[0]
    nails = service.create(in_north, "Goods", [{"code": "N", "name": "Nails"}])[0]
    _user("keeper", [(north, "Keeper"), (south, "Keeper")])
    _user("clerk", [(north, "Clerk")])
    _user("outsider", [(north, "Outsider")])
    _user("nobody", [])
    get_user_model().objects.create_superuser("root", password=PASSWORD)
    return World(north, south, cash["id"], sales["id"], foreign["id"], nails["id"])


def _companies() -> tuple[int, int]:
    rows = [{"code": "NORTH", "name": "North Ltd"}, {"code": "SOUTH", "name": "South Ltd"}]
    north, south = service.create(system_actor(), "Company", rows)
    return north["id"], south["id"]


def _user(name: str, memberships: list[tuple[int, str]]) -> None:
    user = get_user_model().objects.create_user(name, password=PASSWORD)
    for company, role in memberships:
        Membership.objects.create(user=user, company_id=company, role=role)


@pytest.fixture
def as_user(world: World) -> Callable[..., APIClient]:
    """``as_user("clerk")``: a client with that user's token; ``company=`` sets X-Company."""

    def make(name: str, company: int | None = None) -> APIClient:
        user = get_user_model().objects.get(username=name)
        found = member(user.pk)
        assert found is not None
        token, _ = tokens.issue(found.user_id, found.fingerprint)
        client = APIClient()
        headers = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
        if company is not None:
            headers["HTTP_X_COMPANY"] = str(company)
        client.credentials(**headers)
        return client

    return make


@pytest.fixture
def keeper(as_user: Callable[..., APIClient], world: World) -> APIClient:
    return as_user("keeper", world.north)


@pytest.fixture
def journal(world: World) -> Callable[..., dict[str, Any]]:
    """The body of a journal: ``amount`` from sales to cash."""

    def make(amount: str = "100.00", day: str = "2026-05-10", **more: Any) -> dict[str, Any]:
        lines = [
            {"account": world.cash, "debit": amount},
            {"account": world.sales, "credit": amount},
        ]
        return {"posting_date": day, "narration": "Sold", "lines": lines, **more}

    return make


@pytest.fixture
def actor(world: World) -> Any:
    return actor_named("keeper", world.north)
