"""A small schema and its data: what the vectors and the tests of expressions are about."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from engine.expr.compile import compile_expression
from engine.expr.country import Country
from engine.expr.program import Expr
from engine.expr.scope import LedgerShape, RoleChain, RuleShape, Scope
from engine.expr.types import (
    ANY,
    BOOLEAN,
    DATE,
    DECIMAL,
    INTEGER,
    PERCENT,
    RATE,
    TEXT,
    Money,
    OneOf,
    Quantity,
    Record,
    Rows,
    Type,
)
from engine.problems.problem import Span

MONEY = Money("document")
ORDER = Record("Order", "", own=True)
LINE = Record("Order", "items", own=True)
TAX = Record("Order", "items.taxes", own=True)
STANDARD: dict[str, Type] = {"id": INTEGER, "number": TEXT}

FIELDS: dict[str, dict[str, Type]] = {
    "Order": {
        **STANDARD,
        "quantity": Quantity(),
        "rate": RATE,
        "amount": MONEY,
        "discount": MONEY,
        "percent": PERCENT,
        "pieces": INTEGER,
        "factor": DECIMAL,
        "code": TEXT,
        "note": TEXT,
        "posting_date": DATE,
        "due": DATE,
        "urgent": BOOLEAN,
        "paid": BOOLEAN,
        "customer": Record("Customer"),
        "party": OneOf((Record("Customer"), Record("Supplier"))),
        "items": Rows(LINE),
        "extra": ANY,
    },
    "Order.items": {
        "index": INTEGER,
        "parent": ORDER,
        "amount": MONEY,
        "quantity": Quantity(),
        "rate": RATE,
        "weight": DECIMAL,
        "name": TEXT,
        "stocked": BOOLEAN,
        "day": DATE,
        "role": TEXT,
        "item": Record("Item"),
        "taxes": Rows(TAX),
    },
    "Order.items.taxes": {
        "index": INTEGER,
        "parent": LINE,
        "amount": MONEY,
        "percent": PERCENT,
        "collected": BOOLEAN,
        "label": TEXT,
    },
    "Customer": {
        **STANDARD,
        "name": TEXT,
        "limit": Money("company"),
        "since": DATE,
        "active": BOOLEAN,
        "group": Record("Group"),
        "account": Record("Account"),
    },
    "Supplier": {"name": TEXT, "account": Record("Account")},
    "Group": {"name": TEXT, "factor": DECIMAL, "above": Record("Group")},
    "Item": {"name": TEXT, "price": RATE, "stocked": BOOLEAN, "account": Record("Account")},
    "Account": {"name": TEXT},
}


class SampleSchema:
    """The compiler's answers, from the tables above."""

    def __init__(self, roles: Mapping[str, RoleChain] | None = None) -> None:
        self.roles = dict(roles or {})

    country = Country(4, "Asia/Kolkata", "10000000 Crore,100000 Lakh", "3,2")

    def field(self, record: Record, name: str) -> Type | None:
        return FIELDS.get(record.key, {}).get(name)

    def names(self, record: Record) -> Sequence[str]:
        return list(FIELDS.get(record.key, {}))

    def options(self, record: Record, name: str) -> Sequence[str]:
        return ()

    def money(self, record: Record) -> tuple[str, str] | None:
        return None

    def unit(self, record: Record, name: str) -> str | None:
        return None

    def tree(self, record: Record) -> str | None:
        return "above" if record.key == "Group" else None

    def business_keys(self) -> Mapping[str, tuple[str, str]]:
        return {"account": ("Account", "name")}

    def ledger(self, key: str) -> LedgerShape | None:
        if key != "stock":
            return None
        dimensions: dict[str, Type] = {"item": Record("Item"), "batch": TEXT}
        return LedgerShape("Stock", {"quantity": Quantity(), "value_worth": MONEY}, dimensions)

    def ledger_names(self) -> Sequence[str]:
        return ("Stock",)

    def rule(self, key: str) -> RuleShape | None:
        return None

    def rule_names(self) -> Sequence[str]:
        return ()

    def takes_rows(self, expects: Type, given: Type) -> bool:
        return False

    def role(self, name: str) -> RoleChain | None:
        return self.roles.get(name)

    def role_names(self) -> Sequence[str]:
        return list(self.roles)


