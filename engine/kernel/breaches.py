"""A limit that is passed by what has happened already: written all the same, and somebody's task."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Breach:
    """What is told of it: ``measured`` is what it came to, ``allowed`` how far it might have gone.

    ``limit``: the key of the limit; ``ledger``: the name of the ledger whose limit it is, "" for one of its own.
    ``name`` and ``key`` are words: what is limited, and of what. ``said``: the sentence of a refusal.
    """

    limit: str
    ledger: str
    name: str
    key: str
    measured: str
    allowed: str
    said: str
    roles: tuple[str, ...] = ()

    def asked(self, person: str) -> list[tuple[str, str]]:
        """Whose task it is, as (person, role): anybody of each of the roles, else ``person``, who brought it."""
        return [("", role) for role in self.roles] or [(person, "")]


def figure(value: Decimal | int) -> str:
    """A figure as it is kept: written out, without zeros at its end."""
    return f"{Decimal(value).normalize():f}"
