"""No record of a tree is above itself; what has records below it may have them."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid
from engine_runtime.documents.read import get
from tests.company import Company
from tests.helpers import refused


def group(company: Company, code: str, above: str | None = None) -> int:
    """A group of warehouses."""
    more = {"parent_warehouse": above} if above else {}
    made = company.make("Warehouse", code=code, name=code, branch="PUN", is_group=True, **more)
    return int(made["id"])


def change(company: Company, code: str, **fields: Any) -> None:
    row = get(company.actor, "Warehouse", [company.id_of("Warehouse", code)]).rows[0]
    change = {"id": row["id"], "version": row["version"], **fields}
    service.save(company.actor, "Warehouse", [change])


@pytest.mark.parametrize("depth", [1, 2, 5])
def test_nothing_hangs_below_itself(company: Company, depth: int) -> None:
    codes = [f"D{depth}-{level}" for level in range(depth)]
    for above, code in zip([None, *codes], codes, strict=False):
        group(company, code, above)
    circle = [("tree.circle", "parent_warehouse")]
    assert refused(change, company, codes[0], parent_warehouse=codes[-1]) == circle
    change(company, codes[-1], parent_warehouse=None)


def test_two_moves_in_one_call_are_seen_together(company: Company) -> None:
    group(company, "PAIR1")
    group(company, "PAIR2")
    ids = [company.id_of("Warehouse", code) for code in ("PAIR1", "PAIR2")]
    rows = get(company.actor, "Warehouse", ids).rows
    changes = [
        {"id": row["id"], "version": row["version"], "parent_warehouse": other}
        for row, other in zip(rows, ids[::-1], strict=True)
    ]
    with pytest.raises(DocumentInvalid) as error:
        service.save(company.actor, "Warehouse", changes)
    assert {p.code for p in error.value.problems} == {"tree.circle"}


def test_a_group_with_records_below_stays_one(company: Company) -> None:
    group(company, "FULL")
    group(company, "LEAF", "FULL")
    assert refused(change, company, "FULL", is_group=False) == [("tree.has_children", "is_group")]
    change(company, "LEAF", parent_warehouse=None)
    change(company, "FULL", is_group=False)
    assert refused(change, company, "LEAF", parent_warehouse="FULL") == [
        ("link.not_allowed", "parent_warehouse")
    ]


def test_two_people_cannot_close_a_circle_together(company: Company) -> None:
    """Each hangs the other's branch under its own at the same moment: one of them is refused."""
    for turn in range(3):
        codes = (f"L{turn}", f"R{turn}")
        ids = [group(company, code) for code in codes]
        start = threading.Barrier(2)
        outcomes: list[str] = []

        def hang(code: str, above: str, start: threading.Barrier, outcomes: list[str]) -> None:
            try:
                start.wait(10)
                change(company, code, parent_warehouse=above)
                outcomes.append("done")
            except DocumentInvalid as error:
                outcomes.append(error.problems[0].code)
            finally:
                connection.close()

        threads = [
            threading.Thread(target=hang, args=(*pair, start, outcomes))
            for pair in (codes, codes[::-1])
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert sorted(outcomes) == ["done", "tree.circle"]
        parents = [r["parent_warehouse"] for r in get(company.actor, "Warehouse", ids).rows]
        assert sorted(parent is None for parent in parents) == [False, True]
