"""How many rows a table takes."""

from __future__ import annotations

from engine.kernel.validate import validate
from tests.kernel.programs import compiled, document

BILL = (
    "doctype: Bill\nfields:\n  lines: {type: table, min: 1, max: 2, fields: {name: {type: text}}}\n"
)


def found(rows: int) -> list[tuple[str, str, str]]:
    catalog = compiled(BILL)
    bill = document(catalog, "Bill", {"lines": [{"name": "a"}] * rows})
    findings = validate(catalog.doctypes["Bill"], bill, {})
    return [(finding.code, finding.path, finding.message) for finding in findings]


def test_rows_between_the_least_and_the_most_are_taken() -> None:
    assert found(1) == found(2) == []


def test_too_few_and_too_many_rows_are_refused() -> None:
    assert found(0) == [("rows.too_few", "lines", "Lines needs at least 1 row.")]
    assert found(3) == [("rows.too_many", "lines", "Lines takes 2 rows at most.")]
