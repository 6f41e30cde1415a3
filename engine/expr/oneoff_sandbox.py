"""simpleeval with everything taken away that ``oneoff_text.py`` never writes.

The text it is given comes from a checked tree, so nothing here should ever refuse anything. It is a
second wall: were the first one to fail, there are no attributes, items, dicts, sets, keywords,
assignments or bytes here, one plain loop per comprehension, and no function of Python's own.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from simpleeval import (  # type: ignore[import-untyped]
    EvalWithCompoundTypes,
    FeatureNotAvailable,
    InvalidExpression,
)

MOST_CHARACTERS = 400_000
_NODES = (
    ast.Name, ast.UnaryOp, ast.BinOp, ast.Compare, ast.IfExp, ast.Call, ast.Constant, ast.List,
    ast.ListComp,
)  # fmt: skip
_CONSTANTS = (str, bool, int, type(None))


class Sandbox(EvalWithCompoundTypes):  # type: ignore[misc]
    """Evaluates with these names, operators and functions and no others.

    ``eval(text)`` raises ``InvalidExpression`` (of simpleeval) or SyntaxError for all else.
    """

    def __init__(
        self,
        names: Mapping[str, Any],
        operators: Mapping[type, Callable[..., Any]],
        functions: Mapping[str, Callable[..., Any]],
    ) -> None:
        super().__init__(operators=dict(operators), functions=dict(functions), names=dict(names))
        # Those of Python, which simpleeval adds by itself, go again.
        self.functions = dict(functions)
        for kind in set(vars(self)["nodes"]) - set(_NODES):
            del vars(self)["nodes"][kind]
        vars(self)["nodes"][ast.Constant] = _constant

    @staticmethod
    def parse(text: str) -> ast.expr:
        """The tree of one expression; statements are no text of ours."""
        if len(text) > MOST_CHARACTERS:
            raise InvalidExpression("The text is too long.")
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (ValueError, RecursionError, MemoryError) as error:
            raise InvalidExpression(str(error)) from error

    def _eval_call(self, node: ast.Call) -> Any:
        if node.keywords:
            raise FeatureNotAvailable("Arguments have no names here.")
        return super()._eval_call(node)

    def _eval_compare(self, node: ast.Compare) -> Any:
        if len(node.ops) > 1 or type(node.ops[0]) not in self.operators:
            raise FeatureNotAvailable("One comparison of values is all there is.")
        return super()._eval_compare(node)

    def _eval_comprehension(self, node: ast.ListComp) -> Any:
        loop = node.generators[0]
        if len(node.generators) > 1 or loop.is_async or not isinstance(loop.target, ast.Name):
            raise FeatureNotAvailable("One plain loop is all there is.")
        return super()._eval_comprehension(node)

    def _eval_list(self, node: ast.List) -> list[Any]:
        return [self._eval(item) for item in node.elts]


def _constant(node: ast.Constant) -> Any:
    if not isinstance(node.value, _CONSTANTS):
        raise FeatureNotAvailable(f"{type(node.value).__name__} is no value here.")
    return node.value
