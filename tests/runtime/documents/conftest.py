"""Two companies of a small pack in a database of the module's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine_runtime.access.actor import system_actor
from engine_runtime.documents import service
from tests.runtime.documents.world import World

PACK = Path(__file__).parent / "pack"


@pytest.fixture(scope="session")
def metadata_folder() -> Path:
    """The small pack."""
    return PACK


@pytest.fixture(scope="module")
def world(module_database: None) -> World:
    """A company with a shelf, a region and a partner, and a second company with a shelf."""
    system = system_actor()
    companies = [{"code": "ONE", "name": "First"}, {"code": "TWO", "name": "Second"}]
    first, second = service.create(system, "Company", companies)
    actor, other = system_actor(first["id"], user_id=5), system_actor(second["id"], user_id=6)
    region = service.create(actor, "Region", [{"code": "N", "name": "North"}])[0]
    partner = {"code": "P", "name": "Partner", "region": "N"}
    return World(
        actor,
        other,
        region["id"],
        service.create(actor, "Partner", [partner])[0]["id"],
        service.create(actor, "Shelf", [{"code": "S", "name": "Shelf"}])[0]["id"],
        service.create(other, "Shelf", [{"code": "S", "name": "Their shelf"}])[0]["id"],
    )
