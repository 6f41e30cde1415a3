"""Holding what is decided about until the transaction ends, by name, in one order for everybody."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from engine_runtime.posting.session import Session


def hold_keys(session: Session, keys: Iterable[str]) -> None:
    """Hold every one of ``keys`` alone, in the order of their texts."""
    for key in sorted(keys):
        session.gateway.hold(_number(key), alone=True)


def _number(key: str) -> int:
    """A key of PostgreSQL's advisory locks, far from those of companies and documents."""
    return -int.from_bytes(sha256(key.encode()).digest()[:7], "big") - 1
