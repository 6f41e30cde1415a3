"""Pass 12b, making: how documents come out of others (the key ``from``)."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Dictionary

from engine.catalog.flow import MakeFrom
from engine.catalog.sources import ROW, TableSource
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema
from engine.compiler.sources import SourceCompiler
from engine.compiler.sources_ledger import Bound
from engine.compiler.steps import expected
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import DECIMAL, Type
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Mapping, Scalar

QUANTITY = "quantity"
"""The field of a row that takes what is left, and that parts are in proportion to."""
_SHARED = ("money", "quantity", "decimal")


class MakingCompiler(Reader):
    """Compiles ``from`` of one doctype. ``drafts``: all doctypes by name; ``ledgers``: names."""

    def __init__(
        self,
        schema: DraftSchema,
        draft: DoctypeDraft,
        drafts: Dictionary[str, DoctypeDraft],
        ledgers: Collection[str],
    ) -> None:
        super().__init__(schema)
        self._ledgers = ledgers
        self._draft = draft
        self._drafts = drafts
        self.settled = True
        """Whether it is known who writes which field: not where the calculation has a problem of its own."""

    def make_from(self) -> dict[str, MakeFrom]:
        """How the doctype is made, by source: a doctype, or a ledger whose balances it is made of."""
        found: dict[str, MakeFrom] = {}
        for name, node in view.maps(self._draft.node, "from"):
            source = self._drafts.get(name.text)
            made: MakeFrom | None = None
            if name.text in self._ledgers:
                made = self._from(name.text, self._draft, node, of_ledger=True)
            elif source is None:
                hint = did_you_mean(name.text, [*self._drafts, *self._ledgers])
                message = f"There is no doctype or ledger '{name.text}'."
                self.unknown("E301", message, name, hint)
            elif not source.broken:
                made = self._from(name.text, source, node)
            if made is not None:
                found[name.text] = made
        return found

    def _from(
        self, name: str, source: DoctypeDraft, node: Mapping, *, of_ledger: bool = False
    ) -> MakeFrom | None:
        """``source``: what ``this`` is: the source document, or of a ledger the document that is made."""
        names: dict[str, Type] = {"this": own_record(source)}
        target: TableDraft | None = self._draft.tables[""]
        bound: Bound | None = None
        if "each" in node.dropped:
            return None
        if "each" in node.entries:
            bound = self._rows(source, node, names)
            if bound is None:
                return None
            target = self._target(node, bound)
        elif "into" in node.entries:
            span = view.names(node, "into")[0].span
            hint = "each: items"
            self.find("E604", "'into' needs 'each': the rows that are taken.", span, hint)
        if target is None:
            return None
        scope = self.scope(bound.names if bound is not None else names, balances=True, rules=True)
        set_ = self._set(node, target, scope)
        row = getattr(bound.source, "name", ROW) if bound is not None else ROW
        line = next((n for n, e in set_.items() if e.source.strip() == row), None)
        rows = _table_of(source, bound)
        prorate = self._prorated(node, rows, target, line)
        for field, _ in view.texts_of(node, "set"):
            if field.text in prorate:
                message = f"'{field.text}' is a part of the source row's; nothing else writes it."
                self.find("E546", message, field.span, "Take it out of 'set', or out of 'prorate'.")
        return MakeFrom(
            source=name,
            each=bound.source if bound is not None else None,
            into=target.path or None,
            quantity=self._quantity(node, target, scope),
            set=set_,
            copy=()
            if of_ledger
            else tuple(n.text for n in view.names(node, "copy") if self._copies(source, n)),
            carried=_carried(rows, target, {*set_, *prorate, QUANTITY}),
            merge_by=self._merged(source, node),
            prorate=prorate,
            line=line,
            draft=view.flag(node, "draft"),
            of_ledger=of_ledger,
        )

    def _rows(
        self, source: DoctypeDraft, node: Mapping, names: Dictionary[str, Type]
    ) -> Bound | None:
        compiler = SourceCompiler(self.schema, source)
        bound = compiler.rows_of(node.get("each"), names)
        self.problems += compiler.problems
        return bound

    def _set(self, node: Mapping, target: TableDraft, scope: Scope) -> dict[str, Expr]:
        found: dict[str, Expr] = {}
        for name, value in view.texts_of(node, "set"):
            field = target.fields.get(name.text)
            if field is None:
                self._no_field(target, name)
                continue
            if self.settled and field.writer != "person" and not field.editable:
                message = f"'{name.text}' is worked out by {field.writer}; nothing else writes it."
                self.find("E546", message, name.span, "Take it out of 'set', or make it editable.")
                continue
            expression = self.expression(value, scope, expected(field))
            if expression is not None:
                found[name.text] = expression
        return found

    def _quantity(self, node: Mapping, target: TableDraft, scope: Scope) -> Expr | None:
        said = view.scalar(node, "quantity")
        if said is not None and QUANTITY not in {*target.fields, *target.dropped}:
            message = f"{target.row_type} has no field 'quantity' that takes what is left."
            hint = "Add it, or take 'quantity' out and use 'set'."
            self.find("E547", message, said.span, hint, missing=QUANTITY)
            return None
        return self.expression(said, scope, DECIMAL)

    def _merged(self, source: DoctypeDraft, node: Mapping) -> tuple[str, ...]:
        head = source.tables[""]
        found: list[str] = []
        for name in view.names(node, "merge_by"):
            if name.text in head.fields or name.text in source.standard:
                found.append(name.text)
            elif name.text not in head.dropped:
                hint = did_you_mean(name.text, head.fields)
                self.unknown("E302", f"{source.name} has no field '{name.text}'.", name, hint)
        return tuple(found)

    # --- parts ---------------------------------------------------------------------------------

    def _prorated(
        self, node: Mapping, rows: TableDraft | None, target: TableDraft, line: str | None
    ) -> tuple[str, ...]:
        """The fields and tables that are parts of the source row's; each is on both sides."""
        said = view.names(node, "prorate")
        if not said:
            return ()
        span = node.entries["prorate"].key.span
        if rows is None or QUANTITY not in rows.fields or QUANTITY not in target.fields:
            message = "Parts are in proportion to the quantity of rows, and here are none."
            self.find("E548", message, span, "Add each: items, whose rows have a quantity.")
            return ()
        if line is None and not node.dropped & {"set"}:
            message = "A part has to know the row it is a part of."
            self.find("E548", message, span, "Link to it: set: {original: row}.")
            return ()
        return tuple(name.text for name in said if self._is_shared(name, rows, target))

    def _is_shared(self, name: Scalar, rows: TableDraft, target: TableDraft) -> bool:
        for table in (target, rows):
            if name.text not in table.fields:
                self._no_field(table, name)
                return False
        here, there = target.fields[name.text], rows.fields[name.text]
        if here.type != there.type or here.type not in (*_SHARED, "table"):
            message = (
                f"'{name.text}' is {here.type}: only amounts, quantities and tables have parts."
            )
            self.find("E548", message, name.span, "Use 'set' with an expression.")
            return False
        return True

    # --- names ---------------------------------------------------------------------------------

    def _target(self, node: Mapping, bound: Bound) -> TableDraft | None:
        """The table that takes the rows: the one said, else the one of the name they come from."""
        name = view.scalar(node, "into") or view.scalar(node, "each")
        if name is None:
            span = node.entries["each"].key.span
            message = "These rows come from no table, so it has to be said which one takes them."
            self.find("E604", message, span, "into: lines")
            return None
        table = self._draft.tables.get(name.text)
        if (table is None or not name.text) and name.text not in self._draft.tables[""].dropped:
            known = [path for path in self._draft.tables if path]
            message = f"{self._draft.name} has no table '{name.text}' to take the rows."
            self.unknown("E308", message, name, choices(name.text, known) or "into: …")
            return None
        return table

    def _no_field(self, target: TableDraft, name: Scalar) -> None:
        if name.text not in target.dropped:
            hint = did_you_mean(name.text, target.fields)
            self.unknown("E302", f"{target.row_type} has no field '{name.text}'.", name, hint)

    def _copies(self, source: DoctypeDraft, name: Scalar) -> bool:
        """Whether a field or table to copy is there on both sides, in one type."""
        here, there = self._draft.tables[""], source.tables[""]
        for table, owner in ((here, self._draft.name), (there, source.name)):
            if name.text not in table.fields:
                if name.text not in table.dropped:
                    hint = did_you_mean(name.text, table.fields)
                    message = f"{owner} has no field '{name.text}' to copy."
                    self.unknown("E302", message, name, hint)
                return False
        if here.fields[name.text].type != there.fields[name.text].type:
            kinds = f"{there.fields[name.text].type} there and {here.fields[name.text].type} here"
            hint = "Use 'set' with an expression."
            self.find("E604", f"'{name.text}' is {kinds}.", name.span, hint)
            return False
        return True


def _table_of(source: DoctypeDraft, bound: Bound | None) -> TableDraft | None:
    """The table of the source document that is gone through, if it is one."""
    if bound is None or not isinstance(bound.source, TableSource):
        return None
    return source.tables.get(bound.source.path)


def _carried(rows: TableDraft | None, target: TableDraft, set_: set[str]) -> tuple[str, ...]:
    """What a person writes on both sides under one name and type, and nothing else fills in."""
    if rows is None:
        return ()
    return tuple(
        name
        for name, field in target.fields.items()
        if name not in set_ and _is_written(field) and _is_alike(field, rows.fields.get(name))
    )


def _is_written(field: FieldDraft) -> bool:
    return field.writer == "person" and field.type not in ("table", "back")


def _is_alike(here: FieldDraft, there: FieldDraft | None) -> bool:
    return there is not None and here.type == there.type and set(there.link) <= set(here.link)
