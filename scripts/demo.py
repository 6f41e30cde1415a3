"""`make demo`: the demo company, running. Continues where it was; RESET=1 starts over.

PORT (8000) and DATABASE_URL (SQLite in var/) are read from the environment.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import unquote, urlsplit

from scripts.places import ROOT, VAR, venv_program
from scripts.shell import StepFailed, Timed, output, run, say

READY_WITHIN = 60
"""Seconds that the server may take to answer."""

RESET_POSTGRESQL = """
import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    tables = {row[0] for row in connection.execute(
        "select table_name from information_schema.tables where table_schema = 'public'")}
    if tables and "active_appliedcatalog" not in tables:
        sys.exit("This database holds tables that are not Bahi's; it is left as it is.")
    connection.execute("drop schema public cascade")
    connection.execute("create schema public")
"""

REACH = """
import sys, psycopg
try:
    psycopg.connect(sys.argv[1], connect_timeout=5).close()
except psycopg.Error as error:
    print(str(error).strip().splitlines()[-1])
"""

DJANGO = "import os, django\nos.environ['DJANGO_SETTINGS_MODULE'] = 'engine_runtime.project.settings'\ndjango.setup()\n"
IS_EMPTY = """
from django.contrib.auth import get_user_model
from engine_runtime.access.companies import company_ids
print(not company_ids() and not get_user_model().objects.exists())
"""
LOG_IN = """
from django.contrib.auth import authenticate
from engine_runtime.exchange.demo_users import ADMINISTRATOR as name
password = f"{name}-demo-2026"
if authenticate(username=name, password=password):
    print(f"Log in as  {name}  with the password  {password}  (for this demonstration only).")
"""


def main() -> int:
    os.chdir(ROOT)
    VAR.mkdir(exist_ok=True)
    port = os.environ.get("PORT") or "8000"
    database = os.environ.get("DATABASE_URL") or f"sqlite:///{VAR / 'bahi.sqlite3'}"
    environment = {**os.environ, "PORT": port, "DATABASE_URL": database}
    try:
        _require_free(port)
        prepare(environment)
    except StepFailed as failure:
        say(f"\nThe demo did not start: {failure}")
        return 1
    return _serve(port, environment)


def prepare(environment: dict[str, str]) -> None:
    """Bring the database to where the demo can be served: tables, catalog, demo company."""
    if os.environ.get("RESET") == "1":
        reset(environment["DATABASE_URL"])
    _require_database(environment["DATABASE_URL"])
    manage = [venv_program("python"), "manage.py"]
    with Timed("Create or update the fixed tables"):
        run([*manage, "migrate", "--verbosity", "0"], environment=environment)
    metadata = environment.get("BAHI_METADATA") or "metadata"
    with Timed(f"Compile {metadata} and publish it"):
        run([*manage, "publish", metadata], environment=environment)
    if _ask(IS_EMPTY, environment) == "True":
        with Timed("Load the demo company"):
            _load(manage, environment)


def _load(manage: list[str], environment: dict[str, str]) -> None:
    try:
        run([*manage, "load_demo"], environment=environment)
    except StepFailed as failure:
        hint = "The database may hold a part of the demo: make demo RESET=1 starts over."
        raise StepFailed(f"{failure}\n{hint}") from failure


def _ask(program: str, environment: dict[str, str]) -> str:
    """What ``program`` prints with Django set up; '' when it fails."""
    return output([venv_program("python"), "-c", DJANGO + program], environment) or ""


def reset(database: str) -> None:
    """Empty the database at the URL ``database``. Refuses a PostgreSQL database that holds other tables."""
    place = urlsplit(database)
    if place.scheme == "sqlite":
        for name in ("", "-wal", "-shm", "-journal"):
            (ROOT / f"{unquote(place.path[1:])}{name}").unlink(missing_ok=True)
    else:
        run([venv_program("python"), "-c", RESET_POSTGRESQL, database])


def _require_database(database: str) -> None:
    """Refuse a DATABASE_URL that leads nowhere, before a program stumbles over it."""
    place = urlsplit(database)
    if place.scheme == "sqlite":
        return
    if place.scheme not in ("postgresql", "postgres"):
        raise StepFailed(
            f"DATABASE_URL begins with '{place.scheme}:'. "
            "Write sqlite:///var/bahi.sqlite3 or postgresql://user:password@host:5432/name."
        )
    wrong = output([venv_program("python"), "-c", REACH, database])
    if wrong:
        name = unquote(place.path[1:]) or "bahi"
        host = f"--host {place.hostname} " if place.hostname else ""
        raise StepFailed(
            f"PostgreSQL does not give us the database '{name}': {wrong}\n"
            f"Where it is missing, make it with: createdb {host}{name}"
        )


def _require_free(port: str) -> None:
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise StepFailed(f"PORT is '{port}'; it must be a number from 1 to 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except OSError as error:
            reason = f"Port {port} cannot be used ({error.strerror})."
            raise StepFailed(f"{reason} Take another: make demo PORT=8001") from error


def _serve(port: str, environment: dict[str, str]) -> int:
    server = subprocess.Popen([venv_program("python"), "manage.py", "serve"], env=environment)
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        if _ready(port, server):
            say(
                f"\nBahi runs at http://localhost:{port}\n{_ask(LOG_IN, environment)}\n"
                "Stop with Ctrl-C. `make demo RESET=1` starts over."
            )
        else:
            say(f"\nThe server did not answer within {READY_WITHIN} s; its messages are above.")
            server.terminate()
        return server.wait()
    except KeyboardInterrupt:
        server.wait()
        return 0


def _ready(port: str, server: subprocess.Popen[bytes]) -> bool:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            address = f"http://127.0.0.1:{port}/api/health"
            with urllib.request.urlopen(address, timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    return False


if __name__ == "__main__":
    sys.exit(main())
