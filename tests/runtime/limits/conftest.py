"""The good program of limits, published; a company with customers of one credit group."""

from __future__ import annotations

import pytest

from engine_runtime.access.actor import system_actor
from engine_runtime.documents import service
from tests.runtime.limits.trade import Trade


@pytest.fixture(scope="module")
def trade(module_database: None) -> Trade:
    """A company and two items, one with a ceiling, one sold so many a month."""
    company = service.create(system_actor(), "Company", [{"code": "ONE"}])[0]["id"]
    actor = system_actor(company, user_id=5)
    soap = {"code": "Soap", "ceiling": 500}
    service.create(actor, "Item", [soap, {"code": "Salt", "monthly": 10}])
    return Trade(actor)
