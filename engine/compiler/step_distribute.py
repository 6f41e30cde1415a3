"""The verb ``distribute``: an amount shared over rows."""

from __future__ import annotations

from typing import get_args

from engine.catalog.calculation import DistributeStep, Method
from engine.compiler import view
from engine.compiler.drafts import TableDraft
from engine.compiler.steps import StepReader, Work, expected
from engine.expr.types import DECIMAL, is_numeric
from engine.source.nodes import Mapping, Scalar


class DistributeVerb:
    """Compiles the steps of this verb, over what ``steps`` knows."""

    def __init__(self, steps: StepReader) -> None:
        self._steps = steps

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        """The step ``key``; None where it was reported."""
        steps = self._steps
        each = steps.table(view.scalar(node, "each"))
        table = self._over(each, view.scalar(node, "over")) if each is not None else None
        into_name = view.scalar(node, "into")
        if each is None or table is None or into_name is None:
            return None
        into = steps.writes(table, into_name, key.text)
        if into is not None and not is_numeric(expected(into)):
            message = f"'{into_name.text}' takes no share: it is no number."
            steps.find("E451", message, into_name.span, "Share into a field of type money.")
            return None
        if into is not None:
            into.editable = view.flag(into.node, "editable")
        around = steps.names(each)
        amount = steps.expression(
            view.scalar(node, "distribute"),
            steps.scope(around, balances=True, rules=True),
            expected(into) if into else DECIMAL,
        )
        scope = steps.scope({**around, **steps.names(table)}, balances=True, rules=True)
        weight = steps.expression(view.scalar(node, "weight"), scope, DECIMAL)
        where = steps.condition(view.scalar(node, "where"), scope)
        when = steps.condition(
            view.scalar(node, "when"), steps.scope(around, balances=True, rules=True)
        )
        if amount is None or weight is None or into is None:
            return None
        step = DistributeStep(
            key.text, amount, table.path, weight, into.name, where,
            method=next((m for m in get_args(Method)
                         if m == view.text(node, "method")), "largest_remainder"),
            each=each.path, when=when,
        )  # fmt: skip
        reads = steps.places(
            [amount, weight, *(e for e in (where, when) if e is not None)], table.path
        )
        return Work(f"the step '{key.text}'", key.span, step, reads, ((table.path, into.name),))

    def _over(self, each: TableDraft, name: Scalar | None) -> TableDraft | None:
        """Without ``each`` any table; else one below its rows, named from there."""
        if name is None or not each.path:
            return self._steps.table(name)
        inner = self._steps.draft.tables.get(f"{each.path}.{name.text}")
        if inner is not None:
            return inner
        if name.text.startswith(f"{each.path}."):
            return self._steps.table(name)
        return self._steps.table_below(each, name)
