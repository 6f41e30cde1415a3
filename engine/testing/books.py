"""What the ledgers in memory say: balances, sources of rows, and the cost layers that stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from engine.catalog.ledgers import Ledger
from engine.expr.program import BalanceCall, RecordQuestion, Under
from engine.kernel.books import answer, measures_of
from engine.kernel.entries import Entry, balance_key
from engine.kernel.entries_at_hand import folded
from engine.kernel.posting import EntriesQuestion, LotsQuestion, units
from engine.kernel.rows import Row
from engine.kernel.sources import LedgerQuestion, Question, Reader
from engine.kernel.trees import below, opened, trees_in
from engine.kernel.valuation import LAYERED, Average, Fifo, Layer, Method
from engine.testing.memory import Memory, Written

ZERO = Decimal(0)
Key = tuple[str, str]


def live(written: Iterable[Written]) -> list[Written]:
    """Entries that stand: neither reversed nor a reversal."""
    all_ = list(written)
    gone = {id(one.reverses) for one in all_ if one.reverses is not None}
    return [one for one in all_ if one.reverses is None and id(one) not in gone]


def balance(memory: Memory, call: BalanceCall, company: int | None) -> Decimal:
    """The answer of ``balance()`` or ``turnover()``; the company is the document's unless it is matched."""
    ledger = ledger_of(memory, call.ledger)
    nodes = trees_in(call.match)
    if nodes:
        call = replace(call, match=opened(call.match, under(memory, nodes)))
    measure = call.measure.replace(".", "_")
    total = ZERO
    for one in memory.asked():
        if one.entry.ledger is ledger and _matches(one.entry, call, company):
            total += _figure(one.entry, measure)
    return total


def under(memory: Memory, nodes: Iterable[Under]) -> dict[Under, list[int]]:
    """The records under each node of a tree, itself included."""
    return {
        node: below(
            [(number, row.get(node.above)) for number, row in memory.records[node.doctype].items()],
            node.id,
        )
        for node in nodes
    }


def _figure(entry: Entry, measure: str) -> Decimal:
    """A measure, or its worth as ``<measure>_worth``."""
    of = measure.removesuffix("_worth")
    if of != measure and of in entry.worth:
        # What stands beside it in the values may be older: a mirror, a leftover of conversion.
        return entry.worth[of]
    found: Decimal = entry.values.get(measure, entry.values.get(of)) or ZERO
    return found


def ledger_of(memory: Memory, name: str) -> Ledger:
    """A ledger by its name or key."""
    ledgers = memory.catalog.ledgers
    return ledgers[name] if name in ledgers else next(x for x in ledgers.values() if x.key == name)


def _matches(entry: Entry, call: BalanceCall, company: int | None) -> bool:
    if "company" not in call.match and company not in (None, entry.values["company"]):
        return False
    return within(entry.date, call) and matches(entry, call.match)


def within(on: date, call: Any) -> bool:
    """Whether a day lies in what a question asks for."""
    return (
        (call.at is None or on <= call.at)
        and (call.start is None or call.start <= on)
        and (call.end is None or on <= call.end)
    )


def matches(entry: Entry, match: Mapping[str, Any]) -> bool:
    """Whether an entry has what is asked for; a list means any of them, None means empty."""
    for name, wanted in match.items():
        value = entry.values.get(name)
        if isinstance(value, dict):
            value = value["id"]
        if isinstance(wanted, (list, tuple, set, frozenset)):
            if value not in wanted:
                return False
        elif value != wanted:
            return False
    return True


# --- sources of rows -------------------------------------------------------------------------


def reader(memory: Memory, company: int | None) -> Reader:
    """What ``frame['read']`` is: it answers the questions of row sources."""

    def read(question: Question | EntriesQuestion | LotsQuestion) -> list[Row]:
        if isinstance(question, (EntriesQuestion, LotsQuestion)):
            return stored(memory, question)
        if isinstance(question, LedgerQuestion):
            return _of_ledger(memory, question, company)
        return _of_records(memory, question, company)

    return read


