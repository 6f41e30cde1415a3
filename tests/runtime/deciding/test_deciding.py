"""Balances that decide an amount are read under a lock where the document is submitted, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import read, service
from engine_runtime.documents.errors import DocumentInvalid
from tests.concurrency.crowd import failures, together
from tests.databases import Databases
from tests.language.programs import good

D = Decimal


@pytest.fixture
def actor(
    databases: Databases,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Actor]:
    """Somebody in a company that has the pack and two parties."""
    folder = tmp_path_factory.mktemp("pack")
    (folder / "deciding.yaml").write_text(good("deciding"), encoding="utf-8")
    with django_db_blocker.unblock(), databases.clone(folder):  # type: ignore[attr-defined]
        company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
        found = system_actor(company, user_id=5)
        service.create(found, "Party", [{"code": "A"}, {"code": "B"}])
        yield found


def bills(actor: Actor, *amounts: int, party: str = "A") -> list[int]:
    rows = [{"party": party, "amount": amount} for amount in amounts]
    return [row["id"] for row in service.create(actor, "Bill", rows)]


def submit(actor: Actor, *ids: int) -> None:
    service.submit(actor, "Bill", [service.Reference(number) for number in ids])


def base(actor: Actor, number: int) -> Decimal:
    return D(read.get(actor, "Bill", [number]).rows[0]["base"])


@pytest.mark.parametrize("many", [2, 6])
def test_of_those_at_once_each_sees_the_ones_before_it(actor: Actor, many: int) -> None:
    """Each alone is within 100, two together are not: in the end all but what is within is taxed, once."""
    ids = bills(actor, *[60] * many)
    assert failures(together([lambda n=n: submit(actor, n) for n in ids])) == []  # type: ignore[misc]
    bases = sorted(base(actor, number) for number in ids)
    assert bases == [D(0), *[D(60)] * (many - 2), D(120)]


def test_those_of_other_parties_are_by_themselves(actor: Actor) -> None:
    ids = [*bills(actor, 60), *bills(actor, 60, party="B")]
    assert failures(together([lambda n=n: submit(actor, n) for n in ids])) == []  # type: ignore[misc]
    assert [base(actor, number) for number in ids] == [D(0), D(0)]


def test_what_decides_about_one_another_is_not_submitted_in_one_call(actor: Actor) -> None:
    ids = bills(actor, 60, 60)
    with pytest.raises(DocumentInvalid) as refused:
        submit(actor, *ids)
    (problem,) = refused.value.problems
    assert problem.code == "balance.shared"
    submit(actor, ids[0])
    submit(actor, ids[1])
    assert [base(actor, number) for number in ids] == [D(0), D(120)]


def test_a_draft_shows_what_it_would_be_now(actor: Actor) -> None:
    (first,) = bills(actor, 90)
    submit(actor, first)
    (second,) = bills(actor, 20)
    assert base(actor, second) == D(110)
    service.cancel(actor, "Bill", [service.Reference(first)])
    submit(actor, second)
    assert base(actor, second) == D(0), "worked out again at submit"
