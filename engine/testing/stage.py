"""What a story is played on: documents that are made, moved and looked at.

The engine plays stories in memory (``engine.testing.life``); the project's own tests play the same
stories on databases. Nothing here knows which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from engine.catalog.whole import Catalog
from engine.kernel.finding import Finding
from engine.kernel.rows import Row

BREACH_TOLD = ("limit", "ledger", "key", "measured", "allowed")
"""What a story may say of a limit that was passed."""


class Refused(Exception):
    """Nothing was done; ``findings`` say why, ``answer`` is what a program is told, where that is declared."""

    def __init__(
        self, findings: Sequence[Finding], answer: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__("; ".join(f"{f.path or 'document'}: {f.message}" for f in findings))
        self.findings = tuple(findings)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Moment:
    """When, by whom and where the next thing happens. ``roles`` None: may do everything.

    ``places``: the people that the person stands in for; ``passes``: key of a limit that they go beyond →
    what they say of it. ``confirms``: codes of what they confirm when asked. ``issued``: the number with which
    what is submitted comes.
    """

    today: date
    person: str
    roles: tuple[str, ...] | None
    company: int | None
    places: tuple[str, ...] = ()
    passes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    confirms: frozenset[str] = frozenset()
    issued: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of a ledger: ``values`` has dimensions (links as ids), details and measures, and
    ``<measure>.worth`` where the ledger keeps it."""

    id: int
    ledger: str
    rule: str
    values: Mapping[str, Any]


class Stage(Protocol):
    """Documents of one catalog. What is refused raises Refused and leaves nothing behind."""

    catalog: Catalog
    moment: Moment

    def made_from(self, doctype: str, sources: Sequence[tuple[str, int]]) -> dict[str, Any]:
        """The fields of a new document of ``doctype`` made out of ``sources`` (doctype, id); of none: of balances."""

    def create(self, doctype: str, fields: Mapping[str, Any], transition: str | None) -> int:
        """Make a document, take it through ``transition`` if there is one; its id."""

    def change(self, doctype: str, number: int, fields: Mapping[str, Any]) -> None:
        """Change fields of a stored document."""

    def rederive(self, doctype: str, number: int) -> None:
        """Bring a submitted document under the rules and masters of today, having seen the difference."""

    def go(self, doctype: str, number: int, transition: str, given: Mapping[str, Any]) -> None:
        """Take a document through a transition."""

    def act(self, doctype: str, number: int, action: str, given: Mapping[str, Any]) -> Any:
        """Carry out a declared action; what it answers."""

    def run_schedule(self, name: str) -> None:
        """Run a schedule as of today."""

    def expire(self, ledger: str) -> None:
        """Take out what is left of the lots of a ledger whose last day was before today, in every company."""

    def close(self, area: str, until: date) -> None:
        """Close an area of the books up to and including a day."""

    def document(self, doctype: str, number: int) -> Row:
        """A stored document with everything that is worked out when asked."""

    def documents(self, doctype: str) -> list[int]:
        """The ids of all documents of a doctype, oldest first."""

    def lines(self, ledger: str) -> list[tuple[int, Line]]:
        """All entries of a ledger in the order written, each with the id of its document."""

    def tasks(self, doctype: str, number: int) -> list[Mapping[str, Any]]:
        """What waits for people: consents (``need``, ``person`` or ``role``, ``rows`` (ids) that are theirs), and
        limits that it passed because it had happened already (``BREACH_TOLD``, ``person`` or ``role``)."""

    def consents(self, doctype: str, number: int) -> list[Mapping[str, Any]]:
        """The consents that were ever given to it: ``need``, ``person``, ``by`` whom."""

    def warned(self) -> Sequence[str]:
        """The codes of what the last call was warned of."""