SPAN = Span("sample.yaml", 7, 20)
SCOPE = Scope({"this": ORDER}, "this", SampleSchema())


def compiled(source: str, scope: Scope = SCOPE) -> Expr:
    """The expression; fails with its problems."""
    expression, problems = compile_expression(source, SPAN, scope)
    assert expression is not None, f"{source}\n{problems}"
    return expression


_NUMBERS = ("0", "1", "-1", "0.005", "-0.005", "2.675", "1.005", "100", "0.01", "33.333333", "-7.5")
_TEXTS = ("27AAPFU0939F1ZV", "Soap", "soap", "", "हिन्दी", "ñandú", "😀 ok", "12", "1,18,000.50")
_FIRST_DAY = date(2019, 1, 31)


class Maker:
    """Rows with nulls, ties, month ends and texts beyond ASCII; the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.last_id = 100

    def value(self, type_: Type) -> Any:
        chance = self.random.random()
        if chance < 0.08:
            return None
        if type_ == TEXT:
            return self.random.choice(_TEXTS)
        if type_ == BOOLEAN:
            return chance < 0.55
        if type_ == DATE:
            return self.day()
        if type_ == INTEGER:
            return self.random.randint(-3, 40)
        return self.number()

    def number(self) -> Decimal:
        if self.random.random() < 0.25:
            return Decimal(self.random.choice(_NUMBERS))
        scale = self.random.randint(0, 6)
        return Decimal(self.random.randint(-(10**7), 10**8)).scaleb(-scale)

    def day(self) -> date:
        if self.random.random() < 0.3:
            return self.random.choice(
                (date(2024, 2, 29), date(2026, 3, 31), date(2026, 4, 1), date(2025, 12, 31))
            )
        return _FIRST_DAY + timedelta(days=self.random.randint(0, 4000))

    def row(self, key: str) -> dict[str, Any]:
        skipped = ("parent", "index", "items", "taxes", "customer", "party", "item", "extra", "id")
        made = {
            name: self.value(type_)
            for name, type_ in FIELDS[key].items()
            if name not in skipped and not isinstance(type_, Record)
        }
        self.last_id += 1
        return {"id": self.last_id, **made}

    def children(self, parent: dict[str, Any], field: str, key: str, most: int) -> None:
        rows = [self.row(key) for _ in range(self.random.randint(0, most))]
        for index, row in enumerate(rows, 1):
            row.update(index=index, parent=parent)
        parent[field] = rows

    def frame(self) -> dict[str, Any]:
        order = self.row("Order")
        order["customer"] = self.random.choice((1, 2, 3, None))
        order["party"] = self.random.choice((1, 21, None))
        order["extra"] = {"weight": 2, "kind": "box"}
        self.children(order, "items", "Order.items", 4)
        for line in order["items"]:
            line["item"] = self.random.choice((31, 32, 33, None))
            self.children(line, "taxes", "Order.items.taxes", 2)
        return {"this": order, "facts": self.facts()}

    def facts(self) -> dict[str, dict[int, dict[str, Any]]]:
        customers = {id_: {**self.row("Customer"), "id": id_} for id_ in (1, 2)}
        for customer in customers.values():
            customer["group"] = self.random.choice((11, 12, None))
            customer["account"] = self.random.choice((51, None))
        groups = {id_: {**self.row("Group"), "id": id_} for id_ in (11, 12)}
        items = {id_: {**self.row("Item"), "id": id_, "account": None} for id_ in (31, 32)}
        suppliers = {21: {**self.row("Supplier"), "id": 21, "account": 52}}
        return {"Customer": customers, "Group": groups, "Item": items, "Supplier": suppliers}
