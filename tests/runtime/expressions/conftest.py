"""The example program of linked rows, in a database of the module's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Databases
from tests.language.programs import good


@pytest.fixture(scope="module")
def module_database(
    databases: Databases,
    django_db_blocker: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Path]:
    """A database with the program ``linked``."""
    pack = tmp_path_factory.mktemp("linked")
    (pack / "linked.yaml").write_text(good("linked"), encoding="utf-8")
    with django_db_blocker.unblock(), databases.clone(pack):  # type: ignore[attr-defined]
        yield pack
