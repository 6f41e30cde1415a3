"""The command that runs server and worker: they start, answer, do their work, and stop together."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection

from tests.helpers import free_port, until

ROOT = Path(__file__).parents[2]
WITHIN = 60.0
MOST_MEMORY = 150
"""MiB of the worker."""


def database_url() -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{settings['NAME']}"
    user = settings["USER"] + (f":{settings['PASSWORD']}" if settings["PASSWORD"] else "")
    port = settings["PORT"] or 5432
    return f"postgresql://{user}@{settings['HOST']}:{port}/{settings['NAME']}"


@pytest.fixture
def server(
    own_database: None, tmp_path: Path, settings: Any
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    get_user_model().objects.create_superuser("root", password="root")
    connection.close()
    port = free_port()
    environment = {
        **os.environ, "DATABASE_URL": database_url(), "BAHI_VAR": str(tmp_path),
        "BAHI_SECRET_KEY": "k" * 50, "PORT": str(port),
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=environment, stdout=subprocess.PIPE
    )
    try:
        yield process, port
    finally:
        process.terminate()
        process.wait(30)


def ask(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    text = json.dumps(body) if body is not None else None
    client.request(method, path, text, {"Content-Type": "application/json", **headers})
    answer = client.getresponse()
    return answer.status, json.loads(answer.read())


@pytest.mark.slow
def test_server_and_worker_run_and_stop_together(
    server: tuple[subprocess.Popen[bytes], int],
) -> None:
    process, port = server
    assert process.stdout is not None
    assert process.stdout.readline().decode() == f"Listening on http://127.0.0.1:{port}/\n"
    _, login = ask(port, "POST", "/api/auth/token", {"username": "root", "password": "root"})
    token = {"Authorization": f"Bearer {login['token']}"}
    status, company = ask(port, "POST", "/api/companies", {"code": "N", "name": "North"}, **token)
    assert status == 201, company
    accounts = [{"code": "1", "name": "Cash"}, {"code": "2", "name": "Sales"}]
    assert ask(port, "POST", "/api/accounts", accounts, **token)[0] == 201
    lines = [{"account": "1", "debit": "5"}, {"account": "2", "credit": "5"}]
    body = {"narration": "sold", "lines": lines}
    assert ask(port, "POST", "/api/books/journals?submit=true", body, **token)[0] == 201

    def checked() -> bool:
        found = ask(port, "GET", "/api/health")[1]
        return bool(found["worker"]["status"] == "ok" and found["books"]["companies"] == 1)

    until(checked, within=WITHIN)
    health = ask(port, "GET", "/api/health")[1]
    assert (health["status"], health["books"]["status"]) == ("ok", "ok")
    assert health["worker"]["memory_mib"] <= MOST_MEMORY
    _refuses_large_bodies(port, token)

    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    with pytest.raises(OSError):
        ask(port, "GET", "/api/health")


def _refuses_large_bodies(port: int, token: dict[str, str]) -> None:
    """Over a real socket the sender gets the answer, not a broken connection."""
    status, problem = ask(port, "POST", "/api/accounts", {"code": "x" * 20_000_000}, **token)
    assert (status, problem["code"]) == (413, "request.too_large")
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    chunks = iter([b"x" * 1_000_000] * 6)
    client.request("POST", "/api/accounts", chunks, {**token, "Content-Type": "application/json"})
    assert client.getresponse().status == 411
