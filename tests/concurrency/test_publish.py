"""Catalogs are published while servers answer: nobody notices but by what is new."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection

from tests.api.test_api_serve import ask, database_url, free_port

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
CLIENTS = 4
EVERYWHERE = 2.0
"""Seconds after which every process has the new catalog."""

PACK = "pack: live\nversion: 1.0.0\n"
FIRST = """
doctype: Company
company: none
name: {by: code}
fields:
  code: {type: text, required: true}
  name: {type: text}
  currency: {type: link, to: Currency}
---
doctype: Currency
company: shared
name: {by: code}
fields: {code: {type: text, required: true}, decimals: {type: integer, default: 2}}
---
doctype: Note
company: required
submittable: true
name: {by: code}
fields:
  code:  {type: text, required: true}
  memo:  {type: text}
  lines: {type: table, fields: {amount: {type: money, in: company}}}
"""
SECOND = FIRST.replace(
    "  memo:  {type: text}\n",
    "  remark: {type: text, renamed_from: {name: memo, until: '2.0.0'}}\n"
    "  size:  {type: integer, required: true, default: '7'}\n"
    "  shout: {type: text, backfill: \"text('{}!', remark)\"}\n",
)
THIRD = SECOND.replace(
    "doctype: Note\n", "doctype: Letter\nrenamed_from: {name: Note, until: '2.0.0'}\n"
)


@dataclass
class Client(threading.Thread):
    """Makes, submits, changes, reads and lists notes until told to stop; remembers what went wrong."""

    port: int
    token: str
    number: int
    stop: threading.Event
    wrong: list[str] = field(default_factory=list)
    seen: list[tuple[float, bool]] = field(default_factory=list)
    """(when asked, whether the answer knew the new field)"""
    slowest: float = 0.0
    made: int = 0

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        while not self.stop.is_set():
            self.made += 1
            code = f"{self.number}-{self.made}"
            body = {"code": code, "memo": "hello", "lines": [{"amount": "1.25"}]}
            note = self._ask("POST", "/api/notes", body)
            if note is None:
                continue
            place = f"/api/notes/{note['id']}"
            changed = self._ask("PATCH", place, {"version": note["version"], "memo": "good day"})
            if changed is not None and changed["memo"] != "good day":
                self.wrong.append(f"{code}: the memo is {changed['memo']}")
            self._ask("POST", f"{place}/submit", {})
            self._ask("GET", "/api/notes?fields=code,memo&limit=5")
            if changed is not None:
                self._ask("GET", place)

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        asked = time.monotonic()
        try:
            status, answer = ask(
                self.port, method, path, body, Authorization=f"Bearer {self.token}"
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.wrong.append(f"{method} {path}: {error!r}")
            return None
        self.slowest = max(self.slowest, time.monotonic() - asked)
        if status >= 300:
            self.wrong.append(f"{method} {path}: {status} {answer}")
            return None
        if isinstance(answer, dict) and "code" in answer:
            self.seen.append((asked, "shout" in answer))
        return answer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "pack.yaml").write_text(PACK)
    (tmp_path / "pack" / "all.yaml").write_text(FIRST)
    return tmp_path / "pack"


@pytest.fixture
def server(
    empty_database: None, folder: Path, tmp_path: Path, settings: Any
) -> Iterator[tuple[int, str]]:
    """Two server processes; (port, token)."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    call_command("publish", str(folder))
    get_user_model().objects.create_superuser("root", password="root")
    connection.close()
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve", "--no-worker", "--workers", "2"],
        cwd=ROOT,
        env=environment(tmp_path) | {"PORT": str(port)},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert b"Listening" in process.stdout.readline()
        _, login = ask(port, "POST", "/api/auth/token", {"username": "root", "password": "root"})
        bearer = f"Bearer {login['token']}"
        body = {"code": "N", "name": "North"}
        status, made = ask(port, "POST", "/api/companies", body, Authorization=bearer)
        assert status == 201, made
        yield port, login["token"]
    finally:
        process.terminate()
        process.wait(30)


