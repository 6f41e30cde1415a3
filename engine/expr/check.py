"""Syntax tree → checked tree: what is allowed, what it means, of which type it is.

Everything that is not in the dispatch table is refused by name. Faults are collected; a part with
a fault counts as ``Any``, so that one mistake is one problem.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from engine.expr.algebra import Refusal, result_of
from engine.expr.check_calls import check_call
from engine.expr.check_options import check_options
from engine.expr.check_paths import check_attribute, check_name
from engine.expr.check_rows import stray_generator
from engine.expr.check_trees import check_in_under, check_under, is_under_call
from engine.expr.context import Context, did_you_mean
from engine.expr.nodes import (
    Arithmetic,
    ArithmeticOperator,
    Choose,
    Compare,
    CompareOperator,
    IsNull,
    Listing,
    Literally,
    Logic,
    Negate,
    Node,
    Not,
    Slice,
    Within,
)
from engine.expr.types import (
    ANY,
    BOOLEAN,
    DECIMAL,
    INTEGER,
    NULL,
    TEXT,
    Boolean,
    Date,
    DateTime,
    Days,
    FiscalYearType,
    ListOf,
    Money,
    Null,
    Quantity,
    Rows,
    Text,
    Type,
    describe,
    is_numeric,
    is_open,
    join,
    overlap,
    records_of,
    same_currency,
    same_unit,
)

MOST_DIGITS = 30
MOST_WHOLE_DIGITS = 15

ARITHMETIC: dict[type[ast.operator], ArithmeticOperator] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
COMPARISONS: dict[type[ast.cmpop], CompareOperator] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_REFUSED_OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.Pow: ("**", "Write the product out: a * a."),
    ast.Mod: ("%", "For a share, write amount * percent / 100."),
    ast.FloorDiv: ("//", "Write round(a / b, 0, 'floor')."),
    ast.BitAnd: ("&", "Write 'and'; texts are joined by concat(a, b)."),
    ast.BitOr: ("|", "Write 'or'."),
    ast.BitXor: ("^", "Write the product out: a * a."),
}
_REFUSED: dict[type[ast.expr], tuple[str, str]] = {
    ast.Lambda: ("A function of one's own (lambda)", ""),
    ast.JoinedStr: ("An f-string", "Write text('{} of {}', a, b)."),
    ast.NamedExpr: ("An assignment (:=)", "Make it a field of its own."),
    ast.ListComp: ("A list comprehension", "Write sum(row.amount for row in items)."),
    ast.SetComp: ("A set comprehension", "Write sum(row.amount for row in items)."),
    ast.DictComp: ("A dict comprehension", ""),
    ast.Dict: ("A dict", ""),
    ast.Set: ("A set", "Write a list: ['a', 'b']."),
    ast.Tuple: ("A row of values in round brackets", "Write a list: ['a', 'b']."),
    ast.Starred: ("A star", ""),
    ast.Await: ("await", ""),
    ast.Yield: ("yield", ""),
    ast.YieldFrom: ("yield", ""),
}


def check(context: Context, tree: ast.expr) -> Node:
    """The checked node of one part."""
    handler = _HANDLERS.get(type(tree))
    if handler is not None:
        return handler(context, tree)
    what, hint = _REFUSED.get(type(tree), (type(tree).__name__, ""))
    return context.fail("E202", tree, f"{what} is not part of the expression language.", hint)


def _constant(context: Context, tree: ast.Constant) -> Node:
    value = tree.value
    if isinstance(value, bool) or value is None:
        word = "null" if value is None else str(value).lower()
        message = f"'{value}' is not part of the expression language."
        return context.fail("E202", tree, message, f"Write {word}.")
    if isinstance(value, str):
        if tree.kind == "u" or any(0xD800 <= ord(mark) <= 0xDFFF or mark == "\0" for mark in value):
            return context.fail("E202", tree, "This text has a character that is refused.")
        return Literally(value, TEXT)
    if isinstance(value, (int, float)):
        return _number(context, tree)
    kind = type(value).__name__
    return context.fail("E202", tree, f"A value of Python's type {kind} is not allowed.")


def _number(context: Context, tree: ast.Constant) -> Node:
    """From the text, never from the float that Python's parser made of it."""
    written = context.written(tree)
    if not written.isascii() or not written.replace(".", "", 1).isdigit():
        message = f"The number '{written}' is not plain."
        return context.fail("E202", tree, message, "Write digits, with a point for decimals.")
    if len(written) > MOST_DIGITS:
        return context.fail("E208", tree, f"A number has at most {MOST_DIGITS} digits.")
    if "." in written:
        return Literally(Decimal(written), DECIMAL)
    # Beyond what a float holds exactly, whole numbers keep 28 digits as all decimals do.
    value = Decimal(written) if len(written) > MOST_WHOLE_DIGITS else int(written)
    return Literally(value, INTEGER)


