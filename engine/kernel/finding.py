"""What the kernel has to say about a document: a value, never an exception."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

NO_SUCH_RECORD = "Choose one that is there and of this company, or make it first."
"""The way out where a link leads to nothing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one document.

    ``path`` names the field as the document's JSON does: ``posting_date``, ``items[2].rate``
    (rows count from 0), ``""`` for the whole. ``action`` ``warn`` lets the document pass, ``confirm`` as soon
    as its ``confirmation`` is sent along.
    """

    code: str
    path: str
    message: str
    action: Literal["refuse", "warn", "confirm"] = "refuse"
    hint: str = ""

    @property
    def confirmation(self) -> str:
        """What a caller sends back to say that a person read exactly this and goes on knowingly."""
        said = "\x1f".join((self.code, self.path, self.message))
        return sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Confirmable(Finding):
    """As a call tells it: ``token`` is the confirmation, which the path of a document among several does not change."""

    token: str = ""

    @property
    def confirmation(self) -> str:
        return self.token


@dataclass(frozen=True, slots=True)
class Passable(Finding):
    """A refusal by the limit ``limit`` (its key), which people of any of ``roles`` may go beyond knowingly."""

    limit: str = ""
    roles: tuple[str, ...] = ()


def path_of(row: dict[str, object], table: str, field: str = "") -> str:
    """The JSON path of ``field`` of ``row``, a row of the table at ``table`` (``""`` for the head)."""
    steps: list[str] = [field] if field else []
    names = table.split(".") if table else []
    current: object = row
    for name in reversed(names):
        assert isinstance(current, dict)
        steps.append(f"{name}[{int(current['index']) - 1}]")
        current = current["parent"]
    return ".".join(reversed(steps))
