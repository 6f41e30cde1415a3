"""A company of one's own: made by command or over REST, and who may enter it."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from engine_runtime.access.actor import Actor
from engine_runtime.access.companies import companies, company_ids
from engine_runtime.access.joining import all_roles, join
from engine_runtime.access.members import actor_named
from engine_runtime.access.models import Membership
from engine_runtime.active.catalog import business_zone
from engine_runtime.documents import service
from engine_runtime.documents.read import get
from engine_runtime.ledgers.moment import today
from tests.company import rows_of

pytestmark = pytest.mark.db


def user(name: str, **more: Any) -> int:
    return int(get_user_model().objects.create_user(name, password="x", **more).pk)


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def roles_in(username: str, code: str) -> frozenset[str]:
    company = next(c.id for c in companies(company_ids()) if c.code == code)
    return actor_named(username, company).roles_here()


def test_a_company_is_founded_with_accounts_years_and_a_user() -> None:
    user("owner")
    words = ("--code", "OWN", "--name", "My own", "--currency", "INR", "--user", "owner")
    assert "OWN" in run("found_company", *words)
    actor = actor_named("owner")
    assert actor.company_id is not None
    company = get(actor, "Company", [actor.company_id]).rows[0]
    assert (company["code"], company["name"]) == ("OWN", "My own")
    assert company["receivable_account"] is not None
    day = today(datetime.now(UTC), business_zone())
    [year] = rows_of("doc_fiscal_year")
    assert year["start_date"] <= day <= year["end_date"]
    assert (company["books_from"], company["current_year"]) == (year["start_date"], year["id"])
    assert actor.roles_here() == all_roles()
    run("found_company", "--code", "TWO", "--name", "Another")
    assert len(company_ids()) == 2


def test_a_taken_code_founds_nothing() -> None:
    run("found_company", "--code", "ONE", "--name", "First")
    before = {table: len(rows_of(table)) for table in ("doc_company", "doc_account", "doc_unit")}
    with pytest.raises(CommandError, match='Company with the Code "ONE" exists already'):
        run("found_company", "--code", "ONE", "--name", "Second")
    assert before == {table: len(rows_of(table)) for table in before}


def test_members_are_added_and_made(monkeypatch: pytest.MonkeyPatch) -> None:
    run("found_company", "--code", "ONE", "--name", "First")
    user("anu")
    assert "Accountant" in run("add_member", "anu", "ONE", "Accountant", "Sales User")
    assert "nothing" in run("add_member", "anu", "ONE", "Accountant")
    assert roles_in("anu", "ONE") == {"Accountant", "Sales User"}
    monkeypatch.setattr("sys.stdin", io.StringIO("a long pass phrase 9\n"))
    run("add_member", "--create", "bala", "ONE", "Stock User")
    assert roles_in("bala", "ONE") == {"Stock User"}
    assert get_user_model().objects.get(username="bala").check_password("a long pass phrase 9")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("anu", "ONE", "Acountant"), "no role 'Acountant'. There are: Accountant"),
        (("anu", "NONE", "Accountant"), "no company 'NONE'. There are: ONE"),
        (("nobody", "ONE", "Accountant"), "--create"),
    ],
)
def test_a_wrong_word_is_named(words: tuple[str, ...], said: str) -> None:
    run("found_company", "--code", "ONE", "--name", "First")
    user("anu")
    with pytest.raises(CommandError, match=said.replace(".", r"\.")):
        run("add_member", *words)
    assert not Membership.objects.exists()


def test_a_weak_password_makes_no_user(monkeypatch: pytest.MonkeyPatch) -> None:
    run("found_company", "--code", "ONE", "--name", "First")
    monkeypatch.setattr("sys.stdin", io.StringIO("123\n"))
    with pytest.raises(CommandError, match="password"):
        run("add_member", "--create", "bala", "ONE", "Accountant")
    assert not get_user_model().objects.filter(username="bala").exists()


@pytest.mark.parametrize("superuser", [False, True])
def test_who_makes_a_company_works_in_it(superuser: bool) -> None:
    run("found_company", "--code", "ONE", "--name", "First")
    number = user("anu", is_superuser=superuser)
    if not superuser:
        join(number, company_ids()[0], ["System Manager", "Sales User"])
    actor: Actor = actor_named("anu")
    fields = {"code": "NEWCO", "name": "New", "currency": "INR"}
    made = service.create(actor, "Company", [fields])[0]
    expected = all_roles() if superuser else {"System Manager", "Sales User"}
    assert roles_in("anu", "NEWCO") == expected
    there = actor_named("anu", made["id"])
    assert get(there, "Company", [made["id"]]).rows[0]["code"] == "NEWCO"
    service.create(there, "Account", [{"code": "1", "name": "Cash", "root_type": "asset"}])
