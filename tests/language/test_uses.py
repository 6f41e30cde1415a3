"""Where a field, ledger, rule set or role is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalog.uses import Uses, known, uses
from engine.cli import main
from engine.compiler.compile import Compiled, compile_folder
from tests.architecture.sources import ROOT
from tests.language.programs import FILE, compile_text, good


def uses_in(compiled: Compiled) -> Uses:
    """What is used where, in what was compiled for that."""
    assert compiled.catalog is not None
    return uses(compiled.catalog, compiled.mentions)


@pytest.fixture(scope="module")
def shop() -> Compiled:
    return compile_text(good("shop"), with_mentions=True)


@pytest.mark.parametrize(
    ("thing", "owner", "place"),
    [
        ("Item.price", "Price", "from"),
        ("Customer.receivable_account", "Accounts", "roles.receivable"),
        ("Stock", "Invoice", "posts.goods.ledger"),
        ("Stock.value", "Invoice", "posts.cost.set.debit"),
        ("Stock.value", "Stock", "valuation.of"),
        ("Accounts.income", "Invoice", "posts.income.set.account"),
        ("Accounts.inventory", "Stock", "posts.asset.set.account"),
        ("Receivables.amount", "Invoice", "tables.fields.outstanding.formula"),
        ("Receivables.amount", "Invoice", "posts.customer.set.amount"),
        ("Invoice.items.quantity", "Invoice", "posts.goods.set.quantity"),
        ("Clerk", "Customer", "allow.Clerk"),
    ],
)
def test_a_thing_is_found_where_it_is_used(
    shop: Compiled, thing: str, owner: str, place: str
) -> None:
    found = {(use.owner, use.place) for use in uses_in(shop).get(thing, ())}
    assert (owner, place) in found, sorted(found)


def test_what_is_used_can_be_asked_for(shop: Compiled) -> None:
    assert shop.catalog is not None
    names = {name.partition(".")[0] for name in known(shop.catalog)}
    assert {thing for thing in uses_in(shop) if thing.partition(".")[0] not in names} == set()


def test_names_under_keys_are_looked_for_where_they_are_asked_for_only() -> None:
    assert compile_text(good("shop")).mentions == ()


@pytest.fixture(scope="module")
def used() -> Uses:
    return uses_in(compile_text(good("used"), with_mentions=True))


@pytest.mark.parametrize(
    ("thing", "places"),
    [
        (
            "Clerk",
            "Fair pass.role; Order allow.Clerk; Order actions.hurry.role; Approval transitions.ask.role; "
            "Approval transitions.approve.role; Pieces Sold allow; Sold once steps.last.roles",
        ),
        (
            "Order.pieces",
            "Order list; Order fields.note.unique; Order validate.some.fields; Order layout.Order; "
            "Approval states.asked.edit; Approval again_if_changed; Sold once steps.first.given.pieces",
        ),
        ("Order.items.part", "Order calculate.part.into"),
        ("Order.items", "Order calculate.part.over; Order layout.Order"),
        ("Order.customer", "Customer fields.orders.by; Sold once steps.first.given.customer"),
        (
            "Order",
            "Customer fields.orders.of; Sold dimensions.order.link; Fair at.Order; Approval for; Trade items; "
            "Ask each.doctype; Sold once steps.first.make",
        ),
        ("Order.share", "Order calculate.share.set.share; Sold once steps.first.then.share"),
        ("Order.hurry", "Fair at.Order"),
        (
            "Sold",
            "Order posts.sold.ledger; Pieces Sold from.ledger; Sold once steps.last.then.Sold",
        ),
        ("Sold.order", "Sold limits.most.by; Order posts.sold.set.order; Pieces Sold from.by"),
        ("Sold.pieces", "Sold limits.most.measure; Order posts.sold.set.pieces"),
        (
            "Approval.approve",
            "Fair at.Order; Order posts.sold.on; Sold once steps.last.go",
        ),
        ("Approval.ask", "Ask do.first.go; Sold once steps.then.go"),
        ("Approval.asked", "Approval transitions.ask.to; Approval transitions.approve.from"),
        ("Pieces Sold", "Trade items"),
        ("Customer.rank", "Sold once records.Customer.asha.rank"),
    ],
)
def test_every_kind_of_key_that_names_something_is_a_place(
    used: Uses, thing: str, places: str
) -> None:
    found = {f"{use.owner} {use.place}" for use in used[thing]}
    assert set(places.split("; ")) <= found, sorted(found)


def test_a_name_stands_where_its_use_says() -> None:
    """Of every use in the packs that are shipped, in those of expressions and of keys alike."""
    found = uses_in(compile_folder(ROOT / "metadata", with_mentions=True))
    lines: dict[str, list[str]] = {}
    named = [(thing, use) for thing, places in found.items() for use in places]
    assert len(named) > 2000
    for thing, use in named:
        assert use.span is not None, (thing, use)
        file = lines.setdefault(use.span.file, Path(use.span.file).read_text().splitlines())
        if not use.text:
            name = thing if thing in file[use.span.line - 1] else thing.rpartition(".")[2]
            assert name in file[use.span.line - 1][use.span.column - 1 :], (thing, use)


def test_a_line_of_its_own_for_a_name_in_a_list(used: Uses) -> None:
    text = good("used").splitlines()
    (use,) = [use for use in used["Order.pieces"] if use.place == "again_if_changed"]
    assert use.span is not None
    assert (use.span.file, text[use.span.line - 1]) == (FILE, "again_if_changed: [pieces]")
    assert text[use.span.line - 1][use.span.column - 1 : use.span.end_column - 1] == "pieces"


@pytest.mark.parametrize(
    "name",
    ["Approval", "Approval.approve", "Approval.done", "Fair", "Order.hurry", "Ask", "Sold once"],
)
def test_workflows_limits_actions_and_schedules_can_be_asked_for(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "used.yaml").write_text(good("used"), encoding="utf-8")
    assert main(["uses", str(tmp_path), name]) == 0
    assert f"{name} is used in" in capsys.readouterr().out


def test_what_is_called_in_an_expression_is_used() -> None:
    found = uses_in(compile_text(good("currencies"), with_mentions=True))
    assert any("convert(" in use.text for use in found["Exchange Rate"])


def test_what_a_step_made_is_known_by_its_name() -> None:
    """``sold.pay`` is the Pay that the step `sold` made, not what the step itself is about."""
    text = """
