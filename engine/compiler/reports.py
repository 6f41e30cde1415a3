"""Pass 15, reports and menus."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from typing import Literal, cast

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import FieldType, Literals
from engine.catalog.reports import Ask, Report, ReportColumn
from engine.catalog.whole import MenuItem, Role
from engine.compiler import view
from engine.compiler.change import former_of
from engine.compiler.doctypes import module_of
from engine.compiler.field_rules import SCALES
from engine.compiler.ledgers import LedgerDraft
from engine.compiler.names import key_of, label_of, plural_of
from engine.compiler.program import Program
from engine.compiler.reader import Reader
from engine.compiler.schema import ASKED, ENTRY, RESULT, DraftSchema, link_type, plain_type
from engine.compiler.targets import Targets
from engine.expr.program import Expr
from engine.expr.scope import Scope
from engine.expr.types import (
    ANY,
    COMPANY_DOCTYPE,
    DATE,
    Boolean,
    Date,
    DateTime,
    Money,
    Number,
    OneOf,
    Quantity,
    Record,
    Type,
    records_of,
)
from engine.problems.problem import Problem
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Mapping, Scalar

PARTS = ("opening", "inward", "outward", "closing")
ENTRY_LEVEL = ("date", "origin", "line")


def compile_reports(
    program: Program, schema: DraftSchema, ledgers: Dictionary[str, LedgerDraft], targets: Targets
) -> tuple[dict[str, Report], list[Problem]]:
    """Reports by name."""
    compiler = _Reports(program, schema, ledgers, targets)
    found: dict[str, Report] = {}
    for name, construct in program.reports.items():
        if not construct.broken:
            report = compiler.report(construct)
            if report is not None:
                found[name] = report
    return found, compiler.problems


class _Reports(Reader):
    def __init__(
        self,
        program: Program,
        schema: DraftSchema,
        ledgers: Dictionary[str, LedgerDraft],
        targets: Targets,
    ) -> None:
        super().__init__(schema)
        self._program = program
        self._ledgers = ledgers
        self._targets = targets

    def report(self, construct: Construct) -> Report | None:
        node = construct.node
        source = view.mapping(node, "from")
        ledger = self._ledger(source) if source is not None else None
        if source is None or ledger is None:
            return None
        ask = {name.text: self._ask(name, part, ledger) for name, part in view.maps(node, "ask")}
        asked = self.schema.add_record(
            ASKED + construct.name, {n: _ask_type(a) for n, a in ask.items()}
        )
        scope = self.scope({"this": asked}, clock=True)
        by = tuple(name.text for name in view.names(source, "by") if self._is_key(ledger, name))
        between = self._between(source, scope)
        at = self.expression(view.scalar(source, "at"), scope, DATE)
        self._one_time(source)
        show = tuple(n.text for n in view.names(source, "show") if self._is_part(n))
        row = self._result(construct.name, ledger, by, show)
        where_scope = self.scope({"this": asked, "row": row}, clock=True)
        columns = self._columns(construct.name, node, row, asked)
        return Report(
            name=construct.name,
            key=key_of(construct.name),
            label=view.text(node, "label") or construct.name,
            module=module_of(construct, "reports"),
            ledger=ledger.name,
            by=by,
            at=at,
            between=between,
            match=self._match(ledger, source, scope),
            where=self.condition(view.scalar(source, "where"), where_scope),
            show=show,
            ask=ask,
            group=tuple(n.text for n in view.names(node, "group") if self._group(n, row)),
            columns=columns,
            allow=self._allow(node),
            drill=self._drill(node),
            help=view.text(node, "help") or "",
        )

    def _allow(self, node: Mapping) -> frozenset[str] | None:
        if "allow" not in node.entries:
            return None
        return frozenset(n.text for n in view.names(node, "allow") if self._role(n))

    def _ledger(self, source: Mapping) -> LedgerDraft | None:
        name = view.scalar(source, "ledger")
        if name is None:
            return None
        found = self._ledgers.get(name.text)
        if found is None and name.text not in self._program.ledgers:
            hint = did_you_mean(name.text, self._program.ledgers)
            self.unknown("E309", f"There is no ledger '{name.text}'.", name, hint)
        return found

    def _is_key(self, ledger: LedgerDraft, name: Scalar) -> bool:
        if (
            name.text in ENTRY_LEVEL
            or name.text in ledger.dimensions
            or name.text in ledger.details
        ):
            return True
        hint = choices(name.text, [*ledger.dimensions, *ENTRY_LEVEL])
        self.unknown(
            "E310", f"The ledger {ledger.name} has no dimension '{name.text}'.", name, hint
        )
        return False

    def _is_part(self, name: Scalar) -> bool:
        if name.text in PARTS:
            return True
        self.find("E113", f"'{name.text}' cannot be shown.", name.span, choices(name.text, PARTS))
        return False

    def _one_time(self, source: Mapping) -> None:
        said = {"at", "between"} & source.entries.keys()
        if len(said) == 2:
            self.find(
                "E603",
                "A report is 'at' a date or 'between' two, not both.",
                source.entries["at"].key.span,
            )

    def _between(self, source: Mapping, scope: Scope) -> tuple[Expr, Expr] | None:
        node = source.get("between")
        ends = view.scalars(node)
        if node is None:
            return None
        if len(ends) != 2:
            self.find(
                "E603", "'between' takes two dates.", node.span, "between: [from_date, to_date]"
            )
            return None
        start, end = (self.expression(part, scope, DATE) for part in ends)
        return (start, end) if start is not None and end is not None else None

    def _match(self, ledger: LedgerDraft, source: Mapping, scope: Scope) -> dict[str, Expr]:
        found: dict[str, Expr] = {}
        for name, value in view.texts_of(source, "match"):
            known = {
                **{n: ledger.types[n] for n in (*ledger.dimensions, *ledger.details)},
                "company": Record(COMPANY_DOCTYPE),
            }
            if name.text not in known:
                hint = choices(name.text, known)
                self.unknown(
                    "E310", f"The ledger {ledger.name} has no dimension '{name.text}'.", name, hint
                )
                continue
            expression = self.expression(value, scope, known[name.text])
            if expression is not None:
                found[name.text] = expression
        return found

    # --- what is asked -------------------------------------------------------------------------

    def _ask(self, name: Scalar, node: Mapping, ledger: LedgerDraft) -> Ask:
        type_, link = self._ask_type(name, node, ledger)
        literal: Literals
        literal, default = self.value(
            view.scalar(node, "default"),
            self.scope({}, bare=None, clock=True),
            self._type(type_, link),
        )
        return Ask(
            name=name.text,
            type=type_,
            label=view.text(node, "label") or label_of(name.text),
            required=view.flag(node, "required"),
            link=link,
            default=literal,
            default_expression=default,
        )

    @staticmethod
    def _type(type_: FieldType, link: tuple[str, ...]) -> Type:
        return link_type(link) if type_ == "link" else plain_type(type_)

    def _ask_type(
        self, name: Scalar, node: Mapping, ledger: LedgerDraft
    ) -> tuple[FieldType, tuple[str, ...]]:
        """As said; else that of the dimension of this name, of ``company``, or a date by its name."""
        links: list[str] = []
        for target in view.names(node, "to"):
            resolved, problem = self._targets.resolve(target)
            links += resolved
            self.problems += [problem] if problem is not None else []
        said = view.text(node, "type")
        if said is not None or links:
            return cast("FieldType", said or "link"), tuple(links)
        dimension = ledger.dimensions.get(name.text) or ledger.details.get(name.text)
        if dimension is not None:
            return dimension.type, dimension.link
        if name.text == "company":
            return "link", (COMPANY_DOCTYPE,)
        if name.text.endswith("date") or name.text in ("at", "on"):
            return "date", ()
        if not node.dropped & {"type", "to"}:
            message = f"The type of '{name.text}' cannot be told: no dimension of {ledger.name} is called so."
            self.find("E114", message, name.span, "type: date, or to: Customer")
        return "text", ()

    # --- rows and columns ----------------------------------------------------------------------

    def _result(
        self, name: str, ledger: LedgerDraft, by: tuple[str, ...], show: tuple[str, ...]
    ) -> Record:
        """The row of the answer: its keys, the parts shown with their measures, the measures themselves."""
        entry = Record(ENTRY + ledger.name, own=True)
        measures = {
            n: t
            for n in self.schema.names(entry)
            if (t := self._measure(ledger, entry, n)) is not None
        }
        part = self.schema.add_record(f"{RESULT}{name}.part", measures)
        fields: dict[str, Type] = {}
        for key in by:
            fields[key] = ANY if key == "line" else self.schema.field(entry, key) or ANY
        if set(by) & set(ENTRY_LEVEL):
            fields |= {
                n: ledger.types[n] for n in (*ledger.dimensions, *ledger.details) if n not in fields
            }
            fields |= {"date": DATE, "origin": Record("Document"), "rule": plain_type("text")}
        fields |= dict.fromkeys(show or PARTS, part)
        fields |= measures
        return self.schema.add_record(RESULT + name, fields)

    def _measure(self, ledger: LedgerDraft, entry: Record, name: str) -> Type | None:
        plain = name.removesuffix("_worth")
        return self.schema.field(entry, name) if plain in ledger.measures else None

    def _columns(
        self, name: str, node: Mapping, row: Record, asked: Record
    ) -> dict[str, ReportColumn]:
        """Columns see the row, what was asked, and the columns before them."""
        found: dict[str, ReportColumn] = {}
        seen = {n: self.schema.field(row, n) or ANY for n in self.schema.names(row)}
        for key, part in view.maps(node, "columns"):
            record = self.schema.add_record(f"{RESULT}{name}.{key.text}", dict(seen))
            scope = self.scope({"this": record, "asked": asked}, clock=True)
            formula = self.expression(view.scalar(part, "formula"), scope)
            if formula is None:
                seen[key.text] = ANY
                continue
            seen[key.text] = formula.type
            found[key.text] = _column(key, part, formula)
        return found

    def _group(self, name: Scalar, row: Record) -> bool:
        records: tuple[Record, ...] = (row,)
        for part in name.text.split("."):
            types = [t for t in (self.schema.field(r, part) for r in records) if t is not None]
            if not types:
                known = [n for r in records for n in self.schema.names(r)]
                message = f"There is no '{part}' to group by."
                self.unknown("E302", message, name, did_you_mean(part, known), part)
                return False
            records = tuple(r for t in types for r in records_of(t))
        return True

    def _role(self, name: Scalar) -> bool:
        if name.text in self._program.roles:
            return True
        hint = did_you_mean(name.text, self._program.roles)
        self.unknown(
            "E311",
            f"There is no role '{name.text}'.",
            name,
            hint or f"Declare it: role: {name.text}",
        )
        return False

    def _drill(self, node: Mapping) -> str | None:
        name = view.scalar(node, "drill")
        if name is None:
            return None
        if name.text not in self._program.reports:
            hint = did_you_mean(name.text, self._program.reports)
            self.unknown("E312", f"There is no report '{name.text}'.", name, hint)
        return name.text


def _ask_type(ask: Ask) -> Type:
    return link_type(ask.link) if ask.type == "link" else plain_type(ask.type)


def _column(key: Scalar, node: Mapping, formula: Expr) -> ReportColumn:
    type_ = cast("FieldType", view.text(node, "type") or _field_type(formula.type))
    usual = "sum" if type_ in ("money", "quantity", "integer", "decimal") else "none"
    total = view.text(node, "total") or ("none" if view.flag(node, "running") else usual)
    return ReportColumn(
        name=key.text,
        label=view.text(node, "label") or label_of(key.text),
        type=type_,
        scale=view.integer(node, "scale", SCALES.get(type_, 0)),
        formula=formula,
        total=cast("Literal['sum', 'recompute', 'none']", total),
        running=view.flag(node, "running"),
    )


def _field_type(type_: Type) -> str:
    """The field type that shows values of an expression type."""
    match type_:
        case Money():
            return "money"
        case Quantity():
            return "quantity"
        case Number(kind):
            return kind
        case Date():
            return "date"
        case DateTime():
            return "datetime"
        case Boolean():
            return "boolean"
        case Record() | OneOf():
            return "link"
    return "text"


# --- roles and menus -----------------------------------------------------------------------------


def compile_roles(program: Program) -> dict[str, Role]:
    """Roles by name."""
    return {
        name: Role(
            name,
            key_of(name),
            view.text(c.node, "label") or name,
            view.text(c.node, "help") or "",
            former_of(c.node),
        )
        for name, c in program.roles.items()
        if not c.broken
    }


def compile_menus(
    program: Program, doctypes: Dictionary[str, Doctype], reports: Dictionary[str, Report]
) -> tuple[dict[str, tuple[MenuItem, ...]], list[Problem]]:
    """Menus by title; what is in no menu stands under its module."""
    problems: list[Problem] = []
    found: dict[str, tuple[MenuItem, ...]] = {}
    for name, construct in program.menus.items():
        items = [
            item
            for target, label in _items(construct.node)
            if (item := _item(target, label, program, problems)) is not None
        ]
        found[view.text(construct.node, "label") or name] = tuple(items)
    if not program.menus:
        found = _usual_menus(doctypes, reports)
    return found, problems


def _items(node: Mapping) -> list[tuple[Scalar, str | None]]:
    listed = node.get("items")
    if not isinstance(listed, Mapping):
        return [(name, None) for name in view.scalars(listed)]
    found: list[tuple[Scalar, str | None]] = []
    for _, part in view.maps(node, "items"):
        target = view.scalar(part, "doctype") or view.scalar(part, "report")
        if target is not None:
            found.append((target, view.text(part, "label")))
    return found


def _item(
    target: Scalar, label: str | None, program: Program, problems: list[Problem]
) -> MenuItem | None:
    name = target.text
    construct = program.doctypes.get(name)
    if construct is not None:
        written = view.text(construct.node, "plural")
        return MenuItem(label or written or plural_of(name), "doctype", name)
    if name in program.reports:
        return MenuItem(
            label or view.text(program.reports[name].node, "label") or name, "report", name
        )
    hint = did_you_mean(name, [*program.doctypes, *program.reports])
    problems.append(
        Problem(
            "E312",
            f"There is no doctype and no report '{name}'.",
            target.span,
            hint,
            missing=target.text,
        )
    )
    return None


def _usual_menus(
    doctypes: Dictionary[str, Doctype], reports: Dictionary[str, Report]
) -> dict[str, tuple[MenuItem, ...]]:
    """Without menus: a group per module."""
    found: dict[str, list[MenuItem]] = {}
    for doctype in doctypes.values():
        if not doctype.abstract and not doctype.child:
            found.setdefault(label_of(doctype.module), []).append(
                MenuItem(doctype.plural, "doctype", doctype.name)
            )
    for report in reports.values():
        found.setdefault(label_of(report.module), []).append(
            MenuItem(report.label, "report", report.name)
        )
    return {name: tuple(items) for name, items in found.items()}
