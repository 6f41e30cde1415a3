"""What empty links are to have made for them at submit: on both databases, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.read import get
from tests.runtime.documents.world import problems, rows_per_table

PROGRAM = "receipts"


@pytest.fixture(scope="module")
def keepers(module_database: None) -> list[Actor]:
    """Keepers of two companies that share their items."""
    made = service.create(system_actor(), "Company", [{"code": "ONE"}, {"code": "TWO"}])
    keepers = [system_actor(one["id"], user_id=5) for one in made]
    pill = {"code": "PILL", "has_batches": True, "shelf_days": 30}
    service.create(keepers[0], "Item", [pill, {"code": "SOAP"}])
    return keepers


def receipt(*lines: dict[str, Any]) -> dict[str, Any]:
    return {"day": "2026-04-01", "lines": [{"quantity": 1, **line} for line in lines]}


def batches(keeper: Actor, row: dict[str, Any]) -> list[dict[str, Any] | None]:
    ids = [line["batch"] for line in row["lines"]]
    return [get(keeper, "Batch", [n]).rows[0] if n is not None else None for n in ids]


def test_a_draft_lacks_it_and_submit_makes_it(keepers: Sequence[Actor]) -> None:
    [draft] = service.create(keepers[0], "Receipt", [receipt({"item": "PILL", "marked": "A1"})])
    assert draft["lines"][0]["batch"] is None
    [done] = service.submit(keepers[0], "Receipt", [service.Reference(draft["id"])])
    (made,) = batches(keepers[0], done)
    assert made is not None
    assert (made["code"], made["expiry"].isoformat()) == ("A1", "2026-05-01")


def test_one_key_is_one_record_in_its_company(keepers: Sequence[Actor]) -> None:
    lines = [{"item": "PILL", "marked": "B1"}, {"item": "PILL", "marked": "B1"}, {"item": "SOAP"}]
    here = service.create(keepers[0], "Receipt", [receipt(*lines), receipt(lines[0])], submit=True)
    first, same, none = batches(keepers[0], here[0])
    assert first == same == batches(keepers[0], here[1])[0]
    assert none is None
    [there] = service.create(keepers[1], "Receipt", [receipt(lines[0])], submit=True)
    assert batches(keepers[1], there)[0] != first


def test_without_a_key_each_row_has_its_own_from_the_series(keepers: Sequence[Actor]) -> None:
    body = receipt({"item": "PILL"}, {"item": "PILL"})
    [done] = service.create(keepers[0], "Receipt", [body], submit=True)
    codes = [found["code"] for found in batches(keepers[0], done) if found]
    assert len(set(codes)) == 2
    assert all(code.startswith("B0") for code in codes)


def test_a_record_that_is_wrong_refuses_the_whole(keepers: Sequence[Actor]) -> None:
    before = rows_per_table()
    good, bad = {"item": "PILL", "marked": "C1"}, {"item": "PILL", "mrp": -1}
    with pytest.raises(DocumentInvalid) as refused:
        service.create(keepers[0], "Receipt", [receipt(good), receipt(good, bad)], submit=True)
    assert problems(refused.value) == [("field.too_small", "[1].lines[1].batch")]
    assert rows_per_table() == before


def test_what_else_is_wrong_is_told_first_and_nothing_is_made(keepers: Sequence[Actor]) -> None:
    before = rows_per_table()
    with pytest.raises(DocumentInvalid) as refused:
        service.create(keepers[0], "Receipt", [receipt({"item": "NONE"})], submit=True)
    assert problems(refused.value) == [("link.unknown", "lines[0].item")]
    assert rows_per_table() == before


def test_a_chosen_batch_stays(keepers: Sequence[Actor]) -> None:
    service.create(keepers[0], "Batch", [{"code": "D1", "item": "PILL"}])
    count = rows_per_table()["doc_batch"]
    body = receipt({"item": "PILL", "batch": "D1"})
    [done] = service.create(keepers[0], "Receipt", [body], submit=True)
    assert [found["code"] for found in batches(keepers[0], done) if found] == ["D1"]
    assert rows_per_table()["doc_batch"] == count


def test_what_a_condition_locks_stays_as_it_is(keepers: Sequence[Actor]) -> None:
    [item] = service.create(keepers[0], "Item", [{"code": "OIL", "shelf_days": 9}])
    change = {"id": item["id"], "version": item["version"]}
    with pytest.raises(DocumentInvalid) as refused:
        service.save(keepers[0], "Item", [{**change, "has_batches": True}])
    assert problems(refused.value) == [("field.read_only", "has_batches")]
    [saved] = service.save(
        keepers[0], "Item", [{**change, "has_batches": False, "shelf_days": None}]
    )
    service.save(
        keepers[0], "Item", [{"id": item["id"], "version": saved["version"], "has_batches": True}]
    )
