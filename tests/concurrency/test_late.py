"""People who enter late, cancel and go on selling at once: nobody is broken off, and the books are right."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from engine_runtime.ledgers.verify import verify
from tests.company import DAY, Company, line, moved
from tests.concurrency.crowd import failures, together


def day(number: int) -> Any:
    return DAY + timedelta(days=number)


@pytest.mark.parametrize("method", ["average", "fifo"])
def test_late_bills_cancellations_and_sales_at_once(company: Company, method: str) -> None:
    item = company.item(method)
    company.buy(line(item, 1000, "33.335"), posting_date=day(1))
    company.move("transfer", moved(item, 400), to_warehouse="X", posting_date=day(2))
    sold = [
        company.sell(line(item, 3, warehouse="WX"[n % 2]), posting_date=day(3)) for n in range(8)
    ]

    def late(rate: int) -> None:
        for _ in range(3):
            company.buy(line(item, 7, rate), posting_date=day(1))

    def cancel(first: int) -> None:
        for sale in sold[first::2]:
            company.cancel("Sales Invoice", sale)

    def sell(warehouse: str) -> None:
        for _ in range(6):
            company.sell(line(item, 2, warehouse=warehouse), posting_date=day(9))

    work = [partial(late, 10), partial(late, 900), partial(cancel, 0), partial(cancel, 1)]
    done = together([*work, partial(sell, "W"), partial(sell, "X")])
    assert failures(done) == []
    there = company.stock(item)[0] + company.stock(item, "X")[0]
    assert there == 1000 + 6 * 7 - 12 * 2
    assert verify(None) == []
