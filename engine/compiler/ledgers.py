"""Pass 6, ledgers: dimensions, measures, valuation, limits; their own postings follow in ``postings``.

In: the program. Out: ledgers without posts, told to the schema so that ``balance()`` and entries
(the record ``entry:<name>``) are typed.
"""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, replace
from typing import Literal, cast

from engine.catalog.fields import FieldType, Literals
from engine.catalog.ledgers import EXPIRES, Dimension, Ledger, LedgerLimit, Lots, Measure, Valuation
from engine.compiler import view
from engine.compiler.change import former_of
from engine.compiler.field_rules import LENGTHS, PRECISIONS, SCALES
from engine.compiler.if_done import read_if_done
from engine.compiler.names import key_of, label_of
from engine.compiler.program import Program
from engine.compiler.reader import Reader
from engine.compiler.schema import (
    ENTRY,
    DraftSchema,
    candidate_type,
    link_type,
    plain_type,
    unit_type,
)
from engine.compiler.targets import Targets
from engine.expr.compile import constant
from engine.expr.nodes import Field, Literally
from engine.expr.program import Expr
from engine.expr.scope import LedgerShape, Scope
from engine.expr.types import (
    ANY,
    COMPANY_DOCTYPE,
    DATE,
    DECIMAL,
    INTEGER,
    TEXT,
    Money,
    Record,
    Type,
)
from engine.expr.walk import outcomes
from engine.problems.problem import Problem
from engine.problems.suggest import choices
from engine.source.nodes import Construct, Mapping, Scalar
from engine.spec.common import GIVEN_WORDS, LEDGER_FIELDS, PYTHON_WORDS, SYSTEM_COLUMNS

METHODS = ("average", "fifo", "lifo")
WORTH = "_worth"


@dataclass(slots=True)
class LedgerDraft:
    """A ledger whose keys are known. ``types``: dimension, detail or measure → type of what is written into it."""

    name: str
    construct: Construct
    dimensions: dict[str, Dimension]
    details: dict[str, Dimension]
    measures: dict[str, Measure]
    types: dict[str, Type]
    currency: bool

    @property
    def node(self) -> Mapping:
        return self.construct.node

    @property
    def settable(self) -> tuple[str, ...]:
        """What a posting may give."""
        return (*self.dimensions, *self.details, *self.measures)


def settle_ledgers(
    program: Program, schema: DraftSchema, targets: Targets
) -> tuple[dict[str, LedgerDraft], list[Problem]]:
    """Names and types of all ledgers, before any expression is looked at."""
    settler = _Settler(schema, targets)
    drafts = {
        name: settler.ledger(construct)
        for name, construct in program.ledgers.items()
        if not construct.broken
    }
    return drafts, settler.problems


def compile_ledgers(
    drafts: Dictionary[str, LedgerDraft], schema: DraftSchema, roles: Collection[str]
) -> tuple[dict[str, Ledger], list[Problem]]:
    """Ledgers with their expressions; ``posts`` are still empty. ``roles``: the names of all roles."""
    compiler = _Compiler(schema, roles)
    ledgers = {name: compiler.ledger(draft) for name, draft in drafts.items()}
    return _beside(ledgers), compiler.problems


