"""W7: a field is added to a doctype with a million rows, and filled, while clients save documents of it.

Beside it stands ALTER TABLE alone, on a table with the same rows that nobody uses.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from django.db import connection

from bench import serving
from bench.documents import database_url
from bench.http_load import Load, Request, load
from bench.measure import MeasurementFailed, Times
from bench.web import token
from bench.world import World
from engine_runtime.active.sources import compile_sources, read_folder
from engine_runtime.schema.apply import apply
from scripts.places import ROOT

ROWS = int(os.environ.get("BENCH_W7_ROWS", "1000000"))
CLIENTS = 2
A_ROUND = 100
FIRST_ID = 5_000_000_000
TABLE = "doc_measured_note"

NOTE = """
doctype: Measured Note
allow: {System Manager: {can: [read, write, create]}}
company: required
name: {by: code}
fields:
  code:   {type: text, required: true, length: 20}
  amount: {type: money, in: company}
"""
FIELDS = """
  grade:  {type: text, length: 3, default: A}
  double: {type: money, in: company, backfill: amount * 2}
"""


def measure(world: World) -> dict[str, Any]:
    """Times of the clients while it is published, of the publish, and of ALTER TABLE alone."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "metadata", folder, dirs_exist_ok=True)
        note = Path(folder) / "measured_note.yaml"
        note.write_text(NOTE, encoding="utf-8")
        _publish_here(Path(folder))
        _rows(world.actor.company_id or 0)
        alone = _alter_alone()
        note.write_text(NOTE + FIELDS.lstrip("\n"), encoding="utf-8")
        with serving.server(database_url()) as server:
            key = token(server.port)
            send = _Sender(server.port, key, world.actor.company_id or 0)
            before = send.round()
            clients = threading.Thread(target=send.until_stopped)
            clients.start()
            took = _publish_apart(Path(folder))
            time.sleep(2)
            send.stop.set()
            clients.join()
    if before.failed or not send.times.seconds:
        raise MeasurementFailed(f"No note could be saved: {before.failed} {send.failed}")
    _check()
    failed = {**before.failed, **send.failed}
    slowest = send.times.at(1.0)
    return {
        **send.times.summary(),
        "rows": ROWS,
        "quiet_p95_ms": round(before.times.p95_ms, 2),
        "slowest_ms": round(slowest, 1),
        "publish_s": round(took, 1),
        "alter_alone_ms": round(alone * 1000, 1),
        "failed": failed,
        "kept": not failed and slowest <= alone * 1000 + 2000,
    }


def _publish_here(folder: Path) -> None:
    sources = read_folder(folder)
    compiled = compile_sources(sources)
    if compiled.catalog is None:
        raise MeasurementFailed(str(compiled.problems[:2]))
    apply(compiled.catalog, sources)


def _publish_apart(folder: Path) -> float:
    """In a process of its own; seconds."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", "publish", str(folder)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise MeasurementFailed(done.stderr)
    return time.perf_counter() - started


def _rows(company: int) -> None:
    """A million notes. Their ids are far from those that are given out."""
    if connection.vendor == "postgresql":
        numbers = f"SELECT n FROM generate_series(1, {ROWS}) AS s (n)"
        amount, now = "n / 100.0", "now()"
    else:
        numbers = (
            f"WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {ROWS})"
            " SELECT n FROM s"
        )
        amount, now = "n", "'2026-04-01 00:00:00'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (id, company_id, version, created_at, changed_at, code, amount)"
            f" SELECT {FIRST_ID} + n, {company}, 1, {now}, {now}, 'R' || n, {amount} FROM ({numbers}) AS g"
        )
        if connection.vendor == "postgresql":
            # Rows of long ago: otherwise the switch would take them for changed during the publish.
            cursor.execute(f"UPDATE {TABLE} SET changed_at = now() - interval '1 day'")
            cursor.execute(f"ANALYZE {TABLE}")


def _alter_alone() -> float:
    """Seconds that ADD COLUMN takes on such a table when nobody is there."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_alone AS SELECT * FROM {TABLE}")
        started = time.perf_counter()
        cursor.execute("ALTER TABLE bench_alone ADD COLUMN doubled bigint")
        took = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_alone")
    return took


def _check() -> None:
    """Every row of before is filled; what is written by the new catalog says its own values."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT count(*), count(grade), sum(CASE WHEN "double" <> amount * 2 OR'
            f" \"double\" IS NULL AND code LIKE 'R%' THEN 1 ELSE 0 END) FROM {TABLE}"
        )
        count, grades, wrong = cursor.fetchone()
    if count < ROWS or wrong or grades < ROWS:
        raise MeasurementFailed(f"{count} rows, {grades} with a grade, {wrong} not filled")


class _Sender:
    """Clients that save notes, round after round."""

    def __init__(self, port: int, key: str, company: int) -> None:
        self.stop = threading.Event()
        self.times = Times()
        self.failed: dict[str, int] = {}
        self._port, self._key, self._company, self._number = port, key, company, 0

    def round(self) -> Load:
        first = self._number
        self._number += A_ROUND
        requests = [
            Request(
                "POST",
                "/api/measured_notes",
                json.dumps({"code": f"C{first + n}", "amount": "1.50"}),
            )
            for n in range(A_ROUND)
        ]
        company = {"X-Company": str(self._company)}
        return load(self._port, self._key, requests, CLIENTS, company)

    def until_stopped(self) -> None:
        while not self.stop.is_set():
            done = self.round()
            self.times.seconds += done.times.seconds
            for reason, count in done.failed.items():
                self.failed[reason] = self.failed.get(reason, 0) + count
