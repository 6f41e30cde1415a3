"""A company of the pack with every row source, in a database of the module's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.language.programs import good


@pytest.fixture(scope="module")
def module_database(
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[None]:
    """A database with the good program ``calculation``."""
    folder: Path = tmp_path_factory.mktemp("calculation")
    (folder / "pack.yaml").write_text(good("calculation"), encoding="utf-8")
    with django_db_blocker.unblock(), databases.clone(folder):  # type: ignore[attr-defined]
        yield
