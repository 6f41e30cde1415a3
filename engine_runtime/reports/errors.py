"""Why a report was refused. None of these knows HTTP."""

from __future__ import annotations

from collections.abc import Sequence

from engine.kernel.finding import Finding


class ReportError(Exception):
    """A parameter is unknown, missing or unreadable; ``problems`` name the parameters."""

    code = "report.parameter"

    def __init__(self, detail: str, problems: Sequence[Finding] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)


class ReportUnknown(ReportError):
    """There is no such report."""

    code = "report.unknown"
