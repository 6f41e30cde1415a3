"""The vectors of Indian law: where they lie, and how many were met."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

DATA = Path(settings.METADATA_DIR)
"""The metadata, with the files of records of its packs."""
FOLDER = Path(
    os.environ.get("INDIA_VECTORS") or Path(__file__).resolve().parents[1] / "vectors" / "india"
)


def cases(topic: str) -> list[dict[str, Any]]:
    """The cases of ``topic``; INDIA_VECTORS names another folder than the project's."""
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{topic}.json").read_text("utf-8"))["cases"]
    return found


@dataclass
class Tally:
    """What became of the invoice cases in this run."""

    met: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    left: dict[str, str] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """What the terminal shows; nothing if none ran."""
        total = len(self.met) + len(self.failed) + len(self.left)
        if not total:
            return []
        lines = [f"invoice_tax: {len(self.met)} of {total} cases"]
        lines += [f"  failed: {name}" for name in sorted(self.failed)]
        lines += [f"  left: {name}, {why}" for name, why in sorted(self.left.items())]
        return lines


TALLY = Tally()
