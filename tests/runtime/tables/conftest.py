"""The tables of shop.py in a database of the module's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine_runtime.schema.versions import bring
from engine_runtime.tables.gateway import Gateway, gateway
from tests.databases import Databases
from tests.runtime.tables.shop import SHOP


@pytest.fixture(scope="module")
def module_database(
    databases: Databases, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """One database for all tests of a module; each keeps to rows of its own."""
    with django_db_blocker.unblock(), databases.clone(None):  # type: ignore[attr-defined]
        bring(SHOP, "shop", {})
        yield


@pytest.fixture
def tables(module_database: None) -> Gateway:
    """The gateway to the shop."""
    return gateway()
