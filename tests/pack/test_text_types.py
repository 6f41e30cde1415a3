"""Checked texts against the published examples."""

from __future__ import annotations

from typing import Any

import pytest

from engine.kernel.text_types import check_text, gstin_fault, gstin_kind, gstin_pan
from tests.pack.vectors import cases


@pytest.mark.india_vectors
@pytest.mark.parametrize("case", cases("gstin"), ids=lambda case: case["id"])
def test_gstin(case: dict[str, Any]) -> None:
    value, wanted = case["input"].strip().upper(), case["expected"]
    fault = gstin_fault(value)
    assert (fault is None) is wanted["valid"]
    assert (check_text("gstin", value) is None) is wanted["valid"]
    if wanted["valid"]:
        assert gstin_kind(value) == wanted["kind"]
        assert gstin_pan(value) == wanted["pan"]
        assert value[:2] == wanted["state_code"]
        assert value[-1] == wanted["check_digit"]
    else:
        assert fault in wanted.get("acceptable_reasons", [wanted["reason"]])


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("pan", "AAPFU0939F", "AAPXU0939F"),
        ("pan", "ZZQCA1234F", "ZZQCA0000F"),
        ("hsn", "84713010", "847130101"),
        ("hsn", "0401", "041"),
        ("pincode", "400093", "040009"),
        ("phone", "+91 98200 12345", "call me"),
        ("email", "accounts@example.in", "accounts@example"),
        ("url", "https://example.in/a?b=1", "javascript:alert(1)"),
    ],
)
def test_other_texts(kind: str, right: str, wrong: str) -> None:
    assert check_text(kind, right) is None
    sentence = check_text(kind, wrong)
    assert sentence is not None
    assert wrong in sentence
