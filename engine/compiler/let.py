"""``let``: named intermediate results of a construct.

How to use it, in a pass that compiles expressions of a construct with ``LET`` in its spec::

    scope = bind_let(self, node, scope)        # self is a Reader, node the construct's mapping

and compile with the scope that comes back: the names of ``let`` can be read there like givens, with
their types. Nothing else has to be done. What they read over links, from ledgers and by look-up counts as
read by the expressions that name them, so orders, fact plans and locks see it.

When they run: each when it is first asked, once per expression. To work each out once for several
expressions (all cases of a rule set, the measure and the maximum of a limit), give the frame they
run in an empty dict under ``let``: ``frame = {**given, "facts": facts, "let": {}}``. One dict belongs to
one record or row: whoever changes ``row`` of a frame puts a new dict there.

Names may build on each other in any order; what builds on itself is refused with its path. A name
that already means something here (a given, a field, a word of the language) is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import replace

from engine.compiler import view
from engine.compiler.circles import way_back
from engine.compiler.reader import Reader
from engine.expr.closures import build_program
from engine.expr.fault import Fault
from engine.expr.nodes import Let, Literally
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.syntax import parse
from engine.expr.types import ANY, records_of
from engine.problems.problem import Problem
from engine.problems.render import way_text
from engine.source.nodes import Mapping, Scalar
from engine.spec.common import GIVEN_WORDS, PYTHON_WORDS


def bind_let(reader: Reader, node: Mapping, scope: Scope) -> Scope:
    """``scope`` with the names under ``let`` of ``node`` bound. Mistakes are told to ``reader``.

    A name with a mistake goes with everything, so that it is reported once.
    """
    written = list(view.texts_of(node, "let"))
    values = {key.text: value for key, value in written if _is_free(reader, key, scope)}
    bound = dict(scope.let)
    reads = {name: _reads(value, values) for name, value in values.items()}
    for name in [name for name in _circles(reader, reads, values) if name in values]:
        bound[name] = _unknown(name, values.pop(name))
    too_much: set[str] = set()
    while values:
        name = next(name for name in values if reads[name] <= bound.keys())
        value = values.pop(name)
        before = len(reader.problems)
        expression = reader.expression(value, replace(scope, let=bound))
        # What builds on too much is too much as well: told once, where it begins.
        if reads[name] & too_much or _is_too_much(reader.problems[before:]):
            too_much.add(name)
            expression = None
        bound[name] = _unknown(name, value) if expression is None else _named(name, expression)
    return replace(scope, let=bound)


def _is_too_much(problems: Iterable[Problem]) -> bool:
    return any(problem.code in ("E236", "E237") for problem in problems)


def _named(name: str, expression: Expr) -> Expr:
    """The expression as it is read by its name."""
    tree = Let(name, expression.tree, expression.type)
    return replace(expression, tree=tree, run=build_program(tree))


def _unknown(name: str, value: Scalar) -> Expr:
    tree = Let(name, Literally(None, ANY), ANY)
    return Expr(value.text, value.span, tree, ANY, frozenset(), build_program(tree))


def _is_free(reader: Reader, name: Scalar, scope: Scope) -> bool:
    """Whether the name means nothing yet where the construct's expressions are read."""
    text = name.text
    if text in GIVEN_WORDS or text in PYTHON_WORDS:
        why = "is a word of the language"
    elif text in scope.names or text in scope.let:
        why = "is given already"
    elif _is_field(scope, text):
        why = "is a field already"
    else:
        return True
    reader.find(
        "E230", f"'{text}' cannot be a name of 'let': it {why}.", name.span, "Take another name."
    )
    return False


def _is_field(scope: Scope, name: str) -> bool:
    about = scope.names.get(scope.bare or "")
    records = records_of(about) if about is not None else ()
    return any(scope.schema.field(record, name) is not None for record in records)


def _reads(value: Scalar, names: Container[str]) -> set[str]:
    """Those of ``names`` that an expression reads; none when it cannot be read itself."""
    parsed = parse(value.text)
    if isinstance(parsed, Fault):
        return set()
    return {
        part.id for part in ast.walk(parsed.tree) if isinstance(part, ast.Name) and part.id in names
    }


def _circles(
    reader: Reader, reads: Dictionary[str, set[str]], values: Dictionary[str, Scalar]
) -> set[str]:
    """The names that build on themselves; each circle is reported once, at its first name."""
    found: set[str] = set()
    for name in reads:
        path = way_back(name, reads) if name not in found else None
        if path is not None:
            shown = way_text((*path, name))
            message = f"'{name}' builds on itself: {shown}."
            reader.find("E231", message, values[name].span, "Take one of them apart.")
            found |= set(path)
    return found
