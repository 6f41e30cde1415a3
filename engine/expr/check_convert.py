"""``convert(x, to)``: money into another currency at the rate of a day, quantity into another unit.

What a currency or a unit is worth are records, so rule sets tell it: ``exchange_rate`` (given two
currencies and a date, in this order) and ``unit_ratio`` (given ``unit``, ``stock_unit`` and what else
stands beside the quantity, usually the item; it answers ``holds`` per ``of``, so that a third is a third).
"""

from __future__ import annotations

import ast

from engine.expr.check_fields import field_of
from engine.expr.check_money import currency_of, currency_word
from engine.expr.context import Context
from engine.expr.functions import PAGE
from engine.expr.nodes import Arithmetic, Ask, Choose, Compare, Field, Literally, Node
from engine.expr.scope import RuleShape
from engine.expr.types import (
    ANY,
    BOOLEAN,
    DECIMAL,
    Date,
    DateTime,
    Money,
    Quantity,
    describe,
    fits,
    is_open,
)

RATES = "exchange_rate"
RATIOS = "unit_ratio"
STOCK_UNIT = "stock_unit"


def check_convert(context: Context, tree: ast.Call) -> Node:
    """``convert(amount, currency, at=date)`` or ``convert(quantity, unit)``."""
    keys = [keyword.arg for keyword in tree.keywords]
    if len(tree.args) != 2 or keys not in ([], ["at"]):
        hint = "Write convert(amount, company.currency, at=posting_date)."
        return context.fail("E207", tree, "convert() takes a value and what to convert to.", hint)
    value, to = (context.node(part) for part in tree.args)
    at = context.node(tree.keywords[0].value) if keys else None
    if is_open(value.type):
        return Literally(None, ANY)
    if isinstance(value.type, Money):
        return _money(context, tree, (value, to, at))
    if isinstance(value.type, Quantity):
        return _quantity(context, tree, value, to)
    message = f"Money and quantities are converted, this is {describe(value.type)}."
    return context.fail("E205", tree.args[0], message)


def _money(context: Context, tree: ast.Call, parts: tuple[Node, Node, Node | None]) -> Node:
    value, to, at = parts
    if at is None or not (isinstance(at.type, (Date, DateTime)) or is_open(at.type)):
        hint = "Write convert(amount, company.currency, at=posting_date)."
        return context.fail("E207", tree, "Rates differ from day to day: say at which date.", hint)
    assert isinstance(value.type, Money)
    source = currency_of(context, value, value.type)
    if source is None:
        message = f"It cannot be told here which currency this is: {describe(value.type)}."
        return context.fail("E234", tree.args[0], message, "Convert a field that holds money.")
    shape = _rules(context, tree, RATES)
    if shape is None:
        return Literally(None, ANY)
    given = tuple(zip(shape.given, (source, to, at), strict=False))
    for (_, node), part in zip(given, (tree.args[0], tree.args[1], tree), strict=False):
        if not fits(shape.given[_], node.type):
            message = f"A currency is expected here, this is {describe(node.type)}."
            return context.fail("E205", part, message)
    context.asks[shape.key] = None
    rate = Ask(shape.key, tuple((name, node, True) for name, node in given), shape.answer, DECIMAL)
    money = Money(currency_word(context, to))
    changed = Arithmetic("*", value, rate, money)
    return Choose(Compare("==", source, to, BOOLEAN), value, changed, money)


def _quantity(context: Context, tree: ast.Call, value: Node, to: Node) -> Node:
    assert isinstance(value.type, Quantity)
    source = _unit_of(context, value)
    if source is None or not isinstance(value, Field):
        message = "It cannot be told here in which unit this quantity is."
        return context.fail("E234", tree.args[0], message, "Convert a field that has a unit.")
    word = to.name if isinstance(to, Field) else ""
    into_stock = word == STOCK_UNIT
    if not into_stock and value.type.unit != STOCK_UNIT:
        hint = "Convert to the stock unit first."
        return context.fail("E234", tree, "One of the two units is the stock unit.", hint)
    shape = _rules(context, tree, RATIOS)
    if shape is None:
        return Literally(None, ANY)
    unit, stock_unit = (source, to) if into_stock else (to, source)
    known = {"unit": unit, STOCK_UNIT: stock_unit}
    given: list[tuple[str, Node, bool]] = []
    for name, type_ in shape.given.items():
        node = known.get(name) or field_of(context, value.of, name)
        if node is not None and fits(type_, node.type):
            given.append((name, node, True))
        elif name not in shape.optional:
            message = (
                f"{shape.name} must be given '{name}', which does not stand beside the quantity."
            )
            return context.fail("E234", tree, message)
    context.asks[shape.key] = None
    holds, of = (Ask(shape.key, tuple(given), answer, DECIMAL) for answer in ("holds", "of"))
    quantity = Quantity(word or None)
    more, less = (holds, of) if into_stock else (of, holds)
    changed = Arithmetic("/", Arithmetic("*", value, more, quantity), less, quantity)
    return Choose(Compare("==", source, to, BOOLEAN), value, changed, quantity)


def _unit_of(context: Context, value: Node) -> Node | None:
    """The unit that the field of a quantity names, seen from where the quantity stands."""
    if not isinstance(value, Field):
        return None
    written = next(
        (text for r in value.records if (text := context.scope.schema.unit(r, value.name))), None
    )
    node: Node | None = value.of
    for name in (written or "").split("."):
        node = field_of(context, node, name) if node is not None else None
    return node


def _rules(context: Context, tree: ast.Call, key: str) -> RuleShape | None:
    """The rule set that tells the ratio; None with a fault."""
    shape = context.scope.schema.rule(key)
    if shape is None:
        message = f"There is no rule set '{key}' that tells how to convert."
        context.fail(
            "E234", tree.func, message, f"{PAGE} says under convert what it is given and answers."
        )
    elif not context.scope.rules:
        hint = "Make it a formula of the document and use that field."
        context.fail("E234", tree.func, "Rates and ratios cannot be asked here.", hint)
    elif key == RATES and (len(shape.given) != 3 or not shape.answer):
        if shape.given:
            message = f"{shape.name} is not given two currencies and a date, and one answer."
            context.fail("E234", tree.func, message)
    else:
        return shape
    return None
