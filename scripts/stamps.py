"""Stamps: a step is repeated only when what it was made from has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(files: Iterable[Path], *more: str) -> str:
    """One SHA-256 over names and contents of ``files`` (folders are walked) and the texts in ``more``."""
    total = hashlib.sha256()
    for path in sorted(_walk(files)):
        total.update(str(path).encode())
        total.update(path.read_bytes())
    for text in more:
        total.update(text.encode())
    return total.hexdigest()


def _walk(files: Iterable[Path]) -> Iterable[Path]:
    for path in files:
        if path.is_dir():
            yield from (inner for inner in path.rglob("*") if inner.is_file())
        elif path.exists():
            yield path


def is_fresh(stamp: Path, value: str) -> bool:
    """True when ``stamp`` holds ``value``: the step was done for exactly these inputs."""
    return stamp.exists() and stamp.read_text() == value


def write(stamp: Path, value: str) -> None:
    """Remember that the step is done. Called after success only."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(value)