def _of_ledger(memory: Memory, question: LedgerQuestion, company: int | None) -> list[Row]:
    ledger = memory.catalog.ledgers[question.ledger]
    entries = [_flat(one.entry) for one in memory.asked() if one.entry.ledger is ledger]
    if "company" not in question.match and company is not None:
        entries = [entry for entry in entries if entry["company"] == company]
    return answer(question, ledger, entries)


def _flat(entry: Entry) -> Row:
    """An entry as one row: worth beside its measure, records as ids."""
    values = {n: v["id"] if isinstance(v, dict) else v for n, v in entry.values.items()}
    worth = {f"{name}_worth": value for name, value in entry.worth.items()}
    return {**values, **worth, "currency": entry.currency}


def _of_records(memory: Memory, question: RecordQuestion, company: int | None) -> list[Row]:
    if question.path:
        rows = memory.records[f"{question.doctype}.{question.path}"].values()
        wanted = question.match["parent"]
        found = [{**row, "parent": row["parent"]["id"]} for row in rows]
        return [row for row in found if row["parent"] in wanted]
    match = dict(question.match)
    if memory.catalog.doctypes[question.doctype].company == "required" and company is not None:
        match.setdefault("company", company)
    return [row for row in memory.records[question.doctype].values() if _is_like(row, match)]


def _is_like(row: Row, match: Mapping[str, Any]) -> bool:
    return all(
        row.get(name) in wanted if isinstance(wanted, (list, tuple)) else row.get(name) == wanted
        for name, wanted in match.items()
    )


# --- what stands before a document is posted -------------------------------------------------


def standing(
    memory: Memory, entries: Iterable[Entry], goods: Callable[[Entry], tuple[Key, Method]]
) -> tuple[dict[Key, Method], dict[Key, dict[str, Any]]]:
    """(cost layers per valued key, balances per kept key) of every key that ``entries`` touch.

    ``goods``: the key of an entry of goods, and how it is carried.
    """
    states: dict[Key, Method] = {}
    before: dict[Key, dict[str, Any]] = {}
    for entry in entries:
        ledger, company = entry.ledger, entry.values["company"]
        for by in ledger.keepers:
            key = (ledger.name, balance_key(by, company, entry.values))
            if key not in before:
                before[key] = _totals(ledger, _of_key(memory, ledger, by, company, entry))
        for name, by in ledger.beside:
            other = ledger_of(memory, name)
            key = (name, balance_key(by, company, entry.values))
            if key not in before:
                before[key] = _totals(other, _of_key(memory, other, by, company, entry))
        if ledger.valuation is not None:
            by = ledger.valuation.by
            key = (ledger.name, balance_key(by, company, entry.values))
            if key not in states and ledger.of_goods:
                _, states[key] = goods(entry)
            elif key not in states:
                frame = {"this": entry.values, "facts": memory.facts}
                method = ledger.valuation.method.run(frame) or "average"
                states[key] = state(ledger, method, _of_key(memory, ledger, by, company, entry))
    return states, before


def _of_key(
    memory: Memory, ledger: Ledger, by: tuple[str, ...], company: int, like: Entry
) -> list[Written]:
    key = balance_key(by, company, like.values)
    return [
        one
        for one in memory.written
        if one.entry.ledger is ledger
        and balance_key(by, one.entry.values["company"], one.entry.values) == key
    ]


def _totals(ledger: Ledger, written: list[Written]) -> dict[str, Any]:
    totals: dict[str, Any] = {}
    for name in ledger.measures:
        totals[name] = sum((one.entry.values[name] or ZERO for one in written), ZERO)
        if any(name in one.entry.worth for one in written):
            totals[f"{name}_worth"] = sum(
                (one.entry.worth.get(name, ZERO) for one in written), ZERO
            )
    return totals


def state(ledger: Ledger, method: str, written: Iterable[Written]) -> Method:
    """The cost layers of one key, from its entries that stand with the values they were written with."""
    found: Method = LAYERED[method]([]) if method in LAYERED else Average(Layer(0, 0))
    for one in live(written):
        _replay(found, one, *_moved(ledger, one.entry))
    if isinstance(found, Fifo):
        found.added.clear()
    return found


def _moved(ledger: Ledger, entry: Entry) -> tuple[int, int]:
    valuation = ledger.valuation
    assert valuation is not None
    per, of = (ledger.measures[name] for name in (valuation.per, valuation.of))
    value = (entry.worth if valuation.worth else entry.values)[of.name]
    return units(entry.values[per.name] or ZERO, per.scale), units(value or ZERO, of.scale)


