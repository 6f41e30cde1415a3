"""The demo company, loaded as ``load_demo`` loads it, and proof that its books are right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.access.errors import Forbidden
from engine_runtime.access.members import actor_named
from engine_runtime.active.catalog import active, business_zone
from engine_runtime.documents import service
from engine_runtime.documents.rederiving import look
from engine_runtime.exchange.demo import Demo, load_demo
from engine_runtime.exchange.records import read_rows
from engine_runtime.ledgers.moment import today
from engine_runtime.ledgers.verify import verify
from engine_runtime.posting.session import open_session
from engine_runtime.reports.run import run
from engine_runtime.tables.asking import select
from engine_runtime.tables.query import Condition

DATA = Path(settings.METADATA_DIR)
EIGHT_STATES = 8


@pytest.fixture(scope="module")
def demo(module_database: None) -> Demo:
    return load_demo(DATA, today(datetime.now(UTC), business_zone()), lambda _: None)


@pytest.fixture
def accountant(demo: Demo) -> Actor:
    return actor_named("accountant", demo.company)


def test_it_is_a_quarter_of_trade(demo: Demo) -> None:
    documents = sum(
        count for name, count in demo.counts.items() if name not in ("cancelled", "drafts")
    )
    assert 350 <= documents <= 700
    assert demo.counts["cancelled"] >= 3
    assert demo.counts["drafts"] >= 5
    assert demo.counts["Purchase Invoice"] >= 40
    assert demo.counts["Sales Invoice"] >= 100
    assert demo.counts["Allocation"] >= 60


def test_every_document_comes_out_as_it_stands(demo: Demo) -> None:
    """Neither rules nor masters have changed, so bringing it under today's comes to nothing, whatever moved since."""
    actor = system_actor(demo.company)
    session = open_session(actor)
    looked = 0
    for kind in session.catalog.doctypes.values():
        if not kind.submittable or kind.abstract:
            continue
        where = [Condition("stage", "=", "submitted")]
        query = select(session.gateway, session.spec(kind), ("id",), where=where, order=["id"])
        for (number,) in session.gateway.fetch_many([query])[0]:
            found = look(actor, kind.name, number)
            assert (found.changes, found.entries, found.problems) == ([], {}, []), (kind, number)
            looked += 1
    assert looked >= 350


def test_its_partners_are_in_eight_states() -> None:
    rows = [
        r
        for name in ("customers", "suppliers")
        for r in read_rows(DATA / "regions" / "in" / "data" / "demo" / f"{name}.csv")
    ]
    assert len({row["gst_state"] for row in rows if "gstin" in row}) >= EIGHT_STATES
    assert all(row["pan"].startswith("ZZ") for row in rows if "pan" in row)
    assert len(read_rows(DATA / "regions" / "in" / "data" / "demo" / "items.csv")) == 60


def test_the_books_agree_at_every_month_end_and_now(demo: Demo) -> None:
    assert [str(difference) for difference in verify(None)] == []
    first = today(datetime.now(UTC), business_zone()) - timedelta(days=90)
    for day in (first, first + timedelta(days=31), first + timedelta(days=62)):
        assert [str(difference) for difference in verify(demo.company, day)] == []


def test_verify_books_says_so(demo: Demo) -> None:
    out = StringIO()
    call_command("verify_books", "--company", "VISTAR", stdout=out)
    assert "The books agree" in out.getvalue()


def test_the_trial_balance_balances(demo: Demo, accountant: Actor) -> None:
    totals = run(accountant, "trial_balance", {"from_date": "2020-04-01"}).totals
    assert totals["closing_debit"] == totals["closing_credit"] > 0
    assert totals["debit"] == totals["credit"] > 0


def test_stock_and_open_items_are_what_the_accounts_say(demo: Demo, accountant: Actor) -> None:
    accounts = _closing(accountant)
    stock = run(accountant, "stock_balance", {}).totals["value"]
    assert stock == accounts["1141"] + accounts["1142"]
    receivable = run(accountant, "receivables_outstanding", {}).totals["outstanding"]
    assert receivable == accounts["1130"] + accounts["1131"]
    payable = run(accountant, "payables_outstanding", {}).totals["outstanding"]
    assert payable == -accounts["2110"]


def _closing(actor: Actor) -> dict[str, Decimal]:
    """Account code → debit − credit, from the trial balance."""
    answer = run(actor, "trial_balance", {"from_date": "2020-04-01"})
    titles = answer.titles["account"]
    return {
        titles[row["account"]].split()[0]: row["closing_debit"] - row["closing_credit"]
        for row in answer.rows
    }


