"""What is written stays: the database itself refuses to change or delete it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from engine_runtime.active.catalog import active
from engine_runtime.documents.models import Version
from engine_runtime.ledgers.verify import verify
from tests.company import Company, line

LEDGERS = ("General", "Stock", "Receivables", "Payables")


@pytest.fixture(scope="module", autouse=True)
def trade(company: Company) -> None:
    """Something in every ledger."""
    item = company.item()
    company.buy(line(item, 5, 100))
    company.sell(line(item, 2))


def run(statement: str) -> int:
    """Run ``statement`` in a transaction of its own; the number of rows it changed."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


def refused(statement: str) -> str:
    """What the database says to ``statement``."""
    with pytest.raises(DatabaseError) as error:
        run(statement)
    return str(error.value)


def table_of(name: str) -> str:
    return Version._meta.db_table if name == "audit" else active().catalog.ledgers[name].table


@pytest.mark.parametrize("name", [*LEDGERS, "audit"])
def test_no_row_is_changed_or_deleted(company: Company, name: str) -> None:
    table = table_of(name)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        count = cursor.fetchone()[0]
    assert count
    assert "never changed or deleted" in refused(f"UPDATE {table} SET company_id = company_id")
    assert "never changed or deleted" in refused(f"DELETE FROM {table}")
    if connection.vendor == "postgresql":
        assert "never changed or deleted" in refused(f"TRUNCATE {table} CASCADE")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone()[0] == count


def test_an_entry_that_does_not_balance_is_refused_or_found(company: Company) -> None:
    """PostgreSQL refuses it; on SQLite the proof of the books finds it."""
    columns = [column.name for column in active().tables["led_general"].columns]
    changed = {"id": "(SELECT max(id) + 1 FROM led_general)", "rule": "'by_hand'"}
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    where = "id = (SELECT min(id) FROM led_general)"
    statement = f"INSERT INTO led_general ({names}) SELECT {values} FROM led_general WHERE {where}"
    if connection.vendor == "postgresql":
        assert "do not balance" in refused(statement)
        return
    with transaction.atomic():
        assert run(statement) == 1
        found = {difference.check for difference in verify(company.actor.company_id)}
        transaction.set_rollback(True)
    assert {"document_balances", "trial_balance"} <= found
