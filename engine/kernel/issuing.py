"""Documents that come with the number that was issued elsewhere: by a till that could not reach the server.

Such a document has happened already: whoever bought has left, with the number in hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalog.doctypes import ASK, ISSUED, Doctype
from engine.kernel.finding import Finding
from engine.kernel.numbering import NumberPlan, plan_number
from engine.kernel.rows import Facts, Row

MOST_AHEAD = 100_000
"""How far a number may run ahead of the last that is known of its series. What is more is a slip, which would put all
numbers after it out of reach for good."""

_PATH = f"{ISSUED}.number"
_SHAPE = 'Send it as {"issued": {"number": "…"}}.'


@dataclass(frozen=True, slots=True)
class Issued:
    """A number that came along, and the place it takes in its series."""

    number: str
    plan: NumberPlan
    counter: int


def take_issued(doctype: Doctype, raw: dict[str, Any]) -> tuple[str | None, Finding | None]:
    """Take out of ``raw`` what says that a document comes with its number: the number, or what is wrong with it."""
    if ISSUED not in raw or ISSUED in doctype.fields or doctype.name.startswith(ASK):
        return None, None
    said = raw.pop(ISSUED)
    return read_issued(doctype, said) if said is not None else (None, None)


def read_issued(doctype: Doctype, said: Any) -> tuple[str | None, Finding | None]:
    """The number in ``{"number": …}``, with which a document of ``doctype`` comes, or what is wrong with it."""
    if doctype.number is None or doctype.number.issued_by is None:
        message = f"{doctype.label} is numbered here only; it does not come with a number."
        return None, Finding("number.not_issued", ISSUED, message, hint=f"Leave '{ISSUED}' out.")
    number = said.get("number") if isinstance(said, Mapping) and len(said) == 1 else None
    if not isinstance(number, str) or not number:
        return None, Finding(
            "input.shape", ISSUED, "A number that was issued is a text.", hint=_SHAPE
        )
    return number, None


def placed(doctype: Doctype, document: Row, facts: Facts, number: str) -> Issued | Finding:
    """The place of ``number`` in the series that ``document`` (worked out) is numbered in."""
    assert doctype.number is not None
    assert doctype.number.issued_by is not None
    issuer = doctype.fields[doctype.number.issued_by]
    if document.get(issuer.name) is None:
        message = f"{issuer.label} is empty: nobody knows whose number {number} is."
        return Finding("number.no_issuer", issuer.name, message, hint=f"Fill in {issuer.label}.")
    plan = plan_number(doctype, document, facts)
    if plan is None:
        hint = "Declare a series without `when`, or fill in what decides the series."
        return Finding("number.no_series", _PATH, "No number series applies.", hint=hint)
    if len(number) > plan.max_length:
        message = f"The number has {len(number)} characters; {plan.max_length} are allowed."
        hint = "Send the number as it stands on the paper."
        return Finding("number.too_long", _PATH, message, hint=hint)
    counter = plan.counter(number)
    if counter is None:
        message = (
            f"{number} is no number of this {issuer.label} for this {doctype.label}; "
            f"those look like {plan.text(1)}."
        )
        hint = f"Send the number that the {issuer.label} has given, as it stands on the paper."
        return Finding("number.not_of_series", _PATH, message, hint=hint)
    return Issued(number, plan, counter)


def too_far(issued: Issued, last: int) -> Finding | None:
    """What is wrong with a number that runs too far ahead; ``last``: the counter of its series as it is known."""
    ahead = issued.counter - last
    if ahead <= MOST_AHEAD:
        return None
    message = f"{issued.number} is {ahead:,} ahead of the last number that is known of its series."
    hint = f"Send those before it first. A number may run ahead by {MOST_AHEAD:,}."
    return Finding("number.far_ahead", _PATH, message, hint=hint)


def not_submitted(doctype: Doctype) -> Finding:
    """What is told of a number that comes with what is not being submitted."""
    message = (
        f"A {doctype.label} comes with its number when it is submitted, neither before nor later."
    )
    return Finding(
        "number.not_now", ISSUED, message, hint=f"Leave '{ISSUED}' out, or submit at once."
    )


def taken(doctype: Doctype, number: str) -> Finding:
    """What is told of a number that another document has."""
    message = f"Another {doctype.label} has the number {number} already."
    hint = (
        "If this one was sent before, it has arrived: send it with the Idempotency-Key of then to be told so. "
        "If not, two papers carry one number."
    )
    return Finding("number.taken", _PATH, message, hint=hint)
