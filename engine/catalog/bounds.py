"""Whether a value of the right type lies within what its field takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from engine.catalog.addresses import CHECKED, check_text
from engine.catalog.fields import Field
from engine.catalog.text_check import fault_of


def outside(field: Field, value: Any) -> tuple[str, str] | None:
    """(code, sentence) where a value breaks its field's bounds."""
    if field.minimum is not None and value < Decimal(field.minimum):
        return "field.too_small", f"{field.label} is {value}; the least is {field.minimum}."
    if field.maximum is not None and value > Decimal(field.maximum):
        return "field.too_large", f"{field.label} is {value}; the most is {field.maximum}."
    if field.options and value not in field.options:
        allowed = ", ".join(field.options)
        return "field.option", f"{field.label} is '{value}'; it takes one of: {allowed}."
    if field.length and isinstance(value, str) and len(value) > field.length:
        return "field.too_long", f"{field.label} takes {field.length} characters at most."
    if field.form is not None:
        fault = fault_of(field.form, value)
        return ("field.format", f"{field.label}: {fault[1]}") if fault else None
    if field.type in CHECKED:
        sentence = check_text(field.type, value)
        return ("field.format", f"{field.label}: {sentence}") if sentence else None
    return None
