"""What is known of an expression, and how it runs: reads, facts, roles, balances, templates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine.expr.compile import compile_expression, compile_template, constant
from engine.expr.errors import NotOneOff, RoleUnresolved
from engine.expr.oneoff import evaluate_once
from engine.expr.program import BalanceCall, BalanceRead, Read
from engine.expr.scope import RoleChain, Scope
from engine.expr.types import DATE, INTEGER, NULL, TEXT, Money, OneOf, Record, Type
from tests.language.expressions.sample import (
    LINE,
    ORDER,
    SCOPE,
    SPAN,
    TAX,
    SampleSchema,
    compiled,
)

CUSTOMER, GROUP, ITEM = Record("Customer"), Record("Group"), Record("Item")
PARTY = OneOf((Record("Customer"), Record("Supplier")))


def role_schema() -> SampleSchema:
    """Two roles: income asks the item, then the customer's group is no account, so nothing more."""
    given: dict[str, Type] = {"item": ITEM, "party": PARTY}
    scope = Scope(given, None, SampleSchema())
    steps = [compiled(source, scope) for source in ("item.account", "party.account")]
    income = RoleChain("income", tuple(steps), given, frozenset({"item"}))
    stock = RoleChain("stock", tuple(steps[:1]), {"item": ITEM})
    return SampleSchema({"income": income, "stock": stock})


POSTING = Scope({"this": ORDER, "row": LINE}, "this", role_schema(), balances=True)
FACTS = {
    "Item": {31: {"account": 51}, 32: {"account": None}},
    "Customer": {1: {"account": 52}},
    "Supplier": {21: {"account": 53}},
}


def posting_frame(**row: Any) -> dict[str, Any]:
    return {"this": {"id": 9, "party": 21}, "row": {"item": 31, **row}, "facts": FACTS}


# --- reads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "reads"),
    [
        ("quantity * rate", {(ORDER, "quantity"), (ORDER, "rate")}),
        ("this.note", {(ORDER, "note")}),
        (
            "customer.group.factor",
            {(ORDER, "customer"), (CUSTOMER, "group"), (GROUP, "factor")},
        ),
        (
            "party.name",
            {(ORDER, "party"), (CUSTOMER, "name"), (Record("Supplier"), "name")},
        ),
        (
            "sum(t.amount for t in items.taxes if t.collected)",
            {(ORDER, "items"), (LINE, "taxes"), (TAX, "amount"), (TAX, "collected")},
        ),
        ("sum(items.taxes.amount)", {(ORDER, "items"), (LINE, "taxes"), (TAX, "amount")}),
        (
            "exists(i for i in items if i.item.stocked)",
            {(ORDER, "items"), (LINE, "item"), (ITEM, "stocked")},
        ),
        ("items.item.name", {(ORDER, "items"), (LINE, "item"), (ITEM, "name")}),
        ("items.first.parent.code", {(ORDER, "items"), (LINE, "parent"), (ORDER, "code")}),
        (
            "note if urgent else text('{}', customer)",
            {(ORDER, "note"), (ORDER, "urgent"), (ORDER, "customer"), (CUSTOMER, "name")},
        ),
        ("1 + 2", set()),
    ],
)
def test_reads_are_complete(source: str, reads: set[tuple[Record, str]]) -> None:
    assert compiled(source).reads == {Read(record, field) for record, field in reads}


def test_reads_include_those_of_the_steps_of_a_role_and_of_what_it_is_given() -> None:
    found = compiled("role(income)", POSTING).reads
    assert {
        Read(LINE, "item"),
        Read(ORDER, "party"),
        Read(ITEM, "account"),
        Read(Record("Customer"), "account"),
        Read(Record("Supplier"), "account"),
    } <= found


# --- values --------------------------------------------------------------------------------------


def test_a_record_comes_out_as_its_id() -> None:
    frame = {"this": {"id": 9, "customer": 1, "items": [{"id": 10}]}}
    assert compiled("this").run(frame) == 9
    assert compiled("customer").run(frame) == 1
    assert compiled("items.first").run(frame) == 10
    assert compiled("this == this").run(frame) is True


def test_a_fact_that_is_not_at_hand_is_null() -> None:
    expression = compiled("customer.group.factor * 2")
    assert expression.run({"this": {"customer": 1}, "facts": {}}) is None
    assert expression.run({"this": {"customer": 1}, "facts": {"Customer": {}}}) is None
    assert expression.run({"this": {"customer": None}, "facts": {}}) is None


