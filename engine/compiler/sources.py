"""Row sources, compiled: from the value of ``each`` or ``from`` to a ``RowSource`` with the type of its rows.

How to use it: ``SourceCompiler(schema, draft)`` once per construct; ``rows_of(node, names)`` with the
names that are in sight around the source gives a ``Bound`` or None (reported in ``problems``). What
stands beside the source in the same construct sees ``bound.names``: those around it and the row.
``draft`` is the document whose tables are meant; None where there is no document (schedules).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from typing import Final, get_args

from engine.catalog.sources import (
    ROW,
    DoctypeSource,
    GroupedSource,
    LinkedSource,
    PeriodsSource,
    PostedSource,
    RowSource,
    Step,
    TableSource,
    expressions_of,
)
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, TableDraft
from engine.compiler.narrowing import narrowed
from engine.compiler.reader import own_record
from engine.compiler.schema import POSTINGS
from engine.compiler.sources_ledger import Bound, LedgerSources
from engine.expr.program import Expr
from engine.expr.types import (
    ANY,
    DATE,
    INTEGER,
    TEXT,
    ListOf,
    Money,
    Number,
    Quantity,
    Record,
    Rows,
    Type,
    is_open,
    records_of,
)
from engine.problems.problem import Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Node, Scalar
from engine.spec.sources import STEPS

_KINDS: Final = ("ledger", "doctype", "rows")
_ANY_SOURCE: Final = {"as", "where", "order", "help", "since", "deprecated"}
_GOES: Final = {
    "ledger": {"by", "match", "at", "between", "show"},
    "doctype": {"match"},
    "rows": {"by"},
}


_CALL = re.compile(r"[a-z_]+\(")


class SourceCompiler(LedgerSources):
    """Compiles the row sources of one construct. ``broken``: names of ledgers that are known and damaged."""

    def rows_of(self, node: Node | None, names: Dictionary[str, Type]) -> Bound | None:
        """The source that ``node`` says; ``names``: frame key → type around it."""
        if isinstance(node, Scalar):
            return self._written(node, names)
        if isinstance(node, Mapping):
            return self._mapping(node, names)
        return None

    # --- as text -------------------------------------------------------------------------------

    def _written(self, node: Scalar, names: Dictionary[str, Type]) -> Bound | None:
        text = node.text.strip()
        if text.startswith("{"):
            self.find(
                "E440", "A source in quotes is a text.", node.span, "Take the quotes away."
            )  # fmt: skip
            return None
        if text.startswith("periods(") or text == "periods":
            return self._periods(node, names)
        if _CALL.match(text):
            self._no_call(node, text.partition("(")[0])
            return None
        if text.startswith("posted."):
            return self._posted(node, names, text.removeprefix("posted."))
        table = self._table(text)
        if table is not None:
            row = own_record(self._owner(), table.path)
            return self._bound(TableSource(table.path), row, names)
        return self._path(node, names)

    def _owner(self) -> DoctypeDraft:
        assert self._draft is not None
        return self._draft

    def _table(self, path: str) -> TableDraft | None:
        return self._draft.tables.get(path) if self._draft is not None and path else None

    def _bound(
        self, source: RowSource, row: Type, names: Dictionary[str, Type], name: str = ROW
    ) -> Bound:
        return Bound(source, row, {**names, name: row})

    def _posted(self, node: Scalar, names: Dictionary[str, Type], key: str) -> Bound | None:
        owner = Record(POSTINGS + (self._draft.name if self._draft is not None else ""), own=True)
        rows = self.schema.field(owner, key) if "posted" in names else None
        if rows is None:
            hint = did_you_mean(key, self.schema.names(owner))
            place = _inside(node, len("posted."), key)
            self.find("E504", f"There is no posting '{key}' to read here.", place, hint)
            return None
        row = rows.of if isinstance(rows, Rows) else ANY
        return self._bound(PostedSource(key), row, names)

    def _periods(self, node: Scalar, names: Dictionary[str, Type]) -> Bound | None:
        parts = _arguments(node.text)
        if parts is None or len(parts) != 3 or parts[2][0].strip("'\"") not in STEPS:
            steps = ", ".join(f"'{step}'" for step in STEPS)
            self.find("E440", "periods() takes two days and a step.", node.span,
                      f"periods(start, end, 'month'); the step is one of {steps}.")  # fmt: skip
            return None
        scope = self.scope(names, balances=True, rules=True, clock=self._clock)
        bounds = [
            self.expression(Scalar(text, _inside(node, place, text)), scope, DATE)
            for text, place in parts[:2]
        ]
        start, end = bounds
        if start is None or end is None:
            return None
        step: Step = next(known for known in get_args(Step) if known == parts[2][0].strip("'\""))
        row = self.schema.add_record("period:time", _PERIOD)
        return self._bound(
            PeriodsSource(start, end, step, self.schema.country.first_month), row, names
        )

    # --- rows of tables ------------------------------------------------------------------------

    def _path(
        self,
        node: Scalar,
        names: Dictionary[str, Type],
    ) -> Bound | None:
        """``payment_terms.parts``: a table of the records that the path before it leads to."""
        before, _, last = node.text.strip().rpartition(".")
        if self._is_dropped(before, last):
            return None
        if not before:
            self._no_rows(node)
            return None
        of = self.expression(
            Scalar(before, node.span),
            self.scope(names, balances=True, rules=True, clock=self._clock),
        )
        if of is None:
            return None
        type_ = of.type.of if isinstance(of.type, (ListOf, Rows)) else of.type
        if is_open(type_):
            return None
        found = [(record, self.schema.field(record, last)) for record in records_of(type_)]
        tables = [field for _, field in found if isinstance(field, Rows)]
        if len(found) != 1 or not tables or isinstance(of.type, Rows):
            self._no_rows(node, [name for record, _ in found for name in self._tables_of(record)])
            return None
        record = Record(tables[0].of.doctype, tables[0].of.path)
        return self._bound(LinkedSource(of, record.doctype, record.path), record, names)

    def _no_call(self, node: Scalar, name: str) -> None:
        """A call that is not ``periods(…)``."""
        message = f"'{name}()' gives no rows; only periods() does."
        self.find("E440", message, _inside(node, 0, name), did_you_mean(name, ["periods"]))

    def _no_rows(self, node: Scalar, known: Sequence[str] | None = None) -> None:
        """``known``: the tables of the record that the path before the last word leads to."""
        what = f"'{node.text}' is no table, no path of tables and no posted entries."
        if known is None:
            own = [path for path in self._draft.tables if path] if self._draft is not None else []
            part = self._draft.first_unknown(node.text) if self._draft is not None else ""
            self.unknown("E308", what, node, choices(node.text, own), part)
            return
        last = node.text.strip().rpartition(".")[2]
        place = _inside(node, len(node.text) - len(last), last)
        self.find("E308", what, place, choices(last, known), missing=last)

    def _tables_of(self, record: Record) -> list[str]:
        fields = {name: self.schema.field(record, name) for name in self.schema.names(record)}
        return [name for name, type_ in fields.items() if isinstance(type_, Rows)]

    def _is_dropped(self, before: str, name: str) -> bool:
        if self._draft is None:
            return False
        table = self._draft.tables.get(before)
        return table is not None and name in table.dropped

    # --- as a mapping --------------------------------------------------------------------------

    def _mapping(self, node: Mapping, names: Dictionary[str, Type]) -> Bound | None:
        kinds = [kind for kind in _KINDS if kind in node.entries]
        if len(kinds) != 1:
            if not node.dropped & set(_KINDS):
                self.find("E440", "A row source names one thing to take rows of.", node.span,
                          "Exactly one of: " + ", ".join(_KINDS) + ".")  # fmt: skip
            return None
        kind = kinds[0]
        for key, entry in node.entries.items():
            if key not in _ANY_SOURCE | _GOES[kind] | {kind}:
                takes = ", ".join(sorted(_GOES[kind] | {"as", "where", "order"}))
                message = (
                    f"'{key}' does not go with rows of a {kind if kind != 'rows' else 'table'}."
                )
                self.find("E440", message, entry.key.span, f"It takes: {takes}.")
                return None
        name = self._name(node, names)
        if name is None:
            return None
        before = len(self.problems)
        bound = {"ledger": self._ledger, "doctype": self._doctype, "rows": self._rows}[kind](
            node, names, name
        )
        return bound if len(self.problems) == before else None

    def _name(self, node: Mapping, names: Dictionary[str, Type]) -> str | None:
        written = view.scalar(node, "as")
        if written is None:
            return ROW
        this = names.get("this")
        hides = isinstance(this, Record) and self.schema.field(this, written.text) is not None
        if written.text != ROW and (hides or written.text in names):
            message = f"'{written.text}' already means something here."
            self.find("E117", message, written.span, "Take another name.")
            return None
        return written.text

    def _rows(self, node: Mapping, names: Dictionary[str, Type], name: str) -> Bound | None:
        written = view.scalar(node, "rows")
        if written is None:
            return None
        plain = self._written(written, names)
        if plain is None:
            return None
        by = view.names(node, "by")
        if by:
            return self._grouped(node, names, name, plain, written)
        source = plain.source
        if not isinstance(source, (TableSource, LinkedSource)):
            self.find("E440", "'rows' names a table here.", written.span)
            return None
        inner = {**names, name: plain.row}
        where, order = self._chosen(node, inner)
        if isinstance(source, TableSource):
            made: RowSource = TableSource(source.path, where, order, name)
        else:
            made = LinkedSource(source.of, source.doctype, source.path, where, order, name)
        return Bound(made, plain.row, inner)

    def _grouped(
        self,
        node: Mapping,
        names: Dictionary[str, Type],
        name: str,
        plain: Bound,
        written: Scalar,
    ) -> Bound | None:
        if not isinstance(plain.source, TableSource):
            self.find("E440", "Only the rows of a table of the document are grouped.", written.span)
            return None
        table = self._owner().tables[plain.source.path]
        own = own_record(self._owner(), table.path)
        keys: dict[str, Type] = {}
        for key in view.names(node, "by"):
            type_ = self.schema.field(own, key.text)
            if type_ is None or isinstance(type_, Rows):
                hint = did_you_mean(key.text, table.fields)
                message = f"The rows of '{table.path}' have no field '{key.text}'."
                self.unknown("E302", message, key, hint)
            else:
                keys[key.text] = type_
        sums = {
            field: type_
            for field in table.fields
            if field not in keys
            and isinstance(type_ := self.schema.field(own, field), (Number, Money, Quantity))
        }
        fields: dict[str, Type] = {**sums, **keys, "rows": Rows(own), "index": INTEGER}
        called = f"group:{self._owner().name} {table.path} by {', '.join(keys)}"
        row = self.schema.add_record(called, fields)
        inner = {**names, name: row}
        where, order = self._chosen(node, inner)
        made = GroupedSource(table.path, tuple(keys), tuple(sums), where, order, name)
        return Bound(made, row, inner)

    def _chosen(
        self, node: Mapping, inner: Dictionary[str, Type]
    ) -> tuple[Expr | None, tuple[Expr, ...]]:
        """``where`` and ``order``, which see the row."""
        scope = self.scope(inner, balances=True, rules=True, clock=self._clock)
        where = self.condition(view.scalar(node, "where"), scope)
        parts = [self.expression(part, scope) for part in view.scalars(node.get("order"))]
        return where, tuple(part for part in parts if part is not None)

    # --- records -------------------------------------------------------------------------------

    def _doctype(self, node: Mapping, names: Dictionary[str, Type], name: str) -> Bound | None:
        written = view.scalar(node, "doctype")
        if written is None:
            return None
        target = self.schema.draft(written.text)
        if target is None:
            hint = did_you_mean(written.text, self.schema.doctypes())
            self.unknown("E301", f"There is no doctype '{written.text}'.", written, hint)
            return None
        if target.broken or not target.tables:
            return None  # what is wrong with it is reported where it is declared
        if target.child or target.abstract:
            what = "rows of others" if target.child else "abstract"
            self.find("E305", f"'{written.text}' is {what}: it has no records.", written.span)
            return None
        row = Record(target.name)
        match: dict[str, Expr] = {}
        scope = self.scope(names, balances=True, rules=True, clock=self._clock)
        for key, value in view.texts_of(node, "match"):
            type_ = self.schema.field(row, key.text)
            field = target.tables[""].fields.get(key.text)
            kept = field is None or field.type not in ("table", "back")
            if type_ is None or not kept:
                hint = did_you_mean(key.text, target.tables[""].fields)
                self.unknown("E302", f"{target.name} has no field '{key.text}'.", key, hint)
                continue
            expression = self.expression(value, scope)
            if expression is not None and self._fits(key.text, type_, expression, value):
                match[key.text] = expression
        inner = {**names, name: row}
        where, order = self._chosen(node, inner)
        kinds = {field.name: field.type for field in target.tables[""].fields.values()}
        found = DoctypeSource(target.name, match, where, order, name, narrowed(where, name, kinds))
        return Bound(found, row, inner)


_PERIOD: Final[dict[str, Type]] = {
    "start": DATE, "end": DATE, "days": INTEGER, "label": TEXT, "index": INTEGER,
}  # fmt: skip


def reads_of(bound: Bound | None) -> tuple[Expr, ...]:
    """The expressions of a source, for whoever collects what is read."""
    return tuple(expressions_of(bound.source)) if bound is not None else ()


def _arguments(text: str) -> list[tuple[str, int]] | None:
    """The arguments of one call as they are written, each with its place."""
    plain = text.strip()
    lead = len(text) - len(text.lstrip())
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None
    if not isinstance(tree, ast.Call) or tree.keywords or not plain.isascii():
        return None
    found: list[tuple[str, int]] = []
    for argument in tree.args:
        written = ast.get_source_segment(plain, argument)
        if written is None:
            return None
        found.append((written, argument.col_offset + lead))
    return found


def _inside(node: Scalar, place: int, text: str) -> Span:
    """Where a part of a text on one line stands."""
    span = node.span
    start = span.column + place
    return Span(span.file, span.line, start, start + len(text))
