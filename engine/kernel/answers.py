"""Declared answers, worked out: JSON-ready objects whose values are typed (decimals, dates, ids)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.catalog.actions import AnswerObject, AnswerRows, AnswerValue, ErrorAnswer
from engine.kernel.finding import Finding
from engine.kernel.rows import rows_at


def answered(answer: AnswerObject, frame: Mapping[str, Any]) -> dict[str, Any]:
    """The object that ``answer`` declares, in the frame of its expressions."""
    return {name: _part(part, frame) for name, part in answer.parts.items()}


def _part(part: AnswerValue | AnswerRows | AnswerObject, frame: Mapping[str, Any]) -> Any:
    match part:
        case AnswerValue(constant, expression):
            return constant if expression is None else expression.run(frame)
        case AnswerObject():
            return answered(part, frame)
    frames = ({**frame, "row": row} for row in rows_at(frame["this"], part.each))
    taken = (f for f in frames if part.where is None or part.where.run(f) is True)
    return [answered(part.give, inner) for inner in taken]


def refusal(
    errors: Mapping[str, ErrorAnswer], finding: Finding, frame: Mapping[str, Any]
) -> tuple[int, dict[str, Any]] | None:
    """(status, body) that the action declares for ``finding``; None where it declares none."""
    problem = {"code": finding.code, "message": finding.message, "path": finding.path}
    for error in errors.values():
        if error.takes(finding.code):
            return error.status, answered(error.answer, {**frame, "problem": problem})
    return None