def test_a_candidate_row_may_stand_for_a_fact() -> None:
    scope = Scope({"this": ORDER, "row": ITEM}, "this", SampleSchema())
    expression = compiled("row.stocked and row.price > 1", scope)
    row = {"id": 31, "stocked": True, "price": Decimal(2)}
    assert expression.run({"this": {}, "row": row, "facts": {}}) is True
    assert expression.run({"this": {}, "row": 31, "facts": {"Item": {31: row}}}) is True


def test_the_row_before_a_change_may_be_missing() -> None:
    scope = Scope({"this": ORDER, "old": ORDER}, "this", SampleSchema())
    expression = compiled("old.code == code", scope)
    assert expression.run({"this": {"code": "a"}, "old": None}) is None
    assert expression.run({"this": {"code": "a"}, "old": {"code": "a"}}) is True


def test_generators_leave_the_frame_alone() -> None:
    frame = {"this": {"items": [{"amount": Decimal(1)}, {"amount": None}]}}
    assert compiled("sum(i.amount for i in items)").run(frame) == 1
    assert list(frame) == ["this"]


@pytest.mark.parametrize(
    ("value", "type_"),
    [(None, NULL), (5, INTEGER), ("a", TEXT), (date(2026, 4, 1), DATE)],
)
def test_constants(value: Any, type_: Type) -> None:
    made = constant(value, SPAN)
    assert made.type == type_
    assert made.run({}) == value
    assert made.to_json() is not None


def test_worth_is_asked_of_the_frame_unless_it_is_company_money_already() -> None:
    frame = {
        "this": {"amount": Decimal(3), "discount": None, "customer": 1},
        "facts": {"Customer": {1: {"limit": Decimal(8)}}},
        "worth": lambda amount: amount * 80,
    }
    expression = compiled("amount.worth + customer.limit.worth")
    assert expression.type == Money("company")
    assert expression.run(frame) == evaluate_once(expression, frame) == 248
    assert compiled("discount.worth").run(frame) is None
    assert expression.to_json() is None
    assert compiled("customer.limit.worth").to_json() == compiled("customer.limit").to_json()


# --- roles ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "row", "account"),
    [
        ("role(income)", {"item": 31}, 51),
        ("role(income)", {"item": 32}, 53),
        ("role(income)", {"item": None}, 53),
        ("role(income, item=null)", {"item": 31}, 53),
        ("role(income, party=customer)", {"item": 32}, 52),
        ("role('stock')", {"item": 31}, 51),
        ("role(row.role)", {"item": 31, "role": "stock"}, 51),
        ("role(row.role)", {"item": 32, "role": "income"}, 53),
    ],
)
def test_a_role_is_the_first_step_that_is_not_null(
    source: str, row: dict[str, Any], account: int
) -> None:
    frame = posting_frame(**row)
    frame["this"]["customer"] = 1
    assert compiled(source, POSTING).run(frame) == account


def test_what_the_posting_binds_comes_before_the_row() -> None:
    bound = {"party": compiled("customer")}
    expression = compiled("role(income)", replace(POSTING, bound=bound))
    frame = posting_frame(item=32)
    frame["this"]["customer"] = 1
    assert expression.run(frame) == 52


def test_a_role_that_yields_nothing_names_itself_and_what_it_was_asked_with() -> None:
    with pytest.raises(RoleUnresolved) as error:
        compiled("role(stock)", POSTING).run(posting_frame(item=32))
    assert error.value.role == "stock"
    assert error.value.givens == {"item": 32}


def test_an_unknown_role_by_text_is_unresolved() -> None:
    with pytest.raises(RoleUnresolved):
        compiled("role(row.role)", POSTING).run(posting_frame(role="incom"))


@pytest.mark.parametrize(
    ("source", "code", "hint"),
    [
        ("role(incom)", "E213", "'income'"),
        ("role(income, itm=row.item)", "E207", "'item'"),
        ("role(income, item=customer)", "E205", ""),
        ("role(rate)", "E213", ""),
        ("role()", "E207", "role(receivable)"),
        ("role(row.rate)", "E205", ""),
    ],
)
def test_roles_are_checked(source: str, code: str, hint: str) -> None:
    expression, problems = compile_expression(source, SPAN, POSTING)
    assert expression is None
    assert problems[0].code == code
    assert hint in problems[0].hint


def test_a_given_that_is_not_at_hand_must_be_optional() -> None:
    scope = Scope({"this": Record("Account", own=True)}, "this", role_schema())
    expression, problems = compile_expression("role(income)", SPAN, scope)
    assert expression is None
    assert "'party'" in problems[0].message
    assert "role(income, party=…)" in problems[0].hint


# --- balances ------------------------------------------------------------------------------------


