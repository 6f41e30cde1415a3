"""Named intermediate results of a rule set: typed, in any order, worked out once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from engine.catalog.rules import RuleSet
from engine.kernel.rules import ask
from tests.language.programs import compile_text, good

TODAY = date(2026, 11, 21)


def penalty() -> RuleSet:
    compiled_program = compile_text(good("let"))
    assert compiled_program.problems == ()
    assert compiled_program.catalog is not None
    return compiled_program.catalog.rules["Penalty"]


@pytest.mark.parametrize(
    ("amount", "due", "answer"),
    [
        ("5000", date(2026, 12, 1), ("0", "not due")),
        ("1000", date(2026, 10, 1), ("100", "the least")),
        ("5000", date(2026, 10, 1), ("250.00", "5 percent")),
        ("5000.55", date(2026, 1, 1), ("500.06", "10 percent")),
    ],
)
def test_cases_read_names_that_build_on_each_other(
    amount: str, due: date, answer: tuple[str, str]
) -> None:
    found = ask(penalty(), {"amount": Decimal(amount), "due": due, "date": TODAY}, {}, {})
    assert found is not None
    assert (str(found.values["penalty"]), found.values["because"]) == answer


def test_a_name_is_worked_out_when_asked_and_once_for_all_that_share_a_frame() -> None:
    rules = penalty()
    none, small, other = rules.cases.values()
    assert none.when is not None
    assert small.when is not None
    given = {"amount": Decimal(5000), "due": date(2026, 10, 1), "date": TODAY}
    frame = {**given, "facts": {}, "let": {}}
    assert none.when.run(frame) is False
    assert frame["let"] == {}, "nothing asked for it"
    assert small.when.run(frame) is False
    assert len(frame["let"]) == 4
    frame["amount"] = Decimal(1)
    assert other.give["penalty"].run(frame) == 250, "known already"
    assert other.give["penalty"].run({**frame, "let": {}}) == 100
