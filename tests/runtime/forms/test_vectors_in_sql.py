"""The vectors asked of the database: what has a form there gives what the oracle says, exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction

from engine.expr.sql import NoSqlForm, as_sql
from engine.expr.sql_nodes import SqlNode
from engine_runtime.tables.gateway import Gateway
from engine_runtime.tables.holding_query import Values
from tests.language.expressions.codec import frame_from_json, value_from_json
from tests.language.expressions.sample import compiled
from tests.language.expressions.test_vectors import CASES, VECTORS, same
from tests.runtime.forms.world import STRIDE, SamplePlaces, batches

AT_ONCE = 20
LEAST = 12_000
"""So many of the 20,000 have a form for databases."""
PLACES = SamplePlaces()


def asked(
    tables: Gateway, place: int, row: int, forms: Sequence[tuple[str, Any, SqlNode]]
) -> list[str]:
    """Those of ``forms`` of which the database says something else."""
    wrong = []
    values = Values(tables.vendor, "Order", [form for *_, form in forms], PLACES, {})
    [found] = tables.fetch(values.query([row + (place + 1) * STRIDE]))
    for (source, expected, _), value in zip(forms, values.read(found)[1:], strict=True):
        if not same(value, value_from_json(expected)):
            wrong.append(f"{source} = {value!r}, expected {expected!r} in {place}")
    return wrong


def _compile_nothing(tables: Gateway) -> None:
    """Each statement runs once: PostgreSQL would take longer to compile it than to run it."""
    if tables.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET jit = off")


def test_the_database_gives_what_the_oracle_says(tables: Gateway) -> None:
    frames = [frame_from_json(frame) for frame in VECTORS["frames"]]
    with transaction.atomic():
        tables.write([batch for batch in batches(frames) if batch.rows])
    forms: dict[int, list[tuple[str, Any, SqlNode]]] = {}
    for source, place, expected, _ in CASES:
        try:
            form = as_sql(compiled(source).tree, "this")
            Values(tables.vendor, "Order", [form], PLACES, {})
        except NoSqlForm:
            continue
        forms.setdefault(place, []).append((source, expected, form))
    _compile_nothing(tables)
    wrong = []
    for place, cases in forms.items():
        row = frames[place]["this"]["id"]
        for start in range(0, len(cases), AT_ONCE):
            wrong += asked(tables, place, row, cases[start : start + AT_ONCE])
    count = sum(map(len, forms.values()))
    assert not wrong, "\n".join([f"{len(wrong)} of {count}:", *wrong[:20]])
    assert count >= LEAST
