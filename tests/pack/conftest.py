"""The count of Indian vectors at the end of the run."""

from __future__ import annotations

import pytest

from tests.pack.vectors import TALLY


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many of how many invoice cases held, and name those left out."""
    for line in TALLY.lines():
        terminalreporter.write_line(line)
