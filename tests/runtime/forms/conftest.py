"""The tables of world.py in a database of the module's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine_runtime.schema.versions import bring
from engine_runtime.tables.gateway import Gateway, gateway
from tests.databases import Databases
from tests.runtime.forms.world import TABLES


@pytest.fixture(scope="module")
def module_database(
    databases: Databases, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """One database for all tests of a module."""
    with django_db_blocker.unblock(), databases.clone(None):  # type: ignore[attr-defined]
        bring(tuple(TABLES.values()), "forms", {})
        yield


@pytest.fixture
def tables(module_database: None) -> Gateway:
    """The gateway to the rows."""
    return gateway()
