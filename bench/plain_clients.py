"""The yardstick Y with several clients at once, each a process of its own, on a copy of the database."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from django.db import connection

from bench import databases, plain_postgresql
from bench.written import Renewal, Written

DOCUMENTS = 100
START_IN = 5.0
"""Seconds after which all clients begin, so that connecting and preparing is not measured."""


def per_second(written: Sequence[Written], clients: int) -> float:
    """Documents per second that ``clients`` write together, each the rows of ``written`` in turn."""
    from bench.documents import FIRST_FREE_ID, database_url  # noqa: PLC0415 - it needs Django set up

    connection.close()
    url = databases.copy_postgresql(database_url())
    start = time.time() + START_IN
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(clients, mp_context=spawn) as pool:
        jobs = [
            pool.submit(client, url, list(written), FIRST_FREE_ID * (number + 10), start)
            for number in range(clients)
        ]
        ends = [job.result() for job in jobs]
    return clients * DOCUMENTS / (max(ends) - start)


def client(url: str, written: Sequence[Written], first_id: int, start: float) -> float:
    """One client; returns the moment when it was done."""
    renewal = Renewal(first_id)
    made = [
        plain_postgresql.prepared(renewal.renew(written[number % len(written)]), "Y")
        for number in range(DOCUMENTS)
    ]
    with plain_postgresql.connect(url) as line:
        write = plain_postgresql.writers(line)["Y"]
        time.sleep(max(0.0, start - time.time()))
        for statements in made:
            write(statements)
    return time.time()
