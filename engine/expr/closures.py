"""Checked tree → nested Python closures, made once; the hot way to run an expression.

Speed decides the shape: one closure per node, constants bound when it is made, nothing allocated
per call but the value. Rows are dicts; a record is a dict when it is own, else the id of a fact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from engine.expr.closures_logic import (
    build_choose,
    build_compare,
    build_is_null,
    build_logic,
    build_not,
    build_within,
)
from engine.expr.closures_paths import (
    build_edge,
    build_field,
    build_let,
    build_member,
    build_name,
    build_pluck,
    build_worth,
)
from engine.expr.closures_rows import build_aggregate, build_generate
from engine.expr.closures_server import build_ask, build_balance, build_find, build_role
from engine.expr.closures_trees import build_is_under, build_under
from engine.expr.closures_values import (
    build_arithmetic,
    build_call,
    build_compose,
    build_listing,
    build_literally,
    build_negate,
    build_slice,
)
from engine.expr.nodes import (
    Aggregate,
    Arithmetic,
    Ask,
    Balance,
    Call,
    Choose,
    Compare,
    Compose,
    Edge,
    Field,
    Find,
    Generate,
    IsNull,
    IsUnder,
    Let,
    Listing,
    Literally,
    Logic,
    Member,
    Name,
    Negate,
    Node,
    Not,
    Pluck,
    Role,
    Slice,
    Under,
    Within,
    Worth,
)
from engine.expr.types import records_of
from engine.expr.walk import holds

Run: TypeAlias = Callable[[Mapping[str, Any]], Any]

_BUILDERS: Mapping[type, Callable[[Any, Callable[[Node], Run]], Run]] = {
    Literally: build_literally,
    Name: build_name,
    Let: build_let,
    Field: build_field,
    Member: build_member,
    Worth: build_worth,
    Pluck: build_pluck,
    Edge: build_edge,
    Negate: build_negate,
    Arithmetic: build_arithmetic,
    Compare: build_compare,
    Within: build_within,
    Under: build_under,
    IsUnder: build_is_under,
    IsNull: build_is_null,
    Logic: build_logic,
    Not: build_not,
    Choose: build_choose,
    Slice: build_slice,
    Listing: build_listing,
    Call: build_call,
    Compose: build_compose,
    Generate: build_generate,
    Aggregate: build_aggregate,
    Balance: build_balance,
    Role: build_role,
    Ask: build_ask,
    Find: build_find,
}


def build(node: Node) -> Run:
    """The closure of a part of a tree; own records are dicts."""
    return _BUILDERS[type(node)](node, build)


def build_program(node: Node) -> Run:
    """The closure of a whole tree; a record comes out as its id."""
    run = _remembering(build(node)) if holds(node, Let) else build(node)
    if not records_of(node.type):
        return run

    def as_id(frame: Mapping[str, Any]) -> Any:
        value = run(frame)
        return value.get("id") if value.__class__ is dict else value

    return as_id


def _remembering(run: Run) -> Run:
    """Works out each named intermediate result once, also where the frame keeps none."""

    def remembered(frame: Mapping[str, Any]) -> Any:
        return run(frame if "let" in frame else {**frame, "let": {}})

    return remembered
