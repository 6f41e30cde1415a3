"""Problems as text with the source line and a caret, as JSON, and as annotations of a CI run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.problems.problem import Problem, Span
from engine.problems.suggest import MEANT


class Sources:
    """The lines of source files, read when first asked for.

    ``texts`` gives the text of files that are not on disk (tests, the studio).
    """

    def __init__(self, texts: Mapping[str, str] | None = None) -> None:
        self._lines: dict[str, list[str]] = {
            name: text.splitlines() for name, text in (texts or {}).items()
        }

    def line(self, span: Span) -> str | None:
        """The source line of ``span``, or None where the file cannot be read."""
        if span.file not in self._lines:
            self._lines[span.file] = _read(span.file)
        lines = self._lines[span.file]
        return lines[span.line - 1] if 0 < span.line <= len(lines) else None


def _read(name: str) -> list[str]:
    path = Path(name)
    try:
        # A pipe would never end.
        return path.read_text("utf-8", "replace").splitlines() if path.is_file() else []
    except OSError:
        return []


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Sorted by place, each place and code once: a mistake in an inherited formula is one mistake."""
    seen: dict[tuple[object, ...], Problem] = {}
    for problem in problems:
        place = problem.span or problem.message
        seen.setdefault((problem.code, place), problem)
    return _gathered(sorted(seen.values(), key=_place))


def _gathered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """A name that is declared wrongly, or not at all, is one mistake wherever it is used.

    It is told where it stands first, with the way out that is known anywhere.
    """
    found: dict[object, Problem] = {}
    for problem in problems:
        # Ledgers and doctypes are written in two ways: `Sales Order`, and sales_order in expressions.
        same = problem.missing.lower().replace(" ", "_") or problem
        first = found.get(same)
        if first is None or problem.span is None:
            found[same] = problem
        else:
            better = problem.hint.startswith(MEANT) and not first.hint.startswith(MEANT)
            hint = problem.hint if better else first.hint
            found[same] = replace(first, also=(*first.also, problem.span), hint=hint)
    return tuple(found.values())


def _place(problem: Problem) -> tuple[str, int, int, str, str]:
    span = problem.span
    if span is None:
        return ("", 0, 0, problem.code, problem.message)
    return (span.file, span.line, span.column, problem.code, problem.message)


def as_text(problem: Problem, sources: Sources) -> str:
    """The problem on two to six lines: place, code and sentence; the line with carets; the hint; further places."""
    word = "" if problem.severity == "error" else f" {problem.severity}:"
    if problem.span is None:
        head = f"{problem.code}:{word} {problem.message}"
        return head + (f"\n  hint: {problem.hint}" if problem.hint else "")
    span = problem.span
    parts = [f"{span.file}:{span.line}:{span.column}: {problem.code}:{word} {problem.message}"]
    line = sources.line(span)
    if line is not None:
        parts += _marked(line, span)
    if problem.hint:
        parts.append(f"  hint: {problem.hint}")
    if problem.also:
        parts.append(f"  also: {_places(problem.also, span.file)}")
    return "\n".join(parts)


_MOST_NAMES = 8


def way_text(names: Sequence[str]) -> str:
    """``a → b → a``: the way that a circle goes, its middle left out where it is long."""
    if len(names) <= _MOST_NAMES:
        return " → ".join(names)
    return " → ".join((*names[:5], f"… {len(names) - 7:,} more …", *names[-2:]))


_MOST_PLACES = 6


def _places(spans: Sequence[Span], file: str) -> str:
    """``12:9, 20:9, other.yaml:3:5 and 4 more``."""
    shown = [
        f"{s.line}:{s.column}" if s.file == file else f"{s.file}:{s.line}:{s.column}"
        for s in spans[:_MOST_PLACES]
    ]
    more = len(spans) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _marked(line: str, span: Span, *, width: int = 100) -> list[str]:
    """The source line, cut to the part around the span where it is long, and carets under the span."""
    start = span.column - 1
    length = max(1, min(span.end_column - span.column, len(line) - start))
    begin = 0 if start + length <= width else max(0, start - width // 3)
    shown = line[begin : begin + width]
    before = "…" if begin else ""
    after = "…" if begin + width < len(line) else ""
    number = str(span.line)
    margin = " " * len(number)
    caret = "^" * max(1, min(length, width - (start - begin)))
    return [
        f"  {number} | {before}{shown}{after}",
        f"  {margin} | {' ' * (start - begin + len(before))}{caret}",
    ]


def as_json(problem: Problem) -> dict[str, Any]:
    """The problem as a JSON object: code, severity, message, hint, file, line, column, end_column, also (places)."""
    span = problem.span
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "hint": problem.hint,
        "file": span.file if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "end_column": span.end_column if span else None,
        "also": [
            {"file": s.file, "line": s.line, "column": s.column, "end_column": s.end_column}
            for s in problem.also
        ],
    }


def as_annotation(problem: Problem) -> str:
    """The problem as a workflow command (``::error file=…``), which CI shows beside the line."""
    level = "error" if problem.severity == "error" else "warning"
    text = problem.message + (f" {problem.hint}" if problem.hint else "")
    place = ""
    if problem.span:
        s = problem.span
        place = f"file={_property(s.file)},line={s.line},col={s.column},"
        if s.end_column > s.column:
            place += f"endColumn={s.end_column},"
    return f"::{level} {place}title={_property(problem.code)}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
