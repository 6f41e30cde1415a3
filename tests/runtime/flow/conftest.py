"""The example programs of documents out of documents, each in a database of the module's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.documents import service
from tests.databases import Databases
from tests.language.programs import good


@pytest.fixture(scope="module")
def module_database(
    databases: Databases,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[None]:
    """A database with the program that the module names in ``PROGRAM``."""
    name = request.module.PROGRAM
    pack = tmp_path_factory.mktemp(name)
    (pack / f"{name}.yaml").write_text(good(name), encoding="utf-8")
    with django_db_blocker.unblock(), databases.clone(pack):  # type: ignore[attr-defined]
        yield


@pytest.fixture(scope="module")
def actors(module_database: None) -> tuple[Actor, Actor]:
    """Who acts in the first and in the second of two companies."""
    companies = [{"code": "ONE"}, {"code": "TWO"}]
    first, second = service.create(system_actor(), "Company", companies)
    return system_actor(first["id"], user_id=5), system_actor(second["id"], user_id=6)
