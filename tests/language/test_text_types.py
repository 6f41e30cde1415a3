"""Checked kinds of text that a pack declares: shape, parts and check characters of several families."""

from __future__ import annotations

import pytest

from engine.catalog.text_check import check_character, fault_of
from engine.catalog.text_types import TextType
from tests.language.programs import compile_text

TYPES = r"""
type: ean
length: 13
least: 13
pattern: '\d{13}'
checksum: {alphabet: 0123456789, weights: [1, 3], modulus: 10}
message: "'{value}' is no article number."
length_message: "An article number has 13 figures, this has {length}."
example: '4006381333931'
---
type: card
length: 16
pattern: '\d{16}'
checksum: {alphabet: 0123456789, weights: [2, 1], modulus: 10, fold: true, message: "'{value}' is mistyped."}
message: "'{value}' is no card number."
example: '4111111111111111'
---
type: plate
length: 8
kinds: {long: '[A-Z]{2}\d{6}', short: '[A-Z]{2}\d{4}'}
except: '[A-Z]{2}0000'
parts: {region: {from: 0, to: 2, options: [AB, CD], kinds: [long], message: "There is no region {part}."}}
message: "'{value}' is no plate."
example: AB123456
---
doctype: Car
company: none
fields: {plate: {type: plate, unique: true}, card: {type: card}}
"""


def declared(name: str) -> TextType:
    compiled = compile_text(TYPES)
    assert compiled.problems == ()
    assert compiled.catalog is not None
    field = compiled.catalog.doctypes["Car"].fields["plate"]
    assert (field.type, field.length, field.form) == (
        "text",
        8,
        compiled.catalog.text_types["plate"],
    )
    return compiled.catalog.text_types[name]


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("ean", "4006381333931", None),
        ("ean", "4006381333932", ("checksum", "The check character of '4006381333932' is wrong.")),
        ("ean", "400638133393", ("length", "An article number has 13 figures, this has 12.")),
        ("card", "4111111111111111", None),
        ("card", "4111111111111112", ("checksum", "'4111111111111112' is mistyped.")),
        ("card", "411111111111111x", ("format", "'411111111111111x' is no card number.")),
        ("plate", "CD123456", None),
        ("plate", "XY1234", None),
        ("plate", "XY123456", ("region", "There is no region XY.")),
        ("plate", "AB0000", ("format", "'AB0000' is no plate.")),
    ],
)
def test_the_first_check_that_fails_says_so(
    name: str, value: str, fault: tuple[str, str] | None
) -> None:
    assert fault_of(declared(name), value) == fault


def test_a_character_outside_the_alphabet_has_no_sum() -> None:
    checksum = declared("ean").checksum
    assert checksum is not None
    assert check_character(checksum, "40063x133393") is None