def _unary(context: Context, tree: ast.UnaryOp) -> Node:
    operand = context.node(tree.operand)
    if isinstance(tree.op, ast.Not):
        need_condition(context, tree.operand, operand)
        return Not(operand, BOOLEAN)
    if not isinstance(tree.op, ast.USub):
        return context.fail("E202", tree, "This operator is not part of the expression language.")
    if not (is_numeric(operand.type) or isinstance(operand.type, Days) or is_open(operand.type)):
        message = f"{_cap(describe(operand.type))} cannot be negative."
        return context.fail("E205", tree, message)
    if isinstance(operand, Literally) and isinstance(operand.value, (int, Decimal)):
        return Literally(-operand.value, operand.type)
    return Negate(operand, operand.type)


def _binary(context: Context, tree: ast.BinOp) -> Node:
    operator = ARITHMETIC.get(type(tree.op))
    if operator is None:
        sign, hint = _REFUSED_OPERATORS.get(type(tree.op), (type(tree.op).__name__, ""))
        return context.fail("E202", tree, f"The operator {sign} is not available.", hint)
    left, right = context.node(tree.left), context.node(tree.right)
    result = result_of(operator, left.type, right.type)
    if isinstance(result, Refusal):
        return context.fail(result.code, tree, result.message, result.hint)
    if isinstance(result, (Date, DateTime)):
        if isinstance(left.type, Days) or is_numeric(left.type):
            left, right = right, left
        return Arithmetic("date+" if operator == "+" else "date-", left, right, result)
    return Arithmetic(operator, left, right, result)


def _logic(context: Context, tree: ast.BoolOp) -> Node:
    operands = tuple(context.node(part) for part in tree.values)
    for part, operand in zip(tree.values, operands, strict=True):
        need_condition(context, part, operand)
    return Logic("and" if isinstance(tree.op, ast.And) else "or", operands, BOOLEAN)


def need_condition(context: Context, tree: ast.expr, node: Node) -> None:
    """A condition is wanted: numbers and texts are not true or false by themselves."""
    if isinstance(node.type, Boolean) or is_open(node.type):
        return
    hint = "Compare it, or write 'is not null'."
    if isinstance(tree, (ast.Name, ast.Attribute)):
        hint = f"Write '{context.written(tree)} is not null', or compare it."
    message = f"A condition is expected here, this is {describe(node.type)}."
    context.fail("E205", tree, message, hint)


def _choose(context: Context, tree: ast.IfExp) -> Node:
    test, then, other = (context.node(part) for part in (tree.test, tree.body, tree.orelse))
    need_condition(context, tree.test, test)
    type_ = join(then.type, other.type)
    if type_ is None:
        kinds = f"{describe(then.type)} and {describe(other.type)}"
        code = "E209" if type(then.type) is type(other.type) else "E205"
        return context.fail(code, tree, f"The two branches differ: {kinds}.")
    return Choose(test, then, other, type_)


def _compare(context: Context, tree: ast.Compare) -> Node:
    """One comparison, or several in a row: ``a < b < c``."""
    left_tree, left, parts = tree.left, context.node(tree.left), []
    for operator, right_tree in zip(tree.ops, tree.comparators, strict=True):
        right = _right_side(context, operator, right_tree)
        whole = tree if len(tree.ops) == 1 else right_tree
        parts.append(_comparison(context, operator, (left_tree, left), (right_tree, right), whole))
        left_tree, left = right_tree, right
    return parts[0] if len(parts) == 1 else Logic("and", tuple(parts), BOOLEAN)


def _right_side(context: Context, operator: ast.cmpop, tree: ast.expr) -> Node:
    if isinstance(operator, (ast.In, ast.NotIn)) and is_under_call(tree):
        return check_under(context, tree)  # type: ignore[arg-type]
    if isinstance(operator, (ast.Is, ast.IsNot)) and not _says_null(tree):
        return Literally(None, ANY)  # refused as a whole; what stands there is not looked at
    return context.node(tree)


def _comparison(
    context: Context,
    operator: ast.cmpop,
    first: tuple[ast.expr, Node],
    second: tuple[ast.expr, Node],
    whole: ast.expr,
) -> Node:
    (left_tree, left), (_, right) = first, second
    if isinstance(operator, (ast.Is, ast.IsNot)):
        if not _is_null(right):
            hint = did_you_mean(
                context.written(second[0]), ["null"], otherwise="For equality, write ==."
            )
            return context.fail(
                "E202",
                second[0] if "null" in hint else whole,
                "'is' may stand before null only.",
                hint,
            )
        return IsNull(left, isinstance(operator, ast.IsNot), BOOLEAN)
    if isinstance(operator, (ast.In, ast.NotIn)):
        if is_under_call(second[0]):
            negated = isinstance(operator, ast.NotIn)
            return check_in_under(context, left_tree, left, right, negated=negated)
        return _within(context, operator, left, right, whole)
    sign = COMPARISONS[type(operator)]
    if _is_null(left) or _is_null(right):
        name = context.written(left_tree) if _is_null(right) else context.written(second[0])
        test = f"{name} is not null" if sign == "!=" else f"{name} is null"
        message = "A comparison with null is never true."
        return context.fail("E205", whole, message, f"Write '{test}'.")
    fault = _comparable(sign, left.type, right.type)
    if fault is not None:
        return context.fail(fault.code, whole, fault.message, fault.hint)
    check_options(context, left, right, whole)
    check_options(context, right, left, whole)
    return Compare(sign, left, right, BOOLEAN)


