"""The verb ``distribute``: an amount shared over rows."""

from __future__ import annotations

from engine.catalog.calculation import DistributeStep
from engine.compiler import view
from engine.compiler.reader import own_record
from engine.compiler.steps import StepReader, Work, expected
from engine.expr.types import DECIMAL
from engine.source.nodes import Mapping, Scalar


class DistributeVerb:
    """Compiles the steps of this verb, over what ``steps`` knows."""

    def __init__(self, steps: StepReader) -> None:
        self._steps = steps

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        table = self._steps.table(view.scalar(node, "over"))
        into_name = view.scalar(node, "into")
        if table is None or into_name is None:
            return None
        into = self._steps.writes(table, into_name, key.text)
        scope = self._steps.scope(self._steps.names(table))
        amount = self._steps.expression(
            view.scalar(node, "distribute"),
            self._steps.scope({"this": own_record(self._steps.draft)}),
            expected(into) if into else DECIMAL,
        )
        weight = self._steps.expression(view.scalar(node, "weight"), scope, DECIMAL)
        where = self._steps.condition(view.scalar(node, "where"), scope)
        if amount is None or weight is None or into is None:
            return None
        step = DistributeStep(key.text, amount, table.path, weight, into.name, where)
        reads = self._steps.places([amount, weight, *([where] if where else [])], table.path)
        return Work(f"the step '{key.text}'", key.span, step, reads, ((table.path, into.name),))
