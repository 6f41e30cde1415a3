"""Fixtures of the pack's tests, and the count of Indian vectors at the end of the run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pack.site import fresh_site
from tests.pack.vectors import TALLY


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[None]:
    """The standard pack, published in a database of this module."""
    name = request.module.__name__.rpartition(".")[2].removeprefix("test_")
    with django_db_blocker.unblock(), fresh_site(tmp_path_factory.mktemp(name), name):
        yield


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many of how many invoice cases held, and name those left out."""
    for line in TALLY.lines():
        terminalreporter.write_line(line)
