"""The way in: text and scope → a checked, compiled expression or template, and all problems."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from engine.expr.check import check
from engine.expr.check_calls import make_hole, split_template
from engine.expr.check_money import currency_of
from engine.expr.closures import build_program
from engine.expr.context import Context
from engine.expr.fault import Fault
from engine.expr.nodes import Compose, Field, Hole, Literally, Node
from engine.expr.program import BalanceRead, Expr, Read, Template, TemplateHole
from engine.expr.scope import Scope
from engine.expr.syntax import parse
from engine.expr.types import (
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    NULL,
    TEXT,
    Money,
    Quantity,
    Type,
    describe,
    fits,
)
from engine.expr.walk import MOST_LEVELS, MOST_LOOPS, MOST_PARTS, every, work_of
from engine.problems.problem import Problem, Span

_CONSTANTS: tuple[tuple[type, Type], ...] = (
    (bool, BOOLEAN),
    (int, INTEGER),
    (str, TEXT),
    (Decimal, DECIMAL),
    (date, DATE),
)


def compile_expression(
    source: str, span: Span, scope: Scope, expects: Type | None = None
) -> tuple[Expr | None, list[Problem]]:
    """``source`` checked against ``scope``; ``expects`` is the type of the key or field it is for.

    ``span`` is where the text stands; problems point inside it when it is known how it lies over the lines. The
    expression is None when there is any problem.
    """
    context, tree, faults = _checked(source, scope)
    if tree is not None and not faults and expects is not None:
        faults = _expected(tree, expects, len(source))
    if tree is None or context is None or faults:
        return None, [_problem(fault, source, span) for fault in faults]
    return _expression(source, span, tree, context), []


def compile_template(
    text: str, span: Span, scope: Scope, *, people: bool = True
) -> tuple[Template | None, list[Problem]]:
    """``text`` with holes ``{expression:format}``; ``{{`` and ``}}`` are brackets themselves.

    ``people``: they read it, so amounts have their digits in groups; else it is a code, and they have not.
    """
    pieces = split_template(text)
    if isinstance(pieces, str):
        hint = "A bracket itself is written {{ or }}."
        return None, [Problem("E201", pieces, span, hint)]
    problems: list[Problem] = []
    parts: list[str | TemplateHole] = []
    shown: list[str | Hole] = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
            shown.append(piece)
            continue
        inner = _inner_span(span, text, piece.place)
        hole, expression, found = _hole(piece.inside, piece.format, inner, scope, people=people)
        problems.extend(found)
        if hole is not None and expression is not None:
            parts.append(TemplateHole(expression, piece.format))
            shown.append(hole)
    if problems:
        return None, problems
    tree = Compose(tuple(shown), TEXT)
    expressions = [part.expression for part in parts if isinstance(part, TemplateHole)]
    reads: frozenset[Read] = frozenset().union(*(each.reads for each in expressions))
    balances = _distinct(read for each in expressions for read in each.balances)
    asks = tuple(dict.fromkeys(key for each in expressions for key in each.asks))
    run = build_program(tree)
    return Template(text, span, tree, tuple(parts), reads, run, balances, asks), []


def currency_expression(expression: Expr, scope: Scope) -> Expr | None:
    """Where the currency of the amount that ``expression`` gives stands; None where that cannot be told.

    Of ``-row.settles`` it is that of the field ``settles``: money of two currencies is never mixed.
    """
    context = Context(scope, expression.source, check)
    type_ = expression.tree.type
    if not isinstance(type_, Money):
        return None
    held = (each for each in every(expression.tree) if isinstance(each, Field))
    field = next((each for each in held if each.type == type_), expression.tree)
    found = currency_of(context, field, type_)
    if found is None or context.faults:
        return None
    return _expression(expression.source, expression.span, found, context)


def constant(value: Decimal | int | str | bool | date | None, span: Span) -> Expr:
    """A literal value as an expression."""
    type_: Type = NULL
    for kind, of in _CONSTANTS:
        if isinstance(value, kind):
            type_ = of
            break
    tree = Literally(value, type_)
    source = "null" if value is None else str(value)
    return Expr(source, span, tree, type_, frozenset(), build_program(tree))


def _checked(source: str, scope: Scope) -> tuple[Context | None, Node | None, list[Fault]]:
    parsed = parse(source)
    if isinstance(parsed, Fault):
        return None, None, [parsed]
    context = Context(scope, parsed.text, check, lead=parsed.lead)
    tree = context.node(parsed.tree)
    if not context.faults:
        context.faults += _too_much(tree, len(source))
    return context, tree, context.faults


def _too_much(tree: Node, length: int) -> list[Fault]:
    """What would take too long or lie too deep once every name of ``let`` is in its place."""
    work = work_of(tree)
    if work.loops > MOST_LOOPS:
        message = f"{work.loops} loops stand inside each other; at most {MOST_LOOPS} are allowed."
        hint = "Give the inner rows a formula of their own, and read that field."
        return [Fault("E237", message, 0, length, hint)]
    if work.parts > MOST_PARTS or work.levels > MOST_LEVELS:
        message = (
            f"With all that it is made of, the expression has {work.parts} parts on {work.levels} "
            f"levels; at most {MOST_PARTS} parts on {MOST_LEVELS} levels are allowed."
        )
        return [Fault("E236", message, 0, length, "Store some of it in fields.")]
    return []


def _expression(source: str, span: Span, tree: Node, context: Context) -> Expr:
    return Expr(
        source,
        span,
        tree,
        tree.type,
        frozenset(context.reads),
        build_program(tree),
        tuple(context.balances),
        tuple(context.asks),
    )


def _expected(tree: Node, expects: Type, length: int) -> list[Fault]:
    if fits(expects, tree.type):
        return []
    both = (expects, tree.type)
    units = all(isinstance(each, Money) for each in both)
    units = units or all(isinstance(each, Quantity) for each in both)
    message = f"This gives {describe(tree.type)}; {describe(expects)} is expected."
    return [Fault("E209" if units else "E205", message, 0, length)]


def _hole(
    inside: str, written: str, span: Span, scope: Scope, *, people: bool
) -> tuple[Hole | None, Expr | None, list[Problem]]:
    context, tree, faults = _checked(inside, scope)
    if context is None or tree is None or faults:
        return None, None, [_problem(fault, inside, span) for fault in faults]
    parsed = parse(inside)
    hole = None
    if not isinstance(parsed, Fault):
        hole = make_hole(context, parsed.tree, tree, written, people=people)
    if hole is None:
        return None, None, [_problem(fault, inside, span) for fault in context.faults]
    return hole, _expression(inside, span, hole.value, context), []


def _distinct(reads: Iterable[BalanceRead]) -> tuple[BalanceRead, ...]:
    return tuple(dict.fromkeys(reads))


def _inner_span(span: Span, text: str, place: int) -> Span:
    """The span of what begins at ``place`` of a template; the whole when it is on several lines."""
    if span.rows:
        return span.behind(place)
    quote = _quote(span, text)
    if quote is None:
        return span
    return Span(span.file, span.line, span.column + quote + place)


def _quote(span: Span, text: str) -> int | None:
    """1 when the span includes quotes, 0 when not, None when columns cannot be told.

    The span of a scalar that is folded over lines or has escapes is not as wide as its text.
    """
    if "\n" in text:
        return None
    if not span.end_column or span.end_column <= span.column:
        return 0
    width = span.end_column - span.column
    return {len(text): 0, len(text) + 2: 1}.get(width)


def _problem(fault: Fault, source: str, span: Span) -> Problem:
    quote = _quote(span, source)
    where = span
    if span.rows:
        where = span.at(fault.start, fault.end - fault.start)
    elif quote is not None:
        start = span.column + quote + fault.start
        width = max(fault.end - fault.start, 1)
        where = Span(span.file, span.line, start, start + width)
    return Problem(fault.code, fault.message, where, fault.hint, missing=fault.missing)
