"""What effects ask for: pure; the caller makes, moves, changes and sends.

``wanted(effects, frame)`` gives requests in the order the effects stand in. The frame is that of
any expression: ``this`` (the document, a dict row), ``facts``, ``balance``, ``read``, and whatever
else the scope of the effects has (the ``ask`` of an action, earlier results by key).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias

from engine.catalog.flow import Effect, Go, Make, Send, Set
from engine.catalog.sources import ROW, DoctypeSource
from engine.expr.program import Expr
from engine.kernel.finding import Finding
from engine.kernel.rows import Row
from engine.kernel.sources import source_rows

_AT = "row of the effect"
"""Where the row of ``each`` stands in frames, whatever it is called."""
DEEPEST = 8
"""How many documents may be made one by another."""


@dataclass(frozen=True, slots=True)
class MakeWanted:
    """A document to be made. ``source``: what it is made out of: the record of ``each`` where that goes through
    records (its head alone: the caller reads the rest), else the document itself; None in a schedule without rows.
    ``row``: the row of ``each``.

    ``company``: another company's id, then it is made after commit. ``once``: the stored key.
    """

    effect: Make
    source: Row | None
    row: Row | None
    values: Mapping[str, Any]
    company: int | None = None
    once: str | None = None


@dataclass(frozen=True, slots=True)
class GoWanted:
    """Documents ``ids`` of ``effect.doctype`` are to go through ``effect.transition``."""

    effect: Go
    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SetWanted:
    """Document ``id`` of ``effect.doctype`` gets ``values``; ``own`` when it is the document in hand."""

    effect: Set
    id: int | None
    values: Mapping[str, Any]
    own: bool = True


@dataclass(frozen=True, slots=True)
class SendWanted:
    """``effect.name`` is to be sent, with ``values``."""

    effect: Send
    values: Mapping[str, Any] = field(default_factory=dict)


Request: TypeAlias = MakeWanted | GoWanted | SetWanted | SendWanted


def wanted(effects: Iterable[Effect], frame: Mapping[str, Any]) -> list[Request]:
    """What ``effects`` ask for of the document in ``frame``; nothing is changed."""
    return [request for effect in effects for request in want(effect, frame)]


def want(effect: Effect, frame: Mapping[str, Any]) -> list[Request]:
    """The requests of one effect: one per row of ``each`` for which ``when`` holds."""
    frames = [inner for inner in _frames(effect, frame) if _applies(effect.when, inner)]
    match effect:
        case Make():
            return [_make(effect, inner) for inner in frames]
        case Go():
            ids = [_subject(effect, inner)["id"] for inner in frames]
            return [GoWanted(effect, tuple(dict.fromkeys(ids)))] if ids else []
        case Set():
            return [_set(effect, inner) for inner in frames]
        case Send():
            return [SendWanted(effect, _values(effect.values, inner)) for inner in frames]


def _frames(effect: Effect, frame: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if effect.each is None:
        yield frame
        return
    name = getattr(effect.each, "name", ROW)
    for row in source_rows(effect.each, frame):
        yield {**frame, name: row, _AT: row}


def _applies(when: Expr | None, frame: Mapping[str, Any]) -> bool:
    return when is None or when.run(frame) is True


def _subject(effect: Effect, frame: Mapping[str, Any]) -> Row:
    """The document an effect is about: the record that ``each`` looks at, else ``this``."""
    found: Row = frame[_AT] if isinstance(effect.each, DoctypeSource) else frame["this"]
    return found


def _make(effect: Make, frame: Mapping[str, Any]) -> MakeWanted:
    row = frame.get(_AT)
    source = row if isinstance(effect.each, DoctypeSource) else frame.get("this")
    company = effect.company.run(frame) if effect.company is not None else None
    once = once_key(effect, frame) if effect.once or effect.company is not None else None
    return MakeWanted(effect, source, row, _values(effect.set, frame), company, once)


def _set(effect: Set, frame: Mapping[str, Any]) -> SetWanted:
    subject = _subject(effect, frame)
    return SetWanted(effect, subject.get("id"), _values(effect.set, frame), effect.of_this)


def _values(expressions: Mapping[str, Expr], frame: Mapping[str, Any]) -> dict[str, Any]:
    return {name: expression.run(frame) for name, expression in expressions.items()}


def once_key(effect: Make, frame: Mapping[str, Any]) -> str:
    """The text under which it is remembered that ``effect`` made its document for these values."""
    values = [_as_text(expression.run(frame)) for expression in effect.once]
    if not effect.once:
        # What is asked of another company may be asked twice; it is made once per document and row.
        values = [str(found["id"]) for found in (frame.get("this"), frame.get(_AT)) if found]
    this = frame.get("this") or {}
    company = this.get("company") or frame.get("company") or ""
    return f"{effect.owner}.{effect.key}@{company}:" + "|".join(values)


def _as_text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case dict():
            return str(value["id"])
    return str(value)


def too_deep(chain: Iterable[str]) -> Finding:
    """What is said when documents make documents without end; ``chain`` names their doctypes."""
    way = " → ".join(chain)
    return Finding(
        "effect.too_deep",
        "",
        f"Effects make documents one out of another more than {DEEPEST} deep: {way}.",
        hint="Give one of these effects a 'when' that ends it, or 'once'.",
    )
