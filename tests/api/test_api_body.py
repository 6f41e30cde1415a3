"""Reading bodies and writing answers, without HTTP."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from engine_runtime.api.answer import dump
from engine_runtime.api.body import DEPTH_LIMIT, parse
from engine_runtime.api.openapi_schemas import decimal_schema, nullable, pascal
from engine_runtime.api.problems import MalformedBody
from engine_runtime.api.routes import id_of


def test_numbers_are_read_exactly() -> None:
    assert parse(b'{"a": 0.1, "b": 12345678901234567890.10}') == {
        "a": Decimal("0.1"),
        "b": Decimal("12345678901234567890.10"),
    }


def test_depth_is_counted_not_guessed() -> None:
    wide = b"[" + b",".join([b"[1]"] * 1000) + b"]"
    assert len(parse(wide)) == 1000
    deepest = b"[" * DEPTH_LIMIT + b"]" * DEPTH_LIMIT
    assert parse(deepest) == parse(deepest)
    with pytest.raises(MalformedBody):
        parse(b"[" + deepest + b"]")


@pytest.mark.parametrize("text", [b'"\\u0000"', b'["\\udc00"]', b'{"\\ud83d": 1}'])
def test_texts_that_cannot_be_stored_are_refused(text: bytes) -> None:
    with pytest.raises(MalformedBody):
        parse(text)


def test_texts_that_look_like_escapes_are_kept() -> None:
    assert parse(b'"\\\\u0000 \\ud83d\\ude00"') == "\\u0000 \U0001f600"


def test_answers_are_exact() -> None:
    moment = datetime(2026, 5, 1, 12, tzinfo=UTC)
    found = dump(
        {"a": Decimal("1E+2"), "b": Decimal("0.0000000"), "c": date(2026, 5, 1), "d": moment}
    )
    assert found == b'{"a":"100","b":"0.0000000","c":"2026-05-01","d":"2026-05-01T12:00:00Z"}'


@pytest.mark.parametrize(
    ("text", "value"), [("1", 1), ("0", None), ("٣", None), ("1e3", None), ("9" * 30, None)]
)
def test_ids_are_plain_numbers(text: str, value: int | None) -> None:
    assert id_of(text) == value


def test_names_of_components() -> None:
    assert pascal("Sales Invoice") == "SalesInvoice"
    assert nullable({"type": "string", "enum": ["a"]}) == {
        "type": ["string", "null"],
        "enum": ["a", None],
    }
    assert decimal_schema(2, 18)["pattern"] == r"^-?[0-9]{1,16}(\.[0-9]{1,2})?$"
