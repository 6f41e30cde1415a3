"""Actions of doctypes, and the answers they declare, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from engine.catalog.flow import Effect
from engine.catalog.workflow import Condition, People
from engine.expr.program import Expr, Template

if TYPE_CHECKING:
    from engine.catalog.doctypes import Doctype

Constant = str | int | bool | None


@dataclass(frozen=True, slots=True)
class AnswerValue:
    """A literal, or what an expression gives."""

    constant: Constant = None
    expression: Expr | None = None


@dataclass(frozen=True, slots=True)
class AnswerRows:
    """A list: one object per row of the table ``each`` that ``where`` takes."""

    each: str
    give: AnswerObject
    where: Expr | None = None


@dataclass(frozen=True, slots=True)
class AnswerObject:
    """A JSON object, key by key in the order written."""

    parts: Mapping[str, AnswerValue | AnswerRows | AnswerObject]


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """What is answered to problems whose code is one of ``codes`` or below it; ``status`` is that of HTTP."""

    key: str
    codes: tuple[str, ...]
    status: int
    answer: AnswerObject

    def takes(self, code: str) -> bool:
        return any(code == known or code.startswith(known + ".") for known in self.codes)


@dataclass(frozen=True, slots=True)
class Action:
    """A thing to do with a document. Frame of its expressions: this, asked, user, today, and each effect by key."""

    name: str
    label: str
    people: People
    route: str
    method: Literal["post", "put"] = "post"
    when: Expr | None = None
    checks: Mapping[str, Condition] = field(default_factory=dict)
    ask: Doctype | None = None
    written: tuple[str, ...] = ()
    """The fields of the document that are asked for by their own names, and written into it."""
    do: tuple[Effect, ...] = ()
    answer: AnswerObject | None = None
    errors: Mapping[str, ErrorAnswer] = field(default_factory=dict)
    confirm: Template | None = None
    bulk: bool = False
    later: bool = False
    """It is done in the background."""
