"""What the page of functions says beside the table of functions: calls with a grammar of their own, and examples.

An example is written ``expression → result``, as ``tests/language/test_functions_page.py`` works it out over the
order of ``described_world.WORLD``. A function without an example fails that test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

NO_NULL = "Null if one of its arguments is."
NEVER_NULL = "Rows whose value is null are left out."


@dataclass(frozen=True, slots=True)
class Described:
    """A call or a part as the page shows it: how it is written, what it gives, what it does, what becomes of null."""

    call: str
    gives: str
    help: str
    examples: tuple[str, ...]
    null: str = ""
    rounds: str = ""


AGGREGATES: Mapping[str, Described] = MappingProxyType({
    "sum": Described(
        "sum(values)", "as its values", "All of them added up.",
        ("sum(items.amount) → 120.5", "sum(i.amount for i in items if i.quantity > 2) → 30"),
        f"{NEVER_NULL} Of none it is 0.", "Not rounded.",
    ),
    "avg": Described(
        "avg(values)", "as its values; of plain numbers a number", "Their sum, divided by how many there are.",
        ("avg(items.amount) → 60.25",), f"{NEVER_NULL} Of none it is null.", "To 12 decimals, as every division.",
    ),
    "min": Described(
        "min(values)", "as its values", "The least of numbers, texts or dates.",
        ("min(items.amount) → 30",), f"{NEVER_NULL} Of none it is null.",
    ),
    "max": Described(
        "max(values)", "as its values", "The greatest of numbers, texts or dates.",
        ("max(items.amount) → 90.5",), f"{NEVER_NULL} Of none it is null.",
    ),
    "count": Described(
        "count(rows or values)", "a whole number", "How many there are.",
        ("count(items) → 3", "count(items.amount) → 2", "count(i for i in items if i.quantity > 1) → 2"),
        f"{NEVER_NULL} Never null.",
    ),
    "exists": Described(
        "exists(rows or values)", "a condition", "Whether there is one.",
        ("exists(i for i in items if i.what == 'Rice') → true",), f"{NEVER_NULL} Never null.",
    ),
})  # fmt: skip
"""Over rows: of a table, of posted entries, of a back link or of a grouped source."""

SPECIAL: Mapping[str, Described] = MappingProxyType({
    "text": Described(
        "text('template', value, …)", "text",
        "The template, written out in place, with a value per `{}`; `{:format}` says how, see Formats.",
        ("text('{} of {:.2}', items.first.what, total) → 'Soap of 120.50'",), "A null value leaves its place empty.",
        "By the format: `.2` rounds to two decimals, ties away from zero.",
    ),
    "balance": Described(
        "balance(ledger.measure, dimension=value, …, at=date)", "the type of the measure",
        "What stands in the ledger for these dimensions in the company of the document; with `at`, at the end of that "
        "day. A dimension takes a value, a list, rows or `under(node)`; one that is not named is added up.",
        (
            "balance(cash.amount, account=account) → 350",
            "balance(cash.amount, account=account, at=date(2026, 4, 30)) → 250",
        ),
        "0 where nothing stands. A dimension that is null finds what has none.", "Not rounded.",
    ),
    "turnover": Described(
        "turnover(ledger.measure, dimension=value, …, start=date, end=date)", "the type of the measure",
        "What was written with a date from `start` to `end`, both included.",
        ("turnover(cash.amount, account=account, start=month_start(day), end=day) → 100",), "0 where nothing was.",
        "Not rounded.",
    ),
    "role": Described(
        "role(name)", "the record that the role names",
        "What a rule set with `roles` says. Its givens are what is called so around it, or written out by name.",
        ("role(till).code → 'FRONT'",), "A role without an answer is a problem of the document, not null.",
    ),
    "under": Described(
        "x in under(node)", "records",
        "The node of a tree and all below it: after `in`, and as a dimension of a balance.",
        ("account in under(find(account, 'CASH')) → true",), NO_NULL,
    ),
    "is_under": Described(
        "is_under(record, node)", "a condition", "Whether the record is the node or stands below it.",
        ("is_under(account, find(account, 'CASH')) → true",), NO_NULL,
    ),
    "convert": Described(
        "convert(money, currency, at=date), convert(quantity, unit)", "money; a quantity",
        "Money by the rule set `exchange_rate`, given two currencies and a date in this order; a quantity by the rule "
        "set `unit_ratio`, given `unit`, `stock_unit` and what else stands beside the quantity, which answers `holds` "
        "per `of`. One of the two units is the stock unit.",
        ("convert(total, company.currency, at=day) → 96.4", "convert(quantity, item.stock_unit) → 30"), NO_NULL,
        "Not rounded; the field that takes it rounds.",
    ),
    "find": Described(
        "find(doctype, key)", "a record of the doctype",
        "The record with this business key; the doctype in snake case.",
        ("find(account, 'CASH').code → 'CASH'", "find(account, 'NONE') is null → true"),
        "Null if the key is, or where there is no such record.",
    ),
})  # fmt: skip
"""Calls that name something: a ledger, a role, a doctype, a template."""

PARTS: Mapping[str, Described] = MappingProxyType({
    "field of rows": Described(
        "rows.field", "a list", "The field of every row; of a table in it, all its rows.", ("sum(items.quantity) → 6",),
        "Keeps its nulls; aggregates leave them out.",
    ),
    "first": Described(
        "rows.first, rows.last", "a row", "The first row, the last row.",
        ("items.first.what → 'Soap'", "items.last.what → 'Sample'"), "Null without rows.",
    ),
    "worth": Described(
        "money.worth", "money in the company currency",
        "The amount at the rate of its document, or as its entry kept it.",
        ("total.worth → 96.4",), "Null of null.", "To 2 decimals, ties away from zero.",
    ),
    "currency": Described(
        "money.currency", "a record", "Which currency the amount is in.", ("total.currency.code → 'USD'",),
    ),
    "start": Described(
        "fiscal_year(date).start, .end, .label, .short", "a date; text", "The parts of a fiscal year.",
        ("fiscal_year(day).start → 2026-04-01", "fiscal_year(day).end → 2027-03-31", "fiscal_year(day).short → '2627'"),
        "Null of null.",
    ),
    "part of text": Described(
        "text[from:to]", "text", "From the one place up to before the other, counted from 0; either may be left out.",
        ("items.first.what[0:2] → 'So'", "items.first.what[2:] → 'ap'"), "Null of null; beyond the end it is empty.",
    ),
})  # fmt: skip
"""What is asked of a value by a point or in square brackets."""

EXAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "round": ("round(2.345, 2) → 2.35", "round(-2.5) → -3", "round(1250, -2) → 1300", "round(2.5, 0, 'half_even') → 2"),
    "floor": ("floor(-2.1) → -3", "floor(2.349, 2) → 2.34"),
    "ceil": ("ceil(-2.9) → -2", "ceil(2.341, 2) → 2.35"),
    "abs": ("abs(-4.5) → 4.5",),
    "min": ("min(3, 2, 5) → 2",),
    "max": ("max(day, date(2026, 1, 1)) → 2026-05-15",),
    "coalesce": ("coalesce(note, 'none') → 'none'", "coalesce(null, 7) → 7"),
    "upper": ("upper('soap') → 'SOAP'",),
    "lower": ("lower('SOAP') → 'soap'",),
    "length": ("length('Soap') → 4",),
    "starts_with": ("starts_with('INV-7', 'INV') → true",),
    "contains": ("contains('INV-7', 'V-') → true", "contains('INV-7', 'v') → false"),
    "ends_with": ("ends_with('INV-7', '-7') → true",),
    "concat": ("concat('A', '-', 'B') → 'A-B'", "concat('A', note) → null"),
    "trim": ("trim('  a b ') → 'a b'",),
    "replace": ("replace('a-b-c', '-', '/') → 'a/b/c'",),
    "pad_left": ("pad_left('7', 3, '0') → '007'", "pad_left('1234', 3) → '1234'"),
    "pad_right": ("pad_right('7', 3, '.') → '7..'",),
    "matches": (r"matches('MH-12', '[A-Z]{2}-\\d+') → true", "matches('MH-12', '[A-Z]{2}') → false"),
    "amount_in_words": (
        "amount_in_words(118000.5, 'Euros', 'Cents') → 'Euros Eleven Myriad Eight Thousand and Cents Fifty Only'",
        "amount_in_words(118000, 'Euros', 'Cents', 'million') → 'Euros One Hundred Eighteen Thousand Only'",
    ),
    "number": ("number('118,000.50') → 118000.5", "number('ten') → null"),
    "days": ("day + days(14) → 2026-05-29",),
    "add_days": ("add_days(day, -15) → 2026-04-30",),
    "working_days": (
        "working_days(date(2026, 4, 30), day) → 11", "working_days(date(2026, 4, 30), day, holidays.day) → 10",
        "working_days(date(2026, 4, 30), day, holidays.day, 'sun') → 12",
    ),
    "months_between": ("months_between(date(2026, 1, 31), day) → 3",),
    "year": ("year(day) → 2026",),
    "month": ("month(day) → 5",),
    "day": ("day(day) → 15",),
    "week": ("week(day) → 20",),
    "weekday": ("weekday(day) → 5",),
    "quarter_start": ("quarter_start(day) → 2026-04-01",),
    "quarter_end": ("quarter_end(day) → 2026-06-30",),
    "year_start": ("year_start(date(2026, 3, 31)) → 2025-04-01",),
    "year_end": ("year_end(day) → 2027-03-31",),
    "days_between": ("days_between(date(2026, 5, 1), day) → 14",),
    "add_months": ("add_months(date(2026, 1, 31), 1) → 2026-02-28",),
    "month_start": ("month_start(day) → 2026-05-01",),
    "month_end": ("month_end(day) → 2026-05-31",),
    "fiscal_year": ("fiscal_year(day).label → '2026-27'",),
    "quarter": ("quarter(day) → 1",),
    "date": ("date(2026, 5, 15) → 2026-05-15", "date(2026, 2, 30) → null"),
    "date_from": ("date_from('20260401', 'yyyyMMdd') → 2026-04-01", "date('1 Apr', 'dd MMM') → null"),
})  # fmt: skip
"""Of the functions of the table."""

ALSO_NULL: Mapping[str, str] = MappingProxyType({
    "replace": "also where the text would grow beyond 10,000 characters",
    "number": "also where the text is no number",
    "add_days": "also beyond the years 1 to 9999",
    "add_months": "also beyond the years 1 to 9999",
    "date": "also where there is no such day",
    "date_from": "also where the text is no date of this form",
    "coalesce": "",
})  # fmt: skip
"""Where a function of the table gives null though nothing it is given is null; ``coalesce`` alone takes nulls."""

ROUNDS: Mapping[str, str] = MappingProxyType({
    "round": "Without a mode 'half_up', ties away from zero; the others are 'half_even', 'up' (away from zero), "
    "'down' (towards zero), 'floor', 'ceiling'.",
    "floor": "Towards the lower, with -2.1 to -3.",
    "ceil": "Towards the higher, with -2.9 to -2.",
    "amount_in_words": "The amount to 2 decimals first, ties away from zero.",
    "days": "Towards zero: days(1.9) is one day.",
    "add_days": "Days towards zero.",
    "add_months": "Months towards zero.",
})  # fmt: skip

FORMATS: tuple[tuple[str, str, str], ...] = (
    ("nothing", "money with 2 decimals, other numbers without needless zeros, dates as 2026-05-15, true as yes, null "
     "as nothing", "text('{}', total) → '120.50'"),
    ("`.2`", "so many decimals, 0 to 12, ties away from zero", "text('{:.1}', 2.25) → '2.3'"),
    ("`,` or `,.2`", "the same with its digits in groups, as the pack of the country says; in texts for people "
     "(`message`, `title`, `reason`, `confirm`) amounts and `.2` have them anyway",
     "text('{:,}', total * 100) → '12,050.00'"),
    ("`5`", "whole, padded with zeros to so many digits; text as it is", "text('{:5}', 42) → '00042'"),
    ("`dd-MM-yyyy`", "a date, of yyyy yy MMM MM dd HH mm", "text('{:dd MMM yy}', day) → '15 May 26'"),
    ("`2526`", "a fiscal year by four digits", "text('{:2526}', fiscal_year(day)) → '2627'"),
)  # fmt: skip
"""How a value is written in a template: (format, what it does, example). Templates for people group amounts anyway."""

PATTERN = (
    "A pattern of `matches` is written out and has to fit the whole text. Signs stand for themselves; `.` is any sign, "
    "`\\d` a digit, `[A-Z0-9]` one of these, `[^-]` none; `?` `*` `+` `{2}` `{2,4}` repeat one sign or class; `(a|b)` "
    "chooses, and may be followed by `?` only; `\\.` is the dot itself. It has at most 120 characters, a text of more "
    " than 500 fits none, and a pattern that could be tried in too many ways is refused."
)
