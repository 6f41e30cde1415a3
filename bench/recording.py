"""Records the SQL that the product runs for one address, so that a bare view can run the same."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.test import Client

from bench.measure import MeasurementFailed
from engine_runtime.tables.postgresql import PostgreSQL

SHOWN = " AS t"
"""In the text of every query whose rows are shown; look-ups of facts for formulas have no such alias."""


@dataclass(frozen=True)
class RecordedQuery:
    """A statement with `$1` marks, and its parameters."""

    text: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True)
class Recording:
    """The statements of one request after authentication whose rows show in the answer, in order.

    ``sent``: how many statements the product sent in all; ``size``: the answer's size in bytes.
    """

    queries: tuple[RecordedQuery, ...]
    sent: int
    size: int


def record(path: str, token: str, file: Path) -> Recording:
    """GET ``path`` in process, keep its statements in ``file``. Raises MeasurementFailed unless the answer is 200."""
    client = Client(headers={"Authorization": f"Bearer {token}", "Host": "localhost"})
    client.get(path)  # what is done once per process is done
    queries: list[RecordedQuery] = []
    original = PostgreSQL._run

    def watched(self: PostgreSQL, calls: Sequence[tuple[str, Sequence[Any]]]) -> Any:
        queries.extend(RecordedQuery(str(text), tuple(parameters)) for text, parameters in calls)
        return original(self, calls)

    with patch.object(PostgreSQL, "_run", watched):
        answer = client.get(path)
    if answer.status_code != 200:
        raise MeasurementFailed(
            f"{path} was answered with {answer.status_code}: {answer.content[:300]!r}"
        )
    shown = tuple(query for query in queries if SHOWN in query.text)
    recording = Recording(shown, len(queries), len(answer.content))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(recording))
    return recording
