"""From a posting and the rows it goes through to entries, not yet valued."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.fields import DOCUMENT
from engine.catalog.ledgers import Dimension, Ledger, Posting
from engine.catalog.sources import PostedSource, TableSource
from engine.expr.types import Money, records_of
from engine.kernel.distribute import largest_remainder
from engine.kernel.entries import ZERO, Entry, worth_of
from engine.kernel.posting_case import EntriesQuestion, PostingCase, title
from engine.kernel.rows import Row
from engine.kernel.sources import source_rows
from engine.money import round_half_up

Posted = Mapping[str, list[Row]]
"""Posting key → the values of the entries it wrote."""


def draft(case: PostingCase, posting: Posting, posted: Posted) -> list[Entry]:
    """The entries of ``posting``; ``posted`` has those of the postings it reads."""
    frame = case.frame(posted)
    rows = list(_chosen(posting, frame))
    made: list[Entry] = []
    for row in rows:
        frame[posting.row_name] = row
        line, table = _line(posting, row)
        entry = new_entry(case, posting, posting.key, frame, line, table)
        entry.row = row
        made += _corrections(case, posting, entry, frame) if posting.corrects else [entry]
    if posting.distribute is not None:
        _share(case, posting, frame, rows, made)
    return made


def _chosen(posting: Posting, frame: dict[str, Any]) -> Iterator[Row | None]:
    """The rows that the posting is written for."""
    rows: list[Row | None] = [None]
    if posting.each is not None:
        rows = list(source_rows(posting.each, frame))
    for row in rows:
        frame[posting.row_name] = row
        if posting.when is None or posting.when.run(frame) is True:
            yield row


def _line(posting: Posting, row: Row | None) -> tuple[Row | None, str | None]:
    """The document row an entry comes from, and its table; none where rows are no rows of the document."""
    match posting.each:
        case TableSource(path) if row is not None:
            return row, path
        case PostedSource() if row is not None:
            return row["line"], row["line_table"]
    return None, None


def new_entry(
    case: PostingCase,
    posting: Posting,
    rule: str,
    frame: Mapping[str, Any],
    line: Row | None,
    table: str | None,
) -> Entry:
    """One entry as ``posting`` says it, with defaults, currency and worth. Findings go to the case."""
    ledger = case.catalog.ledgers[posting.ledger]
    entry = Entry(ledger, rule, _blank(case, ledger, line, table), line_table=table)
    if posting.keeps_key:
        entry.posting = posting.key
    entry.values["date"] = entry.values["meant_for"] = _date(case, entry, posting, frame)
    in_company = _set(case, entry, posting, frame)
    if posting.reverse_on is not None:
        entry.reverse_on = case.run(entry, posting.reverse_on, frame)
    if posting.cost_of is not None:
        entry.cost_of = _id(posting.cost_of.run(frame))
        entry.cost_of_tables = tuple(record.key for record in records_of(posting.cost_of.type))
    entry.values["of_line"] = entry.cost_of
    entry.said = frozenset((*posting.set, posting.into) if posting.into else posting.set)
    entry.level = _level(case, posting)
    entry.opens = _opens(case, ledger, posting)
    if posting.corrects is None:
        fill_dimensions(case, entry)
    _convert(case, entry, posting, frame, in_company)
    return entry


def _level(case: PostingCase, posting: Posting) -> int:
    if not posting.reads_posted:
        return 0
    return 1 + list(case.doctype.posts).index(posting.key)


def _opens(case: PostingCase, ledger: Ledger, posting: Posting) -> bool:
    """Whether the posting names, as the open item, records that never post: nobody else could open them."""
    kinds = case.catalog.doctypes
    found = [
        record
        for name, dimension in ledger.dimensions.items()
        if dimension.link == (DOCUMENT,) and name in posting.set
        for record in records_of(posting.set[name].type)
    ]
    return bool(found) and all(
        record.doctype in kinds and not kinds[record.doctype].submittable for record in found
    )


def _blank(case: PostingCase, ledger: Ledger, line: Row | None, table: str | None) -> Row:
    values: Row = dict.fromkeys((*ledger.dimensions, *ledger.details))
    values["company"] = case.company
    values["origin"] = case.document["id"]
    values["line"] = line
    values["line_table"] = table
    return values


def _date(case: PostingCase, entry: Entry, posting: Posting, frame: Mapping[str, Any]) -> date:
    """The day of an entry; the document's where the posting says no other."""
    if posting.date is None:
        return case.date
    found = posting.date.run(frame)
    if isinstance(found, date):
        return found
    case.find(
        "posting.no_date",
        entry,
        f"The date of {entry.ledger.label} cannot be worked out (posting '{entry.rule}').",
        f"Fill in {posting.date.source}.",
    )
    return case.date


