"""Ledgers as row sources: keys, what they match, days, parts of a turnover, and the type of their rows."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass
from typing import get_args

from engine.catalog.sources import (
    LedgerSource,
    Part,
    RowSource,
)
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.names import key_of
from engine.compiler.reader import Reader
from engine.compiler.schema import ENTRY, DraftSchema
from engine.expr.program import Expr
from engine.expr.types import (
    ANY,
    COMPANY_DOCTYPE,
    DATE,
    INTEGER,
    FiscalYearType,
    ListOf,
    Money,
    Number,
    Quantity,
    Record,
    Type,
    describe,
    is_open,
    records_of,
)
from engine.problems.problem import Span
from engine.problems.suggest import choices, did_you_mean, nearest
from engine.source.nodes import Listing, Mapping, Node, Scalar
from engine.spec.sources import PARTS


@dataclass(frozen=True, slots=True)
class Bound:
    """A compiled source; ``row`` is the type of a row, ``names`` what is in sight where rows are gone through."""

    source: RowSource
    row: Type
    names: Dictionary[str, Type]


class LedgerSources(Reader):
    """Compiles the sources that say ``ledger``; see ``SourceCompiler`` for the arguments."""

    def __init__(
        self,
        schema: DraftSchema,
        draft: DoctypeDraft | None,
        broken: frozenset[str] = frozenset(),
        *,
        clock: bool = False,
    ) -> None:
        super().__init__(schema)
        self._draft = draft
        self._broken = broken
        self._clock = clock

    def _fits(self, name: str, expected: Type, expression: Expr, place: Scalar) -> bool:
        """A value of the type, or a list of such values."""
        given = expression.type.of if isinstance(expression.type, ListOf) else expression.type
        if fits_key(expected, given):
            return True
        message = f"'{name}' is {describe(expected)}, this is {describe(given)}."
        self.find("E205", message, place.span)
        return False

    def _ledger(self, node: Mapping, names: Dictionary[str, Type], name: str) -> Bound | None:
        written = view.scalar(node, "ledger")
        shape = self.schema.ledger(key_of(written.text)) if written is not None else None
        if written is None or shape is None or shape.name != written.text:
            if written is not None and written.text not in self._broken:
                hint = did_you_mean(written.text, self.schema.ledger_names())
                self.unknown("E309", f"There is no ledger '{written.text}'.", written, hint)
            return None
        if "by" not in node.entries:
            if "by" not in node.dropped:
                self.find("E114", "A source over a ledger lacks the key 'by'.", written.span,
                          "by: [" + ", ".join(list(shape.dimensions)[:2]) + "]")  # fmt: skip
            return None
        types = self._entry(shape.name, shape.measures)
        by = self._keys(node, shape.name, types, shape.measures)
        match = self._match(node, names, shape.name, types, shape.measures)
        at, between = self._days(node, names)
        show = self._show(node)
        row, wide = self._ledger_rows(shape.name, types, shape.measures, by, show)
        inner = {**names, name: row}
        scope = self.scope({**names, name: wide}, balances=True, rules=True, clock=self._clock)
        where = self.condition(view.scalar(node, "where"), scope)
        also = self._also(where, wide, by, shape.measures, view.scalar(node, "where"))
        within = self.scope(inner, balances=True, rules=True, clock=self._clock)
        order = [self.expression(part, within) for part in view.scalars(node.get("order"))]
        made = LedgerSource(
            shape.name, by, match, at, between, where,
            tuple(part for part in order if part is not None), name, also, show,
        )  # fmt: skip
        return Bound(made, row, inner)

    def _entry(self, ledger: str, measures: Dictionary[str, Type]) -> dict[str, Type]:
        """Everything of an entry that can be a key."""
        entry = Record(ENTRY + ledger, own=True)
        known = {name: self.schema.field(entry, name) or ANY for name in self.schema.names(entry)}
        if "currency" in known:
            named = self.schema.draft("Currency") is not None
            known["currency"] = Record("Currency") if named else ANY
        no_keys = {*measures, "id", "company", "meant_for", "rule"}
        return {name: type_ for name, type_ in known.items() if name not in no_keys}

    def _keys(
        self,
        node: Mapping,
        ledger: str,
        types: Dictionary[str, Type],
        measures: Iterable[str],
    ) -> tuple[str, ...]:
        found: list[str] = []
        for key in view.names(node, "by"):
            if key.text in types:
                found.append(key.text)
            else:
                what = "a measure" if key.text in measures else "unknown"
                message = f"{ledger} cannot be grouped by '{key.text}', which is {what}."
                self.unknown("E310", message, key, choices(key.text, types))
                meant = nearest(key.text, types)
                found += [meant] if meant is not None and meant not in found else []
        return tuple(found)

    def _match(
        self,
        node: Mapping,
        names: Dictionary[str, Type],
        ledger: str,
        types: Dictionary[str, Type],
        measures: Iterable[str],
    ) -> dict[str, Expr]:
        scope = self.scope(names, balances=True, rules=True, clock=self._clock)
        found: dict[str, Expr] = {}
        known = {**types, "company": Record(COMPANY_DOCTYPE)}
        for key, value in view.texts_of(node, "match"):
            expected = known.get(key.text)
            if expected is None:
                what = "a measure" if key.text in measures else "no dimension"
                message = f"'{key.text}' is {what} of {ledger}, and cannot be matched."
                self.unknown("E310", message, key, choices(key.text, known))
                continue
            expression = self.expression(value, scope)
            if expression is not None and self._fits(key.text, expected, expression, value):
                found[key.text] = expression
        return found

    def _days(
        self, node: Mapping, names: Dictionary[str, Type]
    ) -> tuple[Expr | None, tuple[Expr, Expr] | None]:
        scope = self.scope(names, balances=True, rules=True, clock=self._clock)
        at = self.expression(view.scalar(node, "at"), scope, DATE)
        between = node.get("between")
        if at is not None and between is not None:
            self.find("E440", "A source looks 'at' a day or 'between' two, not both.", _span(between))  # fmt: skip
            return at, None
        if isinstance(between, Listing):
            if len(between.items) != 2:
                message = "'between' takes two days, or a period."
                self.find("E440", message, between.span, "between: [start, end]")
                return at, None
            bounds = [self.expression(part, scope, DATE) for part in view.scalars(between)]
            return at, self._pair(bounds)
        if isinstance(between, Scalar):
            return at, self._period(between, names)
        return at, None

    def _period(self, node: Scalar, names: Dictionary[str, Type]) -> tuple[Expr, Expr] | None:
        scope = self.scope(names, balances=True, rules=True, clock=self._clock)
        period = self.expression(node, scope)
        if period is None:
            return None
        if not isinstance(period.type, FiscalYearType):
            message = f"'between' takes two days, or a period; this is {describe(period.type)}."
            self.find("E205", message, node.span, "between: [start, end]")
            return None
        text = node.text
        return self._pair(
            [self.source_text(f"({text}).{edge}", node.span, names) for edge in ("start", "end")]
        )

    def source_text(self, text: str, span: Span, names: Dictionary[str, Type]) -> Expr | None:
        """An expression that the compiler itself wrote."""
        scope = self.scope(names, balances=True, rules=True, clock=self._clock)
        return self.source(text, span, scope)

    def _pair(self, bounds: list[Expr | None]) -> tuple[Expr, Expr] | None:
        start, end = bounds
        return (start, end) if start is not None and end is not None else None

    def _show(self, node: Mapping) -> tuple[Part, ...]:
        written = view.names(node, "show")
        if written and "between" not in node.entries and "between" not in node.dropped:
            span = node.entries["show"].key.span
            self.find("E440", "'show' goes with 'between'.", span, "between: [start, end]")
        found: list[Part] = []
        for name in written:
            part = next((known for known in get_args(Part) if known == name.text), None)
            if part is None:
                message = f"A turnover has no part '{name.text}'."
                self.find("E440", message, name.span, choices(name.text, PARTS))
            else:
                found.append(part)
        return tuple(found)

    def _ledger_rows(
        self,
        ledger: str,
        types: Dictionary[str, Type],
        measures: Dictionary[str, Type],
        by: tuple[str, ...],
        show: tuple[Part, ...],
    ) -> tuple[Record, Record]:
        """The row as everybody sees it, and with all dimensions, as ``where`` does."""
        part = self.schema.add_record(f"part:{ledger}", measures)
        counted: dict[str, Type] = {
            **measures, **dict.fromkeys(show, part), "index": INTEGER,
        }  # fmt: skip
        keys = {key: types[key] for key in by}
        if "currency" in types:
            keys["currency"] = types["currency"]
        called = f"{ledger} by {', '.join(keys)} {' '.join(show)}".strip()
        row = self.schema.add_record(f"row:{called}", {**keys, **counted})
        wide = self.schema.add_record(f"entries:{called}", {**types, **counted})
        return row, wide

    def _also(
        self,
        where: Expr | None,
        wide: Record,
        by: tuple[str, ...],
        measures: Iterable[str],
        node: Scalar | None,
    ) -> tuple[str, ...]:
        """What ``where`` reads besides the keys; then it may read no measure."""
        if where is None or node is None:
            return ()
        read = {r.field for r in where.reads if r.record == wide}
        keys = {*by, "currency"}
        counted = read & {*measures, *PARTS}
        also = sorted(read - keys - counted - {"index"})
        if also and counted:
            names = ", ".join(f"'{name}'" for name in also)
            message = f"This reads {names}, which the rows are not kept by, and a measure."
            self.find("E441", message, node.span, f"Add {names} to 'by', or make it two conditions.")  # fmt: skip
        return tuple(also)


def fits_key(expected: Type, given: Type) -> bool:
    """Whether a value can be what a key is compared with."""
    if is_open(expected) or is_open(given):
        return True
    if records_of(expected):
        return bool(records_of(given)) and _same(expected, given)
    return type(expected) is type(given) or (
        isinstance(expected, (Number, Money, Quantity)) and isinstance(given, Number)
    )


def _same(expected: Type, given: Type) -> bool:
    mine = {record.key for record in records_of(expected)}
    theirs = {record.key for record in records_of(given)}
    return bool(mine & theirs) or "Document" in mine | theirs


def _span(node: Node) -> Span:
    return node.span