class _Settler(Reader):
    def __init__(self, schema: DraftSchema, targets: Targets) -> None:
        super().__init__(schema)
        self._targets = targets

    def ledger(self, construct: Construct) -> LedgerDraft:
        node = construct.node
        currency = view.flag(node, "currency")
        draft = LedgerDraft(construct.name, construct, {}, {}, {}, {}, currency)
        for key, into in (("dimensions", draft.dimensions), ("details", draft.details)):
            for name, part in view.maps(node, key):
                self._name(name, draft)
                before = len(self.problems)
                into[name.text] = self._dimension(name, part)
                told = len(self.problems) > before
                draft.types[name.text] = ANY if told else _dimension_type(into[name.text])
        self._expires(draft)
        units: dict[str, Type] = {}
        for name, part in view.maps(node, "measures"):
            self._name(name, draft)
            measure = _measure(name, part, currency=currency)
            draft.measures[name.text] = measure
            units[name.text] = ANY
            if _is_sure(part, measure):
                units[name.text] = _seen_type(measure, view.text(part, "unit"), draft.name)
            # Money brings its currency: into a book of several currencies either may be written.
            in_document = measure.money_in == "document" and units[name.text] != ANY
            draft.types[name.text] = Money() if in_document else units[name.text]
            if in_document:
                units[name.text + WORTH] = Money("company")
        self._register(draft, units)
        return draft

    def _expires(self, draft: LedgerDraft) -> None:
        """Lots that expire are told apart by the day: the dimension ``expires``, which nobody declares."""
        lots = view.mapping(draft.node, "lots")
        if lots is None or EXPIRES not in lots.entries:
            return
        key = lots.entries[EXPIRES].key
        if EXPIRES in draft.types:
            message = f"'{EXPIRES}' is declared twice in this ledger."
            self.find("E115", message, key.span, "Lots that expire bring it.")
            return
        draft.dimensions[EXPIRES] = Dimension(EXPIRES, "date", label_of(EXPIRES))
        draft.types[EXPIRES] = DATE

    def _register(self, draft: LedgerDraft, units: dict[str, Type]) -> None:
        shown: dict[str, Type] = {
            name: draft.types[name] for name in (*draft.dimensions, *draft.details)
        }
        entry: dict[str, Type] = {
            **shown, **units, "id": INTEGER, "company": Record(COMPANY_DOCTYPE), "date": DATE,
            "meant_for": DATE, "origin": Record("Document"), "rule": TEXT,
        }  # fmt: skip
        if draft.currency:
            entry["currency"] = TEXT
        self.schema.add_record(ENTRY + draft.name, entry)
        dimensions = {name: draft.types[name] for name in draft.dimensions}
        dimensions["company"] = Record(COMPANY_DOCTYPE)
        self.schema.add_ledger(
            key_of(draft.name), LedgerShape(draft.name, units, dimensions), draft.construct.span
        )

    def _name(self, name: Scalar, draft: LedgerDraft) -> None:
        text = name.text
        if text in draft.types:
            self.find("E115", f"'{text}' is declared twice in this ledger.", name.span, "Keep one.")
        elif text in (*LEDGER_FIELDS, *PYTHON_WORDS, *GIVEN_WORDS, *SYSTEM_COLUMNS):
            why = "it is a word of expressions"
            if text in LEDGER_FIELDS:
                why = "every entry has one already"
            elif text in SYSTEM_COLUMNS:
                why = "PostgreSQL has one in every table"
            self.find(
                "E117",
                f"Nothing in a ledger can be called '{text}': {why}.",
                name.span,
                "Choose another name.",
            )

    def _dimension(self, name: Scalar, node: Mapping) -> Dimension:
        links: list[str] = []
        for target in view.names(node, "link"):
            resolved, problem = self._targets.resolve(target)
            links += resolved
            if problem is not None:
                self.problems.append(problem)
        type_ = cast(
            "FieldType", view.text(node, "type") or ("link" if "link" in node.entries else "text")
        )
        if not {"link", "type"} & (node.entries.keys() | node.dropped):
            self.find("E114", f"'{name.text}' lacks 'link' or 'type'.", name.span, "link: Item")
        elif "link" in node.entries and "type" in node.entries:
            self.find(
                "E304",
                "A dimension has a 'link' or a 'type', not both.",
                node.entries["type"].key.span,
            )
        elif "where" in node.entries and "link" not in node.entries:
            self.find("E304", "'where' goes with a link.", node.entries["where"].key.span)
        return Dimension(
            name=name.text,
            type="link" if "link" in node.entries else type_,
            label=view.text(node, "label") or label_of(name.text),
            link=tuple(dict.fromkeys(links)),
            required=view.text(node, "required") == "true",
            length=view.integer(node, "length", LENGTHS.get(type_, 0)),
            former=former_of(node),
            help=view.text(node, "help") or "",
        )


def _dimension_type(dimension: Dimension) -> Type:
    return link_type(dimension.link) if dimension.type == "link" else plain_type(dimension.type)


def _measure(name: Scalar, node: Mapping, *, currency: bool) -> Measure:
    type_ = cast("FieldType", view.text(node, "type") or "money")
    money_in = None
    if type_ == "money":
        money_in = view.text(node, "in") or ("document" if currency else "company")
    label = view.text(node, "label") or label_of(name.text)
    former = former_of(node)
    return Measure(
        name.text, type_, label, SCALES[type_], PRECISIONS[type_], money_in, former=former
    )


