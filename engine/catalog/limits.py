"""Limits, as resolved: one per doctype that they apply to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from engine.catalog.actions import AnswerObject, AnswerRows, AnswerValue
from engine.catalog.ledgers import IfDone
from engine.expr.program import Expr, Template

if TYPE_CHECKING:
    from engine.catalog.doctypes import Doctype

LimitAction = Literal["refuse", "warn", "confirm", "go"]
"""What happens where it is passed: the attempt is undone (``refuse``, ``go``: and the document moves on),
it is done and told (``warn``), or done once a person confirms it."""


@dataclass(frozen=True, slots=True)
class LimitPass:
    """Who may go beyond a limit, and what they are asked for; both are kept."""

    roles: tuple[str, ...]
    ask: Doctype | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A measure over the books that may not go beyond ``maximum`` or below ``minimum``, of one doctype.

    ``given`` binds names; frame: this = document, row = the row of ``each``. Everything else sees
    the givens, the names of ``let``, ``row`` and ``facts``, and asks the books by ``balance``,
    ``read`` and ``ask``: the measure with what the document writes. ``message``, ``answer`` and ``reason``
    also see ``measured``, ``before`` (measured without the document), ``max`` and ``min``.
    ``by``: what is locked while it is measured; without it, the limit in the document's company, if the
    books are asked at all.
    """

    name: str
    key: str
    at: tuple[str, ...]
    """Transitions and actions at which it is measured."""
    given: Mapping[str, Expr]
    measure: Expr
    each: str | None = None
    by: Mapping[str, Expr] = field(default_factory=dict)
    maximum: Expr | None = None
    minimum: Expr | None = None
    when: Expr | None = None
    unless: Expr | None = None
    action: LimitAction = "refuse"
    transition: str = ""
    """Of the action ``go``."""
    reason: Template | None = None
    message: Template | None = None
    passing: LimitPass | None = None
    answer: AnswerObject | None = None
    if_done: IfDone | None = None

    @property
    def reads_books(self) -> bool:
        """Whether what others write meanwhile could change what is measured."""
        asked = (self.measure, self.maximum, self.minimum, self.when, self.unless)
        return any(each.balances or each.asks for each in asked if each is not None)

    def expressions(self) -> Iterator[Expr | Template]:
        """All that is worked out with the facts of the document."""
        yield from (*self.given.values(), *self.by.values(), self.measure)
        some = (
            self.maximum, self.minimum, self.when, self.unless, self.reason, self.message,
        )  # fmt: skip
        yield from (each for each in some if each is not None)
        if self.answer is not None:
            yield from _of_answer(self.answer)


def _of_answer(part: AnswerObject | AnswerRows | AnswerValue) -> Iterator[Expr]:
    match part:
        case AnswerValue(_, expression):
            if expression is not None:
                yield expression
        case AnswerRows():
            yield from (each for each in (part.where,) if each is not None)
            yield from _of_answer(part.give)
        case AnswerObject(parts):
            for each in parts.values():
                yield from _of_answer(each)
