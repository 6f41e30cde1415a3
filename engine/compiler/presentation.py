"""Pass 13, presentation: form, list, search and title of a doctype."""

from __future__ import annotations

import re

from engine.catalog.doctypes import Section
from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft, FieldDraft
from engine.compiler.reader import Reader, own_record
from engine.compiler.schema import DraftSchema
from engine.expr.program import Template
from engine.expr.types import ANY, Record, records_of
from engine.problems.problem import Span
from engine.problems.suggest import did_you_mean
from engine.source.nodes import Listing, Mapping, Node, Scalar

_PART = re.compile(r"[^|\s](?:[^|]*[^|\s])?")
_HOLE = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_COLUMNS_SHOWN = 6
_UNLISTED = ("table", "back", "json", "long_text")


class PresentationCompiler(Reader):
    """What people see of one doctype."""

    def __init__(self, schema: DraftSchema, draft: DoctypeDraft) -> None:
        super().__init__(schema)
        self._draft = draft
        self._fields = draft.tables[""].fields if draft.tables else {}
        name = view.mapping(draft.node, "name")
        self.name_by = view.text(name, "by") if name is not None else None
        self._told_twice: set[tuple[str, Span]] = set()

    def check_names(self) -> None:
        """The single fields that the doctype names are there: key, date, currency, tree."""
        name = view.mapping(self._draft.node, "name")
        if name is not None:
            self._known(view.scalar(name, "by"))
        self._known(view.scalar(self._draft.node, "date"))
        money = view.mapping(self._draft.node, "money")
        if money is not None:
            self._known(view.scalar(money, "currency"))
            self._known(view.scalar(money, "rate"))
        number = view.mapping(self._draft.node, "number")
        if number is not None:
            self._known(view.scalar(number, "issued_by"))
        tree = view.scalar(self._draft.node, "tree")
        self._known(tree)
        field = self._fields.get(tree.text) if tree is not None else None
        if (
            tree is not None
            and field is not None
            and field.link
            and self._draft.name not in field.link
        ):
            self.find(
                "E304",
                f"'{tree.text}' does not point to {self._draft.name} itself.",
                tree.span,
                f"to: {self._draft.name}",
            )

    def _known(self, name: Scalar | None) -> None:
        if name is None or not self._draft.tables:
            return
        if name.text not in self._fields and name.text not in self._draft.tables[""].dropped:
            hint = did_you_mean(name.text, self._fields)
            self.unknown("E302", f"{self._draft.name} has no field '{name.text}'.", name, hint)

    # --- title, search, list -------------------------------------------------------------------

    def title(self) -> Template | None:
        """The key ``title``."""
        return self.template(
            view.scalar(self._draft.node, "title"), self.scope({"this": own_record(self._draft)})
        )

    def title_field(self) -> str:
        """The column that stands for a record in links and lists."""
        holes = _HOLE.findall(view.text(self._draft.node, "title") or "")
        own = [hole for hole in holes if hole in self._fields and self._fields[hole].type == "text"]
        if self._draft.numbered:
            return "number"
        if len(holes) == 1 and own:
            return str(own[0])
        if self.name_by is not None and self.name_by in self._fields:
            return self.name_by
        texts = [f.name for f in self._fields.values() if f.type == "text"]
        return next((name for name in ("name", "title", *own, *texts) if name in texts), "id")

    def search(self) -> tuple[str, ...]:
        """Fields a search looks through: those named, else the key and the title."""
        named = view.names(self._draft.node, "search")
        if named:
            return tuple(n.text for n in named if self.path(n))
        usual = (self.name_by, self.title_field())
        return tuple(dict.fromkeys(n for n in usual if n is not None and n != "id"))

    def list_fields(self) -> tuple[str, ...]:
        """Columns of the list: those named, else number, key, date, required links, totals."""
        named = view.names(self._draft.node, "list")
        if named:
            return tuple(n.text for n in named if self.path(n))
        first = [n for n in (self.title_field(), self.name_by, self._draft.date) if n and n != "id"]
        rest = [f.name for f in self._fields.values() if f.type not in _UNLISTED]
        links = [
            n for n in rest if self._fields[n].type == "link" and _is_required(self._fields[n])
        ]
        shown = list(dict.fromkeys([*first, *links, *rest]))[:_COLUMNS_SHOWN]
        return tuple([*shown, "state"] if self._draft.submittable else shown)

    def path(self, name: Scalar) -> bool:
        """Whether ``customer.name`` leads to a field; reported if not."""
        records: tuple[Record, ...] = (Record(self._draft.name),)
        parts = name.text.split(".")
        for i, part in enumerate(parts):
            types = [t for t in (self.schema.field(r, part) for r in records) if t is not None]
            declared = (self.schema.field_draft(r, part) for r in records)
            if ANY in types and not any(declared):
                return True  # it is declared wrongly, which is told
            if not types:
                known = [n for r in records for n in self.schema.names(r)]
                owner = " or ".join(r.key for r in records)
                if records:
                    message, hint = f"{owner} has no field '{part}'.", did_you_mean(part, known)
                    self.unknown("E302", message, name, hint, part)
                else:
                    message = f"'{parts[i - 1]}' is no link, so it has no '{part}'."
                    self.find("E302", message, name.span)
                return False
            records = tuple(r for t in types for r in records_of(getattr(t, "of", t)))
        return True

    # --- the form ------------------------------------------------------------------------------

    def layout(self) -> tuple[Section, ...]:
        """The sections named, else one for the head, one per table, one for what is worked out."""
        sections = list(view.entries(self._draft.node, "layout"))
        if not sections:
            return self._usual_layout()
        seen: dict[str, str] = {}
        return tuple(self._section(title, value, seen) for title, value in sections)

    def _section(self, title: Scalar, value: Node, seen: dict[str, str]) -> Section:
        visible_if = None
        if isinstance(value, Mapping):
            scope = self.scope({"this": own_record(self._draft)})
            visible_if = self.condition(view.scalar(value, "visible_if"), scope)
            value = value.get("show") or Listing((), value.span)
        rows = [self._row(title, line, seen) for line in view.scalars(value)]
        return Section(title.text, tuple(row for row in rows if row), visible_if)

    def _row(self, title: Scalar, line: Scalar, seen: dict[str, str]) -> tuple[str, ...]:
        """The fields of one line of the form: ``group | gstin`` are two side by side."""
        found: list[str] = []
        for match in _PART.finditer(line.text):
            name, span = match.group(), _part_of(line, match)
            if name in seen:
                self._twice(name, span, title, seen[name])
            elif name in self._fields or name in self._draft.standard:
                seen[name] = title.text
                found.append(name)
            elif name not in self._draft.tables[""].dropped:
                hint = did_you_mean(name, self._fields)
                message = f"{self._draft.name} has no field '{name}'."
                self.find("E302", message, span, hint, missing=name)
        return tuple(found)

    def _twice(self, name: str, span: Span, title: Scalar, first: str) -> None:
        """A field that stands in two sections; of a section that is there twice the first field is told."""
        pair = (first, title.span)
        if pair in self._told_twice:
            return
        self._told_twice.add(pair)
        message = f"'{name}' stands in the form twice, the first time under '{first}'."
        self.find("E601", message, span, "Keep one.")

    def _usual_layout(self) -> tuple[Section, ...]:
        plain = [f for f in self._fields.values() if f.type not in ("table", "back")]
        tables = [f for f in self._fields.values() if f.type in ("table", "back")]
        totals = [f for f in plain if tables and f.writer != "person" and f.type == "money"]
        head = [f.name for f in plain if f not in totals]
        sections = [Section(self._draft.name, _pairs(head))]
        sections += [Section(f.label, ((f.name,),)) for f in tables]
        if totals:
            sections.append(Section("Totals", _pairs([f.name for f in totals])))
        return tuple(section for section in sections if section.show)


def _part_of(line: Scalar, match: re.Match[str]) -> Span:
    """The place of one name in ``group | gstin``."""
    span = line.span
    return Span(span.file, span.line, span.column + match.start(), span.column + match.end())


def _is_required(field: FieldDraft) -> bool:
    return view.text(field.node, "required") == "true"


def _pairs(names: list[str]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(names[i : i + 2]) for i in range(0, len(names), 2))