doctype: Company
company: none
fields: {code: {type: text}}
---
doctype: Sale
company: required
submittable: true
fields: {total: {type: integer}}
on: {submit: {pay: {make: Pay, set: {amount: total}}}}
---
doctype: Pay
company: required
submittable: true
fields: {amount: {type: integer}}
---
test: Sold
records: {Company: {one: {code: ONE}}}
steps:
  sold: {make: Sale, given: {total: 5}, do: submit, then: {made: {Pay: {amount: 5}}}}
  paid: {go: submit, of: sold.pay, then: {amount: 5}}
"""
    found = uses_in(compile_text(text, with_mentions=True))
    assert any(use.owner == "Sold" for use in found["Pay.submit"])
    assert not any(use.place.startswith("steps.paid") for use in found.get("Sale.submit", ()))


SCENES = """
doctype: Company
company: none
fields: {code: {type: text}}
---
doctype: Sale
company: required
submittable: true
fields: {total: {type: integer}, past: {type: integer, deprecated: Read total.}}
on: {submit: {pay: {make: Pay, set: {amount: total}}}}
---
doctype: Pay
company: required
submittable: true
fields: {amount: {type: integer}}
---
test: Shop
records: {Company: {one: {code: ONE}}}
steps:
  sold: {make: Sale, given: {total: 5}}
---
test: Opened
with: Shop
steps:
  sent: {go: submit, of: sold, then: {made: {Pay: {amount: 5}}}}
---
test: Sold
with: Opened
steps:
  looked: {expect: sold, then: {total: 5, past: null}}
  again:  {change: looked, given: {past: 3}}
  paid:   {go: submit, of: sent.pay, then: {amount: 5}}
"""


def test_stories_are_followed_into_the_scenes_that_they_begin_with() -> None:
    compiled = compile_text(SCENES, with_mentions=True)
    found = uses_in(compiled)
    places = {thing: {f"{use.owner} {use.place}" for use in found[thing]} for thing in found}
    assert "Opened steps.sent.go" in places["Sale.submit"]
    assert "Sold steps.looked.then.total" in places["Sale.total"]
    assert places["Pay.submit"] == {"Sold steps.paid.go"}
    assert "Sold steps.paid.then.amount" in places["Pay.amount"]
    warned = {(p.code, p.span.line) for p in compiled.problems if p.span is not None}
    assert warned == {("E186", 30), ("E186", 31)}
