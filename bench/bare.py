"""The bare views that W3 is compared with.

A bare view authenticates like the product, runs the SQL that the product runs for the same address (recorded by
`bench.recording`, without look-ups that do not show in the answer) through psycopg, puts the rows together by hand,
and writes the same JSON.
"""

from __future__ import annotations

import os
import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson
from django.db import connection
from django.http import HttpRequest, HttpResponse
from psycopg import RawCursor
from rest_framework.request import Request

from bench.recording import Recording
from engine_runtime.api.authentication import BearerAuthentication
from scripts.places import VAR

HIDDEN = frozenset(("facts", "catalog", "document_id"))
"""Columns that the product reads and does not answer with."""
LIST_LIMIT = 20
Answer = tuple[list[str], list[tuple[Any, ...]]]
"""Column names and rows of one query."""
RECORDINGS = VAR / "bench-recordings"
_loaded: dict[str, Recording] = {}
"""Recordings by name, read once per worker: this is a program for measuring, not the product."""


def bare(request: HttpRequest, name: str) -> HttpResponse:
    """The recorded answer ``name``, worked out anew from the database."""
    found = BearerAuthentication().authenticate(Request(request))
    if found is None:
        return HttpResponse(status=401)
    answers = _answers(_recording(name))
    shown = _listed(answers[0]) if len(answers) == 1 else _whole(answers)
    return HttpResponse(orjson.dumps(shown, default=str), content_type="application/json")


def _answers(recording: Recording) -> list[Answer]:
    connection.ensure_connection()
    assert connection.connection is not None
    cursor = RawCursor(connection.connection)
    answers = []
    for query in recording.queries:
        cursor.execute(query.text, query.parameters, prepare=True)
        names = [column.name for column in cursor.description or ()]
        answers.append((names, cursor.fetchall()))
    return answers


def _listed(answer: Answer) -> object:
    """A page of a list: one query, in which the titles of a link follow the link."""
    names, found = answer
    link = names.index("customer_id")
    titles = slice(link + 1, names.index("due_date"))
    plain = [(name, place) for place, name in enumerate(names) if not link <= place < titles.stop]
    rows = []
    for values in found[:LIST_LIMIT]:
        row = {name: values[place] for name, place in plain}
        title = next((text for text in values[titles] if text), None)
        row["customer"] = {"id": values[link], "title": title}
        rows.append(row)
    return {"rows": rows, "next": None}


def _whole(answers: list[Answer]) -> object:
    """One document: its head with balances, children under their parents, titles beside the ids of links."""
    tables = [[dict(zip(names, row, strict=True)) for row in rows] for names, rows in answers]
    titles: dict[Any, Any] = {}
    children: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for rows in tables[1:]:
        for row in rows:
            if "parent_id" in row:
                children[row["parent_id"]].append(row)
            elif "id" not in row:
                tables[0][0].update(row)
            else:
                titles[row["id"]] = next((v for k, v in row.items() if k != "id" and v), "")
    return _shown(tables[0][0], titles, children)


def _shown(
    row: dict[str, Any], titles: dict[Any, Any], children: dict[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name in HIDDEN:
            continue
        if name.endswith("_id") and value is not None and name != "parent_id":
            shown[name[:-3]] = {"id": value, "title": titles.get(value, "")}
        else:
            shown[name] = value
    if row["id"] in children:
        shown["rows"] = [_shown(child, titles, children) for child in children[row["id"]]]
    return shown


def _recording(name: str) -> Recording:
    if name not in _loaded:
        path = Path(os.environ.get("BENCH_RECORDINGS", RECORDINGS)) / f"{name}.pickle"
        with path.open("rb") as file:
            _loaded[name] = pickle.load(file)  # noqa: S301 - written by the measurement a moment ago
    return _loaded[name]
