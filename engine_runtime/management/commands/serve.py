"""``python manage.py serve``: the web server and the worker, started and stopped together."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

READY_SECONDS = 60.0
STOP_SECONDS = 15.0
WORKER_PAUSE = 2.0
PR_SET_PDEATHSIG = 1


class Command(BaseCommand):
    """Starts gunicorn and a Celery worker, says when they answer, ends both on SIGTERM and SIGINT."""

    help = "Run the server and the worker on 127.0.0.1:$PORT (8000)."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--workers", type=int, default=2, help="server processes")
        parser.add_argument("--no-worker", action="store_true", help="without the job worker")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = _Stop()
        server = _start(server_command(options["bind"], options["port"], options["workers"]))
        worker = None if options["no_worker"] else _start(worker_command())
        try:
            self._announce(server, options["bind"], options["port"], stopping)
            while not stopping.asked and server.poll() is None:
                if worker is not None and worker.poll() is not None:
                    self.stderr.write("The worker has ended; it is started again.")
                    time.sleep(WORKER_PAUSE)
                    worker = _start(worker_command())
                time.sleep(0.2)
        finally:
            status = server.poll()
            _end([p for p in (server, worker) if p is not None])
        if not stopping.asked:
            raise CommandError(
                f"The server has ended by itself (status {status}); see its messages above."
            )

    def _announce(
        self, server: subprocess.Popen[bytes], bind: str, port: int, stopping: _Stop
    ) -> None:
        host = "127.0.0.1" if bind in ("0.0.0.0", "::") else bind  # noqa: S104 - compared, not bound
        address = f"http://{host}:{port}"
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until and server.poll() is None and not stopping.asked:
            if _answers(f"{address}/api/health"):
                self.stdout.write(f"Listening on {address}/")
                self.stdout.flush()
                return
            time.sleep(0.2)
        if server.poll() is None and not stopping.asked:
            self.stderr.write(f"{address}/api/health does not answer yet; see the messages above.")


class _Stop:
    """Remembers that somebody asked to stop."""

    def __init__(self) -> None:
        self.asked = False
        signal.signal(signal.SIGTERM, self._ask)
        signal.signal(signal.SIGINT, self._ask)

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def server_command(bind: str, port: int, workers: int) -> list[str]:
    """gunicorn with threads: browsers keep connections open, which sync workers could not."""
    return [
        sys.executable, "-m", "gunicorn", "engine_runtime.project.wsgi:application",
        "--bind", f"{bind}:{port}", "--workers", str(workers),
        "--worker-class", "gthread", "--threads", "4",
        "--keep-alive", "30", "--timeout", "60", "--graceful-timeout", "5",
        "--limit-request-line", "8190", "--log-level", "warning",
    ]  # fmt: skip


def worker_command() -> list[str]:
    """One Celery worker with threads, alone: no gossip with others, no remote control, no event stream."""
    return [
        sys.executable, "-m", "celery", "--quiet", "-A", "engine_runtime.jobs.celery", "worker",
        "--pool", "threads", "--concurrency", "2", "--loglevel", "warning",
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def _start(command: list[str]) -> subprocess.Popen[bytes]:
    # A session of its own: Ctrl-C reaches only this process, which then ends both in order.
    return subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        start_new_session=True,
        preexec_fn=_end_with_parent if sys.platform == "linux" else None,
    )


def _end_with_parent() -> None:
    """In the child: end when the parent is killed, so that no server is left holding the port (Linux only)."""
    with contextlib.suppress(OSError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _end(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
