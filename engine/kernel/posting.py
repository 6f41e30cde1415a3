"""What a document writes into the ledgers, worked out from its rows, facts and the cost that stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import Dimension, Ledger, Posting
from engine.catalog.whole import Catalog
from engine.expr.errors import RoleUnresolved
from engine.expr.types import Money
from engine.kernel.entries import (
    ZERO,
    Entry,
    balance_key,
    merged,
    settle_conversion,
    worth_of,
)
from engine.kernel.finding import Finding, path_of
from engine.kernel.rows import Facts, Row, rows_at, worth_at
from engine.kernel.valuation import Method, NotCovered

MOST_LEVELS = 4
"""How far ledgers may post into ledgers."""


@dataclass(slots=True)
class PostingCase:
    """One document about to be posted.

    ``states``: (ledger name, balance key) → cost layers of every valued key; None as long as only
    the keys matter, and issues are worth 0. ``currency`` and ``rate``: the document's;
    ``company_currency``: the id of the company's.
    """

    catalog: Catalog
    doctype: Doctype
    document: Row
    facts: Facts
    date: date
    company: int
    company_currency: int | None
    currency: int | None
    rate: Decimal
    states: Mapping[tuple[str, str], Method] | None = None
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class Drafts:
    """The entries of the postings that read no others, before they are valued: posting key → entries."""

    case: PostingCase
    made: dict[str, list[Entry]]

    def keyed(self) -> list[Entry]:
        """Every entry that a balance is kept for, to learn the keys; values are not yet known."""
        entries = [entry for drafts in self.made.values() for entry in drafts]
        case = self.case
        if any(_reaches_keys(case.catalog, p) for p in _dependent(case.doctype)):
            entries = _dependents_dry(self)
        return [entry for entry in entries if entry.ledger.keepers]


def begin(case: PostingCase) -> Drafts:
    """Draft what ``case.document`` posts by itself. Findings go to the case."""
    return Drafts(
        case,
        {p.key: _drafts(case, p, {}) for p in case.doctype.posts.values() if not p.reads_posted},
    )


def finish(drafts: Drafts, states: Mapping[tuple[str, str], Method]) -> list[Entry]:
    """All entries of the document: valued with ``states``, with what follows from them, merged, balanced.

    Issues are valued before receipts, so a document cannot consume what it produces (REPOSTING,
    ordinals). Findings of the case tell what keeps the document from being posted.
    """
    case = drafts.case
    case.states = states
    entries: list[Entry] = []
    for made in _all(drafts).values():
        entries += _with_ledger_posts(case, made, MOST_LEVELS)
    entries = merged(entries)
    _check_balance(case, entries)
    return [entry for entry in entries if not entry.is_empty()]


def _all(drafts: Drafts) -> dict[str, list[Entry]]:
    """Value the drafts and make the dependent ones, in the order of the postings."""
    case, made = drafts.case, dict(drafts.made)
    _value(case, [entry for own in made.values() for entry in own])
    posted = {key: [entry.values for entry in own] for key, own in made.items()}
    for posting in _dependent(case.doctype):
        own = made[posting.key] = _drafts(case, posting, posted)
        _value(case, own)
        posted[posting.key] = [entry.values for entry in own]
    return {key: made[key] for key in case.doctype.posts}


def _dependent(doctype: Doctype) -> list[Posting]:
    return [posting for posting in doctype.posts.values() if posting.reads_posted]


def _reaches_keys(catalog: Catalog, posting: Posting) -> bool:
    """Whether a balance is kept for what ``posting`` writes, or for what its ledger writes further."""
    ledger = catalog.ledgers[posting.ledger]
    return bool(ledger.keepers) or any(
        _reaches_keys(catalog, post) for post in ledger.posts.values()
    )


def _dependents_dry(drafts: Drafts) -> list[Entry]:
    """Work everything out on copies, without values and findings, for the keys alone."""
    case = replace(drafts.case, states=None, findings=[])
    copies = {
        key: [replace(entry, values=dict(entry.values)) for entry in own]
        for key, own in drafts.made.items()
    }
    return [
        entry
        for own in _all(Drafts(case, copies)).values()
        for entry in _with_ledger_posts(case, own, MOST_LEVELS)
    ]


# --- drafting --------------------------------------------------------------------------------


def _drafts(case: PostingCase, posting: Posting, posted: dict[str, list[Row]]) -> list[Entry]:
    frame: dict[str, Any] = {
        "this": case.document,
        "facts": case.facts,
        "posted": posted,
        "worth": worth_at(case.doctype, case.document),
    }
    made: list[Entry] = []
    for row in _rows(case, posting, posted):
        frame["row"] = row
        if posting.when is not None and posting.when.run(frame) is not True:
            continue
        line, table = _line(posting, row)
        made.append(_entry(case, posting, posting.key, frame, line, table))
    return made


def _rows(case: PostingCase, posting: Posting, posted: dict[str, list[Row]]) -> list[Row | None]:
    if posting.each is None:
        return [None]
    if posting.each.startswith("posted."):
        return list(posted[posting.each.removeprefix("posted.")])
    return list(rows_at(case.document, posting.each))


def _line(posting: Posting, row: Row | None) -> tuple[Row | None, str | None]:
    """The document row an entry comes from, and its table."""
    if row is None or posting.each is None:
        return None, None
    if posting.each.startswith("posted."):
        return row["line"], row["line_table"]
    return row, posting.each


def _entry(
    case: PostingCase,
    posting: Posting,
    rule: str,
    frame: dict[str, Any],
    line: Row | None,
    table: str | None,
) -> Entry:
    ledger = case.catalog.ledgers[posting.ledger]
    values: Row = dict.fromkeys((*ledger.dimensions, *ledger.details))
    values |= {
        "company": case.company,
        "date": case.date,
        "origin": case.document["id"],
        "line": line,
        "line_table": table,
    }
    entry = Entry(ledger, rule, values, line_table=table)
    in_company = False
    for name, expr in posting.set.items():
        value = _run(case, entry, expr.run, frame)
        values[name] = value
        if name in ledger.measures:
            in_company |= expr.type == Money("company")
            if value is None:
                _unset(case, entry, name)
                values[name] = ZERO
    for name in ledger.measures:
        values.setdefault(name, None if _is_valued(ledger, name) else ZERO)
    _fill_dimensions(case, entry)
    _convert(case, entry, in_company)
    return entry


def _run(case: PostingCase, entry: Entry, run: Any, frame: dict[str, Any]) -> Any:
    try:
        return run(frame)
    except RoleUnresolved as unresolved:
        case.findings.append(
            Finding(
                "posting.no_account",
                _place(entry),
                str(unresolved),
                hint=f"Fill in one of the fields that the role '{unresolved.role}' looks at.",
            )
        )
        return None


def _unset(case: PostingCase, entry: Entry, name: str) -> None:
    label = entry.ledger.measures[name].label
    case.findings.append(
        Finding(
            "posting.no_amount",
            _place(entry),
            f"{label} of {entry.ledger.label} cannot be worked out (posting '{entry.rule}').",
        )
    )


def _place(entry: Entry) -> str:
    line = entry.values["line"]
    return path_of(line, entry.line_table or "") if line is not None else ""


def _is_valued(ledger: Ledger, measure: str) -> bool:
    return ledger.valuation is not None and ledger.valuation.of == measure


def _fill_dimensions(case: PostingCase, entry: Entry) -> None:
    values = entry.values
    frame: dict[str, Any] = {"this": values, "facts": case.facts}
    for dimension in entry.ledger.carried:
        if dimension.default_expression is not None and values[dimension.name] is None:
            values[dimension.name] = _run(case, entry, dimension.default_expression.run, frame)
    for dimension in entry.ledger.dimensions.values():
        if values[dimension.name] is None:
            if dimension.required or dimension.required_if is not None:
                _check_missing(case, entry, dimension, frame)
        elif dimension.where is not None:
            _check_allowed(case, entry, dimension, frame)


def _check_missing(
    case: PostingCase, entry: Entry, dimension: Dimension, frame: dict[str, Any]
) -> None:
    needed = dimension.required or (
        dimension.required_if is not None and dimension.required_if.run(frame) is True
    )
    if needed and not any(f.code == "posting.no_account" for f in case.findings):
        case.findings.append(
            Finding(
                "posting.no_dimension",
                _place(entry),
                f"{entry.ledger.label} needs {dimension.label} (posting '{entry.rule}').",
            )
        )


def _check_allowed(
    case: PostingCase, entry: Entry, dimension: Dimension, frame: dict[str, Any]
) -> None:
    assert dimension.where is not None
    value, facts = entry.values[dimension.name], case.facts
    record = next((facts[n][value] for n in dimension.link if value in facts.get(n, ())), None)
    if record is None:
        return
    frame["row"] = record
    if dimension.where.run(frame) is False:
        case.findings.append(
            Finding(
                "posting.dimension_not_allowed",
                _place(entry),
                f"{dimension.label} {_title(case.catalog, facts, dimension, value)} cannot be used in "
                f"{entry.ledger.label} (posting '{entry.rule}').",
                hint=f"Choose another {dimension.label} where this one is filled in.",
            )
        )


def _convert(case: PostingCase, entry: Entry, in_company: bool) -> None:
    """Give document-currency money its currency and worth."""
    if not entry.ledger.currency:
        return
    foreign = not in_company and case.currency not in (None, case.company_currency)
    entry.currency = case.currency if foreign else case.company_currency
    for name, measure in entry.ledger.measures.items():
        if measure.money_in == "document":
            amount = entry.values[name] or ZERO
            entry.worth[name] = worth_of(amount, case.rate, measure.scale) if foreign else amount


# --- valuing ---------------------------------------------------------------------------------


def _value(case: PostingCase, entries: list[Entry]) -> None:
    """Give every entry of a valued ledger its value: issues first, then receipts."""
    valued = [entry for entry in entries if entry.ledger.valuation is not None]
    for entry in valued:
        if _per(entry) < 0:
            _issue(case, entry)
    for entry in valued:
        if _per(entry) >= 0:
            _receive(case, entry)


def _per(entry: Entry) -> Decimal:
    assert entry.ledger.valuation is not None
    value = entry.values[entry.ledger.valuation.per]
    return value if value is not None else ZERO


def _state(case: PostingCase, entry: Entry) -> Method | None:
    valuation = entry.ledger.valuation
    assert valuation is not None
    if case.states is None:
        return None
    key = balance_key(valuation.by, case.company, entry.values)
    return case.states[(entry.ledger.name, key)]


def units(value: Decimal, scale: int) -> int:
    """``value`` in its smallest unit; it must fit the scale."""
    return int(value.scaleb(scale))


def _issue(case: PostingCase, entry: Entry) -> None:
    ledger, state = entry.ledger, _state(case, entry)
    assert ledger.valuation is not None
    of, per = ledger.measures[ledger.valuation.of], ledger.measures[ledger.valuation.per]
    if state is None:
        entry.values[of.name] = ZERO
        return
    try:
        value, entry.slices = state.take(units(-_per(entry), per.scale))
    except NotCovered as shortage:
        missing = Decimal(shortage.missing).scaleb(-per.scale)
        there = Decimal(state.quantity).scaleb(-per.scale)
        entry.values[of.name] = ZERO
        case.findings.append(
            Finding(
                "limit.not_covered",
                _place(entry),
                f"{_named(case, entry)}: {there.normalize():f} is there, "
                f"{(there + missing).normalize():f} is wanted.",
                hint="Take less, or receive more first.",
            )
        )
        return
    entry.values[of.name] = Decimal(-value).scaleb(-of.scale)


def _receive(case: PostingCase, entry: Entry) -> None:
    ledger, state = entry.ledger, _state(case, entry)
    assert ledger.valuation is not None
    of, per = ledger.measures[ledger.valuation.of], ledger.measures[ledger.valuation.per]
    value = entry.values[of.name]
    if value is None:
        _unset(case, entry, of.name)
        value = ZERO
    value = worth_of(value, Decimal(1), of.scale)
    entry.values[of.name] = value
    quantity = units(_per(entry), per.scale)
    if value < 0 or (quantity == 0 and value):
        case.findings.append(
            Finding(
                "posting.bad_value",
                _place(entry),
                f"{_named(case, entry)} cannot be received at {value}.",
            )
        )
    elif state is not None and quantity:
        state.put(quantity, units(value, of.scale), source=entry)


def _named(case: PostingCase, entry: Entry) -> str:
    """The key of an entry as a person would say it, from the facts at hand."""
    valuation = entry.ledger.valuation
    names = valuation.by if valuation else tuple(entry.ledger.dimensions)
    return describe(case.catalog, case.facts, entry, names)


def describe(catalog: Catalog, facts: Facts, entry: Entry, names: tuple[str, ...]) -> str:
    """``Item Soap, Warehouse Main``: dimensions ``names`` of ``entry`` by the titles in ``facts``."""
    words: list[str] = []
    for name in names:
        value, dimension = entry.values[name], entry.ledger.dimensions[name]
        if value is None:
            continue
        words.append(f"{dimension.label} {_title(catalog, facts, dimension, value)}")
    return ", ".join(words) or entry.ledger.label


def _title(catalog: Catalog, facts: Facts, dimension: Dimension, value: Any) -> Any:
    """How a person knows the record: its number where it has one, else its title."""
    any_document = dimension.link == (DOCUMENT,)
    for target in facts if any_document else dimension.link:
        record = facts.get(target, {}).get(value)
        if record is not None:
            number = record.get("number") if any_document else None
            name, _, path = target.partition(".")
            if path:
                return _row_title(catalog, facts, name, record) or value
            return number or record.get(catalog.doctypes[name].title_field) or value
    return value


def _row_title(catalog: Catalog, facts: Facts, doctype: str, row: Row) -> str:
    """``SO0007 line 2``: a row is known by its document and its place."""
    document = facts.get(doctype, {}).get(row.get("parent") or 0, {})
    title = document.get("number") or document.get(catalog.doctypes[doctype].title_field)
    return f"{title} line {row['index']}" if title and "index" in row else ""


# --- ledgers that post -----------------------------------------------------------------------


def _with_ledger_posts(case: PostingCase, entries: list[Entry], levels: int) -> list[Entry]:
    result: list[Entry] = []
    for entry in entries:
        result.append(entry)
        for post in entry.ledger.posts.values():
            frame: dict[str, Any] = {"this": entry.values, "facts": case.facts}
            if post.when is not None and post.when.run(frame) is not True:
                continue
            rule = f"{entry.ledger.key}.{post.key}"
            made = _entry(case, post, rule, frame, entry.values["line"], entry.line_table)
            made.source = entry
            result += _with_ledger_posts(case, [made], levels - 1) if levels else [made]
    return result


# --- balance ---------------------------------------------------------------------------------


def _check_balance(case: PostingCase, entries: list[Entry]) -> None:
    left = settle_conversion(entries)
    if left and not case.findings:
        side = "debit" if left > 0 else "credit"
        case.findings.append(
            Finding(
                "posting.unbalanced",
                "",
                f"The postings do not balance: {abs(left)} too much {side}.",
                hint="Correct the posting rules of this doctype; nothing was written.",
            )
        )
