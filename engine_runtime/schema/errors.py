"""Why a catalog cannot be applied."""

from __future__ import annotations

from collections.abc import Sequence


class SchemaRefused(Exception):
    """Applying would lose or contradict data. ``reasons``: one sentence each, with the way out. Nothing was changed."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("\n".join(reasons))
        self.reasons = tuple(reasons)


class PublishBusy(SchemaRefused):
    """Another publish holds the lock."""

    def __init__(self, reason: str) -> None:
        super().__init__((reason,))
