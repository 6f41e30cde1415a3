"""What the process is told from outside: environment variables, and the secret that is kept in `var/`."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class EnvironmentInvalid(Exception):
    """An environment variable has a value that cannot be used; the text says which and what it may be."""


def flag(name: str, default: bool = False) -> bool:
    """The yes/no variable ``name``. Raises EnvironmentInvalid for anything but 1, 0, true, false, yes, no."""
    text = os.environ.get(name, "").strip().lower()
    if not text:
        return default
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise EnvironmentInvalid(f"{name} is '{text}': write 1 or 0.")


def words(name: str, default: str) -> list[str]:
    """The comma-separated variable ``name`` as a list without empty words."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def secret_key(folder: Path) -> str:
    """BAHI_SECRET_KEY, else the key in ``folder``/secret_key, made on first use and readable by its owner only."""
    given = os.environ.get("BAHI_SECRET_KEY", "")
    if given:
        return given
    path = folder / "secret_key"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        # O_EXCL: of two processes that start at once, one makes the key and the other reads it.
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read_key(path)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        key = secrets.token_urlsafe(48)
        file.write(key)
    return key


def _read_key(path: Path) -> str:
    key = path.read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise EnvironmentInvalid(f"{path} holds no usable key: delete it, and a new one is made.")
    return key


LOCK_TIMEOUT_MS = 10_000
"""How long a transaction waits for a row; it is done with in milliseconds normally."""


def database(url: str, base: Path) -> dict[str, Any]:
    """Django's settings of the database at ``url``: `sqlite:///file`, `sqlite:////absolute/file` or `postgresql://…`.

    A relative SQLite path counts from ``base``. Raises EnvironmentInvalid for any other scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(unquote(parts.path[1:]), base)
    if parts.scheme in ("postgresql", "postgres"):
        return _postgresql(url)
    raise EnvironmentInvalid(
        f"DATABASE_URL starts with '{parts.scheme}:': write sqlite:///var/bahi.sqlite3 "
        "or postgresql://user:password@host:5432/name."
    )


def fingerprint(settings: Mapping[str, Any]) -> str:
    """A short name for the database that ``settings`` lead to, without its password."""
    place = "|".join(str(settings.get(name, "")) for name in ("ENGINE", "HOST", "PORT", "NAME"))
    return hashlib.sha256(place.encode()).hexdigest()[:12]


def _sqlite(path: str, base: Path) -> dict[str, Any]:
    if not path:
        raise EnvironmentInvalid("DATABASE_URL names no file: write sqlite:///var/bahi.sqlite3.")
    file = base / path
    file.parent.mkdir(parents=True, exist_ok=True)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(file),
        "OPTIONS": {
            # A writer takes the lock at BEGIN: two that begin as readers could never both go on.
            "transaction_mode": "IMMEDIATE",
            "timeout": LOCK_TIMEOUT_MS / 1000,
            "init_command": (
                "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA cache_size=-32000;PRAGMA temp_store=MEMORY;"
            ),
        },
    }


def _postgresql(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    threshold = options.pop("prepare_threshold", "5")
    # Django prepares nothing by itself; its own cursors stay so (they bind on the client), those of tables/ prepare.
    # Behind PgBouncer older than 1.21: `?prepare_threshold=none`.
    options["prepare_threshold"] = None if threshold == "none" else int(threshold)
    # Who waits for a row that somebody else holds is told so, and holds up nobody in turn.
    options.setdefault("options", f"-c lock_timeout={LOCK_TIMEOUT_MS}")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path[1:]) or "bahi",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def logging(form: str, level: str) -> Mapping[str, Any]:
    """Django's LOGGING: to standard error, one line per record, ``form`` `plain` or `json`."""
    if form not in ("plain", "json"):
        raise EnvironmentInvalid(f"BAHI_LOG is '{form}': write plain or json.")
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"},
            "json": {"()": "engine_runtime.project.logs.JsonFormatter"},
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": form}},
        "root": {"handlers": ["stderr"], "level": level},
        # Its own handler mails administrators and prints in colour; the root's is enough.
        "loggers": {"django": {"handlers": [], "level": level, "propagate": True}},
    }