def _says_null(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Name) and tree.id == "null"


def _is_null(node: Node) -> bool:
    return isinstance(node, Literally) and isinstance(node.type, Null)


def _within(
    context: Context, operator: ast.cmpop, item: Node, values: Node, whole: ast.expr
) -> Node:
    negated = isinstance(operator, ast.NotIn)
    match values.type:
        case ListOf(of):
            inner: Type = of
        case Rows(record):
            inner = record
        case Text():
            hint = "For a part of a text, write contains(text, part)."
            return context.fail("E205", whole, "'in' takes a list.", hint)
        case other if is_open(other):
            inner = ANY
        case _:
            return context.fail("E205", whole, f"'in' takes a list, not {describe(values.type)}.")
    fault = _comparable("==", item.type, inner)
    if fault is not None:
        return context.fail(fault.code, whole, fault.message, fault.hint)
    check_options(context, item, values, whole)
    return Within(item, values, negated, BOOLEAN)


def _comparable(sign: str, a: Type, b: Type) -> Refusal | None:
    """Whether two types may be compared: equality for all alike, order for what has one."""
    if is_open(a) or is_open(b):
        return None
    kinds = f"{_cap(describe(a))} and {describe(b)}"
    if is_numeric(a) and is_numeric(b):
        if isinstance(a, Money) and isinstance(b, Money) and not same_currency(a, b):
            return Refusal("E209", f"{kinds} cannot be compared.", "Convert one of them first.")
        if isinstance(a, Quantity) and isinstance(b, Quantity) and not same_unit(a, b):
            return Refusal("E209", f"{kinds} cannot be compared.", "Convert one of them first.")
        if {type(a), type(b)} != {Money, Quantity}:
            return None
    elif records_of(a) and records_of(b):
        if sign in ("==", "!=") and overlap(a, b):
            return None
        return Refusal("E205", f"{kinds} cannot be compared with {sign}.")
    elif a == b and (sign in ("==", "!=") or isinstance(a, (Text, Date, DateTime, Days))):
        return None
    hint = ""
    if records_of(a) and isinstance(b, Text):
        hint = "Compare one of its fields, such as its code."
    elif isinstance(a, FiscalYearType):
        hint = "Compare its start."
    return Refusal("E205", f"{kinds} cannot be compared with {sign}.", hint)


def _subscript(context: Context, tree: ast.Subscript) -> Node:
    operand = context.node(tree.value)
    if not (isinstance(operand.type, Text) or is_open(operand.type)):
        message = f"[ ] takes a part of a text; this is {describe(operand.type)}."
        hint = "For rows, write items.first or items.last." if _many(operand.type) else ""
        return context.fail("E205", tree, message, hint)
    bounds: list[int | None] = []
    cut = tree.slice
    parts = (cut.lower, cut.upper) if isinstance(cut, ast.Slice) else (cut,)
    if isinstance(cut, ast.Slice) and cut.step is not None:
        return context.fail("E202", tree, "A part of a text has a start and an end, no step.")
    for part in parts:
        number = part.operand if _negative(part) else part  # type: ignore[union-attr]
        if part is None:
            bounds.append(None)
        elif isinstance(number, ast.Constant) and type(number.value) is int:
            bounds.append(-number.value if _negative(part) else number.value)
        else:
            return context.fail("E207", part, "A place in a text is a written number.")
    start = bounds[0]
    stop = bounds[1] if len(bounds) == 2 else None
    if not isinstance(cut, ast.Slice) and start is not None:
        stop = start + 1 if start != -1 else None
    return Slice(operand, start, stop, TEXT)


def _negative(part: ast.expr | None) -> bool:
    return isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub)


def _many(type_: Type) -> bool:
    return isinstance(type_, (Rows, ListOf))


def _listing(context: Context, tree: ast.List) -> Node:
    items = tuple(context.node(part) for part in tree.elts)
    inner: Type = NULL
    for part, item in zip(tree.elts, items, strict=True):
        joined = join(inner, item.type)
        if joined is None or _many(item.type):
            kinds = f"{describe(item.type)} after {describe(inner)}"
            return context.fail("E205", part, f"The values of a list are alike; this is {kinds}.")
        inner = joined
    return Listing(items, ListOf(ANY if isinstance(inner, Null) else inner))


def _cap(text: str) -> str:
    return text[0].upper() + text[1:]


_HANDLERS: MappingProxyType[type[ast.expr], Callable[[Context, Any], Node]] = MappingProxyType(
    {
        ast.Constant: _constant,
        ast.Name: check_name,
        ast.Attribute: check_attribute,
        ast.UnaryOp: _unary,
        ast.BinOp: _binary,
        ast.BoolOp: _logic,
        ast.IfExp: _choose,
        ast.Compare: _compare,
        ast.Subscript: _subscript,
        ast.List: _listing,
        ast.Call: check_call,
        ast.GeneratorExp: stray_generator,
    }
)