def test_nobody_loads_it_twice(demo: Demo) -> None:
    with pytest.raises(CommandError, match="already"):
        call_command("load_demo")


def test_a_salesman_writes_no_journal(demo: Demo) -> None:
    sales = actor_named("sales", demo.company)
    entry = {"narration": "Mine", "lines": []}
    with pytest.raises(Forbidden, match="Journal"):
        service.create(sales, "Journal Entry", [entry])


# --- what is wrong is found --------------------------------------------------------------------


def _break(statement: str, *parameters: object) -> list[str]:
    """The checks that fail after ``statement``, which is rolled back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            assert cursor.rowcount >= 1
        found = sorted({difference.check for difference in verify(None)})
        transaction.set_rollback(True)
    return found


def test_a_changed_balance_row_is_found(demo: Demo) -> None:
    table = active().catalog.ledgers["Receivables"].table
    changed = f"UPDATE {table}__balance SET amount = amount + 1 WHERE id = (SELECT min(id) FROM {table}__balance)"
    assert _break(changed) == ["balance_row"]


def test_a_changed_cost_layer_is_found(demo: Demo) -> None:
    table = f"{active().catalog.ledgers['Stock'].table}__layer"
    changed = (
        f"UPDATE {table} SET value_out = value_out + 1 WHERE id = (SELECT max(id) FROM {table})"
    )
    assert _break(changed) == ["layers"]


def test_a_lost_number_is_found(demo: Demo) -> None:
    table = active().catalog.doctypes["Sales Invoice"].head.name
    changed = f"UPDATE {table} SET number = NULL WHERE id = (SELECT min(id) FROM {table} WHERE number IS NOT NULL)"
    assert _break(changed) == ["gap"]


def test_a_stranger_on_a_control_account_is_found(demo: Demo) -> None:
    """A balanced pair of entries on the receivables account and back, by no ledger."""
    first = "origin_id = (SELECT min(origin_id) FROM led_receivables)"
    assert _break(_copied("General", first, rule="'by_hand'")) == ["other_writer"]


def _copied(ledger: str, where: str, **changed: str) -> str:
    """An INSERT that copies entries of ``ledger`` under other ids, with some columns otherwise."""
    table = active().catalog.ledgers[ledger].table
    columns = [column.name for column in active().tables[table].columns if column.name != "id"]
    copied = ", ".join(changed.get(name, name) for name in columns)
    names = ", ".join(columns)
    return f"INSERT INTO {table} (id, {names}) SELECT 0 - id, {copied} FROM {table} WHERE {where}"


def test_stock_that_the_accounts_do_not_know_of_is_found(demo: Demo) -> None:
    table = active().catalog.ledgers["Stock"].table
    one = f"id = (SELECT max(id) FROM {table} WHERE value > 0)"
    assert _break(_copied("Stock", one)) == ["balance_row", "posts"]


def test_value_without_quantity_is_found(demo: Demo) -> None:
    table, houses = active().catalog.ledgers["Stock"].table, active().catalog.doctypes["Warehouse"]
    empty = f"(SELECT id FROM {houses.head.name} WHERE code = 'MUM')"
    one = f"id = (SELECT max(id) FROM {table} WHERE value > 0)"
    broken = _break(_copied("Stock", one, quantity="0", warehouse_id=empty))
    assert broken == ["balance_row", "nothing_left", "posts"]


def test_one_side_of_a_journal_is_refused_or_found(demo: Demo) -> None:
    """PostgreSQL does not take it; on SQLite it is found."""
    table = active().catalog.ledgers["General"].table
    one = f"id = (SELECT max(id) FROM {table} WHERE rule = 'lines')"
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic():
            _break(_copied("General", one))
    else:
        assert _break(_copied("General", one)) == ["document_balances", "trial_balance"]


@pytest.mark.slow
def test_numbers_start_again_with_the_fiscal_year(own_database: None) -> None:
    loaded = load_demo(DATA, date(2026, 5, 15), lambda _: None)
    table = active().catalog.doctypes["Sales Invoice"].head.name
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT number FROM {table} WHERE number IS NOT NULL")
        numbers = {row[0] for row in cursor.fetchall()}
    assert {"MUM2526/00001", "MUM2627/00001", "BLR2627/00001"} <= numbers
    assert [str(difference) for difference in verify(loaded.company)] == []