def _set(case: PostingCase, entry: Entry, posting: Posting, frame: Mapping[str, Any]) -> bool:
    """Fill in what ``set`` says; whether an amount is in company currency."""
    ledger, values = entry.ledger, entry.values
    in_company = posting.distribute is not None and posting.distribute.type == Money("company")
    for name, expr in posting.set.items():
        value = case.run(entry, expr, frame)
        values[name] = value
        if name in ledger.measures:
            in_company |= expr.type == Money("company")
            if value is None and not is_valued(ledger, name):
                case.unset(entry, name, expr)
                values[name] = ZERO
    taken = {posting.into} if posting.rest is None else set(ledger.double_entry or ())
    for name in ledger.measures:
        valued = is_valued(ledger, name) and name not in taken
        values.setdefault(name, None if valued else ZERO)
    return in_company


def _id(value: Any) -> int | None:
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, int) else None


def is_valued(ledger: Ledger, measure: str) -> bool:
    """Whether the measure is a value that is carried: it is worked out where it is not said."""
    valuation = ledger.valuation
    return valuation is not None and not valuation.worth and valuation.of == measure


# --- dimensions ------------------------------------------------------------------------------


def fill_dimensions(case: PostingCase, entry: Entry) -> None:
    """Take defaults, and check what is required and allowed."""
    values = entry.values
    frame = case.entry_frame(entry)
    for dimension in entry.ledger.carried:
        if dimension.default_expression is not None and values[dimension.name] is None:
            values[dimension.name] = case.run(entry, dimension.default_expression, frame)
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
        case.find(
            "posting.no_dimension",
            entry,
            f"{entry.ledger.label} needs {dimension.label} (posting '{entry.rule}').",
            f"Fill in {dimension.label} where the posting takes it from.",
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
    if dimension.where.run(frame) is not True:
        case.find(
            "posting.dimension_not_allowed",
            entry,
            f"{dimension.label} {title(case.catalog, facts, dimension, value)} cannot be used in "
            f"{entry.ledger.label} (posting '{entry.rule}').",
            f"Choose another {dimension.label} where this one is filled in.",
        )


# --- worth -----------------------------------------------------------------------------------


def _convert(
    case: PostingCase, entry: Entry, posting: Posting, frame: Mapping[str, Any], in_company: bool
) -> None:
    """Give document-currency money its currency and worth."""
    ledger = entry.ledger
    if not ledger.currency:
        return
    currency = _currency(case, entry, posting, frame)
    foreign = not in_company and currency not in (None, case.company_currency)
    entry.currency = currency if foreign else case.company_currency
    # The document's rate is not the rate of another currency.
    is_apart = foreign and currency != case.currency and posting.rate is None
    rate = _rate(case, entry, posting, frame) if foreign and not is_apart else Decimal(1)
    money = [m for m in ledger.measures.values() if m.money_in == "document"]
    for measure in money:
        amount = entry.values[measure.name] or ZERO
        entry.worth[measure.name] = worth_of(amount, rate, measure.scale) if foreign else amount
    if is_apart and posting.worth is None:
        _unknown_worth(case, entry)
    if posting.worth is not None:
        _say_worth(case, entry, posting, frame, [m.name for m in money])


def _currency(
    case: PostingCase, entry: Entry, posting: Posting, frame: Mapping[str, Any]
) -> int | None:
    """The currency that its amounts bring; else the document's."""
    if posting.currency is None:
        return case.currency
    found: int | None = case.run(entry, posting.currency, frame)
    if found is None and not entry.is_empty():
        case.find(
            "posting.no_currency",
            entry,
            f"The currency of {entry.ledger.label} cannot be worked out (posting '{entry.rule}').",
            "Fill in the currency beside the amount.",
        )
    return found


def _rate(case: PostingCase, entry: Entry, posting: Posting, frame: Mapping[str, Any]) -> Decimal:
    if posting.rate is None:
        return case.rate
    found = posting.rate.run(frame)
    if found is not None and found > 0:
        return Decimal(found)
    _no_rate(case, entry, f"Fill in {posting.rate.source}.")
    return case.rate


def _unknown_worth(case: PostingCase, entry: Entry) -> None:
    """What settles an open item leaves at the worth carried there; anything else has no worth at all."""
    valuation = entry.ledger.valuation
    if valuation is not None and valuation.worth:
        entry.has_no_rate = True
        return
    _no_rate(case, entry, "Say 'rate' or 'worth' in the posting.")


def _no_rate(case: PostingCase, entry: Entry, hint: str) -> None:
    case.find(
        "posting.no_rate",
        entry,
        f"The exchange rate of {entry.ledger.label} cannot be worked out (posting '{entry.rule}').",
        hint,
    )


def _say_worth(
    case: PostingCase,
    entry: Entry,
    posting: Posting,
    frame: Mapping[str, Any],
    money: list[str],
) -> None:
    """The worth that the posting says goes to the amount it sets."""
    assert posting.worth is not None
    name = next((n for n in money if n in posting.set), money[0])
    worth = case.run(entry, posting.worth, frame)
    if worth is None:
        case.unset(entry, name, posting.worth)
        worth = ZERO
    entry.worth[name] = round_half_up(worth, entry.ledger.measures[name].scale)
    entry.given = True


# --- shares and corrections ------------------------------------------------------------------


def _share(
    case: PostingCase,
    posting: Posting,
    frame: dict[str, Any],
    rows: list[Row | None],
    made: list[Entry],
) -> None:
    """Share one amount over the entries, exact to the smallest unit of the measure."""
    assert posting.distribute is not None
    assert posting.weight is not None
    assert posting.into
    amount = posting.distribute.run(frame)
    weights = []
    for row in rows:
        frame[posting.row_name] = row
        weights.append(posting.weight.run(frame))
    if amount is None or any(weight is None or weight < 0 for weight in weights):
        for entry in made[:1]:
            case.unset(entry, posting.into, posting.distribute, posting.weight)
        return
    if not made:
        if amount:
            case.find(
                "posting.no_share",
                None,
                f"{amount} is to be shared, and there is no row that takes a share "
                f"(posting '{posting.key}').",
                "Add a row that takes a share, or leave the amount out.",
            )
        return
    scale = made[0].ledger.measures[posting.into].scale
    whole = round_half_up(amount, scale)
    for entry, part in zip(made, largest_remainder(whole, weights, scale), strict=True):
        entry.values[posting.into] = part
        if posting.into in entry.worth:
            home = entry.currency == case.company_currency
            entry.worth[posting.into] = part if home else worth_of(part, case.rate, scale)


def _corrections(
    case: PostingCase, posting: Posting, entry: Entry, frame: Mapping[str, Any]
) -> list[Entry]:
    """``entry`` split over what the corrected row brought in, in proportion to the quantity."""
    assert posting.corrects is not None
    assert entry.ledger.valuation is not None
    valuation, ledger = entry.ledger.valuation, entry.ledger
    target = _id(posting.corrects.run(frame))
    tables = tuple(record.key for record in records_of(posting.corrects.type))
    found = _received(case, ledger, target, tables)
    if not found:
        case.find(
            "posting.nothing_to_correct",
            entry,
            f"Nothing came into {ledger.label} by the row that posting '{posting.key}' corrects.",
            "Correct a row that was received.",
        )
        return []
    came = max(row["date"] for row in found)
    if entry.date < came:
        case.find(
            "posting.before_its_source",
            entry,
            f"{case.named(entry)}: what posting '{posting.key}' corrects came in on {came:%d-%m-%Y} only.",
            f"Take {came:%d-%m-%Y} or a later day.",
        )
        return []
    value = entry.values[valuation.of]
    scale = ledger.measures[valuation.of].scale
    weights = [row[valuation.per] for row in found]
    shares = largest_remainder(round_half_up(value or ZERO, scale), weights, scale)
    made = []
    for row, share in zip(found, shares, strict=True):
        values = dict(entry.values)
        for dimension in ledger.carried:
            if values[dimension.name] is None:
                values[dimension.name] = row[dimension.name]
        values |= {valuation.of: share, valuation.per: ZERO, "of_line": target}
        made.append(replace(entry, values=values, given=True, corrects=row["id"]))
    return made


def _received(
    case: PostingCase, ledger: Ledger, target: int | None, tables: tuple[str, ...]
) -> list[Row]:
    if target is None:
        return []
    assert ledger.valuation is not None
    rows = case.ask(EntriesQuestion(ledger.name, line=target, tables=tables))
    return [row for row in rows if row[ledger.valuation.per] > 0]
