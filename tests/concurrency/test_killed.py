"""A process is killed while it posts: the books never keep half of what it was doing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO

import pytest
from django.conf import settings
from django.db import connection

from engine_runtime.documents.models import NumberSeries, Version
from engine_runtime.ledgers.verify import verify
from engine_runtime.outbox.models import Event
from tests.company import Company, Row, line, rows_of

ROUNDS = 3
CLIENTS = 2
LEAST, MOST = 0.02, 0.5
"""Seconds that a client works before it is killed."""

WRITTEN = {"draft": 0, "submitted": 1, "cancelled": 2}
"""How often the entries of a document stand there, by its state."""


def url() -> str:
    """DATABASE_URL of the database in use."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    password = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgresql://{found['USER']}{password}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def client(company: Company, item: str) -> subprocess.Popen[str]:
    """A process that sells ``item``."""
    command = [
        sys.executable,
        "-m",
        "tests.concurrency.seller",
        str(company.actor.company_id),
        item,
    ]
    environment = {
        **os.environ,
        "DATABASE_URL": url(),
        "DJANGO_SETTINGS_MODULE": os.environ.get(
            "DJANGO_SETTINGS_MODULE", "engine_runtime.project.settings"
        ),
    }
    root = Path(settings.BASE_DIR)
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root, env=environment)


def kill_at_random(company: Company, item: str, chance: random.Random) -> list[str]:
    """Start clients, let them work, kill them all; the numbers that they had been told."""
    running = [client(company, item) for _ in range(CLIENTS)]
    streams = [process.stdout for process in running if process.stdout is not None]
    try:
        for stream in streams:
            assert stream.readline() == "ready\n"
        # However busy the machine is: one of them has sold something.
        first = streams[0].readline().strip()
        time.sleep(chance.uniform(LEAST, MOST))
    finally:
        for process in running:
            process.kill()
    told = [first, *(number for stream in streams for number in _told(stream))]
    for process in running:
        assert process.wait() == -9
    wait_for_backends()
    return told


def _told(stream: IO[str]) -> list[str]:
    """The whole lines that a client has written."""
    with stream:
        return [text.strip() for text in stream if text.endswith("\n")]


def wait_for_backends() -> None:
    """The server notices a moment later that its clients are gone."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for _ in range(100):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone() == (0,):
                return
            time.sleep(0.05)
    raise AssertionError("backends of killed clients are still at work")


def by_owner(rows: list[Row], column: str) -> Counter[int]:
    return Counter(row[column] for row in rows)


def _as_posted(entries: list[Row]) -> list[Row]:
    """Without what a past that changed wrote for others, and without what took that back."""
    corrections = {entry["id"] for entry in entries if entry["cause_id"] is not None}
    return [e for e in entries if not corrections & {e["id"], e["reverses"]}]


def check_whole(company: Company) -> None:
    """Every invoice has its lines, its entries as its state says, its history and its events."""
    lines = by_owner(rows_of("doc_sales_invoice__items"), "parent_id")
    ledgers = {
        name: by_owner(_as_posted(company.entries(name)), "origin_id")
        for name in ("Stock", "General", "Receivables")
    }
    versions = Counter(Version.objects.values_list("document_id", flat=True))
    events = Counter(Event.objects.values_list("document_id", flat=True))
    invoices = rows_of("doc_sales_invoice")
    assert set(lines) == {row["id"] for row in invoices}
    for row in invoices:
        assert lines[row["id"]] == 2
        assert (row["number"] is None) == (row["state"] == "draft")
        assert (row["facts"] is None) == (row["state"] == "draft")
        times = WRITTEN[row["state"]]
        assert ledgers["Stock"][row["id"]] == 2 * times
        assert ledgers["Receivables"][row["id"]] == times
        assert bool(ledgers["General"][row["id"]]) == bool(times)
        assert versions[row["id"]] == events[row["id"]] >= 1 + (times == 2)


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_what_a_killed_client_did_is_there_as_a_whole_or_not_at_all(
    company: Company, method: str
) -> None:
    item = company.item(method)
    company.buy(line(item, 50_000, "33.335"), line(item, 50_000, 35))
    chance = random.Random(method)
    told: list[str] = []
    for _ in range(ROUNDS):
        told += kill_at_random(company, item, chance)
        assert verify(None) == []
        check_whole(company)
    numbers = {row["number"] for row in rows_of("doc_sales_invoice")} - {None}
    counters = sorted(int(number.rpartition("/")[2]) for number in numbers)
    series = NumberSeries.objects.get(key__startswith="sales_invoice|")
    assert told
    assert set(told) <= numbers, "what was answered was kept"
    assert counters == list(range(1, series.last + 1))
    company.sell(line(item, 1), line(item, 1))
    assert verify(None) == []
