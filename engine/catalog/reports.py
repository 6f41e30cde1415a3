"""Reports, as resolved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.catalog.fields import FieldType, Literals
from engine.expr.program import Expr


@dataclass(frozen=True, slots=True)
class Ask:
    """A parameter of a report."""

    name: str
    type: FieldType
    label: str
    required: bool
    link: tuple[str, ...] = ()
    default: Literals = None
    default_expression: Expr | None = None


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """``formula`` frame: this = the result row: keys, measures, and the parts shown (``closing`` …) as records."""

    name: str
    label: str
    type: FieldType
    scale: int
    formula: Expr
    total: Literal["sum", "recompute", "none"] = "sum"
    running: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A question to a ledger: a row per key ``by`` at a date (``at``) or between two (``between``).

    ``by`` names dimensions, or ``date``, ``origin``, ``line`` (then a row per entry line).
    ``show``: of ``opening``, ``inward``, ``outward``, ``closing``.
    """

    name: str
    key: str
    label: str
    module: str
    ledger: str
    by: tuple[str, ...]
    at: Expr | None
    between: tuple[Expr, Expr] | None
    match: Mapping[str, Expr]
    where: Expr | None
    show: tuple[str, ...]
    ask: Mapping[str, Ask]
    group: tuple[str, ...]
    columns: Mapping[str, ReportColumn]
    allow: frozenset[str] | None
    """None: all who work in a company."""
    drill: str | None = None
    """The report that a click on a row opens, with this row's keys as its parameters."""
    help: str = ""
