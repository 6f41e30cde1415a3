"""Two companies share customers and items; neither sees nor hinders the other through them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid, InputMalformed
from engine_runtime.documents.listing import ListQuery, list_rows
from engine_runtime.documents.previewing import preview
from engine_runtime.documents.read import get
from engine_runtime.exchange.company import found_company
from tests.company import DATA, DAY, Company, line, rows_of
from tests.helpers import refused


@pytest.fixture(scope="module")
def other(company: Company) -> Company:
    """A second company, with a branch and a warehouse; its actor is a person who is in no other."""
    stored = found_company(DATA, {"code": "BOBCO", "name": "Bob and company", "currency": "INR"})
    founder = Company(system_actor(stored["id"]))
    founder.make("Branch", code="DEL", name="Delhi", gst_state="07")
    founder.make("Warehouse", code="V", name="Store", branch="DEL")
    bob = Actor(7, "bob", stored["id"], frozenset({stored["id"]}), superuser=True)
    return Company(bob)


def account(company: Company, code: str) -> int:
    """The id of an account of the company."""
    rows = rows_of("doc_account")
    return next(
        r["id"] for r in rows if (r["company_id"], r["code"]) == (company.actor.company_id, code)
    )


def change(company: Company, doctype: str, record: int, **fields: Any) -> Any:
    row = get(company.actor, doctype, [record]).rows[0]
    change = {"id": record, "version": row["version"], **fields}
    return service.save(company.actor, doctype, [change])[0]


def test_a_preview_tells_nothing_of_another_company(company: Company, other: Company) -> None:
    theirs = company.id_of("Branch", "PUN")
    body = {"customer": "C1", "branch": theirs, "posting_date": DAY, "items": []}
    [found] = preview(other.actor, "Sales Invoice", [body])
    [none] = preview(other.actor, "Sales Invoice", [body | {"branch": 10**15}])
    said = [(p.code, p.path, p.message) for p in found.problems if p.path == "branch"]
    assert said == [("link.unknown", "branch", f"Branch: there is no Branch {theirs}.")]
    unknown = [p.message for p in none.problems if p.path == "branch"]
    assert [message.replace(str(10**15), str(theirs)) for message in unknown] == [said[0][2]]
    assert theirs not in found.titles.get("branch", {})
    fact = found.facts["Branch"][theirs]
    assert {v for k, v in fact.items() if k not in ("id", "company", "veiled")} <= {None}


def test_a_shared_item_with_anothers_account_is_sold(company: Company, other: Company) -> None:
    item = company.item(is_stocked=False, income_account=account(company, "4300"))
    sold = {"customer": "C1", "branch": "DEL", "posting_date": DAY}
    lines = [{"item": item, "quantity": 1, "rate": 50}]
    invoice = other.submit("Sales Invoice", **sold, items=lines)
    used = {row["account_id"] for row in other.entries("General", invoice)}
    own = {r["id"] for r in rows_of("doc_account") if r["company_id"] == other.actor.company_id}
    assert used <= own
    mine = company.sell({"item": item, "quantity": 1, "rate": 50})
    accounts = {row["account_id"] for row in company.entries("General", mine)}
    assert account(company, "4300") in accounts


def test_only_members_choose_a_companys_records_on_shared_masters(
    company: Company, other: Company
) -> None:
    customer = company.id_of("Customer", "C1")
    theirs, own = account(company, "1130"), account(other, "1130")
    place = [("link.unknown", "receivable_account")]
    assert refused(change, other, "Customer", customer, receivable_account=theirs) == place
    change(company, "Customer", customer, receivable_account=theirs)
    shown = get(other.actor, "Customer", [customer])
    assert theirs not in shown.titles.get("account", {})
    assert change(other, "Customer", customer, credit_days=9)["receivable_account"] == theirs
    change(other, "Customer", customer, receivable_account=own)
    company.sell(line(company.item(is_stocked=False), 1, 10))
    change(company, "Customer", customer, receivable_account=None)


def test_a_company_takes_no_account_of_a_strangers(company: Company, other: Company) -> None:
    theirs, here = account(company, "1130"), other.actor.company_id
    assert here is not None
    assert refused(change, other, "Company", here, receivable_account=theirs) == [
        ("link.unknown", "receivable_account")
    ]


def test_lists_of_shared_masters_tell_no_titles_of_strangers(
    company: Company, other: Company
) -> None:
    theirs = account(company, "1130")
    both = replace(other.actor, companies=other.actor.companies | {company.actor.company_id or 0})
    made = company.make("Customer Group", code="VEIL", name="Veil", receivable_account=theirs)
    query = ListQuery(fields=("code", "receivable_account"), filters=[["code", "=", "VEIL"]])
    page = list_rows(other.actor, "Customer Group", query)
    assert page.rows[0]["receivable_account"] == theirs
    assert page.titles.get("account", {}) == {}
    assert theirs in list_rows(both, "Customer Group", query).titles["account"]
    with pytest.raises(InputMalformed, match="another company's"):
        list_rows(other.actor, "Customer Group", ListQuery(fields=("receivable_account.name",)))
    assert made["code"] == "VEIL"


def test_a_refused_account_is_named(company: Company) -> None:
    code = "4999"
    company.make("Account", code=code, name="Odd income", root_type="income")
    item = company.item(is_stocked=False, income_account=account(company, code))
    change(company, "Account", account(company, code), is_group=True)
    with pytest.raises(DocumentInvalid) as error:
        company.sell({"item": item, "quantity": 1, "rate": 5})
    [problem] = error.value.problems
    assert (problem.code, problem.path) == ("posting.dimension_not_allowed", "items[0]")
    said = "Account 4999 Odd income cannot be used in General (posting 'income')."
    assert (problem.message, problem.hint) == (
        said,
        "Choose another Account where this one is filled in.",
    )


def test_a_disabled_account_takes_no_more_entries(company: Company) -> None:
    """What stands may be cancelled; used accounts may be disabled and enabled."""
    number = company.make("Account", code="4998", name="Closed income", root_type="income")["id"]
    item = company.item(is_stocked=False, income_account=number)
    sold = company.sell({"item": item, "quantity": 1, "rate": 5})
    change(company, "Account", number, disabled=True)
    with pytest.raises(DocumentInvalid, match="Account 4998 Closed income cannot be used"):
        company.sell({"item": item, "quantity": 1, "rate": 5})
    company.cancel("Sales Invoice", sold)
    change(company, "Account", number, disabled=False)
    company.sell({"item": item, "quantity": 1, "rate": 5})
