"""Schedules, as resolved: what is done by itself, when, and to what."""

from __future__ import annotations

from dataclasses import dataclass

from engine.catalog.doctypes import FactPlan
from engine.catalog.flow import Effect, Every
from engine.catalog.sources import RowSource
from engine.expr.program import Expr
from engine.problems.problem import Span


@dataclass(frozen=True, slots=True)
class Schedule:
    """Once per company and row of ``each`` (once at all without), whenever ``every`` is due.

    Frame of its expressions: ``row``, and ``this``: the same record whole, where ``each`` goes through
    records of ``subject``; ``today``, the day it was due. ``facts``: what these read over links.
    """

    name: str
    key: str
    span: Span
    every: Every
    each: RowSource | None
    when: Expr | None
    do: tuple[Effect, ...]
    subject: str | None
    seen_as: str
    """The doctype as which ``facts`` are gathered: the subject, else what is made."""
    facts: FactPlan
    help: str = ""
