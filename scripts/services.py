"""What tests can use on this machine: PostgreSQL, Redis, a browser. Each answers None and the reason is given here."""

from __future__ import annotations

import os
import shutil

from scripts.places import VENV, venv_program
from scripts.shell import output

POSTGRESQL = "postgresql://postgres@127.0.0.1:5432/postgres"
REDIS = "redis://127.0.0.1:6379/0"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC_BROWSERS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
NO_POSTGRESQL = (
    "PostgreSQL does not answer at {url}, or that user may not create databases. "
    "Start it (Debian: sudo apt install postgresql) and name it in BAHI_TEST_POSTGRESQL."
)
NO_BROWSER = (
    "No Chromium was found. Debian: sudo apt install chromium; or name it in BAHI_CHROMIUM."
)


def postgresql() -> str | None:
    """The URL of a server on which databases may be created, or None."""
    url = postgresql_url()
    probe = (
        "import sys, psycopg\n"
        "with psycopg.connect(sys.argv[1], connect_timeout=3) as connection:\n"
        "    print(connection.execute('select rolcreatedb or rolsuper from pg_roles"
        " where rolname = current_user').fetchone()[0])"
    )
    return url if output([venv_program("python"), "-c", probe, url]) == "True" else None


def postgresql_url() -> str:
    return os.environ.get("BAHI_TEST_POSTGRESQL") or POSTGRESQL


def redis_url() -> str:
    return os.environ.get("BAHI_TEST_REDIS") or REDIS


def chromium() -> str | None:
    """The path of a Chromium-like browser: BAHI_CHROMIUM, the system's, or the one that Playwright installed."""
    named = os.environ.get("BAHI_CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    for name in BROWSERS:
        found = shutil.which(name)
        if found:
            return found
    for path in MAC_BROWSERS:
        if os.access(path, os.X_OK):
            return path
    return _playwright_browser()


def _playwright_browser() -> str | None:
    if not VENV.exists():
        return None
    probe = (
        "from playwright.sync_api import sync_playwright as p\n"
        "with p() as browsers: print(browsers.chromium.executable_path)"
    )
    path = output([venv_program("python"), "-c", probe])
    return path if path and os.access(path, os.X_OK) else None
