"""Clients over HTTP: `load(…)` starts them in a process of their own, so that they do not slow the server's or ours.

Each client is a thread with one connection kept alive where the server allows it, sending prepared bytes.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.measure import Times

TIMEOUT = 60


@dataclass
class Load:
    """What came of it: times per path, requests that failed (status or error → count), and the whole duration."""

    by_path: dict[str, Times] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    duration: float = 0.0

    @property
    def times(self) -> Times:
        """Of all requests."""
        return Times([second for times in self.by_path.values() for second in times.seconds])

    @property
    def per_s(self) -> float:
        return len(self.times.seconds) / self.duration if self.duration else 0.0


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: str = ""


def load(
    port: int, token: str, requests: Sequence[Request], clients: int, headers: dict[str, str]
) -> Load:
    """Send each of ``requests`` once, shared out over ``clients`` at the same time."""
    plan = {
        "port": port,
        "clients": clients,
        "headers": {"Authorization": f"Bearer {token}", **headers},
        "requests": [[r.method, r.path, r.body] for r in requests],
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.http_load"],
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    by_path = {path: Times(seconds) for path, seconds in found["by_path"].items()}
    return Load(by_path, found["failed"], found["duration"])


def main() -> None:
    plan = json.load(sys.stdin)
    prepared = [
        (request[1], _bytes(plan["port"], plan["headers"], *request))
        for request in plan["requests"]
    ]
    clients = [
        Client(plan["port"], prepared[number :: plan["clients"]])
        for number in range(plan["clients"])
    ]
    threads = [threading.Thread(target=client.run) for client in clients]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    duration = time.perf_counter() - started
    failed: dict[str, int] = {}
    for client in clients:
        for reason, count in client.failed.items():
            failed[reason] = failed.get(reason, 0) + count
    by_path: dict[str, list[float]] = {}
    for client in clients:
        for path, second in client.seconds:
            by_path.setdefault(path, []).append(second)
    json.dump({"by_path": by_path, "failed": failed, "duration": duration}, sys.stdout)


def _bytes(port: int, headers: dict[str, str], method: str, path: str, body: str) -> bytes:
    content = body.encode()
    lines = [
        f"{method} {path} HTTP/1.1",
        f"Host: localhost:{port}",
        "Content-Type: application/json",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join([*lines, "", ""]).encode() + content


class Client:
    """One user: sends its requests one after another and keeps their times."""

    def __init__(self, port: int, requests: list[tuple[str, bytes]]) -> None:
        self.port = port
        self.requests = requests
        self.seconds: list[tuple[str, float]] = []
        self.failed: dict[str, int] = {}
        self._line: socket.socket | None = None

    def run(self) -> None:
        for path, request in self.requests:
            started = time.perf_counter()
            try:
                status = self._send(request)
            except OSError as error:
                self._line = None
                status = type(error).__name__
            if status.startswith("2"):
                self.seconds.append((path, time.perf_counter() - started))
            else:
                self.failed[status] = self.failed.get(status, 0) + 1

    def _send(self, request: bytes) -> str:
        line = self._line or socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
        self._line = line
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(request)
        answer = bytearray()
        while b"\r\n\r\n" not in answer:
            answer += self._some(line)
        head, _, body = bytes(answer).partition(b"\r\n\r\n")
        fields = head.lower().decode("latin-1")
        length = int(fields.partition("content-length:")[2].partition("\r\n")[0] or 0)
        got = len(body)
        while got < length:
            got += len(self._some(line))
        if "connection: close" in fields:
            line.close()
            self._line = None
        return fields.split(" ", 2)[1]

    @staticmethod
    def _some(line: socket.socket) -> bytes:
        data = line.recv(65536)
        if not data:
            raise ConnectionResetError("the server closed the connection")
        return data


if __name__ == "__main__":
    main()
