"""Fixtures of the browser tests: a server on a database of its own with the demo company, a browser, a page.

BAHI_CHROMIUM names the browser (else the one in PATH); BAHI_LIVE_URL takes a server that is already there.
Pictures go to var/pictures/.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser.screen import Screen
from tests.helpers import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
PICTURES = ROOT / "var" / "pictures"
READY_SECONDS = 60
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _missing(reason: str) -> None:
    if os.environ.get("BAHI_REQUIRE") == "all":
        pytest.fail(reason)
    pytest.skip(reason)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 - our own server
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@pytest.fixture(scope="session")
def live_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the demo company, on a temporary database."""
    known = os.environ.get("BAHI_LIVE_URL")
    if known:
        yield known
        return
    yield from _serving(tmp_path_factory.mktemp("live"), "metadata", ["manage.py", "load_demo"])


@pytest.fixture(scope="session")
def work_server_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with the small pack of these tests and the people of ``people.py``."""
    people = ["-m", "tests.browser.people"]
    yield from _serving(tmp_path_factory.mktemp("work"), "tests/browser/pack", people)


def _serving(folder: Path, metadata: str, fill: list[str]) -> Iterator[str]:
    """A server on a database in ``folder`` with ``metadata`` published and filled by a Python program."""
    if not (ROOT / "ui_builder" / "dist" / "index.html").exists():
        _missing("The browser application is not built: make setup.")
    environment = {
        **os.environ,
        "BAHI_VAR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'live.sqlite3'}",
    }
    manage = [sys.executable, "manage.py"]
    prepare = ([*manage, "migrate", "--verbosity", "0"], [*manage, "publish", metadata])
    for command in (*prepare, [sys.executable, *fill]):
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    port = free_port()
    serve = [*manage, "serve", "--port", str(port), "--workers", "1", "--no-worker"]
    server = subprocess.Popen(serve, cwd=ROOT, env=environment)
    try:
        url = f"http://127.0.0.1:{port}"
        until = time.monotonic() + READY_SECONDS
        while not _answers(f"{url}/api/health"):
            if server.poll() is not None or time.monotonic() > until:
                raise RuntimeError("The server for the browser tests did not start.")
            time.sleep(0.2)
        yield url
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as found:
        yield found


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, without a window."""
    program = os.environ.get("BAHI_CHROMIUM") or shutil.which("chromium")
    if not program:
        _missing("There is no Chromium; BAHI_CHROMIUM names one.")
    found = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield found
    found.close()


def _page(browser: Browser, width: int, height: int) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="en-IN",
        color_scheme="light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == [], f"The page raised: {faults}"


@pytest.fixture
def screen(browser: Browser, live_server_url: str) -> Iterator[Screen]:
    """The application on a desk."""
    for page in _page(browser, 1280, 900):
        yield Screen(page, live_server_url, PICTURES)


@pytest.fixture
def work(browser: Browser, work_server_url: str) -> Iterator[Screen]:
    """The application over the small pack."""
    for page in _page(browser, 1280, 900):
        yield Screen(page, work_server_url, PICTURES)


@pytest.fixture
def phone(browser: Browser, live_server_url: str) -> Iterator[Screen]:
    """The application in a hand, 360 pixels wide."""
    for page in _page(browser, 360, 740):
        yield Screen(page, live_server_url, PICTURES)
