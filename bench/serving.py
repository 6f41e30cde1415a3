"""A gunicorn with two workers for the time of a measurement, serving the product and the bare views beside it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.measure import MeasurementFailed
from scripts.places import ROOT, VAR
from scripts.shell import output

WORKERS = 2
READY_WITHIN = 30


@dataclass(frozen=True)
class Server:
    port: int
    process: int

    def worker_mib(self) -> float:
        """Resident memory of the largest worker, in MiB."""
        listing = output(["ps", "-o", "rss=", "--ppid", str(self.process)])
        if listing is None:  # macOS has no --ppid
            lines = (output(["ps", "-A", "-o", "ppid=,rss="]) or "").splitlines()
            pairs = (line.split() for line in lines)
            listing = "\n".join(rss for parent, rss in pairs if parent == str(self.process))
        return max(int(line) for line in listing.split()) / 1024


@contextmanager
def server(database_url: str) -> Iterator[Server]:
    """Serve the database at ``database_url`` on a free port; the log goes to var/bench-server.log."""
    port = _free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "bench.wsgi:application",
        "--workers",
        str(WORKERS),
    ]
    command += ["--worker-class", "gthread", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    with (VAR / "bench-server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            _wait(port, process)
            yield Server(port, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise MeasurementFailed(
        "The server of the measurement did not start; see var/bench-server.log."
    )
