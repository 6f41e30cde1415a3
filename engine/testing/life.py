"""The life of documents in memory: made, changed, submitted, cancelled, by the kernel's own rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.expr.program import BalanceCall
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.convert import Input, convert
from engine.kernel.declared_limits import LimitCase, Standing, check_declared
from engine.kernel.defaults import fill_defaults
from engine.kernel.effects import (
    DEEPEST,
    GoWanted,
    MakeWanted,
    Request,
    SendWanted,
    SetWanted,
    too_deep,
    want,
)
from engine.kernel.entries import Entry
from engine.kernel.finding import Finding
from engine.kernel.limits import check_limits
from engine.kernel.making import alike, make, originals_wanted, prorate, put
from engine.kernel.numbering import NumberPlan, plan_name, plan_number
from engine.kernel.posting import PostingCase, begin, finish
from engine.kernel.rows import Row, new_row, rows_at, worth_at
from engine.kernel.stored import as_stored
from engine.kernel.validate import validate
from engine.kernel.workflow import entered
from engine.testing import books
from engine.testing.memory import Memory, Written
from engine.testing.sent import as_sent
from engine.testing.stage import Line, Moment, Refused

COMPANY = "Company"


@dataclass(slots=True)
class Life:
    """A stage in memory."""

    catalog: Catalog
    moment: Moment
    memory: Memory = field(init=False)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory = Memory(self.catalog)

    # --- what a story does -----------------------------------------------------------------------

    def made_from(self, doctype: str, sources: Sequence[tuple[str, int]]) -> dict[str, Any]:
        kind = self.catalog.doctypes[doctype]
        names = {name for name, _ in sources}
        mapping = kind.make_from.get(next(iter(names))) if len(names) == 1 else None
        if mapping is None:
            said = f"{kind.label} is not made from {' and '.join(sorted(names))}."
            raise Refused([Finding("make.unknown", "", said)])
        rows = [self._copy(self.catalog.doctypes[name], number) for name, number in sources]
        groups = alike(mapping, rows)
        if len(groups) != 1:
            raise Refused([Finding("make.not_alike", "", "These do not become one document.")])
        row = self._blank(kind, rows[0].get("company"))
        make(kind, mapping, groups[0], row, self.frame_of(kind, row))
        return as_sent(kind, "", row)

    def create(self, doctype: str, fields: Mapping[str, Any], transition: str | None) -> int:
        kind = self.catalog.doctypes[doctype]
        self.warnings = []
        with self.memory.transaction():
            row = self._store_new(kind, convert(kind, fields))
            if transition is not None:
                self._go(kind, row["id"], transition)
            return int(row["id"])

    def change(self, doctype: str, number: int, fields: Mapping[str, Any]) -> None:
        kind = self.catalog.doctypes[doctype]
        self.warnings = []
        with self.memory.transaction():
            current = self._copy(kind, number)
            if kind.submittable and current["stage"] != "draft":
                raise Refused([Finding("document.state", "", f"It is {current['state']}.")])
            row = self._prepared(kind, convert(kind, fields, current))
            row["version"] += 1
            self._unique(kind, row)
            self.memory.put(kind, row)

    def go(self, doctype: str, number: int, transition: str, given: Mapping[str, Any]) -> None:
        self.warnings = []
        with self.memory.transaction():
            self._go(self.catalog.doctypes[doctype], number, transition)

    def act(self, doctype: str, number: int, action: str, given: Mapping[str, Any]) -> Any:
        said = f"{doctype} has no action '{action}'."
        raise Refused([Finding("action.unknown", "", said)])

    def run_schedule(self, name: str) -> None:
        raise Refused([Finding("schedule.unknown", "", f"There is no schedule '{name}'.")])

    # --- what a story looks at -------------------------------------------------------------------

    def document(self, doctype: str, number: int) -> Row:
        kind = self.catalog.doctypes[doctype]
        row = self._copy(kind, number)
        frame = {**self.frame_of(kind, row), "this": row}
        for step in kind.computed:
            target = kind.tables[step.path].fields[step.field]
            for own in rows_at(row, step.path):
                value = step.formula.run({**frame, "this": own})
                own[step.field] = as_stored(target, value)
        return row

    def documents(self, doctype: str) -> list[int]:
        return sorted(self.memory.records[doctype])

    def lines(self, ledger: str) -> list[tuple[int, Line]]:
        return [
            (one.document, Line(one.id, ledger, one.entry.rule, _values(one)))
            for one in self.memory.written
            if one.entry.ledger.name == ledger
        ]

    def warned(self) -> Sequence[str]:
        return self.warnings

    # --- preparing -------------------------------------------------------------------------------

    def _blank(self, kind: Doctype, company: int | None = None) -> Row:
        row = new_row(kind.head)
        row["id"] = None
        if kind.company == "required":
            row["company"] = company or self.moment.company
        return row

    def _copy(self, kind: Doctype, number: int) -> Row:
        found = self.memory.copy_of(kind, number)
        if found is None:
            raise Refused(
                [Finding("document.not_found", "", f"There is no {kind.label} {number}.")]
            )
        return found

    def _prepared(self, kind: Doctype, given: Input) -> Row:
        """Worked out and checked, as every channel does it."""
        _refuse(given.findings)
        row = given.row
        row["company"] = self._company(kind, given)
        self._resolve(kind, given)
        _refuse(given.findings)
        facts = self.memory.facts
        today, user = self.moment.today, self.moment.person
        fill_defaults(kind, row, facts, today=today, user=user)
        self._prorate(kind, row)
        found = self._calculated(kind, row)
        found += validate(kind, row, facts, old=given.old)
        self._refuse(found)
        return row

    def _store_new(self, kind: Doctype, given: Input) -> Row:
        row = self._prepared(kind, given)
        row["version"] = 1
        row["state"] = kind.workflow.initial.name if kind.submittable else None
        row["stage"] = "draft" if kind.submittable else None
        if kind.submittable:
            row["number"] = None
        self._give_name(kind, row)
        self._unique(kind, row)
        self.memory.put(kind, row)
        return row

    def _company(self, kind: Doctype, given: Input) -> int | None:
        if kind.company != "required":
            return None
        sent = given.company if isinstance(given.company, int) else None
        company = given.row.get("company") or sent or self.moment.company
        if company is None:
            raise Refused([Finding("company.missing", "company", "There is no company yet.")])
        return int(company)

    def _resolve(self, kind: Doctype, given: Input) -> None:
        """Business keys become ids."""
        for name in given.names:
            found = next(
                (
                    number
                    for target in name.field.link
                    for number, record in self.memory.records.get(target, {}).items()
                    if record.get(self._key_field(target)) == name.text
                    and record.get("company") in (None, given.row.get("company"))
                ),
                None,
            )
            if found is None:
                label = " or ".join(name.field.link)
                said = f"{name.field.label}: there is no {label} '{name.text}'."
                given.findings.append(Finding("link.unknown", name.path, said))
            else:
                name.row[name.field.name] = found

    def _key_field(self, doctype: str) -> str:
        kind = self.catalog.doctypes.get(doctype)
        return (kind.name_by if kind is not None else None) or "number"

    def _prorate(self, kind: Doctype, row: Row) -> None:
        originals: dict[int, Row] = {}
        for source, tables in originals_wanted(kind, row).items():
            for path in tables:
                originals |= self.memory.records[f"{source}.{path}" if path else source]
        prorate(kind, row, originals, self.frame_of(kind, row))

    def _rule_rows(self) -> dict[str, list[Row]]:
        """Everything that rule sets may choose from."""
        return {name: list(records.values()) for name, records in self.memory.records.items()}

    def _calculated(self, kind: Doctype, row: Row) -> list[Finding]:
        case = Calculation(self.catalog, kind, row, self.memory.facts, self._rule_rows())
        case.balance = self._balance(row)
        case.read = books.reader(self.memory, row.get("company"))
        return list(calculate(case))

    def _balance(self, document: Row) -> Any:
        company = document.get("company")

        def answer(call: BalanceCall) -> Decimal:
            return books.balance(self.memory, call, company)

        return answer

    def frame_of(self, kind: Doctype, document: Row) -> dict[str, Any]:
        return {
            "this": document,
            "facts": self.memory.facts,
            "balance": self._balance(document),
            "read": books.reader(self.memory, document.get("company")),
            "worth": worth_at(kind, document),
        }

    def _refuse(self, findings: Sequence[Finding]) -> None:
        """Refuse what refuses, remember what warns."""
        self.warnings += [f.code for f in findings if f.action == "warn"]
        _refuse([f for f in findings if f.action != "warn"])

    def _unique(self, kind: Doctype, row: Row) -> None:
        for target in kind.fields.values():
            value = row.get(target.name)
            if target.unique is None or value is None:
                continue
            names = (target.name, *target.unique)
            for other in self.memory.records[kind.name].values():
                alike = all(other.get(name) == row.get(name) for name in names)
                if alike and other["id"] != row.get("id"):
                    said = f"{target.label} {value} is there already."
                    raise Refused([Finding("field.not_unique", target.name, said)])

    # --- names and numbers -----------------------------------------------------------------------

    def _give_name(self, kind: Doctype, row: Row) -> None:
        if kind.name_by is None or row.get(kind.name_by) is not None:
            return
        plan = plan_name(kind, row, self.memory.facts)
        if plan is not None:
            row[kind.name_by] = self._counted(plan)

    def _counted(self, plan: NumberPlan) -> str:
        counter = self.memory.counters[plan.series] = self.memory.counters.get(plan.series, 0) + 1
        return f"{plan.prefix}{counter:0{plan.width}d}{plan.suffix}"

    def _number(self, kind: Doctype, row: Row) -> None:
        if kind.number is None:
            return
        plan = plan_number(kind, row, self.memory.facts)
        if plan is None:
            raise Refused([Finding("number.no_series", "number", "No number series applies.")])
        row["number"] = self._counted(plan)
        if len(row["number"]) > plan.max_length:
            said = f"The number {row['number']} is too long."
            raise Refused([Finding("number.too_long", "number", said)])

    # --- transitions -----------------------------------------------------------------------------

    def _go(self, kind: Doctype, number: int, transition: str, above: tuple[str, ...] = ()) -> None:
        """One transition and its effects; ``above``: the doctypes whose effects led here."""
        if len(above) > DEEPEST:
            raise Refused([too_deep(above)])
        row = self._copy(kind, number)
        if transition == "submit":
            self._require(kind, row, "draft")
            self._submit(kind, row)
        elif transition == "cancel":
            self._require(kind, row, "submitted")
            self._cancel(kind, row)
        else:
            said = f"{kind.label} has no transition '{transition}'."
            raise Refused([Finding("transition.unknown", "", said)])
        frame = self.frame_of(kind, row)
        for effect in kind.on.get(transition, ()):
            for request in want(effect, frame):
                self._carry_out(request, frame, (*above, kind.name))

    def _carry_out(
        self, request: Request, frame: Mapping[str, Any], above: tuple[str, ...]
    ) -> int | None:
        """Do what an effect asks for; the id of the document that it made or moved."""
        kinds = self.catalog.doctypes
        match request:
            case MakeWanted():
                return self._make(request, frame, above)
            case GoWanted(effect, ids):
                for number in ids:
                    self._go(kinds[effect.doctype], number, effect.transition, above)
                return ids[0] if ids else None
            case SetWanted(effect, number, values):
                row = self._copy(kinds[effect.doctype], number or frame["this"]["id"])
                put(kinds[effect.doctype], row, values)
                row["version"] += 1
                self.memory.put(kinds[effect.doctype], row)
                return int(row["id"])
            case SendWanted(effect, values):
                self.memory.sent.append({"name": effect.name, **values})
        return None

    def _make(
        self, request: MakeWanted, frame: Mapping[str, Any], above: tuple[str, ...]
    ) -> int | None:
        if request.once is not None:
            if request.once in self.memory.done:
                return None
            self.memory.done.add(request.once)
        kind = self.catalog.doctypes[request.effect.doctype]
        source = request.source
        row = self._blank(kind, request.company or (frame.get("this") or {}).get("company"))
        mapping = kind.make_from.get(self.memory.kinds[source["id"]]) if source else None
        if mapping is not None and source is not None:
            make(kind, mapping, [source], row, frame)
        put(kind, row, request.values)
        stored = self._store_new(kind, convert(kind, {}, row))
        if request.effect.submit:
            self._go(kind, stored["id"], "submit", above)
        return int(stored["id"])

    def _require(self, kind: Doctype, row: Row, state: str) -> None:
        if row["stage"] != state:
            said = f"{kind.label} is {row['stage']}; it would have to be {state}."
            raise Refused([Finding("document.state", "", said)])

    def _submit(self, kind: Doctype, row: Row) -> None:
        given = convert(kind, {}, row)
        self._prepared(kind, given)
        case = self._case(kind, row)
        drafts = begin(case)
        states, before = books.standing(self.memory, drafts.keyed())
        entries = finish(drafts, states)
        self._refuse(case.findings)
        limits = check_limits(self.catalog, self.memory.facts, before, entries)
        self._refuse([finding for _, finding in limits])
        self._measured(kind, row, entries)
        self.memory.written += [
            Written(entry, self.memory.new_id(), row["id"], kind.name) for entry in entries
        ]
        for one in self.memory.written[-len(entries) :] if entries else ():
            one.entry.id = one.id
        row["state"], row["stage"] = entered(kind.workflow, row, "submitted"), "submitted"
        row["version"] += 1
        self._number(kind, row)
        self.memory.put(kind, row)

    def _measured(self, kind: Doctype, row: Row, entries: list[Entry]) -> None:
        """The limits over the books, with what is about to be written."""
        if not kind.limits:
            return
        standing = Standing(
            self.catalog,
            self.memory.facts,
            self._rule_rows(),
            self._balance(row),
            books.reader(self.memory, row.get("company")),
            lambda nodes: books.under(self.memory, nodes),
        )
        (outcome,) = check_declared([LimitCase(kind, row)], entries, standing)
        self._refuse(outcome.findings)

    def _case(self, kind: Doctype, row: Row) -> PostingCase:
        own = self.memory.records.get(COMPANY, {}).get(row["company"], {}).get("currency")
        currency = row[kind.currency] if kind.currency else own
        rate = row[kind.rate] if kind.rate else None
        told = self.frame_of(kind, row)
        return PostingCase(
            self.catalog,
            kind,
            row,
            self.memory.facts,
            date=(row[kind.date] if kind.date else None) or self.moment.today,
            company=row["company"],
            company_currency=own,
            currency=currency if currency is not None else own,
            rate=rate if rate is not None else Decimal(1),
            balance=told["balance"],
            read=books.posting_reader(self.memory, told["read"]),
        )

    def _cancel(self, kind: Doctype, row: Row) -> None:
        own = [one for one in books.live(self.memory.written) if one.document == row["id"]]
        reversals = [
            Written(_mirrored(one), self.memory.new_id(), one.document, one.doctype, one)
            for one in own
        ]
        _, before = books.standing(self.memory, [one.entry for one in reversals])
        limits = check_limits(
            self.catalog, self.memory.facts, before, [one.entry for one in reversals]
        )
        self._refuse([finding for _, finding in limits])
        self.memory.written += reversals
        row["state"], row["stage"] = entered(kind.workflow, row, "cancelled"), "cancelled"
        row["version"] += 1
        self.memory.put(kind, row)


def _mirrored(one: Written) -> Any:
    """The entry that takes ``one`` back: sides change places, everything else changes its sign."""
    entry = one.entry
    values = dict(entry.values) | {"reverses": one.id}
    worth = dict(entry.worth)
    sides = entry.ledger.double_entry
    for amounts in (values, worth):
        for name in entry.ledger.measures:
            if name in amounts and (sides is None or name not in sides):
                amounts[name] = -amounts[name]
        if sides is not None and sides[0] in amounts:
            amounts[sides[0]], amounts[sides[1]] = amounts[sides[1]], amounts[sides[0]]
    return replace(entry, values=values, worth=worth, id=None)


def _values(one: Written) -> dict[str, Any]:
    entry = one.entry
    values = {
        name: value["id"] if isinstance(value, dict) else value
        for name, value in entry.values.items()
    }
    return values | {f"{name}.worth": value for name, value in entry.worth.items()}


def _refuse(findings: Sequence[Finding]) -> None:
    if findings:
        raise Refused(findings)