def environment(tmp_path: Path) -> dict[str, str]:
    return {
        **os.environ, "DATABASE_URL": database_url(), "BAHI_VAR": str(tmp_path),
        "BAHI_SECRET_KEY": "k" * 50,
    }  # fmt: skip


def publish(tmp_path: Path, *options: str) -> str:
    """In a process of its own, as an administrator does it."""
    done = subprocess.run(
        [sys.executable, "manage.py", "publish", *options],
        cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_no_request_fails_while_catalogs_are_published_and_taken_back(
    server: tuple[int, str], folder: Path, tmp_path: Path
) -> None:
    port, token = server
    stop = threading.Event()
    clients = [Client(port, token, number, stop) for number in range(CLIENTS)]
    for client in clients:
        client.start()
    time.sleep(1.5)
    begun = time.monotonic()
    done: list[float] = []
    for text in (SECOND, THIRD):
        (folder / "all.yaml").write_text(text)
        assert "is live" in publish(tmp_path, str(folder))
        done.append(time.monotonic())
        time.sleep(EVERYWHERE + 1.0)
    assert "Catalog 4 is live" in publish(tmp_path, "--back")
    back = time.monotonic()
    time.sleep(EVERYWHERE + 0.5)
    stop.set()
    for client in clients:
        client.join(30)
    wrong = [text for client in clients for text in client.wrong]
    assert not wrong, "\n".join(wrong[:10])
    assert sum(client.made for client in clients) > 3 * CLIENTS
    seen = sorted(pair for client in clients for pair in client.seen)
    late = [new for asked, new in seen if done[0] + EVERYWHERE < asked < back]
    assert late
    assert all(late), "every process has the new catalog"
    early = [new for asked, new in seen if asked < begun]
    assert early
    assert not any(early), "nobody has it before it is published"
    _check_rows(sum(client.made for client in clients))
    print("slowest", max(client.slowest for client in clients))  # noqa: T201


def _check_rows(made: int) -> None:
    """Whatever catalog a note was written by: it has its lines, its default and what was to be filled in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(size), min(size), max(size) FROM doc_note")
        count, sizes, least, most = cursor.fetchone()
        assert (count, sizes, least, most) == (made, made, 7, 7)
        cursor.execute("SELECT count(*) FROM doc_note__lines")
        assert cursor.fetchone() == (made,)
        cursor.execute("SELECT count(*) FROM doc_note WHERE catalog = 1 AND shout IS NULL")
        assert cursor.fetchone() == (0,), "rows of before are filled, to the last one"


MANY = FIRST + "".join(
    f"---\ndoctype: Thing {place}\ncompany: none\nfields:\n"
    + "".join(f"  f{one}: {{type: integer, formula: g + {one}}}\n" for one in range(30))
    + "  g: {type: integer}\n"
    for place in range(60)
)


def test_processes_that_nobody_asked_answer_by_the_new_catalog_at_once(
    server: tuple[int, str], folder: Path, tmp_path: Path
) -> None:
    """They have compiled it meanwhile: of many that ask at once, none is answered by the old one."""
    port, token = server
    text = MANY.replace("  memo:  {type: text}\n", "  remark: {type: text, renamed_from: memo}\n")
    (folder / "all.yaml").write_text(text)
    assert "is live" in publish(tmp_path, str(folder))
    time.sleep(EVERYWHERE)
    answers: list[tuple[int, Any]] = []

    def look() -> None:
        for path in ("/api/notes?limit=1&fields=code,remark", "/api/thing_7s?limit=1"):
            answers.append(ask(port, "GET", path, Authorization=f"Bearer {token}"))

    asking = [threading.Thread(target=look) for _ in range(20)]
    for one in asking:
        one.start()
    for one in asking:
        one.join(60)
    assert [answer for answer in answers if answer[0] != 200] == []
    assert len(answers) == 40