def _replay(found: Method, one: Written, amount: int, value: int) -> None:
    """One entry again, at the value it was written with; see ``engine.kernel.valuing`` for the signs."""
    if not amount:
        found.add_value(found.sign * value, source=one.entry.corrects)
        return
    sign = 1 if amount > 0 else -1
    if not found.quantity or sign == found.sign:
        found.sign = sign
        found.put(abs(amount), sign * value, source=one.id)
        return
    beyond = abs(amount) - found.quantity
    if beyond > 0:
        own = abs(value) - found.value
        found.take(found.quantity)
        found.sign = sign
        found.put(beyond, own, source=one.id)
    elif one.entry.given:
        found.take_at(abs(amount), abs(value))
    elif isinstance(found, Fifo):
        for layer, quantity, worth in _taken(found, one.entry):
            layer.quantity_out += quantity
            layer.value_out += worth
    else:
        found.layer.quantity_out += abs(amount)
        found.layer.value_out += abs(value)


def _taken(found: Fifo, entry: Entry) -> Iterator[tuple[Layer, int, int]]:
    """The layers that an issue took from when it was written."""
    for piece in entry.slices:
        source = piece.layer.source
        number = source.id if isinstance(source, Entry) else source
        layer = next(own for own in found.layers if own.source == number)
        yield layer, piece.quantity, piece.value


# --- stored entries --------------------------------------------------------------------------


def stored(memory: Memory, question: EntriesQuestion | LotsQuestion) -> list[Row]:
    """What the kernel asks of entries that stand, and of the lots that are there."""
    ledger = memory.catalog.ledgers[question.ledger]
    own = [one for one in live(memory.written) if one.entry.ledger is ledger]
    if isinstance(question, LotsQuestion):
        return _lots(ledger, own, question)
    rows = folded(ledger, [as_row(one) for one in own])
    if question.document is not None:
        return [row for row in rows if row["origin"] == question.document]
    if question.of_line is not None:
        return [row for row in rows if row["of_line"] == question.of_line]
    if question.line is not None:
        ids = below_row(memory, question.line)
        return [row for row in rows if row["line"] in ids or row["origin"] == question.line]
    match = question.match or {}
    rows = [row for row in rows if all(row.get(name) == value for name, value in match.items())]
    if question.after is None:
        return rows
    after = next(one.moment for one in own if one.id == question.after)
    return [row for row in rows if row["moment"] >= after]


def below_row(memory: Memory, line: int) -> set[int]:
    """A row and the rows below it."""
    ids = {line}
    grown = True
    while grown:
        more = {
            number
            for name, rows in memory.records.items()
            if "." in name
            for number, row in rows.items()
            if row["parent"]["id"] in ids
        }
        grown = not more <= ids
        ids |= more
    return ids


def _lots(ledger: Ledger, own: Iterable[Written], question: LotsQuestion) -> list[Row]:
    figures = measures_of(ledger)
    found: dict[tuple[Any, ...], Row] = {}
    for one in own:
        row = as_row(one)
        if any(row.get(name) != value for name, value in question.match.items()):
            continue
        key = tuple(row[name] for name in ledger.dimensions)
        total = found.setdefault(
            key, {**dict(zip(ledger.dimensions, key, strict=True)), **dict.fromkeys(figures, ZERO)}
        )
        for name in figures:
            total[name] += row.get(name) or ZERO
    return [row for row in found.values() if any(row[name] for name in figures)]


def as_row(one: Written) -> Row:
    """An entry as an answer to ``EntriesQuestion``."""
    return {
        **_flat(one.entry),
        "id": one.id,
        "origin": one.document,
        "rule": one.entry.rule,
        "posting": one.entry.posting,
        "reverses": one.reverses.id if one.reverses is not None else None,
        "of_line": one.entry.values.get("of_line"),
        "line_table": one.entry.line_table,
        "meant_for": one.entry.values.get("meant_for") or one.entry.date,
        "corrects": one.entry.corrects,
        "cause": one.entry.cause,
        "level": one.entry.level,
        "moment": one.moment,
    }
