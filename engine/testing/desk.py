"""Documents in memory: prepared as every channel does it, named, stored, looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.expr.program import BalanceCall
from engine.kernel.any_links import dangling
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.changing import differing
from engine.kernel.claims import contradicted, narrow
from engine.kernel.convert import STANDARD, Input, convert
from engine.kernel.defaults import fill_defaults
from engine.kernel.finding import NO_SUCH_RECORD, Finding
from engine.kernel.issuing import Issued
from engine.kernel.link_making import lacking
from engine.kernel.making import alike, make, put
from engine.kernel.numbering import NumberPlan, plan_name, plan_number
from engine.kernel.parts import originals_wanted, parts_among, prorate, replaced
from engine.kernel.rows import Row, copied, new_row, rows_at, worth_at
from engine.kernel.rules import asker
from engine.kernel.stored import as_stored
from engine.kernel.trees import in_circle
from engine.kernel.validate import validate
from engine.kernel.workflow import locked_fields
from engine.testing import books
from engine.testing.memory import Memory, Written
from engine.testing.sent import as_sent
from engine.testing.stage import Line, Moment, Refused


@dataclass(slots=True)
class Desk:
    """What a stage in memory does with documents before and after they move."""

    catalog: Catalog
    moment: Moment
    memory: Memory = field(init=False)
    warnings: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.memory = Memory(self.catalog)

    # --- what a story does to drafts -------------------------------------------------------------

    def made_from(self, doctype: str, sources: Sequence[tuple[str, int]]) -> dict[str, Any]:
        kind = self.catalog.doctypes[doctype]
        if not sources:
            row = self.blank(kind)
            self.fill_from_ledgers(kind, row)
            return as_sent(kind, "", row)
        names = {name for name, _ in sources}
        mapping = kind.make_from.get(next(iter(names))) if len(names) == 1 else None
        if mapping is None:
            said = f"{kind.label} is not made from {' and '.join(sorted(names))}."
            raise Refused([Finding("make.unknown", "", said)])
        rows = [self.copy(self.catalog.doctypes[name], number) for name, number in sources]
        groups = alike(mapping, rows)
        if len(groups) != 1:
            raise Refused([Finding("make.not_alike", "", "These do not become one document.")])
        row = self.blank(kind, rows[0].get("company"))
        origin = self.catalog.doctypes[mapping.source]
        make(kind, origin, mapping, groups[0], row, self.frame_of(kind, row))
        return as_sent(kind, "", row)

    def fill_from_ledgers(self, kind: Doctype, row: Row) -> None:
        """Fill a new document out of the balances that its ``from`` names, once its own fields are known."""
        mappings = [mapping for mapping in kind.make_from.values() if mapping.of_ledger]
        if not mappings:
            return
        today, user = self.moment.today, self.moment.person
        fill_defaults(kind, row, self.memory.facts, today=today, user=user)
        self._calculated(kind, row)
        for mapping in mappings:
            make(kind, kind, mapping, [], row, self.frame_of(kind, row))

    def change_draft(self, kind: Doctype, current: Row, fields: Mapping[str, Any]) -> None:
        """Lay ``fields`` over a draft or a record, work it out and store it."""
        still = locked_fields(kind.workflow, current, fields) if kind.submittable else []
        locked = self.really_changed(kind, current, fields, still)
        if locked:
            said = f"It is {current['state']}: {', '.join(locked)} cannot be changed."
            raise Refused([Finding("document.state", "", said)])
        sent = {name: value for name, value in fields.items() if name not in still}
        row = self.prepared(kind, convert(kind, sent, current))
        row["version"] += 1
        self.unique(kind, row)
        self.memory.put(kind, row)

    def really_changed(
        self, kind: Doctype, row: Row, fields: Mapping[str, Any], still: Iterable[str]
    ) -> list[str]:
        """Those of the fields ``still`` that ``fields`` would really change."""
        wanted = [name for name in still if name not in STANDARD]
        sent = {name: fields[name] for name in wanted}
        if not wanted:
            return []
        given = convert(kind, sent, copied(kind, kind.head, row))
        self.resolve(given)
        return differing(kind, row, given, wanted)

    # --- what a story looks at -------------------------------------------------------------------

    def document(self, doctype: str, number: int) -> Row:
        kind = self.catalog.doctypes[doctype]
        row = self.copy(kind, number)
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

    def blank(self, kind: Doctype, company: int | None = None) -> Row:
        """An unsaved document with nothing in it."""
        row = new_row(kind.head)
        row["id"] = None
        if kind.company == "required":
            row["company"] = company or self.moment.company
        return row

    def copy(self, kind: Doctype, number: int) -> Row:
        """A stored document, to be changed and put back."""
        found = self.memory.copy_of(kind, number)
        if found is None:
            raise Refused(
                [Finding("document.not_found", "", f"There is no {kind.label} {number}.")]
            )
        return found

    def prepared(self, kind: Doctype, given: Input) -> Row:
        """Worked out and checked, as every channel does it."""
        _refuse(given.findings)
        row = given.row
        row["company"] = self._company(kind, given)
        self.resolve(given)
        _refuse(given.findings)
        facts = self.memory.facts
        today, user = self.moment.today, self.moment.person
        fill_defaults(kind, row, facts, today=today, user=user)
        self._prorate(kind, row)
        found = self._calculated(kind, row)
        # What could not be worked out is not missing on top of that.
        told = {finding.path for finding in found if finding.path}
        checked = validate(kind, row, facts, self.frame_of(kind, row), given.old)
        checked += dangling(kind, row, lambda number: self._is_there(number, row["company"]))
        checked += replaced(kind, given)
        checked += contradicted(
            self.catalog, given, lambda _, number: self.memory.kinds.get(number)
        )
        found += [finding for finding in checked if finding.path not in told]
        self.refuse(found)
        return row

    def _is_there(self, number: int, company: int | None) -> bool:
        """Whether a link to any document may point to ``number`` from a document of ``company``."""
        name = self.memory.kinds.get(number)
        found = self.memory.records[name].get(number) if name is not None else None
        return found is not None and company in (None, found.get("company") or company)

    def store_new(self, kind: Doctype, given: Input) -> Row:
        """Prepare and store a new document."""
        row = self.prepared(kind, given)
        row["version"] = 1
        row["state"] = kind.workflow.initial.name if kind.submittable else None
        row["stage"] = "draft" if kind.submittable else None
        if kind.submittable:
            row["number"] = None
        self._give_name(kind, row)
        self.unique(kind, row)
        self.memory.put(kind, row)
        return row

    def filled(self, kind: Doctype, row: Row) -> bool:
        """Make what empty links of a submitted document are to have made; whether there were any."""
        wanted = list(lacking(kind, row, self.frame_of(kind, row)))
        for one in wanted:
            target = self.catalog.doctypes[one.making.doctype]
            number = self._by_key(target.name, one.key, row.get("company")) if one.key else None
            if number is None:
                record = self.blank(target, row.get("company"))
                put(target, record, one.values)
                number = self.store_new(target, Input(record))["id"]
            one.row[one.field.name] = number
        return bool(wanted)

    def _by_key(self, target: str, key: str, company: int | None) -> int | None:
        """The record of ``target`` that a person calls ``key``."""
        named = self._key_field(target)
        return next(
            (
                number
                for number, record in self.memory.records.get(target, {}).items()
                if record.get(named) == key and record.get("company") in (None, company)
            ),
            None,
        )

    def _company(self, kind: Doctype, given: Input) -> int | None:
        if kind.company != "required":
            return None
        sent = given.company if isinstance(given.company, int) else None
        company = given.row.get("company") or sent or self.moment.company
        if company is None:
            raise Refused([Finding("company.missing", "company", "There is no company yet.")])
        return int(company)

    def resolve(self, given: Input) -> None:
        """Business keys become ids."""
        narrow(self.catalog, given)
        for name in given.names:
            ids = (
                self._by_key(target, name.text, given.row.get("company"))
                for target in name.field.link
            )
            found = next((number for number in ids if number is not None), None)
            if found is None:
                label = " or ".join(name.field.link)
                said = f"{name.field.label}: there is no {label} '{name.text}'."
                given.findings.append(Finding("link.unknown", name.path, said, hint=NO_SUCH_RECORD))
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
        standing = parts_among(kind, list(self.memory.records[kind.name].values()), row.get("id"))
        # Parts of others that stand by now are left their shares: all of them add up.
        with self.memory.as_of(None):
            prorate(kind, row, originals, standing, self.frame_of(kind, row))

    def rule_rows(self) -> dict[str, list[Row]]:
        """Everything that rule sets may choose from."""
        return {name: list(records.values()) for name, records in self.memory.records.items()}

    def calculation(self, kind: Doctype, row: Row) -> Calculation:
        """The calculation of a document, that asks the books and records in memory."""
        case = Calculation(self.catalog, kind, row, self.memory.facts, self.rule_rows())
        case.balance = self._balance(row)
        case.read = books.reader(self.memory, row.get("company"))
        return case

    def _calculated(self, kind: Doctype, row: Row) -> list[Finding]:
        return list(calculate(self.calculation(kind, row)))

    def _balance(self, document: Row) -> Any:
        company = document.get("company")

        def answer(call: BalanceCall) -> Decimal:
            return books.balance(self.memory, call, company)

        return answer

    def frame_of(self, kind: Doctype, document: Row) -> dict[str, Any]:
        """What the expressions of a document run in."""
        around = {
            "balance": self._balance(document),
            "read": books.reader(self.memory, document.get("company")),
        }
        return {
            **around,
            "this": document,
            "facts": self.memory.facts,
            "worth": worth_at(kind, document),
            "ask": asker(self.catalog, self.memory.facts, self.rule_rows(), around),
        }

    def refuse(self, findings: Sequence[Finding], answer: Mapping[str, Any] | None = None) -> None:
        """Refuse what refuses, remember what warns; what the person confirms only warns."""
        refusing = []
        for found in findings:
            agreed = found.action == "confirm" and found.code in self.moment.confirms
            if found.action == "warn" or agreed:
                self.warnings.append(found.code)
            else:
                refusing.append(found)
        if refusing:
            raise Refused(refusing, answer)

    def require(self, kind: Doctype, right: str) -> None:
        """Refuse what no role of the person allows; without roles they may do everything."""
        roles = self.moment.roles
        if roles is not None and not any(
            p.role in roles and right in p.can for p in kind.allow.values()
        ):
            said = f'You may not {right} "{kind.label}" in this company.'
            raise Refused([Finding("access.forbidden", "", said)])

    def asked(self, ask: Doctype, given: Mapping[str, Any], document: Row) -> Row:
        """What a person answers to what they are asked about ``document``, typed and checked."""
        found = convert(ask, given)
        self.refuse(found.findings)
        row = found.row
        row["company"] = document.get("company")
        self.resolve(found)
        self.refuse(found.findings)
        beside = {"document": document, "now": None}
        today, user = self.moment.today, self.moment.person
        facts = self.memory.facts
        fill_defaults(ask, row, facts, today=today, user=user, beside=beside)
        for table in ask.tables.values():
            for child in rows_at(row, table.path) if table.path else ():
                child["id"] = self.memory.new_id()
        self.refuse(validate(ask, row, facts, beside))
        return row

    def unique(self, kind: Doctype, row: Row) -> None:
        """Refuse what is there already, and what would stand above itself in its tree."""
        if kind.tree is not None and row.get("id") is not None:
            known = {**self.memory.records[kind.name], row["id"]: row}
            if in_circle(row, kind.tree, known):
                said = (
                    f"{kind.fields[kind.tree].label}: it is this {kind.label} itself, or below it."
                )
                raise Refused([Finding("tree.circle", kind.tree, said)])
        for target in kind.fields.values():
            value = row.get(target.name)
            is_key = target.name == kind.name_by
            if (target.unique is None and not is_key) or value is None:
                continue
            names = (target.name, *(("company",) if is_key else target.unique or ()))
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
        return plan.text(counter)

    def give_number(self, kind: Doctype, row: Row, issued: Issued | None) -> None:
        """The number that it comes with, or the next of the first series that applies."""
        if kind.number is None:
            return
        if issued is not None:
            series, counters = issued.plan.series, self.memory.counters
            counters[series] = max(counters.get(series, 0), issued.counter)
            row["number"] = issued.number
            return
        plan = plan_number(kind, row, self.memory.facts)
        if plan is None:
            raise Refused([Finding("number.no_series", "number", "No number series applies.")])
        row["number"] = self._counted(plan)
        if len(row["number"]) > plan.max_length:
            said = f"The number {row['number']} is too long."
            hint = "Shorten the codes that the series is made of."
            raise Refused([Finding("number.too_long", "number", said, hint=hint)])


def _values(one: Written) -> dict[str, Any]:
    entry = one.entry
    values = {
        name: value["id"] if isinstance(value, dict) else value
        for name, value in entry.values.items()
    }
    worth = {f"{name}.worth": value for name, value in entry.worth.items()}
    return values | worth | {"currency": entry.currency}


def _refuse(findings: Sequence[Finding]) -> None:
    if findings:
        raise Refused(findings)
