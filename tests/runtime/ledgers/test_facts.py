"""The facts a document was submitted on stay with it."""

from __future__ import annotations

from engine_runtime.documents import service
from engine_runtime.documents.facts import explanations
from engine_runtime.documents.service import Reference
from tests.company import Company, line, rows_of


def stored(document: int) -> dict[str, dict[str, dict[str, object]]]:
    [row] = [row for row in rows_of("doc_sales_invoice") if row["id"] == document]
    return row["facts"]  # type: ignore[no-any-return]


def test_facts_are_those_of_the_submit_and_outlive_a_cancel(company: Company) -> None:
    code = company.item()
    company.buy(line(code, 5, 100))
    sale = company.sell(line(code, 1, 200))
    facts = stored(sale["id"])
    item = facts["Item"][str(sale["items"][0]["item"])]
    assert item["standard_price"] == "100.000000"
    assert str(sale["customer"]) in facts["Customer"]
    why = explanations(facts)
    assert any(path.startswith("items[0].") and reason for path, reason in why.items())
    service.cancel(company.actor, "Sales Invoice", [Reference(sale["id"])])
    assert stored(sale["id"]) == facts
