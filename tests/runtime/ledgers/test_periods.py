"""Closed periods: nothing is dated in one, area by area, whatever it is that writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count

import pytest

from engine.kernel.late import ALL
from engine_runtime.documents import service
from engine_runtime.documents.errors import PeriodClosed
from engine_runtime.documents.previewing import preview
from engine_runtime.documents.service import Reference
from engine_runtime.ledgers import periods
from engine_runtime.ledgers.models import PeriodLock
from engine_runtime.ledgers.verify import verify
from tests.company import Company, line, moved

_MONTHS = count(1)
ONE = timedelta(days=1)


@pytest.fixture
def day(company: Company) -> date:
    """A day after everything that other tests closed."""
    return date(2019, 4, 1) + 40 * next(_MONTHS) * ONE


def close(company: Company, area: str, day: date) -> None:
    company_id = company.actor.company_id
    assert company_id is not None
    periods.lock(company_id, area, day, user=7, reason="Month end")


def goods(company: Company, day: date) -> str:
    """An item that is there on ``day``."""
    item = company.item()
    company.move("opening", moved(item, 10, 100), posting_date=day)
    return item


def test_a_closed_area_takes_nothing_the_others_go_on(company: Company, day: date) -> None:
    item = goods(company, day)
    close(company, "stock", day)
    with pytest.raises(PeriodClosed) as refused:
        company.move("adjustment", moved(item, -1), posting_date=day)
    [problem] = refused.value.problems
    assert (problem.code, problem.path) == ("period.closed", "posting_date")
    assert f"stock is closed until {day:%d-%m-%Y}" in problem.message
    assert problem.hint == f"Take a date after {day:%d-%m-%Y}."
    with pytest.raises(PeriodClosed):
        company.sell(line(item, 1), posting_date=day)
    company.pay(100, posting_date=day)
    company.sell(line(item, 1), posting_date=day, moves_stock=False)
    company.sell(line(item, 1), posting_date=day + ONE)
    assert verify(None) == []


def test_closed_accounts_take_no_goods_either(company: Company, day: date) -> None:
    """What moves stock writes the inventory account."""
    item = goods(company, day)
    close(company, "accounts", day)
    with pytest.raises(PeriodClosed, match="accounts"):
        company.move("adjustment", moved(item, -1), posting_date=day)
    with pytest.raises(PeriodClosed, match="accounts"):
        company.pay(100, posting_date=day)
    company.pay(100, posting_date=day + ONE)


def test_all_closes_every_area(company: Company, day: date) -> None:
    item = goods(company, day)
    close(company, ALL, day)
    with pytest.raises(PeriodClosed) as refused:
        company.sell(line(item, 1), posting_date=day)
    assert {problem.code for problem in refused.value.problems} == {"period.closed"}
    assert len(refused.value.problems) == 2


def test_what_stands_in_a_closed_period_is_not_cancelled(company: Company, day: date) -> None:
    item = goods(company, day)
    sale = company.sell(line(item, 1), posting_date=day)
    paid = company.pay(100, posting_date=day)
    close(company, "stock", day)
    with pytest.raises(PeriodClosed, match="stock"):
        company.cancel("Sales Invoice", sale)
    company.cancel("Payment", paid)
    assert company.stock(item) == (9, 900)
    assert verify(None) == []


def test_a_draft_may_be_dated_anywhere_and_its_preview_says_so(company: Company, day: date) -> None:
    item = goods(company, day)
    close(company, "stock", day)
    body = {"customer": "C1", "branch": "PUN", "posting_date": day, "items": [line(item, 1)]}
    [draft] = service.create(company.actor, "Sales Invoice", [body])
    [told] = preview(company.actor, "Sales Invoice", [body])
    assert "period.closed" in {problem.code for problem in told.problems}
    with pytest.raises(PeriodClosed):
        service.submit(company.actor, "Sales Invoice", [Reference(draft["id"])])
    change = {"id": draft["id"], "version": 1, "posting_date": day + ONE}
    service.save(company.actor, "Sales Invoice", [change])
    service.submit(company.actor, "Sales Invoice", [Reference(draft["id"])])


def test_another_company_is_not_held_up(company: Company, day: date) -> None:
    assert company.actor.company_id is not None
    periods.lock(company.actor.company_id + 1, "all", date(2100, 1, 1), user=7, reason="Theirs")
    goods(company, day)


@pytest.mark.parametrize("step", [ONE, 400 * ONE])
def test_a_lock_never_moves_back(company: Company, day: date, step: timedelta) -> None:
    assert company.actor.company_id is not None
    close(company, "payroll", day)
    with pytest.raises(ValueError, match="never moves back"):
        close(company, "payroll", day - step)
    close(company, "payroll", day)
    close(company, "payroll", day + ONE)
    record = PeriodLock.objects.get(company_id=company.actor.company_id, area="payroll")
    assert (record.locked_until, record.changed_by, record.reason) == (day + ONE, 7, "Month end")


def test_of_a_list_one_closed_date_refuses_all(company: Company, day: date) -> None:
    goods(company, day)
    close(company, "accounts", day)
    payment = {"customer": "C1", "mode": "BANK", "amount": 5}
    documents = [{**payment, "posting_date": on} for on in (day + ONE, day, day + ONE)]
    create: Callable[..., object] = service.create
    with pytest.raises(PeriodClosed) as refused:
        create(company.actor, "Payment", documents, submit=True)
    assert [problem.path for problem in refused.value.problems] == ["[1].posting_date"]
