"""What tests of several rooms do alike."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from engine.kernel.finding import Finding
from engine_runtime.documents.errors import DocumentInvalid


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(done: Callable[[], object], *, within: float) -> None:
    """Wait, at most so many seconds, until ``done``."""
    end = time.monotonic() + within
    while not done():
        assert time.monotonic() < end, f"it did not come to that within {within} s"
        time.sleep(min(0.25, within / 100))


def values(rows: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """The values of some fields, row by row."""
    return [tuple(row[name] for name in names) for row in rows]


def refused(act: Callable[..., Any], *given: Any, **more: Any) -> list[tuple[str, str]]:
    """(code, path) of everything for which a document was refused."""
    return [(found.code, found.path) for found in _why(act, *given, **more)]


def refused_for(act: Callable[..., Any], *given: Any, **more: Any) -> dict[str, str]:
    """Path → message of everything for which a document was refused."""
    return {found.path: found.message for found in _why(act, *given, **more)}


def _why(act: Callable[..., Any], *given: Any, **more: Any) -> Sequence[Finding]:
    with pytest.raises(DocumentInvalid) as error:
        act(*given, **more)
    return error.value.problems