def test_a_balance_asks_the_frame() -> None:
    asked: list[BalanceCall] = []

    def answer(call: BalanceCall) -> Decimal:
        asked.append(call)
        return Decimal(7)

    expression = compiled(
        "row.quantity - balance(stock.quantity, item=row.item, batch=code, at=due)", POSTING
    )
    day = date(2026, 4, 1)
    frame = posting_frame(quantity=Decimal(9)) | {"balance": answer}
    frame["this"].update(code="B1", due=day)
    assert expression.run(frame) == 2
    assert asked == [BalanceCall("Stock", "quantity", {"item": 31, "batch": "B1"}, at=day)]
    assert expression.balances == (BalanceRead("Stock", "quantity", ("item", "batch"), "balance"),)
    assert Read(LINE, "item") in expression.reads
    assert expression.to_json() is None


def test_a_turnover_lies_between_two_dates_and_takes_lists() -> None:
    source = "turnover(stock.value.worth, item=items.item, start=posting_date, end=due)"
    expression = compiled(source, POSTING)
    first, last = date(2026, 4, 1), date(2026, 4, 30)
    frame = posting_frame() | {"balance": lambda call: call}
    frame["this"].update(posting_date=first, due=last, items=[{"item": 31}, {"item": 32}])
    assert expression.run(frame) == BalanceCall(
        "Stock", "value_worth", {"item": [31, 32]}, start=first, end=last, kind="turnover"
    )
    assert expression.type == Money("document")


@pytest.mark.parametrize(
    ("source", "code", "hint"),
    [
        ("balance(stok.quantity)", "E212", "stock"),
        ("balance(stock.quantty)", "E212", "'quantity'"),
        ("balance(stock.quantity, itm=row.item)", "E212", "'item'"),
        ("balance(stock.quantity, item=customer)", "E205", ""),
        ("balance(stock.quantity, at=code)", "E205", ""),
        ("balance(stock)", "E207", "balance(stock.quantity, item=item)"),
        ("balance(5)", "E207", ""),
        ("balance()", "E207", ""),
        ("turnover(stock.quantity)", "E207", "start=…, end=…"),
    ],
)
def test_balances_are_checked(source: str, code: str, hint: str) -> None:
    expression, problems = compile_expression(source, SPAN, POSTING)
    assert expression is None
    assert problems[0].code == code
    assert hint in problems[0].hint


@pytest.mark.parametrize("source", ["role(income)", "balance(stock.quantity)"])
def test_what_only_the_server_knows_has_no_other_form(source: str) -> None:
    expression = compiled(source, POSTING)
    assert expression.to_json() is None
    with pytest.raises(NotOneOff):
        evaluate_once(expression, posting_frame())


# --- templates -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("INV{fiscal_year(posting_date):2526}/{counter:5}", "INV2526/00042"),
        ("{code[0:2]} of {customer.name}", "27 of Punjab"),
        ("{customer}", "Punjab"),
        ("{posting_date:dd-MM-yyyy}", "31-03-2026"),
        ("{amount} {amount:.0} {note}|", "1,234.50 1,235 |"),
        ("{text('{} {:,.0}', amount, amount)} {amount:,}", "1234.50 1,235 1,234.50"),
        ("{text('{}: {}', 'a', rate)}", "a: 2.5"),
        ("{{literal}} {rate}", "{literal} 2.5"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_templates(text: str, shown: str) -> None:
    scope = replace(SCOPE, names={"this": ORDER, "counter": INTEGER})
    template, problems = compile_template(text, SPAN, scope)
    assert template is not None, problems
    order = {
        "posting_date": date(2026, 3, 31),
        "code": "27AAP",
        "customer": 1,
        "amount": Decimal("1234.5"),
        "note": None,
        "rate": Decimal("2.500000"),
    }
    frame = {"this": order, "counter": 42, "facts": {"Customer": {1: {"name": "Punjab"}}}}
    assert template.run(frame) == shown


def test_a_counter_may_be_a_mark_that_is_filled_in_later() -> None:
    scope = replace(SCOPE, names={"this": ORDER, "counter": INTEGER})
    template, problems = compile_template("A/{counter:5}", SPAN, scope)
    assert template is not None, problems
    assert template.run({"this": {}, "counter": "\x00"}) == "A/\x00"
    assert [part if isinstance(part, str) else part.format for part in template.parts] == [
        "A/",
        "5",
    ]


def test_templates_know_what_they_read() -> None:
    template, _ = compile_template("{customer.name}: {rate:.2}", SPAN, SCOPE)
    assert template is not None
    assert template.reads == {
        Read(ORDER, "customer"),
        Read(CUSTOMER, "name"),
        Read(ORDER, "rate"),
    }
    assert template.to_json() is not None
