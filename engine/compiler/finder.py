"""Whoever finds problems on the way."""

from __future__ import annotations

from engine.problems.problem import Problem, Span
from engine.source.nodes import Scalar


class Finder:
    """``problems`` fills up as it goes."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def find(
        self, code: str, message: str, span: Span | None, hint: str = "", *, missing: str = ""
    ) -> None:
        """Report a problem; ``missing``: the name that nobody declares, where that is what is wrong."""
        self.problems.append(Problem(code, message, span, hint, missing=missing))

    def unknown(
        self, code: str, message: str, name: Scalar, hint: str = "", part: str = ""
    ) -> None:
        """Report a name that nobody declares, or the ``part`` of a path that is none."""
        self.find(code, message, name.span, hint, missing=part or name.text)
