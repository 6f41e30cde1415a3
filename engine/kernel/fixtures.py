"""What becomes of a record that a pack brings, when it is loaded once more. Pure: digests in, a verdict out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Policy = Literal["owned", "default", "sample"]
Verdict = Literal["create", "set", "fill", "keep", "same"]
"""``set``: all that the pack brings; ``fill``: only what is empty; ``keep``: people had the last word."""

THEIRS = ""
"""The digest of a record that people had before the pack brought it: it is never untouched."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What was noted when the record was loaded last.

    ``shipped``: digest of what the pack brought; ``stored``: of ``fields`` as they were stored then.
    """

    shipped: str
    stored: str
    fields: tuple[str, ...]


def digest(row: Mapping[str, Any], fields: Iterable[str]) -> str:
    """Of the values of ``fields``, however a database writes them: 12 and 12.00 are the same."""
    texts = [(name, _text(row.get(name))) for name in sorted(fields)]
    return hashlib.sha256(json.dumps(texts).encode()).hexdigest()


def judge(
    policy: Policy, row: Mapping[str, Any], mark: Mark | None, stored: Mapping[str, Any] | None
) -> Verdict:
    """``row``: as the pack brings it now. ``stored``: the record as it is, None where it is gone or never was."""
    if stored is None:
        return "create" if mark is None or policy == "owned" else "keep"
    if mark is None:
        return "set" if policy == "owned" else "fill"
    untouched = mark.stored == digest(stored, mark.fields)
    if untouched and mark.shipped == digest(row, row):
        return "same"
    return "set" if untouched or policy == "owned" else "keep"


def _text(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, Decimal):
        plain = format(value.normalize(), "f")
        return "0" if plain == "-0" else plain
    return str(value)
