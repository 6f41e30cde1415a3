"""What the parts of the checker share: the scope, the row variables in sight, what was found."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from engine.expr.fault import Fault
from engine.expr.nodes import Literally, Node
from engine.expr.program import BalanceRead, Expr, Read
from engine.expr.scope import Scope
from engine.expr.types import ANY, Record, Type
from engine.problems.suggest import MEANT, closest


@dataclass
class Context:
    """One check of one expression. ``check`` is the checker of any part, for the parts below it."""

    scope: Scope
    text: str
    check: Callable[[Context, ast.expr], Node]
    lead: int = 0
    faults: list[Fault] = field(default_factory=list)
    reads: set[Read] = field(default_factory=set)
    balances: dict[BalanceRead, None] = field(default_factory=dict)
    asks: dict[str, None] = field(default_factory=dict)
    variables: dict[str, Type] = field(default_factory=dict)

    def node(self, tree: ast.expr) -> Node:
        return self.check(self, tree)

    def fail(
        self, code: str, tree: ast.AST, message: str, hint: str = "", *, missing: str = ""
    ) -> Node:
        """Notes a fault; the value returned goes with everything, so that it is reported once.

        ``missing``: the name that nobody declares, where that is the fault.
        """
        return self.fail_at(code, self.place(tree), message, hint, missing=missing)

    def fail_at(
        self,
        code: str,
        place: tuple[int, int],
        message: str,
        hint: str = "",
        *,
        missing: str = "",
    ) -> Node:
        """As ``fail``, for a part of the text that is no part of the tree."""
        start, end = place[0] + self.lead, place[1] + self.lead
        self.faults.append(Fault(code, message, start, end, hint, missing))
        return Literally(None, ANY)

    def place(self, tree: ast.AST) -> tuple[int, int]:
        """Where a part stands, in characters; Python counts bytes."""
        start = getattr(tree, "col_offset", 0)
        end = getattr(tree, "end_col_offset", start + 1)
        if self.text.isascii():
            return start, end
        data = self.text.encode()
        return len(data[:start].decode()), len(data[:end].decode())

    def written(self, tree: ast.AST) -> str:
        """The text of a part."""
        start, end = self.place(tree)
        return self.text[start:end]

    def read(self, records: Iterable[Record], name: str) -> None:
        self.reads.update(Read(record, name) for record in records)

    def include(self, expression: Expr) -> None:
        """Takes over what another expression, used as a part of this one, reads."""
        self.reads.update(expression.reads)
        self.balances.update(dict.fromkeys(expression.balances))
        self.asks.update(dict.fromkeys(expression.asks))

    @contextmanager
    def variable(self, name: str, type_: Type) -> Iterator[None]:
        """The row variable of a generator is in sight inside."""
        before = dict(self.variables)
        self.variables[name] = type_
        try:
            yield
        finally:
            self.variables = before


def did_you_mean(name: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """``Did you mean 'rate'?`` when something is close."""
    found = closest(name, list(known))
    return f"{MEANT}'{found}'?" if found is not None else otherwise
