"""The bare views that W3 is compared with, and the WSGI application that serves them beside the product.

A bare view authenticates like the product, runs the SQL that the product runs for the same address (recorded by
`bench.recording`) through psycopg, puts the rows together by hand, and writes the same JSON.
"""

from __future__ import annotations

import os
import pickle
from collections import defaultdict
from pathlib import Path
from typing import Any

import orjson
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from psycopg import RawCursor
from rest_framework.request import Request

from bench.recording import Recording
from engine_runtime.api.authentication import BearerAuthentication
from scripts.places import VAR

RECORDINGS = VAR / "bench-recordings"
_loaded: dict[str, Recording] = {}
"""Recordings by name, read once per worker: this is a program for measuring, not the product."""


def bare(request: HttpRequest, name: str) -> HttpResponse:
    """The recorded answer ``name``, worked out anew from the database."""
    found = BearerAuthentication().authenticate(Request(request))
    if found is None:
        return HttpResponse(status=401)
    recording = _recording(name)
    connection.ensure_connection()
    assert connection.connection is not None
    cursor = RawCursor(connection.connection)
    answers: list[list[dict[str, Any]]] = []
    for query in recording.queries:
        cursor.execute(query.text, query.parameters, prepare=True)
        names = [column.name for column in cursor.description or ()]
        answers.append([dict(zip(names, row, strict=False)) for row in cursor.fetchall()])
    return HttpResponse(
        orjson.dumps(_joined(answers), default=str), content_type="application/json"
    )


def _joined(answers: list[list[dict[str, Any]]]) -> object:
    """Children under their parents, titles beside the ids of links."""
    titles = {
        row["id"]: next((value for key, value in row.items() if key != "id" and value), "")
        for rows in answers[1:]
        for row in rows
        if "parent_id" not in row
    }
    children: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for rows in answers[1:]:
        for row in rows:
            if "parent_id" in row:
                children[row["parent_id"]].append(row)
    heads = [_shown(row, titles, children) for row in answers[0]]
    return {"rows": heads, "next": None} if len(heads) != 1 else heads[0]


def _shown(
    row: dict[str, Any], titles: dict[int, Any], children: dict[int, list[dict[str, Any]]]
) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, value in row.items():
        if name.endswith("_id") and value is not None:
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


application = get_wsgi_application()
