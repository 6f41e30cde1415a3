"""W1 and W2: create and submit documents in process, next to plain SQL that writes the same rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection

from bench import databases, plain_postgresql, plain_sqlite
from bench.counting import statements
from bench.measure import Times, interleave
from bench.world import World
from bench.written import Renewal, Written, difference
from engine_runtime.documents import service

COUNT = 300
WARM_UP = 20
ROUNDS = COUNT + WARM_UP
TEMPLATES = 10
FIRST_FREE_ID = 10**15
Work = Callable[[int], object]


@dataclass(frozen=True)
class Captured:
    """What the product wrote for some documents, and how many statements it took for one of them."""

    written: tuple[Written, ...]
    statements: int


def sale(world: World, lines: int = 10) -> Work:
    """W1: one invoice, created and submitted by one call."""
    return lambda number: service.create(
        world.actor, "Sales Invoice", [world.sale(number, lines)], submit=True
    )


def cash_sale(world: World) -> Work:
    """W2: an invoice of three lines, the cash for it, and the allocation of one to the other."""

    def work(number: int) -> None:
        (invoice,) = service.create(
            world.actor, "Sales Invoice", [world.sale(number, 3)], submit=True
        )
        amount = invoice["grand_total"]
        payment = {
            "direction": "receive",
            "customer": invoice["customer"],
            "mode": world.mode,
            "posting_date": world.day,
            "amount": amount,
        }
        (paid,) = service.create(world.actor, "Payment", [payment], submit=True)
        allocation = {
            "posting_date": world.day,
            "payment": paid["id"],
            "sales_invoice": invoice["id"],
            "amount": amount,
        }
        service.create(world.actor, "Allocation", [allocation], submit=True)

    return work


def capture(work: Work, first: int) -> Captured:
    """Run ``work`` for some numbers from ``first`` on, and see what each wrote."""
    for number in range(first, first + WARM_UP):
        work(number)
    found = []
    count = 0
    before = snapshot()
    for number in range(first + WARM_UP, first + WARM_UP + TEMPLATES):
        count = statements(partial(work, number))
        after = snapshot()
        found.append(difference(before, after, ()))
        before = after
    return Captured(tuple(found), count)


def snapshot() -> Any:
    if connection.vendor == "postgresql":
        return plain_postgresql.snapshot(database_url())
    return plain_sqlite.snapshot(_sqlite_path())


def database_url() -> str:
    """The URL of the database under measurement, for connections that are not Django's."""
    return os.environ["DATABASE_URL"]


def measure(work: Work, first: int) -> tuple[dict[str, Any], Captured]:
    """The figures of one workload: the product's times, and its ratio to each yardstick of this database."""
    captured = capture(work, first)
    times = _beside_plain(work, captured, first + WARM_UP + TEMPLATES)
    product = times.pop("product")
    ratios = {RATIO[name]: round(product.p50_ms / plain.p50_ms, 2) for name, plain in times.items()}
    figures = {
        **product.summary(),
        **ratios,
        "statements": captured.statements,
        "rows": captured.written[0].describe(),
        "yardsticks": {name: plain.summary() for name, plain in times.items()},
    }
    return figures, captured


RATIO = {"Y": "ratio", "Yr": "ratio_prepared", "Yp": "ratio_pipelined"}


def _beside_plain(work: Work, captured: Captured, first: int) -> dict[str, Times]:
    connection.close()
    works: dict[str, Work] = {"product": lambda number: work(first + number)}
    if connection.vendor == "postgresql":
        with plain_postgresql.connect(databases.copy_postgresql(database_url())) as line:
            works |= _plain_postgresql(line, captured.written)
            return interleave(works, COUNT, WARM_UP)
    copy = plain_sqlite.connect(databases.copy_sqlite(_sqlite_path()))
    write = plain_sqlite.writer(copy)
    made = [plain_sqlite.prepared(d) for d in renewed(captured.written, ROUNDS, FIRST_FREE_ID)]
    works["Y"] = lambda number: write(made[number])
    return interleave(works, COUNT, WARM_UP)


def _plain_postgresql(
    line: plain_postgresql.Connection, written: Sequence[Written]
) -> dict[str, Work]:
    works: dict[str, Work] = {}
    for place, (name, write) in enumerate(plain_postgresql.writers(line).items()):
        documents = renewed(written, ROUNDS, FIRST_FREE_ID * (place + 1))
        made = [plain_postgresql.prepared(document, name) for document in documents]
        works[name] = partial(_write, write, made)
    return works


def _write(
    write: Callable[[Sequence[plain_postgresql.Statement]], None],
    made: Sequence[Sequence[plain_postgresql.Statement]],
    number: int,
) -> None:
    write(made[number])


def _sqlite_path() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def renewed(written: Sequence[Written], count: int, first_id: int) -> list[Written]:
    """``count`` documents with fresh ids, made of ``written`` in turn."""
    renewal = Renewal(first_id)
    return [renewal.renew(written[number % len(written)]) for number in range(count)]
