"""The verb ``rows``: rows of a table made from a source."""

from __future__ import annotations

from engine.catalog.calculation import RowsStep
from engine.compiler import view
from engine.compiler.drafts import TableDraft
from engine.compiler.sources import SourceCompiler, reads_of
from engine.compiler.sources_ledger import Bound
from engine.compiler.steps import Place, StepReader, Work, expected
from engine.expr.program import Expr
from engine.expr.types import ANY, DECIMAL, Type, is_numeric
from engine.source.nodes import Mapping, Scalar


class RowsVerb:
    """Compiles the steps of this verb, over what ``steps`` knows."""

    def __init__(self, steps: StepReader) -> None:
        self._steps = steps

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        """The step ``key``; None where it was reported."""
        steps = self._steps
        table = steps.table(view.scalar(node, "each"))
        into = steps.table_below(table, view.scalar(node, "rows")) if table is not None else None
        if table is None or into is None:
            return None
        names = steps.names(table)
        sources = SourceCompiler(steps.schema, steps.draft, steps.broken)
        bound = sources.rows_of(node.get("from"), names)
        steps.problems += sources.problems
        if bound is None or not self._pair_fits(key, node):
            return None
        around = steps.scope(names, balances=True, rules=True)
        when = steps.condition(view.scalar(node, "when"), around)
        want = steps.expression(view.scalar(node, "want"), around, DECIMAL)
        inside = steps.scope(bound.names, balances=True, rules=True)
        take = steps.expression(view.scalar(node, "take"), inside, DECIMAL)
        editable = view.flag(node, "editable")
        # A `take` that is wrong was reported; `taken` is known all the same.
        untold = ANY if "take" in node.entries or "take" in node.dropped else None
        taken: Type | None = take.type if take is not None else untold
        set_ = self._set(key, node, into, bound, taken, editable=editable)
        expressions = [*set_.values(), *reads_of(bound), *(e for e in (when, want, take) if e)]
        step = RowsStep(
            key=key.text, each=table.path, source=bound.source, into=into.path, set=set_,
            identity=tuple(n for n in set_ if not is_numeric(expected(into.fields[n]))),
            when=when, want=want, take=take, editable=editable,
        )  # fmt: skip
        reads = steps.places(expressions, table.path) | steps.source_places(bound, expressions)
        parent, _, name = into.path.rpartition(".")
        writes: tuple[Place, ...] = ((parent, name), *((into.path, n) for n in set_))
        return Work(f"the step '{key.text}'", key.span, step, reads, writes)

    def _pair_fits(self, key: Scalar, node: Mapping) -> bool:
        """``want`` and ``take`` go together."""
        said = {name for name in ("want", "take") if name in node.entries or name in node.dropped}
        if len(said) != 1:
            return True
        lacks = "take" if "want" in said else "want"
        message = f"The step '{key.text}' lacks the key '{lacks}'."
        hint = "want: how much is wanted in all; take: how much a row of the source has."
        self._steps.find("E114", message, key.span, hint)
        return False

    def _set(
        self,
        key: Scalar,
        node: Mapping,
        into: TableDraft,
        bound: Bound,
        taken: Type | None,
        *,
        editable: bool,
    ) -> dict[str, Expr]:
        steps = self._steps
        names = {**bound.names, **({"taken": taken} if taken is not None else {})}
        scope = steps.scope(names, balances=True, rules=True)
        found: dict[str, Expr] = {}
        if not steps.take_table(
            into, key.text, view.scalar(node, "rows") or key, editable=editable
        ):
            return found
        for name, value in view.texts_of(node, "set"):
            target = steps.writes(into, name, key.text)
            if target is None:
                continue
            target.editable = target.editable or editable
            expression = steps.expression(value, scope, expected(target))
            if expression is not None:
                found[name.text] = expression
        return found
