"""Fixtures of every test: databases.

* `db` (mark `db`, or pytest-django's): metadata/ is published; what the test writes is rolled back.
* `own_database`: a database of its own with ``metadata_folder`` published; the test may commit, fork and break it.
* `module_database`: the same, shared by the tests of a module; a module that says ``PROGRAM`` has that good program.
* `empty_database`: a database of its own in which nothing is published.

A folder of tests that has a pack of its own overrides `metadata_folder` in its conftest.py.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.databases import Databases, Unreachable
from tests.language.programs import good


def pytest_configure(config: pytest.Config) -> None:
    """The mark of tests that need a database."""
    config.addinivalue_line("markers", "db: needs a database; what it writes is rolled back")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """`db` is short for pytest-django's mark; what asks for a database by fixture is marked as well."""
    wanted = {
        "db",
        "transactional_db",
        "own_database",
        "module_database",
        "empty_database",
        "databases",
    }
    for item in items:
        if item.get_closest_marker("db"):
            item.add_marker(pytest.mark.django_db)
        elif wanted.intersection(getattr(item, "fixturenames", ())) or item.get_closest_marker(
            "django_db"
        ):
            item.add_marker(pytest.mark.db)


@pytest.fixture(scope="session")
def metadata_folder() -> Path:
    """The metadata that `own_database` and `module_database` have published."""
    return Path(settings.METADATA_DIR)


@pytest.fixture(scope="session")
def databases(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Databases]:
    """The maker of test databases. Skips (fails with BAHI_REQUIRE=all) where the server does not answer."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    try:
        found = Databases(tmp_path_factory.mktemp("databases"), f"{worker}_{os.getpid()}")
    except Unreachable as error:
        if os.environ.get("BAHI_REQUIRE") == "all":
            pytest.fail(str(error))
        pytest.skip(str(error))
    yield found
    found.drop_all()


@pytest.fixture(scope="session")
def django_db_setup(
    databases: Databases, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """pytest-django's database: one clone per worker, which every `db` test leaves as it found it."""
    metadata = Path(settings.METADATA_DIR)
    with django_db_blocker.unblock(), databases.clone(metadata):  # type: ignore[attr-defined]
        yield


@pytest.fixture
def own_database(
    databases: Databases, metadata_folder: Path, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """A database of this test's own with ``metadata_folder`` published."""
    with django_db_blocker.unblock(), databases.clone(metadata_folder):  # type: ignore[attr-defined]
        yield


@pytest.fixture(scope="module")
def module_metadata(
    metadata_folder: Path, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """What `module_database` has published: the good program of the module's ``PROGRAM``, else ``metadata_folder``."""
    program = getattr(request.module, "PROGRAM", None)
    if program is None:
        return metadata_folder
    folder = tmp_path_factory.mktemp(program)
    (folder / f"{program}.yaml").write_text(good(program), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def module_database(
    databases: Databases, module_metadata: Path, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """A database of this module's own with ``module_metadata`` published; its tests share it."""
    with django_db_blocker.unblock(), databases.clone(module_metadata):  # type: ignore[attr-defined]
        yield


@pytest.fixture
def empty_database(
    databases: Databases, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """A database of this test's own: fixed tables, and nothing published."""
    with django_db_blocker.unblock(), databases.clone(None):  # type: ignore[attr-defined]
        yield
