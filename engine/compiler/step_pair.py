"""The verb ``pair``: two sources matched by passes, into pairs with the rows of either side below them."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from engine.catalog.calculation import PairStep, Pass
from engine.catalog.sources import DoctypeSource, LedgerSource, TableSource
from engine.compiler import view
from engine.compiler.drafts import TableDraft
from engine.compiler.names import plural_of
from engine.compiler.sources import SourceCompiler, reads_of
from engine.compiler.sources_ledger import Bound
from engine.compiler.steps import Place, StepReader, Work, expected
from engine.expr.program import Expr
from engine.expr.types import DECIMAL, Record, Type, is_numeric
from engine.source.nodes import Listing, Mapping, Node, Scalar

FOUND_BY = "found_by"
"""The field of a pair that takes the key of the pass, where there is one."""


class PairVerb:
    """Compiles the steps of this verb, over what ``steps`` knows."""

    def __init__(self, steps: StepReader) -> None:
        self._steps = steps

    def work(self, key: Scalar, node: Mapping) -> Work | None:
        """The step ``key``; None where it was reported."""
        steps = self._steps
        head = steps.draft.tables[""]
        sides = [self._side(node.get("pair")), self._side(node.get("with"))]
        left, right = sides
        if left is None or right is None:
            return None
        if left.source.name == right.source.name:
            steps.find("E452", "Both sources of a pairing need a name of their own.", key.span,
                       "pair: {…, as: book}, with: {…, as: line}")  # fmt: skip
            return None
        into = steps.table_below(head, view.scalar(node, "into"))
        if into is None:
            return None
        editable = view.flag(node, "editable")
        place = view.scalar(node, "into") or key
        if not steps.take_table(into, key.text, place, editable=editable):
            return None
        tables = [self._table(into, one, key, place, editable=editable) for one in (left, right)]
        names: dict[str, Type] = {**left.names, right.source.name: right.row}
        passes = self._passes(node, names, left, right)
        when = steps.condition(view.scalar(node, "when"), steps.scope(steps.names(head)))
        if tables[0] is None or tables[1] is None or passes is None:
            return None
        found_by = FOUND_BY if self._found_by(into, key, place) else None
        assert isinstance(left.source, (LedgerSource, DoctypeSource, TableSource))
        assert isinstance(right.source, (LedgerSource, DoctypeSource, TableSource))
        step = PairStep(
            key=key.text, left=left.source, right=right.source, passes=passes, into=into.path,
            left_into=tables[0].path.rpartition(".")[2], right_into=tables[1].path.rpartition(".")[2],
            left_identity=_identity(tables[0], left, steps), right_identity=_identity(tables[1], right, steps),
            found_by=found_by, when=when, editable=editable,
        )  # fmt: skip
        expressions = [*reads_of(left), *reads_of(right), *_of_passes(passes)]
        reads = steps.places(expressions) | steps.source_places(left, expressions)
        reads |= steps.source_places(right, expressions)
        writes: list[Place] = [("", into.path)]
        for table, side in ((tables[0], left), (tables[1], right)):
            writes += [(into.path, table.path.rpartition(".")[2])]
            writes += [(table.path, name) for name in _taken(table, side, steps)]
        if found_by is not None:
            writes.append((into.path, found_by))
        return Work(f"the step '{key.text}'", key.span, step, reads, tuple(writes))

    def _side(self, node: Node | None) -> Bound | None:
        steps = self._steps
        sources = SourceCompiler(steps.schema, steps.draft, steps.broken)
        bound = sources.rows_of(node, steps.names(steps.draft.tables[""]))
        steps.problems += sources.problems
        if bound is None or isinstance(bound.source, (LedgerSource, DoctypeSource, TableSource)):
            return bound
        assert node is not None
        message = "Pairs are made of balances, of records, or of the rows of a table."
        steps.find("E452", message, node.span)
        return None

    def _table(
        self, into: TableDraft, side: Bound, key: Scalar, place: Scalar, *, editable: bool
    ) -> TableDraft | None:
        """The table of the pair that takes the rows of a side: called as the rows are, in the plural."""
        steps = self._steps
        name = plural_of(side.source.name)
        found = steps.draft.tables.get(f"{into.path}.{name}")
        if found is None:
            if name not in into.dropped:
                message = (
                    f"'{into.path}' has no table '{name}' for the rows called '{side.source.name}'."
                )
                steps.find("E452", message, place.span, f"{name}: {{type: table, fields: …}}")
            return None
        if not steps.take_table(found, key.text, place, editable=editable):
            return None
        taken = _taken(found, side, steps)
        if not taken:
            message = (
                f"The rows of '{found.path}' have no field of those that '{side.source.name}' has."
            )
            steps.find("E452", message, place.span, "Fields are taken over by their names.")
            return None
        for field in taken:
            steps.claim(found, found.fields[field], key.text, place.span)
            found.fields[field].editable = found.fields[field].editable or editable
        return found

    def _found_by(self, into: TableDraft, key: Scalar, place: Scalar) -> bool:
        field = into.fields.get(FOUND_BY)
        return field is not None and self._steps.claim(into, field, key.text, place.span)

    # --- passes --------------------------------------------------------------------------------

    def _passes(
        self, node: Mapping, names: Dictionary[str, Type], left: Bound, right: Bound
    ) -> tuple[Pass, ...] | None:
        found: list[Pass] = []
        before = len(self._steps.problems)
        for key, part in view.maps(node, "passes"):
            one = self._pass(key, part, names, left, right)
            if one is not None:
                found.append(one)
        return tuple(found) if len(self._steps.problems) == before else None

    def _pass(
        self, key: Scalar, node: Mapping, names: Dictionary[str, Type], left: Bound, right: Bound
    ) -> Pass | None:
        steps = self._steps
        said = {
            name for name in ("sum", "to", "by") if name in node.entries or name in node.dropped
        }
        if ("when" in node.entries) == bool(said) or (said and len(said) < 3):
            if "when" not in node.dropped:
                steps.find("E453", f"The pass '{key.text}' has 'when', or 'sum', 'to' and 'by'.", key.span,
                           "Sums are compared within the group that a reference makes.")  # fmt: skip
            return None
        scope = steps.scope(names, balances=True, rules=True)
        if not said:
            when = steps.condition(view.scalar(node, "when"), scope)
            return Pass(key.text, when, view.flag(node, "only_if_one")) if when else None
        total = steps.expression(view.scalar(node, "sum"), scope, DECIMAL)
        to = steps.expression(view.scalar(node, "to"), scope, DECIMAL)
        by = self._by(node.get("by"), names, left, right)
        if total is None or to is None or by is None:
            return None
        return Pass(key.text, sums=(total, to), by=by)

    def _by(
        self, node: Node | None, names: Dictionary[str, Type], left: Bound, right: Bound
    ) -> tuple[Expr, ...] | None:
        """The reference of either side: two expressions, or one that both sides have alike."""
        steps = self._steps
        scope = steps.scope(names, balances=True, rules=True)
        if isinstance(node, Listing):
            found = [steps.expression(part, scope) for part in view.scalars(node)]
            if len(node.items) != 2:
                message = "'by' takes the reference of the left side and that of the right."
                steps.find("E453", message, node.span)
            pair = [expression for expression in found if expression is not None]
            return (pair[0], pair[1]) if len(pair) == 2 else None
        if not isinstance(node, Scalar):
            return None
        written = steps.expression(node, scope)
        if written is None:
            return None
        if left.row != right.row:
            message = "The two sides differ, so each says its own reference."
            steps.find("E453", message, node.span, "by: [book.reference, line.reference]")
            return None
        return (written, written)


def _taken(table: TableDraft, side: Bound, steps: StepReader) -> tuple[str, ...]:
    """The fields of ``table`` that rows of ``side`` have by the same name."""
    row = side.row
    if not isinstance(row, Record):
        return ()
    return tuple(
        name
        for name, field in table.fields.items()
        if field.type != "table" and steps.schema.field(row, name) is not None
    )


def _identity(table: TableDraft, side: Bound, steps: StepReader) -> tuple[str, ...]:
    return tuple(
        name for name in _taken(table, side, steps) if not is_numeric(expected(table.fields[name]))
    )


def _of_passes(passes: tuple[Pass, ...]) -> list[Expr]:
    found: list[Expr] = []
    for one in passes:
        found += [*([one.when] if one.when is not None else []), *(one.sums or ()), *one.by]
    return found
