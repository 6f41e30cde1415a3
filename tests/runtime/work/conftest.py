"""The program of approvals, published, with people who have different roles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service


@dataclass(frozen=True)
class World:
    """A company, and who works in it."""

    company: int
    system: Actor

    def person(self, name: str, *roles: str) -> Actor:
        """Somebody of these roles; everybody may read as a manager does."""
        number = sum(name.encode())
        here = frozenset({self.company})
        return Actor(number, name, self.company, here, {self.company: frozenset(roles)})

    def order(self, *lines: tuple[str, int], by: Actor, **more: Any) -> dict[str, Any]:
        """A stored draft: (cost center, rate) per line."""
        items = [{"item": "Soap", "cost_center": place, "rate": rate} for place, rate in lines]
        body = {"supplier": "Acme", "order_date": "2026-04-01", "items": items, **more}
        return service.create(by, "Purchase Order", [body])[0]


@pytest.fixture(scope="module")
def world(module_database: None) -> World:
    """Asha owns cost center A, Bina owns B; their manager is chief."""
    system = system_actor()
    company = service.create(system, "Company", [{"code": "ONE"}])[0]["id"]
    actor = system_actor(company)
    people = [
        {"code": "E3", "login": "chief"},
        {"code": "E1", "login": "asha", "manager": "E3"},
        {"code": "E2", "login": "bina", "manager": "E3"},
    ]
    for one in people:
        service.create(actor, "Employee", [one])
    centers = [{"code": "A", "owner": "E1"}, {"code": "B", "owner": "E2"}, {"code": "C"}]
    service.create(actor, "Cost Center", centers)
    return World(company, actor)
