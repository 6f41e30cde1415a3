"""Tokens, sessions, lock-out, companies."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from rest_framework.test import APIClient

from engine_runtime.access.login import FAILURES_ALLOWED
from engine_runtime.access.models import LoginFailure, Membership
from engine_runtime.api import tokens
from tests.api.world import PASSWORD, World

Clients = Callable[..., APIClient]


def credentials(name: str, password: str = PASSWORD) -> dict[str, str]:
    return {"username": name, "password": password}


def test_a_token_opens_the_api(world: World) -> None:
    client = APIClient()
    answer = client.post("/api/auth/token", credentials("keeper"), format="json")
    assert answer.status_code == 200
    body = answer.json()
    assert body["user"]["username"] == "keeper"
    assert [c["code"] for c in body["user"]["companies"]] == ["NORTH", "SOUTH"]
    assert body["user"]["roles"] == ["Keeper"]
    hours = datetime.fromisoformat(body["expires_at"]) - datetime.now(UTC)
    assert timedelta(hours=11.9) < hours < timedelta(hours=12.1)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {body['token']}")
    assert client.get("/api/auth/me").json()["id"] == body["user"]["id"]


@pytest.mark.parametrize(
    ("name", "password"), [("keeper", "wrong"), ("stranger", PASSWORD), ("", ""), ("a\x01", "b")]
)
def test_wrong_credentials_are_one_answer(world: World, name: str, password: str) -> None:
    answer = APIClient().post("/api/auth/token", credentials(name, password), format="json")
    assert answer.status_code == 401
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "auth.credentials_refused"


def test_an_inactive_user_is_refused_also_with_an_old_token(world: World, as_user: Clients) -> None:
    client = as_user("clerk")
    get_user_model().objects.filter(username="clerk").update(is_active=False)
    assert client.get("/api/auth/me").status_code == 401
    answer = APIClient().post("/api/auth/token", credentials("clerk"), format="json")
    assert answer.json()["code"] == "auth.credentials_refused"


def test_a_changed_password_ends_tokens(world: World, as_user: Clients) -> None:
    client = as_user("clerk")
    user = get_user_model().objects.get(username="clerk")
    user.set_password("another one entirely")
    user.save()
    answer = client.get("/api/auth/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.token_refused")


@pytest.mark.parametrize(
    "claims",
    [{"aud": "others"}, {"iss": "others"}, {"exp": datetime(2020, 1, 1, tzinfo=UTC)}, {"sub": "x"}],
)
def test_a_token_for_others_is_refused(world: World, claims: dict[str, object]) -> None:
    whole = {
        "iss": tokens.ISSUER, "aud": tokens.AUDIENCE, "sub": "1", "pwd": "x",
        "exp": datetime.now(UTC) + timedelta(hours=1), **claims,
    }  # fmt: skip
    token = jwt.encode(whole, tokens._key(), algorithm="HS256")
    answer = APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert (answer.status_code, answer.json()["code"]) == (401, "auth.token_refused")


def test_an_unsigned_token_is_refused(world: World) -> None:
    user = get_user_model().objects.get(username="root")
    claims = {"iss": tokens.ISSUER, "aud": tokens.AUDIENCE, "sub": str(user.pk), "pwd": "x",
              "exp": datetime.now(UTC) + timedelta(hours=1)}  # fmt: skip
    token = jwt.encode(claims, "", algorithm="none")
    answer = APIClient().get("/api/auth/me", HTTP_AUTHORIZATION=f"Bearer {token}")
    assert answer.status_code == 401


def test_the_session_needs_a_csrf_token(world: World) -> None:
    client = APIClient(enforce_csrf_checks=True)
    answer = client.post("/api/auth/login", credentials("keeper"), format="json")
    assert answer.status_code == 200
    assert client.get("/api/auth/me").json()["username"] == "keeper"
    bare = client.post("/api/accounts", {"code": "1", "name": "A"}, format="json")
    assert (bare.status_code, bare.json()["code"]) == (403, "access.csrf")
    token = client.cookies["csrftoken"].value
    good = client.post(
        "/api/accounts", {"code": "1", "name": "A"}, format="json", HTTP_X_CSRFTOKEN=token
    )
    assert good.status_code == 201
    out = client.post("/api/auth/logout", {}, format="json", HTTP_X_CSRFTOKEN=token)
    assert out.status_code == 204
    assert client.get("/api/auth/me").status_code == 401


def test_asking_who_i_am_sets_the_csrf_cookie_for_anybody(world: World) -> None:
    client = APIClient()
    assert client.get("/api/auth/me").status_code == 401
    assert "csrftoken" in client.cookies


def test_a_changed_password_ends_sessions(world: World) -> None:
    client = APIClient()
    client.post("/api/auth/login", credentials("keeper"), format="json")
    user = get_user_model().objects.get(username="keeper")
    user.set_password("another one entirely")
    user.save()
    assert client.get("/api/auth/me").status_code == 401


def test_repeated_failures_lock_out_and_time_opens_again(world: World) -> None:
    client = APIClient()
    for _ in range(FAILURES_ALLOWED):
        client.post("/api/auth/token", credentials("keeper", "wrong"), format="json")
    locked = client.post("/api/auth/token", credentials("keeper"), format="json")
    assert (locked.status_code, locked.json()["code"]) == (429, "auth.locked_out")
    assert int(locked["Retry-After"]) > 0
    elsewhere = client.post(
        "/api/auth/token", credentials("keeper"), format="json", REMOTE_ADDR="192.0.2.9"
    )
    assert elsewhere.status_code == 200
    LoginFailure.objects.update(last_at=timezone.now() - timedelta(hours=1))
    assert client.post("/api/auth/token", credentials("keeper"), format="json").status_code == 200
    assert not LoginFailure.objects.filter(username="keeper").exists()


@pytest.mark.parametrize(
    "body", [{}, {"username": "a"}, {"username": 1, "password": "b"}, [], "text", None,
             {"username": "a", "password": "b", "more": 1}]
)  # fmt: skip
def test_a_log_in_of_another_shape_is_malformed(world: World, body: object) -> None:
    answer = APIClient().post("/api/auth/token", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed_body")


def test_a_form_post_is_not_read(world: World) -> None:
    answer = APIClient().post("/api/auth/login", "username=keeper", content_type="text/plain")
    assert answer.status_code == 415


def test_the_company_is_one_of_the_users_own(world: World, as_user: Clients) -> None:
    assert as_user("keeper", world.south).get("/api/auth/me").json()["company"] == world.south
    assert as_user("keeper").get("/api/auth/me").json()["company"] == world.north
    answer = as_user("clerk", world.south).get("/api/accounts")
    assert (answer.status_code, answer.json()["code"]) == (403, "access.company_refused")
    assert as_user("root", world.south).get("/api/accounts").status_code == 200


@pytest.mark.parametrize("header", ["abc", "-1", "1.5", "९"])
def test_a_company_that_is_no_number_is_malformed(
    world: World, as_user: Clients, header: str
) -> None:
    client = as_user("keeper")
    answer = client.get("/api/accounts", HTTP_X_COMPANY=header.encode().decode("latin-1"))
    assert (answer.status_code, answer.json()["code"]) == (400, "request.header_refused")


def test_rights_that_are_taken_away_count_at_once(world: World, as_user: Clients) -> None:
    client = as_user("clerk")
    assert client.get("/api/accounts").status_code == 200
    Membership.objects.all().delete()
    assert client.get("/api/accounts").status_code == 403
