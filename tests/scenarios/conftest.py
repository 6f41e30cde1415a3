"""The shop of the scenarios, in a database of its own."""

from __future__ import annotations

import pytest

from tests.scenarios.shop import Shop, found_shop


@pytest.fixture
def shop(own_database: None) -> Shop:
    return found_shop()
