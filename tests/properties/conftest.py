"""A company of the module's own; every history moves items of its own."""

from __future__ import annotations

import pytest

from tests.company import Company, found


@pytest.fixture(scope="module")
def company(module_database: None) -> Company:
    return found()
