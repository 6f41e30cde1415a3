"""Pass 3, fields: the tables of every doctype and the types of their fields.

In: the program. Out: one draft per doctype. Child doctypes become tables of each doctype that
has them, so a formula in them can speak of its ``parent``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from engine.catalog.doctypes import Amend
from engine.catalog.fields import FieldType, child_path
from engine.compiler import field_rules, view
from engine.compiler.drafts import DoctypeDraft, FieldDraft, TableDraft
from engine.compiler.field_names import check_name, column_of, too_long
from engine.compiler.names import key_of, label_of
from engine.compiler.own_fields import APART
from engine.compiler.packs import Packs
from engine.compiler.placing import over
from engine.compiler.program import Program
from engine.compiler.schema import unit_type
from engine.compiler.targets import Targets
from engine.problems.problem import Problem
from engine.problems.render import way_text
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Entry, Mapping, Scalar
from engine.spec.common import FIELD_TYPES

MOST_LEVELS = 4
MOST_TABLES = 100
"""Tables of a document below each other, and in all: every row type brings its own along."""


def settle_fields(
    program: Program, targets: Targets, packs: Packs
) -> tuple[dict[str, DoctypeDraft], list[Problem]]:
    """Drafts by doctype name."""
    settler = _Settler(program, targets, packs)
    # What nests too deeply in a row type is told of the document that has the rows, if there is one.
    ordered = sorted(program.doctypes, key=lambda name: name in targets.children)
    drafts = {name: settler.doctype(name) for name in ordered}
    return {name: drafts[name] for name in program.doctypes}, settler.problems


def settle_asked(
    program: Program, targets: Targets, construct: Construct, owner: DoctypeDraft
) -> tuple[DoctypeDraft, list[Problem]]:
    """The fields that a transition or action of ``owner`` asks for, as a doctype of its own.

    ``construct.node`` holds them under ``fields``. Its money is in the currency of ``owner``.
    """
    settler = _Settler(program, targets)
    draft = DoctypeDraft(
        name=construct.name,
        key=key_of(construct.name),
        construct=construct,
        tables={},
        company=owner.company,
        abstract=True,
        currency=owner.currency,
        rate=owner.rate,
    )
    fields = view.mapping(construct.node, "fields") or Mapping({}, construct.node.span)
    settler.table(draft, fields, construct.name, ("", None), (construct.name,))
    return draft, settler.problems


_APPOINTED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("name", "by"): ("text", "integer"),
    ("date",): ("date",),
    ("money", "currency"): ("link",),
    ("money", "rate"): ("rate", "decimal"),
    ("number", "issued_by"): ("link",),
    ("tree",): ("link",),
}
"""Keys of a doctype that name one of its fields: the types that they take."""


def _is_submittable(node: Mapping, *, abstract: bool, child: bool) -> bool:
    """Whether it is submitted. One that posts is meant to be: that it does not say so is told once."""
    posts = view.mapping(node, "posts")
    means = posts is not None and bool(posts.entries) and not abstract and not child
    return view.flag(node, "submittable") or means


class _Settler:
    def __init__(self, program: Program, targets: Targets, packs: Packs | None = None) -> None:
        self._packs = packs or Packs()
        self.problems: list[Problem] = []
        self._doctypes = program.doctypes
        self._forms = program.text_types
        self._targets = targets
        self._crowded: set[str] = set()
        """Doctypes with too many tables, or too deep ones: told once each."""
        self._circled: set[str] = set()
        """Rows that contain themselves, told already."""

    def doctype(self, name: str) -> DoctypeDraft:
        construct = self._doctypes[name]
        node = construct.node
        money = view.mapping(node, "money")
        abstract, child = view.flag(node, "abstract"), name in self._targets.children
        draft = DoctypeDraft(
            name=name,
            key=key_of(name),
            construct=construct,
            tables={},
            company=view.text(node, "company") or "none",
            abstract=abstract,
            child=child,
            submittable=_is_submittable(node, abstract=abstract, child=child),
            amend=cast("Amend", view.text(node, "amend") or "none"),
            numbered="number" in node.entries,
            date=view.text(node, "date"),
            currency=view.text(money, "currency") if money is not None else None,
            rate=view.text(money, "rate") if money is not None else None,
        )
        fields = view.mapping(node, "fields")
        if not construct.broken:
            if fields is None and "fields" not in node.dropped:
                example = "fields: {name: {type: text, required: true}}"
                self.problems.append(
                    Problem("E114", "This doctype has no fields.", construct.span, example)
                )
                construct.broken = True
            self.table(draft, fields or Mapping({}, node.span), name, ("", None), (name,))
            self._check_appointed(draft)
        return draft

    def _check_appointed(self, draft: DoctypeDraft) -> None:
        """The fields that the doctype names as its key, date, currency, rate and tree are of a type for that."""
        head = draft.tables[""]
        for path, types in _APPOINTED.items():
            node: Mapping | None = draft.node
            for key in path[:-1]:
                node = view.mapping(node, key) if node is not None else None
            name = view.scalar(node, path[-1]) if node is not None else None
            field = head.fields.get(name.text) if name is not None else None
            if name is not None and field is not None and field.type not in types:
                of = " or ".join(types)
                message = (
                    f"'{field.name}' is of type {field.type}; here stands a field of type {of}."
                )
                self.problems.append(Problem("E304", message, name.span))
                self._lose(head, field)

    def table(
        self,
        draft: DoctypeDraft,
        fields: Mapping,
        row_type: str,
        place: tuple[str, str | None],
        above: tuple[str, ...],
    ) -> TableDraft:
        """The table of ``fields`` at ``place`` (path, parent), with those below it; ``above``: row types."""
        path, parent = place
        table = TableDraft(path, row_type, {}, parent, fields.dropped)
        draft.tables[path] = table
        for entry in fields.entries.values():
            if isinstance(entry.value, Mapping):
                self.problems += check_name(entry, self._packs)
                self._field(draft, table, entry, entry.value, above)
        for found in list(table.fields.values()):
            if found.money_in is not None:
                self._held(draft, table, found)
        return table

    def _held(self, draft: DoctypeDraft, table: TableDraft, found: FieldDraft) -> None:
        """Money in the currency of a field beside it: that has to be a link to one doctype."""
        if found.money_in in ("company", "document"):
            return
        if not table.path and found.money_in == draft.currency:
            found.money_in = "document"
            return
        name, found.money_in = found.money_in or "", ""
        holder = table.fields.get(name)
        if holder is None and name in table.dropped:
            return
        span = found.node.entries["in"].value.span
        if holder is None:
            hint = choices(name, ("company", "document", *table.fields))
            message = f"'{name}' is no field beside '{found.name}'."
            self.problems.append(Problem("E233", message, span, hint, missing=name))
            self._lose(table, found)
        elif holder.type != "link" or len(holder.link) != 1:
            message = f"'{name}' is no link to a currency."
            hint = f"{name}: {{type: link, to: Currency}}"
            self.problems.append(Problem("E233", message, span, hint))
            self._lose(table, found)
        else:
            found.money_in = name

    def _field(
        self,
        draft: DoctypeDraft,
        table: TableDraft,
        entry: Entry,
        node: Mapping,
        above: tuple[str, ...],
    ) -> None:
        name = entry.key
        written = view.text(node, "type")
        form = self._forms.get(written or "")
        type_ = "text" if form is not None else _field_type(written)
        if type_ is None:
            table.dropped |= {name.text}
            return
        self.problems += field_rules.check_writers(node)
        unfit = field_rules.unfit(node, type_, name)
        if unfit is not None:
            self.problems += [] if self._is_inherited(draft, table, name.text) else [unfit]
            table.dropped |= {name.text}
            return
        self.problems += field_rules.check_bounds(node, type_)
        found = FieldDraft(
            name=name.text,
            type=type_,
            node=node,
            span=name.span,
            label=view.text(node, "label") or label_of(name.text.rpartition(APART)[2]),
            scale=field_rules.scale_of(node, type_),
            precision=field_rules.PRECISIONS.get(type_, 0),
            length=form.length
            if form is not None
            else field_rules.length_of(node, type_, view.texts(node, "options")),
            form=form,
            column=self._column(draft, entry),
            declared=entry.declared,
        )
        table.fields[name.text] = found
        if self._takes_default(found):
            self._settle(draft, table, found, above)
        else:
            self._lose(table, found)

    def _settle(
        self, draft: DoctypeDraft, table: TableDraft, found: FieldDraft, above: tuple[str, ...]
    ) -> None:
        """What its type needs besides: where it leads, its currency or unit, the rows below it."""
        node, type_ = found.node, found.type
        if type_ == "money":
            usual = "document" if draft.currency is not None else "company"
            found.money_in = view.text(node, "in") or usual
            self._currency(draft, found)
        elif type_ == "quantity":
            found.quantity = unit_type(view.text(node, "unit"), draft.name, table.path)
        elif type_ == "link":
            self._link(found)
        elif type_ == "back":
            self._back(found)
        elif type_ == "table":
            self._child(draft, table, found, above)

    def _lose(self, table: TableDraft, found: FieldDraft) -> None:
        """What the field is cannot be told: nothing is said of what is done with it."""
        table.dropped |= {found.name}
        del table.fields[found.name]

    def _is_inherited(self, draft: DoctypeDraft, table: TableDraft, name: str) -> bool:
        """Whether a field does not fit its type in the doctype that this one is like, where it is told, either."""
        above = self._doctypes.get(view.text(draft.node, "like") or "")
        fields = view.mapping(above.node, "fields") if above is not None else None
        node = fields.get(name) if fields is not None and not table.path else None
        type_ = _field_type(view.text(node, "type")) if isinstance(node, Mapping) else None
        if not isinstance(node, Mapping) or type_ is None:
            return False
        return field_rules.unfit(node, type_, Scalar(name, node.span)) is not None

    def _currency(self, draft: DoctypeDraft, found: FieldDraft) -> None:
        if (
            found.money_in == "document"
            and draft.currency is None
            and "money" not in draft.node.dropped
        ):
            span = found.node.entries["in"].key.span
            message = f"{draft.name} has no currency of its own."
            hint = "Add money: {currency: …, rate: …}, or say in: company."
            self.problems.append(Problem("E304", message, span, hint))

    def _takes_default(self, found: FieldDraft) -> bool:
        """Whether a literal default is of the type of the field."""
        default = view.scalar(found.node, "default")
        if default is None or default.text.startswith("="):
            return True
        wrong = field_rules.check_literal(default, found.type, view.texts(found.node, "options"))
        if wrong is not None:
            self.problems.append(wrong)
        return wrong is None or found.type == "choice"

    def _column(self, draft: DoctypeDraft, entry: Entry) -> str:
        column = column_of(entry, draft.construct.pack, self._packs)
        wrong = too_long(column, entry.key, "With its pack the name") if column else None
        self.problems += [wrong] if wrong is not None else []
        return column

    def _link(self, found: FieldDraft) -> None:
        targets: list[str] = []
        for target in view.names(found.node, "to"):
            resolved, problem = self._targets.resolve(target)
            targets += resolved
            if problem is not None:
                self.problems.append(problem)
        found.link = tuple(dict.fromkeys(targets))

    def _back(self, found: FieldDraft) -> None:
        of, by = view.scalar(found.node, "of"), view.scalar(found.node, "by")
        if of is None or by is None:
            return
        construct = self._doctypes.get(of.text)
        if construct is None:
            self.problems.append(self._targets.unknown(of))
            return
        fields = view.mapping(construct.node, "fields")
        other = fields.get(by.text) if fields is not None else None
        if not isinstance(other, Mapping):
            if not construct.broken and fields is not None and by.text not in fields.dropped:
                hint = did_you_mean(by.text, fields.entries)
                message = f"{of.text} has no field '{by.text}'."
                self.problems.append(Problem("E302", message, by.span, hint, missing=by.text))
            return
        if view.text(other, "type") != "link":
            message = f"'{by.text}' of {of.text} is no link, so there is nothing to go back along."
            self.problems.append(Problem("E304", message, by.span))
            return
        found.back = (of.text, by.text)

    def _child(
        self, draft: DoctypeDraft, table: TableDraft, found: FieldDraft, above: tuple[str, ...]
    ) -> None:
        """The table under a table field: the fields of its row type, and those given inline."""
        path = child_path(table.path, found.name)
        if self._is_crowded(draft, found, path):
            table.dropped |= {found.name}
            del table.fields[found.name]
            return
        found.table = path
        fields = view.mapping(found.node, "fields") or Mapping({}, found.node.span)
        row_type = f"{above[-1]}.{found.name}" if not table.path else f"{draft.name}.{path}"
        of = view.scalar(found.node, "of")
        if of is not None:
            base = self._rows_of(of, above)
            if base is None:
                table.dropped |= {found.name}
                del table.fields[found.name]
                return
            row_type = of.text
            fields = over(base, fields)
        child = self.table(draft, fields, row_type, (path, table.path), (*above, row_type))
        child.minimum_rows = int(Decimal(view.text(found.node, "min") or 0))
        most = view.text(found.node, "max")
        child.maximum_rows = int(Decimal(most)) if most is not None else None
        child.generated = view.flag(found.node, "generated")
        table.children.append(path)

    def _is_crowded(self, draft: DoctypeDraft, found: FieldDraft, path: str) -> bool:
        """Whether a table is one too many, or lies too deep: the first one of a doctype is told."""
        levels = path.count(".") + 1
        if levels <= MOST_LEVELS and len(draft.tables) <= MOST_TABLES:
            return False
        if draft.name not in self._crowded and not (draft.child and self._crowded):
            message = f"{draft.name} has more than {MOST_TABLES} tables, rows of rows included."
            if levels > MOST_LEVELS:
                message = f"These tables are nested {levels} deep: {path}; {MOST_LEVELS} levels are allowed."
            hint = "Make the inner rows records of their own, and use a link."
            self.problems.append(Problem("E316", message, found.span, hint))
        self._crowded.add(draft.name)
        return True

    def _rows_of(self, of: Scalar, above: tuple[str, ...]) -> Mapping | None:
        construct = self._doctypes.get(of.text)
        if construct is None:
            self.problems.append(self._targets.unknown(of))
            return None
        if of.text in above:
            circle = above[above.index(of.text) :]
            if self._circled.isdisjoint(circle):
                message = f"A table would contain itself: {way_text((*circle, of.text))}."
                self.problems.append(Problem("E306", message, of.span, "Use a link."))
            self._circled.update(circle)
            return None
        if construct.broken:
            return None
        return view.mapping(construct.node, "fields") or Mapping({}, construct.node.span)


def _field_type(text: str | None) -> FieldType | None:
    return text if text in FIELD_TYPES else None  # type: ignore[return-value]
