"""Checked texts of the packs against the published examples."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from engine.catalog.addresses import check_text
from engine.catalog.text_check import fault_of, kind_of
from engine.catalog.text_types import TextType
from engine.compiler.compile import compile_folder
from tests.pack.vectors import cases

REASONS = {"checksum": "check_digit"}
"""What the vectors call a check."""


@cache
def declared() -> dict[str, TextType]:
    """The types of all packs."""
    catalog = compile_folder(Path(settings.METADATA_DIR)).catalog
    assert catalog is not None
    return dict(catalog.text_types)


def part(type_: TextType, name: str, value: str) -> str | None:
    """The part ``name`` of a right ``value``, where its kind has one."""
    found = type_.parts[name]
    has = not found.kinds or kind_of(type_, value) in found.kinds
    return value[found.start : found.end] if has else None


@pytest.mark.india_vectors
@pytest.mark.parametrize("case", cases("gstin"), ids=lambda case: case["id"])
def test_gstin(case: dict[str, Any]) -> None:
    value, wanted = case["input"].strip().upper(), case["expected"]
    gstin = declared()["gstin"]
    fault = fault_of(gstin, value)
    assert (fault is None) is wanted["valid"]
    if fault is None:
        assert kind_of(gstin, value) == wanted["kind"]
        assert part(gstin, "pan", value) == wanted["pan"]
        assert part(gstin, "state_code", value) == wanted["state_code"]
        assert value[-1] == wanted["check_digit"]
    else:
        reason = REASONS.get(fault[0], fault[0])
        assert reason in wanted.get("acceptable_reasons", [wanted["reason"]])


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("pan", "AAPFU0939F", "AAPXU0939F"),
        ("pan", "ZZQCA1234F", "ZZQCA0000F"),
        ("hsn", "84713010", "847130101"),
        ("hsn", "0401", "041"),
        ("pincode", "400093", "040009"),
    ],
)
def test_other_types(kind: str, right: str, wrong: str) -> None:
    assert fault_of(declared()[kind], right) is None
    fault = fault_of(declared()[kind], wrong)
    assert fault is not None
    assert wrong in fault[1]


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("phone", "+91 98200 12345", "call me"),
        ("email", "accounts@example.in", "accounts@example"),
        ("url", "https://example.in/a?b=1", "javascript:alert(1)"),
    ],
)
def test_texts_that_every_country_has(kind: str, right: str, wrong: str) -> None:
    assert check_text(kind, right) is None
    sentence = check_text(kind, wrong)
    assert sentence is not None
    assert wrong in sentence
