"""What a sale costs in statements: every look-up that somebody adds to every document is seen here."""

from __future__ import annotations

from functools import partial

import pytest
from django.db import connection

from bench import world
from bench.counting import statements
from bench.documents import sale

MOST = 30
"""Statements of one sales invoice of 10 lines, created and submitted by one call (W1)."""


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the limit is PostgreSQL's")
def test_a_sale_of_ten_lines_takes_few_statements(empty_database: None) -> None:
    sell = sale(world.build())
    for number in range(3):
        sell(number)
    # Now and then one asks for a block of ids, or whether the catalog has changed: not part of a sale.
    assert min(statements(partial(sell, number)) for number in range(7, 10)) <= MOST
