"""Business keys from a series, on the standard pack."""

from __future__ import annotations

import pytest

from engine_runtime.access.actor import system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid

pytestmark = pytest.mark.db


def customer(**fields: object) -> dict[str, object]:
    return {"name": "Asha Stores", "category": "unregistered", **fields}


@pytest.fixture
def group() -> int:
    actor = system_actor()
    return service.create(actor, "Customer Group", [{"code": "R", "name": "Retail"}])[0]["id"]


def test_codes_are_given_in_turn_and_pass_over_taken_ones(group: int) -> None:
    actor = system_actor()
    service.create(actor, "Customer", [customer(group=group, code="C-00002")])
    rows = service.create(actor, "Customer", [customer(group=group), customer(group=group)])
    assert [row["code"] for row in rows] == ["C-00001", "C-00003"]


def test_a_taken_code_is_refused_by_its_field(group: int) -> None:
    actor = system_actor()
    service.create(actor, "Customer", [customer(group=group, code="X")])
    with pytest.raises(DocumentInvalid) as caught:
        service.create(actor, "Customer", [customer(group=group, code="X")])
    assert caught.value.problems[0].path == "code"
