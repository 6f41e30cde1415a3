"""Where a field, ledger, rule set or role is used."""

from __future__ import annotations

import pytest

from engine.catalog.uses import known, uses
from engine.catalog.whole import Catalog
from tests.language.programs import compile_text, good


@pytest.fixture(scope="module")
def shop() -> Catalog:
    catalog = compile_text(good("shop")).catalog
    assert catalog is not None
    return catalog


@pytest.mark.parametrize(
    ("thing", "owner", "place"),
    [
        ("Item.price", "Item", "layout.show"),
        ("Customer.receivable_account", "Accounts", "roles.receivable"),
        ("Stock", "Invoice", "posts.goods.ledger"),
        ("Stock.value", "Invoice", "posts.cost.set.debit"),
        ("Stock.value", "Stock", "valuation.of"),
        ("Accounts.income", "Invoice", "posts.income.set.account"),
        ("Accounts.inventory", "Stock", "posts.asset.set.account"),
        ("Receivables.amount", "Invoice", "tables.fields.outstanding.formula"),
        ("Receivables.amount", "Invoice", "posts.customer.set.amount"),
        ("Invoice.items.quantity", "Invoice", "posts.goods.set.quantity"),
        ("Clerk", "Customer", "allow.Clerk.role"),
    ],
)
def test_a_thing_is_found_where_it_is_used(
    shop: Catalog, thing: str, owner: str, place: str
) -> None:
    found = {(use.owner, use.place) for use in uses(shop).get(thing, ())}
    assert (owner, place) in found, sorted(found)


def test_what_is_used_can_be_asked_for(shop: Catalog) -> None:
    names = {name.partition(".")[0] for name in known(shop)}
    assert {thing for thing in uses(shop) if thing.partition(".")[0] not in names} == set()
