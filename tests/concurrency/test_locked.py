"""Who waits for a row that somebody else holds is told so after a while; nothing hangs."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection

from engine_runtime.access.actor import system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import Locked

pytestmark = pytest.mark.usefixtures("own_database")


@pytest.fixture
def held_row() -> Iterator[dict[str, int]]:
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


def test_a_held_row_is_refused_in_time_and_unchanged(held_row: dict[str, int]) -> None:
    with pytest.raises(Locked, match="Try again"):
        service.save(system_actor(), "Item Group", [{**held_row, "name": "Other"}])
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM doc_item_group WHERE id = %s", [held_row["id"]])
        assert cursor.fetchone() == ("Group",)
