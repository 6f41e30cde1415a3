"""The example programs of documents out of documents, each in a database of the module's own."""

from __future__ import annotations

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service


@pytest.fixture(scope="module")
def actors(module_database: None) -> tuple[Actor, Actor]:
    """Who acts in the first and in the second of two companies."""
    companies = [{"code": "ONE"}, {"code": "TWO"}]
    first, second = service.create(system_actor(), "Company", companies)
    return system_actor(first["id"], user_id=5), system_actor(second["id"], user_id=6)
