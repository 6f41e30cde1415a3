"""Calls: the functions of the table, ``text()``, and the way to aggregates, ledgers and roles."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from engine.expr.check_convert import check_convert
from engine.expr.check_find import check_find
from engine.expr.check_ledgers import check_balance, check_role
from engine.expr.check_rows import check_aggregate
from engine.expr.check_rules import check_rule_call
from engine.expr.check_trees import check_is_under, stray_under
from engine.expr.check_written import WRITTEN
from engine.expr.context import Context, did_you_mean
from engine.expr.country import MILLIONS
from engine.expr.foreign import function_hint
from engine.expr.formats import layout_for
from engine.expr.functions import AGGREGATES, FUNCTIONS, NOT_BUILT, PAGE, Function, names
from engine.expr.nodes import Call, Compose, Field, Hole, Literally, Node
from engine.expr.patterns import canonical
from engine.expr.types import (
    ANY,
    INTEGER,
    TEXT,
    Date,
    DateTime,
    Days,
    ListOf,
    Number,
    Record,
    Rows,
    Text,
    Type,
    describe,
    is_numeric,
    is_open,
    join,
    records_of,
)

_OWN_GRAMMAR = {
    "under": stray_under,
    "is_under": check_is_under,
    "convert": check_convert,
    "find": check_find,
}
_SCALAR_OR_ROWS = ("min", "max")


@dataclass(frozen=True, slots=True)
class Piece:
    """A hole of a template as written; ``inside`` begins at character ``place``."""

    inside: str
    format: str
    place: int


def check_call(context: Context, tree: ast.Call) -> Node:
    """``name(arguments)``; only names are called, never fields."""
    if not isinstance(tree.func, ast.Name):
        hint = f"Only functions can be called; {PAGE} lists them."
        return context.fail("E202", tree.func, "Fields have no functions to call.", hint)
    name = tree.func.id
    if any(isinstance(part, ast.Starred) for part in tree.args) or any(
        keyword.arg is None for keyword in tree.keywords
    ):
        return context.fail("E202", tree, "Arguments are written one by one, without stars.")
    if name in ("balance", "turnover"):
        return check_balance(context, tree)
    if name in _OWN_GRAMMAR:
        return _OWN_GRAMMAR[name](context, tree)
    if name == "role":
        return check_role(context, tree)
    rule = context.scope.schema.rule(name) if name not in FUNCTIONS else None
    if rule is not None:
        return check_rule_call(context, tree, rule)
    if tree.keywords and name in names():
        place = tree.keywords[0]
        return context.fail("E207", place, f"{name}() takes its arguments by position.")
    if name == "text":
        return _text(context, tree)
    scalar = name in _SCALAR_OR_ROWS and len(tree.args) > 1
    if name in AGGREGATES and not scalar:
        return check_aggregate(context, tree, name)
    function = FUNCTIONS.get("date_from" if name == "date" and len(tree.args) == 2 else name)
    if function is not None:
        return _function(context, tree, function)
    if name in NOT_BUILT:
        message = f"{NOT_BUILT[name]} is part of the language, but not built yet."
        return context.fail("E206", tree.func, message)
    known = (*names(), *context.scope.schema.rule_names())
    hint = function_hint(name, known, lambda: did_you_mean(name, known))
    return context.fail("E206", tree.func, f"There is no function '{name}'.", hint)


def _function(context: Context, tree: ast.Call, function: Function) -> Node:
    least = sum(1 for word in function.takes if word[-1] not in "?*")
    most = None if function.takes[-1].endswith("*") else len(function.takes)
    count = len(tree.args)
    if count < least or (most is not None and count > most):
        message = f"{function.name}() takes {_count(least, most)}, not {count}."
        return context.fail("E207", tree, message)
    before = len(context.faults)
    arguments = tuple(context.node(part) for part in tree.args)
    for place, (part, node) in enumerate(zip(tree.args, arguments, strict=True)):
        word = function.takes[min(place, len(function.takes) - 1)].rstrip("?*")
        _check_argument(context, part, node, (word, function.name))
    if len(context.faults) > before:
        return Literally(None, ANY)
    if function.name == "matches":
        arguments = (arguments[0], _as_canonical(arguments[1]))
    if function.country:
        arguments = _with_country(context, function, arguments)
    type_ = _result(function, arguments)
    if type_ is None:
        kinds = ", ".join(describe(node.type) for node in arguments)
        message = f"The values of {function.name}() are of different kinds: {kinds}."
        return context.fail("E205", tree, message)
    return Call(function.name, arguments, type_)


def _with_country(
    context: Context, function: Function, arguments: tuple[Node, ...]
) -> tuple[Node, ...]:
    """``arguments`` and, last, what the packs say of the country, unless it is written out."""
    if function.country == "first_month":
        return (*arguments, Literally(context.scope.schema.country.first_month, INTEGER))
    if len(arguments) == len(function.takes):
        return (*arguments[:-1], Literally(MILLIONS, TEXT))
    return (*arguments, Literally(context.scope.schema.country.large_numbers, TEXT))


def _as_canonical(pattern: Node) -> Node:
    """The written pattern as the evaluators take it."""
    return Literally(canonical(str(getattr(pattern, "value", "")))[0], TEXT)


def _count(least: int, most: int | None) -> str:
    if least == most:
        return "1 argument" if least == 1 else f"{least} arguments"
    return f"{least} to {most} arguments" if most else f"{least} or more arguments"


def _check_argument(context: Context, tree: ast.expr, node: Node, word_of: tuple[str, str]) -> None:
    word, function = word_of
    if word in WRITTEN:
        written = node.value if isinstance(node, Literally) else None
        fault = WRITTEN[word](written if isinstance(written, str) else None)
        if fault is not None:
            context.fail("E207", tree, *fault)
        return
    if _takes(word, node.type):
        return
    wanted = {
        "whole": "a whole number",
        "number": "a number",
        "date": "a date",
        "text": "text",
        "dates": "a list of dates",
    }
    words = wanted.get(word, "a number, a text or a date" if word == "ordered" else "a value")
    message = f"{function}() takes {words} here, this is {describe(node.type)}."
    context.fail("E205", tree, message)


def _takes(word: str, type_: Type) -> bool:
    if is_open(type_):
        return True
    match word:
        case "number":
            return is_numeric(type_)
        case "whole":
            return isinstance(type_, Number)
        case "text":
            return isinstance(type_, Text)
        case "date":
            return isinstance(type_, (Date, DateTime))
        case "dates":
            return isinstance(type_, ListOf) and (
                is_open(type_.of) or isinstance(type_.of, (Date, DateTime))
            )
        case "ordered":
            return is_numeric(type_) or isinstance(type_, (Text, Date, DateTime, Days))
    return not isinstance(type_, (Rows, ListOf))


def _result(function: Function, arguments: Sequence[Node]) -> Type | None:
    if function.gives == "first":
        return arguments[0].type
    if function.gives != "join":
        return function.gives
    type_: Type | None = arguments[0].type
    for argument in arguments[1:]:
        type_ = join(type_, argument.type) if type_ is not None else None
    return type_


def _text(context: Context, tree: ast.Call) -> Node:
    """``text('{} of {:.2}', a, b)``: the template is written out, a hole per value."""
    if not tree.args:
        return context.fail("E207", tree, "text() takes a template and the values for its holes.")
    template = context.node(tree.args[0])
    if not (isinstance(template, Literally) and isinstance(template.value, str)):
        hint = "Write text('{}', value)."
        return context.fail("E207", tree.args[0], "text() begins with a written template.", hint)
    pieces = split_template(template.value)
    if isinstance(pieces, str):
        return context.fail("E207", tree.args[0], pieces, "A bracket itself is written {{ or }}.")
    holes = [piece for piece in pieces if isinstance(piece, Piece)]
    if named := next((hole.inside for hole in holes if hole.inside), None):
        hint = "Write {} and give the value after the template."
        return context.fail("E207", tree.args[0], f"'{{{named}}}' cannot stand in text().", hint)
    if len(holes) != len(tree.args) - 1:
        message = f"The template has {len(holes)} holes for {len(tree.args) - 1} values."
        return context.fail("E207", tree, message)
    values = iter(tree.args[1:])
    parts: list[str | Hole] = []
    for piece in pieces:
        if isinstance(piece, str):
            parts.append(piece)
            continue
        part = next(values)
        hole = make_hole(context, part, context.node(part), piece.format)
        if hole is not None:
            parts.append(hole)
    return Compose(tuple(parts), TEXT)


def make_hole(
    context: Context, tree: ast.expr, value: Node, written: str, *, people: bool = False
) -> Hole | None:
    """The hole for a value; a record is shown by its name, number or code. None with a fault.

    ``people``: what is written is for eyes.
    """
    for shown in ("name", "number", "code", "title"):
        records = records_of(value.type)
        if records and (field := _shown(context, value, records, shown)) is not None:
            value = field
    groups = context.scope.schema.country.digit_groups
    layout = layout_for(value.type, written, groups, people=people)
    if isinstance(layout, str):
        code = "E207" if written else "E205"
        context.fail(code, tree, f"{_cap(describe(value.type))} cannot be written so.", layout)
        return None
    return Hole(value, layout)


def _shown(context: Context, of: Node, records: tuple[Record, ...], name: str) -> Node | None:
    from_all = all(context.scope.schema.field(record, name) == TEXT for record in records)
    if not from_all:
        return None
    context.read(records, name)
    return Field(of, records, name, TEXT)


def split_template(text: str) -> list[str | Piece] | str:
    """Fixed texts and holes in order; a sentence when brackets do not match."""
    pieces: list[str | Piece] = []
    fixed, place = "", 0
    while place < len(text):
        mark = text[place]
        if text[place : place + 2] in ("{{", "}}"):
            fixed, place = fixed + mark, place + 2
        elif mark == "}":
            return f"There is a closing bracket without an opening one at character {place + 1}."
        elif mark == "{":
            end, colon = hole_end(text, place + 1)
            if end < 0:
                return f"The bracket at character {place + 1} is not closed."
            if fixed:
                pieces.append(fixed)
            fixed = ""
            inside = text[place + 1 : colon if colon >= 0 else end]
            written = text[colon + 1 : end] if colon >= 0 else ""
            pieces.append(Piece(inside, written, place + 1))
            place = end + 1
        else:
            fixed, place = fixed + mark, place + 1
    return [*pieces, fixed] if fixed else pieces


def hole_end(text: str, start: int) -> tuple[int, int]:
    """(place of the closing bracket, place of the colon before the format); -1 where there is none."""
    depth, quote, colon = 0, "", -1
    for place in range(start, len(text)):
        mark = text[place]
        if quote:
            quote = "" if mark == quote else quote
        elif mark in "'\"" and colon < 0:
            quote = mark
        elif mark in "([":
            depth += 1
        elif mark in ")]":
            depth -= 1
        elif mark == "}" and depth <= 0:
            return place, colon
        elif mark == ":" and depth == 0 and colon < 0:
            colon = place
    return -1, colon


def _cap(text: str) -> str:
    return text[0].upper() + text[1:]
