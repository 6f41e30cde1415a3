"""Where the clock and the user may be read: everywhere but in what decides an amount. One table."""

from __future__ import annotations

import pytest

from tests.language.programs import compile_text

INVOICE = "overlay: {doctype: Invoice}\n"
REFUSED = {
    "a formula": INVOICE + "fields: {late: {type: boolean, formula: due_date < %s}}",
    "a formula of a row": "overlay: {doctype: Line}\nfields: {late: {type: date, formula: %s}}",
    "the condition of a step": INVOICE + "calculate: {price: {when: due_date < %s}}",
    "what a step gives": INVOICE + "calculate: {price: {with: {date: %s}}}",
    "the weight of a step": INVOICE
    + "calculate: {share: {distribute: discount, over: items, weight: 0 if due_date < %s else 1, "
    "into: share}}",
    "a case of a rule set": "rules: Fee\ngiven: {date: date}\ncases: {a: {when: date < %s, give: {fee: 1}}}",
    "an intermediate result": "rules: Fee\ngiven: {date: date}\nlet: {on: %s}\ncases: {a: {give: {fee: 1}}}",
    "a posting": INVOICE + "posts: {income: {when: due_date < %s}}",
    "a series of numbers": INVOICE
    + "number: {series: {bill: {when: due_date < %s, text: 'A{counter:4}'}}}",
    "a default of a ledger": "overlay: {ledger: General}\ndetails: {on: {type: date, default: =%s}}",
}
ALLOWED = {
    "a default of a field": INVOICE + "fields: {on: {type: date, default: =%s}}",
    "a default of a report": "overlay: {report: Stock Moves}\nask: {from_date: {default: =%s}}",
}


def codes(text: str) -> list[str]:
    return [problem.code for problem in compile_text(text, "shop").problems]


@pytest.mark.parametrize("place", REFUSED)
def test_an_amount_does_not_depend_on_the_clock(place: str) -> None:
    assert "E210" in codes(REFUSED[place] % "today"), codes(REFUSED[place] % "today")


@pytest.mark.parametrize("place", ALLOWED)
def test_where_nothing_is_decided_the_clock_may_be_read(place: str) -> None:
    assert codes(ALLOWED[place] % "today") == []


def test_who_looks_decides_no_amount_either() -> None:
    text = INVOICE + "fields: {mine: {type: text, formula: user}}"
    assert codes(text) == ["E210"]
    assert codes(INVOICE + "fields: {mine: {type: boolean, formula: now is null}}") == ["E210"]
