"""Pass 9, finish: from a draft whose calculation is known to the tables of the catalog.

Compiles what hangs on single fields: defaults, conditions, what links may point to.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from engine.catalog.bounds import outside
from engine.catalog.fields import Field, FieldType, LinkMaking, Literals, Table
from engine.catalog.values import Unreadable, read_value
from engine.compiler import view
from engine.compiler.change import Backfills, former_of
from engine.compiler.default_order import Defaults, order_defaults
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.field_rules import TEXTUAL, check_writers
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema, candidate_type
from engine.compiler.setting import link_making
from engine.compiler.steps import Place, expected
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import BOOLEAN, Record, Type
from engine.problems.suggest import did_you_mean
from engine.source.nodes import Mapping, Scalar

LONGEST_IDENTIFIER = 63
"""PostgreSQL cuts longer names off."""


class TableFinisher(Reader):
    """Makes the tables of one doctype. ``formulas`` and ``computed`` are the compiled ones by place."""

    def __init__(
        self,
        schema: DraftSchema,
        draft: DoctypeDraft,
        formulas: Dictionary[Place, Expr],
        computed: frozenset[Place],
        beside: Dictionary[str, Type] | None = None,
    ) -> None:
        super().__init__(schema)
        self._beside = dict(beside or {})
        """Further names that conditions and defaults see."""
        self._draft = draft
        self._formulas = formulas
        self._computed = computed
        self._backfills = Backfills(self, draft)
        self.defaults: Defaults = ()
        """Once the tables are made: what is filled in where a person left it empty, in order."""

    def tables(self) -> dict[str, Table]:
        """All tables by path, the head first."""
        found = {path: self._table(table) for path, table in self._draft.tables.items()}
        self._backfills.check_circles()
        self.defaults, wrong = order_defaults(self._draft, found)
        self.problems += wrong
        return found

    def _table(self, table: TableDraft) -> Table:
        name = f"doc_{self._draft.key}"
        if table.path:
            name += "__" + table.path.replace(".", "__")
        if len(name) > LONGEST_IDENTIFIER and not self._draft.abstract:
            message = (
                f"The table '{name}' has {len(name)} characters; {LONGEST_IDENTIFIER} are allowed."
            )
            self.find(
                "E313",
                message,
                self._draft.construct.span,
                "Shorten the name of the doctype or of the table.",
            )
        self._columns(table)
        return Table(
            path=table.path,
            name=name,
            row_type=table.row_type,
            fields={
                field.name: self._taking_default(field, self._field(table, field))
                for field in table.fields.values()
            },
            parent=table.parent,
            children=tuple(table.children),
            minimum_rows=table.minimum_rows,
            maximum_rows=table.maximum_rows,
            generated=table.generated,
            removed=table.removed,
        )

    def _columns(self, table: TableDraft) -> None:
        """Link ``x`` has the columns x_id and x_type: no other field may be called so."""
        for field in table.fields.values():
            if field.type != "link":
                continue
            for suffix in ("_id", "_type"):
                other = table.fields.get(field.name + suffix)
                if other is not None and (suffix == "_id" or len(field.link) > 1):
                    message = f"'{other.name}' is the column of the link '{field.name}'."
                    self.find("E117", message, other.span, "Choose another name.")

    def _field(self, table: TableDraft, field: FieldDraft) -> Field:
        node = field.node
        own = own_record(self._draft, table.path)
        literal, default = self._default(field, own)
        required = view.scalar(node, "required")
        rows = field.type == "table"
        minimum, maximum = (None if rows else view.text(node, key) for key in ("min", "max"))
        stored = (table.path, field.name) not in self._computed
        return Field(
            name=field.name,
            type=field.type,
            label=field.label,
            span=field.span,
            required=required is not None and required.text == "true",
            default=literal,
            default_expression=default,
            formula=self._formulas.get((table.path, field.name)),
            writer=field.writer,
            editable=field.editable,
            stored=stored,
            generated=self._is_generated(field),
            scale=field.scale,
            precision=field.precision,
            length=field.length,
            minimum=minimum,
            maximum=maximum,
            options=view.texts(node, "options"),
            unique=self._unique(table, field),
            link=field.link,
            where=self._where(field, own),
            make=self._making(field, own),
            table=field.table,
            back=field.back,
            money_in=field.money_in,
            unit=self._worked_out(node, "unit", own),
            after_submit=view.flag(node, "after_submit"),
            fixed=view.flag(node, "fixed") if "fixed" in node.entries else None,
            visible_if=self._worked_out(node, "visible_if", own, BOOLEAN),
            required_if=self._required_if(required, own),
            read_only_if=self._worked_out(node, "read_only_if", own, BOOLEAN),
            column=field.column,
            form=field.form,
            pack=self.schema.packs.of(field.declared or field.span),
            former=former_of(node, self._draft.release),
            renamed_options=self._backfills.options(field),
            backfill=self._backfills.expression(
                table, field, stored=stored, unstored=self._computed
            ),
            help=view.text(node, "help") or "",
        )

    # Few fields have any of these: a scope is made where one is there.

    def _around(self, own: Record, *, clock: bool = False) -> Scope:
        return self.scope({**self._beside, "this": own}, clock=clock)

    def _worked_out(
        self, node: Mapping, key: str, own: Record, expects: Type | None = None
    ) -> Expr | None:
        if key not in node.entries:
            return None
        return self.expression(view.scalar(node, key), self._around(own), expects)

    def _default(self, field: FieldDraft, own: Record) -> tuple[Literals, Expr | None]:
        if "default" not in field.node.entries:
            return None, None
        node = view.scalar(field.node, "default")
        return self.value(node, self._around(own, clock=True), expected(field))

    def _required_if(self, required: Scalar | None, own: Record) -> Expr | None:
        if required is None or not required.text.startswith("="):
            return None
        return self.value(required, self._around(own))[1]

    def _making(self, field: FieldDraft, own: Record) -> LinkMaking | None:
        if "make" not in field.node.entries:
            return None
        return link_making(self, self.schema.drafts, self._draft, field, self._around(own))

    def _taking_default(self, draft: FieldDraft, field: Field) -> Field:
        """``field``, whose literal default is read as what a person types would be."""
        node = view.scalar(draft.node, "default")
        unsure = next(check_writers(draft.node), None) is not None
        # A type that is wrong itself has lost its patterns: that is told where it is declared.
        unsure |= field.form is not None and "" in (*field.form.patterns.values(), field.form.name)
        if node is None or field.default is None or field.type == "boolean" or unsure:
            return field
        try:
            value = read_value(field, field.default)
        except Unreadable as unreadable:
            sentence = f"{field.label}: {unreadable.sentence}"
        else:
            wrong = outside(field, value) if value is not None else None
            sentence = wrong[1] if wrong is not None else ""
        if sentence:
            message = f"The field does not take this default. {sentence}"
            hint = "Nobody could save a record without typing over it."
            self.find("E113", message, node.span, hint)
        return field

    def _is_generated(self, field: FieldDraft) -> bool:
        if field.type != "table":
            return False
        table = self._draft.tables.get(field.table or "")
        return table is not None and table.generated

    def _where(self, field: FieldDraft, own: Record) -> Expr | None:
        """The candidate is ``row``, a dict of its columns when it runs."""
        node = view.scalar(field.node, "where")
        if node is None or not field.link:
            return None
        row = candidate_type(field.link)
        scope: Scope = self.scope({**self._beside, "this": own, "row": row})
        return self.condition(node, scope)

    def _unique(self, table: TableDraft, field: FieldDraft) -> tuple[str, ...] | None:
        node = field.node.get("unique")
        if node is None:
            return None
        names = view.scalars(node)
        if len(names) == 1 and names[0].text in ("true", "false") and node is names[0]:
            return () if names[0].text == "true" else None
        for name in names:
            known = (
                name.text in table.fields
                or name.text in table.dropped
                or name.text in self._draft.standard
            )
            if not known:
                hint = did_you_mean(name.text, table.fields)
                message = f"{table.row_type} has no field '{name.text}'."
                self.unknown("E302", message, name, hint)
        return tuple(name.text for name in names if name.text != field.name)


def is_textual(type_: FieldType) -> bool:
    """Whether values of the type are texts of a known length."""
    return type_ in TEXTUAL or type_ == "choice"