def _is_sure(node: Mapping, measure: Measure) -> bool:
    """Whether its type is said, and the keys beside it go with that type."""
    fits = measure.type == "money" or "in" not in node.entries
    return (
        "type" in node.entries and fits and (measure.type != "money" or "unit" not in node.entries)
    )


def _seen_type(measure: Measure, unit: str | None, ledger: str) -> Type:
    if measure.type == "money":
        return Money(measure.money_in or "")
    if measure.type == "quantity":
        return unit_type(unit, ENTRY + ledger)
    return INTEGER


class _Compiler(Reader):
    def __init__(self, schema: DraftSchema, roles: Collection[str]) -> None:
        super().__init__(schema)
        self._roles = roles

    def ledger(self, draft: LedgerDraft) -> Ledger:
        node = draft.node
        lots = self._lots(draft)
        dimensions = self._dimensions(draft, "dimensions", draft.dimensions)
        if lots is not None and lots.expires is not None and EXPIRES in draft.dimensions:
            plain = draft.dimensions[EXPIRES]
            dimensions[EXPIRES] = replace(plain, default_expression=lots.expires)
        lock = view.mapping(node, "lock")
        area = view.text(lock, "area") if lock is not None else None
        late = view.text(lock, "late") if lock is not None else None
        return Ledger(
            name=draft.name,
            key=key_of(draft.name),
            label=view.text(node, "label") or draft.name,
            table="led_" + key_of(draft.name),
            dimensions=dimensions,
            details=self._dimensions(draft, "details", draft.details),
            measures=self._measures(draft),
            currency=draft.currency,
            double_entry=self._double_entry(draft),
            valuation=self._valuation(draft),
            limits=self._limits(draft),
            lock_area=area or "accounts",
            former=former_of(node),
            late=cast(Literal["refuse", "next_open"], late or "refuse"),
            lots=lots,
            help=view.text(node, "help") or "",
        )

    def _measures(self, draft: LedgerDraft) -> dict[str, Measure]:
        """Measures with their units."""
        found = dict(draft.measures)
        for name, node in view.maps(draft.node, "measures"):
            place = view.scalar(node, "in") or view.scalar(node, "unit")
            measure = draft.measures[name.text]
            if measure.money_in == "document" and not draft.currency and place is not None:
                self.find(
                    "E304",
                    "Money of the document's currency needs 'currency: true' on the ledger.",
                    place.span,
                )
            if measure.type != "money" and "in" in node.entries:
                self.find(
                    "E304",
                    f"'in' does not go with type {measure.type}.",
                    node.entries["in"].key.span,
                )
            elif measure.type == "quantity":
                unit = self.expression(view.scalar(node, "unit"), self._scope(draft))
                found[name.text] = replace(measure, unit=unit)
            elif "unit" in node.entries:
                self.find(
                    "E304",
                    f"'unit' does not go with type {measure.type}.",
                    node.entries["unit"].key.span,
                )
        return found

    def _scope(self, draft: LedgerDraft, more: Dictionary[str, Type] | None = None) -> Scope:
        return self.scope({"this": Record(ENTRY + draft.name, own=True), **(more or {})})

    def _dimensions(
        self, draft: LedgerDraft, key: str, known: dict[str, Dimension]
    ) -> dict[str, Dimension]:
        """Dimensions with their conditions; the candidate of a ``where`` is ``row``."""
        found: dict[str, Dimension] = {}
        for name, node in view.maps(draft.node, key):
            plain = known[name.text]
            required = view.scalar(node, "required")
            condition = None
            if required is not None and required.text.startswith("="):
                _, condition = self.value(required, self._scope(draft))
            where = None
            if "where" in node.entries and plain.link:
                where = self.condition(
                    view.scalar(node, "where"),
                    self._scope(draft, {"row": candidate_type(plain.link)}),
                )
            found[name.text] = Dimension(
                plain.name, plain.type, plain.label, plain.link, plain.required, condition,
                self._default(draft, name.text, view.scalar(node, "default")), where, plain.length,
                plain.former, plain.help,
            )  # fmt: skip
        return found

    def _default(self, draft: LedgerDraft, name: str, node: Scalar | None) -> Expr | None:
        type_ = draft.types[name]
        literal, expression = self.value(node, self._scope(draft), type_)
        if literal is None or node is None:
            return expression
        if type_ != TEXT:
            self.find(
                "E113",
                f"The default '{literal}' is a text.",
                node.span,
                "An expression begins with '='.",
            )
            return None
        return _constant(literal, node)

    def _double_entry(self, draft: LedgerDraft) -> tuple[str, str] | None:
        node = view.mapping(draft.node, "double_entry")
        if node is None:
            return None
        debit, credit = view.scalar(node, "debit"), view.scalar(node, "credit")
        if debit is None or credit is None:
            return None
        for name in (debit, credit):
            measure = self._measure(draft, name)
            if measure is not None and measure.type != "money":
                self.find(
                    "E513", f"Only money balances, and '{name.text}' is {measure.type}.", name.span
                )
        if debit.text == credit.text:
            self.find(
                "E513",
                "The two sides are the same measure.",
                credit.span,
                "Name two measures of money.",
            )
        return debit.text, credit.text

    def _measure(self, draft: LedgerDraft, name: Scalar) -> Measure | None:
        found = draft.measures.get(name.text)
        if found is None and not self._dropped(draft, "measures", name.text):
            hint = choices(name.text, draft.measures)
            self.unknown(
                "E310", f"The ledger {draft.name} has no measure '{name.text}'.", name, hint
            )
        return found

    @staticmethod
    def _dropped(draft: LedgerDraft, key: str, name: str) -> bool:
        part = view.mapping(draft.node, key)
        return part is None or name in part.dropped

    def _keys(self, draft: LedgerDraft, names: tuple[Scalar, ...]) -> tuple[str, ...]:
        """Names of dimensions, unknown ones reported."""
        for name in names:
            if name.text not in draft.dimensions and not self._dropped(
                draft, "dimensions", name.text
            ):
                hint = choices(name.text, draft.dimensions)
                if name.text in draft.details:
                    hint = "It is a detail; balances are kept for dimensions only."
                self.unknown(
                    "E310", f"The ledger {draft.name} has no dimension '{name.text}'.", name, hint
                )
        return tuple(name.text for name in names if name.text in draft.dimensions)

    def _valuation(self, draft: LedgerDraft) -> Valuation | None:
        node = view.mapping(draft.node, "valuation")
        if node is None:
            return None
        of, per, method = (view.scalar(node, key) for key in ("of", "per", "method"))
        if of is None or per is None or method is None:
            return None
        name, _, part = of.text.partition(".")
        named = Scalar(name, of.span, of.quoted) if part == "worth" else of
        value, carrier = self._measure(draft, named), self._measure(draft, per)
        carried_in = "document" if part == "worth" else "company"
        if value is not None and (value.type != "money" or value.money_in != carried_in):
            hint = f"of: {of.text}.worth" if value.money_in == "document" else ""
            self.find(
                "E506",
                f"What is carried is money in company currency, and '{of.text}' is not.",
                of.span,
                hint,
            )
        elif part == "worth":
            if carrier is not None and carrier is not value:
                message = f"The worth of '{name}' is carried per '{name}'."
                self.find("E506", message, per.span, f"per: {name}")
        elif carrier is not None and carrier is value:
            self.find("E506", "A measure does not carry itself.", per.span)
        by = self._keys(draft, view.names(node, "by"))
        if method.text in METHODS:
            expression: Expr | None = _constant(method.text, method)
        else:
            expression = self.expression(method, self._scope(draft), TEXT)
        if expression is None:
            return None
        self._yields_methods(expression, method)
        residue = self.expression(view.scalar(node, "residue"), self._scope(draft))
        return Valuation(named.text, per.text, by, expression, part == "worth", residue)

    def _lots(self, draft: LedgerDraft) -> Lots | None:
        node = view.mapping(draft.node, "lots")
        if node is None:
            return None
        scope, by = self._scope(draft), self._keys(draft, view.names(node, "by"))
        if not draft.dimensions.keys() - set(by) and "expires" not in node.entries:
            span = draft.node.entries["lots"].key.span
            message = "Nothing tells one lot from another: 'by' names every dimension."
            self.find("E524", message, span, "Leave one out, or say when a lot expires.")
        row = self._scope(draft, {"row": Record(ENTRY + draft.name, own=True)})
        return Lots(
            by=by,
            order=self.expression(view.scalar(node, "order"), row),
            expires=self.expression(view.scalar(node, "expires"), scope, DATE),
        )

    def _yields_methods(self, expression: Expr, place: Scalar) -> None:
        """Words that are written are methods, fields that give one choices of methods: another word would be taken
        for one of them.
        """
        for node in outcomes(expression.tree):
            if isinstance(node, Literally):
                options, what = {node.value}, f"'{node.value}' is no method of valuation."
            elif isinstance(node, Field):
                options = {o for rec in node.records for o in self.schema.options(rec, node.name)}
                what = "This may give something else than a method of valuation."
            else:
                continue
            if not options or not options <= {*METHODS, None}:
                words = ", ".join(METHODS)
                hint = f"The methods are {words}; a field that gives one is a choice of these."
                self.find("E506", what, place.span, hint)
                return

    def _limits(self, draft: LedgerDraft) -> dict[str, LedgerLimit]:
        found: dict[str, LedgerLimit] = {}
        scope = self._scope(draft)
        for key, node in view.maps(draft.node, "limits"):
            measure = view.scalar(node, "measure")
            by = self._keys(draft, view.names(node, "by"))
            expression = None
            if measure is not None and not measure.text.strip().isidentifier():
                expression = self._over_several(draft, by, measure)
            elif measure is not None:
                self._measure(draft, measure)
            if not {"min", "max", "crosses_zero"} & (node.entries.keys() | node.dropped):
                self.find(
                    "E114",
                    f"The limit '{key.text}' limits nothing.",
                    key.span,
                    "min: 0, or crosses_zero: false",
                )
            found[key.text] = LedgerLimit(
                key=key.text,
                by=by,
                measure=measure.text.strip() if measure is not None and expression is None else "",
                expression=expression,
                others=tuple(dict.fromkeys(r.ledger for r in expression.balances))
                if expression is not None
                else (),
                maximum=self.expression(view.scalar(node, "max"), scope, DECIMAL),
                action=cast(
                    'Literal["refuse", "warn", "confirm"]', view.text(node, "action") or "refuse"
                ),
                minimum=self.expression(view.scalar(node, "min"), scope, DECIMAL),
                crosses_zero=view.text(node, "crosses_zero") != "false",
                when=self.condition(view.scalar(node, "when"), scope),
                unless=self.condition(view.scalar(node, "unless"), scope),
                message=self.template(view.scalar(node, "message"), scope),
                if_done=read_if_done(self, node, self._roles),
            )
        return found

    def _over_several(self, draft: LedgerDraft, by: tuple[str, ...], place: Scalar) -> Expr | None:
        """A measure worked out of what stands at one key, here and in other ledgers."""
        shape = self.schema.ledger(key_of(draft.name))
        assert shape is not None
        held = {**{name: draft.types[name] for name in by}, **shape.measures}
        record = self.schema.add_record(f"balance:{draft.name}", held)
        expression = self.expression(place, self.scope({"this": record}, balances=True), DECIMAL)
        for read in expression.balances if expression is not None else ():
            other = self.schema.ledger(key_of(read.ledger))
            missing = [n for n in by if other is not None and n not in other.dimensions]
            if read.kind != "balance" or read.dimensions:
                message = "A limit reads other ledgers at its own key: balance(ledger.measure) and no more."
                hint = f"balance({key_of(read.ledger)}.{read.measure})"
                self.find("E471", message, place.span, hint)
                return None
            if missing:
                message = (
                    f"{read.ledger} has no dimension '{missing[0]}', by which the limit is kept."
                )
                hint = "Leave it out of 'by', or add it there."
                self.unknown("E471", message, place, hint, missing[0])
                return None
        return expression


def _beside(ledgers: dict[str, Ledger]) -> dict[str, Ledger]:
    """Ledgers that a limit reads together know of one another: their balances are locked together."""
    found: dict[str, dict[tuple[str, tuple[str, ...]], None]] = {}
    for ledger in ledgers.values():
        for limit in ledger.limits.values():
            group = [name for name in (ledger.name, *limit.others) if name in ledgers]
            for name in group if len(group) > 1 else ():
                rest = dict.fromkeys((other, limit.by) for other in group if other != name)
                found.setdefault(name, {}).update(rest)
    return {
        name: replace(ledger, beside=tuple(found[name])) if name in found else ledger
        for name, ledger in ledgers.items()
    }


def _constant(literal: Literals, node: Scalar) -> Expr:
    return constant(str(literal), node.span)
