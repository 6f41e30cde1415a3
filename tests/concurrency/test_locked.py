"""Who waits for a row that somebody else holds is told so after a while; nothing hangs."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from time import sleep

import psycopg
import pytest
from django.db import connection, transaction

from engine_runtime.access.actor import system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import Locked, PeriodClosed
from engine_runtime.ledgers import periods
from tests.company import DAY, Company


@pytest.fixture
def held_row(module_database: None) -> Iterator[dict[str, int]]:
    """A stored group whose row another connection holds."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks the database as a whole")
    row = service.create(system_actor(), "Item Group", [{"code": "G", "name": "Group"}])[0]
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '200ms'")
    parameters = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    other = psycopg.connect(**{n: parameters[n] for n in names if parameters.get(n)})
    other.execute("SELECT id FROM doc_item_group WHERE id = %s FOR UPDATE", [row["id"]])
    yield {"id": row["id"], "version": row["version"]}
    other.close()
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


def test_a_held_row_is_refused_in_time_and_unchanged(held_row: dict[str, int]) -> None:
    with pytest.raises(Locked, match="Try again"):
        service.save(system_actor(), "Item Group", [{**held_row, "name": "Other"}])
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM doc_item_group WHERE id = %s", [held_row["id"]])
        assert cursor.fetchone() == ("Group",)


def test_closing_waits_for_who_is_posting(company: Company) -> None:
    """A document that read the locks before they changed is in before the period is closed."""
    if connection.vendor != "postgresql":
        pytest.skip("on SQLite one transaction writes at a time")
    happened: list[str] = []
    posted = Event()

    def post() -> None:
        with transaction.atomic():
            company.submit(
                "Journal Entry",
                narration="Late",
                lines=[{"account": "1110", "debit": 5}, {"account": "3100", "credit": 5}],
            )
            posted.set()
            sleep(0.6)
            happened.append("posted")
        connection.close()

    poster = Thread(target=post)
    poster.start()
    assert posted.wait(10)
    assert company.actor.company_id is not None
    periods.lock(company.actor.company_id, "accounts", DAY, user=0, reason="Month end")
    happened.append("closed")
    poster.join()
    assert happened == ["posted", "closed"]
    with pytest.raises(PeriodClosed):
        company.submit(
            "Journal Entry",
            narration="Too late",
            lines=[{"account": "1110", "debit": 5}, {"account": "3100", "credit": 5}],
        )
