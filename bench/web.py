"""W1b and W3: over HTTP, against the served product, with 1 and 8 clients."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from typing import Any

from bench import plain_clients, serving
from bench.bare import RECORDINGS
from bench.documents import Captured, database_url
from bench.http_load import Load, Request, load
from bench.measure import MeasurementFailed, Times
from bench.recording import record
from bench.world import World
from engine_runtime.exchange.demo_users import ADMINISTRATOR

CLIENTS = 8
INVOICES = 300
INVOICES_AT_8 = 600
READS = 300
ROUNDS = 4
LIST = "sales/invoices"
LIST_FIELDS = "number,posting_date,customer,due_date,grand_total,state"


def token(port: int) -> str:
    """Log the demo's administrator in."""
    log_in = {"username": ADMINISTRATOR, "password": f"{ADMINISTRATOR}-demo-2026"}
    body = json.dumps(log_in).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/api/auth/token", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.load(answer)["token"])


def writing(world: World, captured: Captured, y_p50_ms: float) -> dict[str, Any]:
    """W1b: invoices created and submitted by POST, and the yardstick Y with as many clients."""
    with serving.server(database_url()) as server:
        key = token(server.port)

        def send(first: int, count: int, clients: int) -> Load:
            requests = [
                Request("POST", f"/api/{LIST}?submit=true", _body(world, first + number))
                for number in range(count)
            ]
            return load(
                server.port, key, requests, clients, {"X-Company": str(world.actor.company_id)}
            )

        send(2_000_000, 40, 2)
        one = send(2_001_000, INVOICES, 1)
        many = send(2_002_000, INVOICES_AT_8, CLIENTS)
        memory = server.worker_mib()
    plain = plain_clients.per_second(captured.written, CLIENTS)
    return {
        **one.times.summary(),
        "ratio": round(one.times.p50_ms / y_p50_ms, 2),
        "failed": one.failed,
        "clients_8": {
            "per_s": round(many.per_s, 1),
            "p50_ms": round(many.times.p50_ms, 2),
            "p95_ms": round(many.times.p95_ms, 2),
            "p99_ms": round(many.times.at(0.99), 2),
            "failed": many.failed,
            "throughput_to_Y": round(many.per_s / plain, 2),
        },
        "yardsticks": {"Y_8_clients": {"per_s": round(plain, 1)}},
        "worker_mib": round(memory, 1),
    }


def _body(world: World, number: int) -> str:
    return json.dumps(world.sale(number, 10), default=str)


def reading(world: World, invoice: int) -> dict[str, Any]:
    """W3: a list of 20 with 6 fields, and one invoice with its 10 lines; next to the bare views."""
    listing = f"/api/{LIST}?{urllib.parse.urlencode({'fields': LIST_FIELDS, 'sort': '-posting_date', 'limit': 20})}"
    with serving.server(database_url()) as server:
        key = token(server.port)
        company = {"X-Company": str(world.actor.company_id)}
        found: dict[str, Any] = {}
        for name, path in (("list", listing), ("one", f"/api/{LIST}/{invoice}")):
            recording = record(path, key, RECORDINGS / f"{name}.pickle")
            bare_size = _same(server.port, key, path, f"/bench/{name}", company)
            found[name] = {
                "statements": recording.sent,
                "bytes": recording.size,
                "bare_bytes": bare_size,
            }
            for clients in (1, CLIENTS):
                figures = _beside_bare(server.port, key, path, f"/bench/{name}", clients, company)
                found[name][f"clients_{clients}"] = figures
    first = found["list"]["clients_1"]
    return {**{k: first[k] for k in ("per_s", "ratio", "p50_ms", "p95_ms")}, **found}


def _same(port: int, key: str, product: str, bare: str, headers: dict[str, str]) -> int:
    """The size of the bare answer. Raises MeasurementFailed when it is not what the product answers."""
    bodies = [_get(port, key, path, headers) for path in (product, bare)]
    sizes = [len(body) for body in bodies]
    rows = [json.loads(body).get("rows") for body in bodies]
    if (rows[0] and rows[0] != rows[1]) or not 0.9 < sizes[0] / sizes[1] < 1.2:
        raise MeasurementFailed(
            f"The bare view answers something else than {product}: {sizes} bytes."
        )
    return sizes[1]


def _get(port: int, key: str, path: str, headers: dict[str, str]) -> bytes:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", headers={**headers, "Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return bytes(answer.read())


def _beside_bare(
    port: int, key: str, product: str, bare: str, clients: int, headers: dict[str, str]
) -> dict[str, Any]:
    """One client asks both in turn. Several ask for one and then for the other, so that each has the server."""
    found: dict[str, Times] = {product: Times(), bare: Times()}
    duration = 0.0
    for turn in range(ROUNDS + 1):
        groups = [[product, bare]] if clients == 1 else [[product], [bare]]
        for paths in groups:
            requests = [Request("GET", path) for path in paths] * (READS // ROUNDS)
            one = load(port, key, requests, clients, headers)
            if one.failed:
                raise MeasurementFailed(f"{paths} failed: {one.failed}; see var/bench-server.log")
            if turn:  # the first turn warms up
                duration += one.duration if product in paths else 0
                for path, times in one.by_path.items():
                    found[path].seconds += times.seconds
    figures = found[product].summary()
    if clients > 1:
        figures["per_s"] = round(len(found[product].seconds) / duration, 1)
    ratio = round(found[product].p50_ms / found[bare].p50_ms, 2)
    return {**figures, "ratio": ratio, "bare_p50_ms": round(found[bare].p50_ms, 3)}
