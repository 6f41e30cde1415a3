"""A problem is a value: what is wrong, where, and the way out. Nothing in ``engine`` raises for bad metadata."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class Row(NamedTuple):
    """One line of a text that lies over several: what begins at character ``offset`` of it stands here."""

    offset: int
    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a source file; lines and columns count from 1, ``end_column`` is exclusive."""

    file: str
    line: int
    column: int
    end_column: int = 0
    rows: tuple[Row, ...] = field(default=(), compare=False, repr=False)
    """Where the parts of its text stand, where that lies over several lines."""

    def at(self, start: int, length: int) -> Span:
        """The place of ``length`` characters of its text, which has rows; it ends with the line."""
        row = next((row for row in reversed(self.rows) if row.offset <= start), self.rows[0])
        inside = min(max(start - row.offset, 0), row.length)
        column = row.column + inside
        return Span(self.file, row.line, column, column + max(min(length, row.length - inside), 1))

    def behind(self, start: int) -> Span:
        """The place of its text from character ``start`` on."""
        if not self.rows:
            return Span(self.file, self.line, self.column + start, self.end_column)
        rows = tuple(
            row._replace(offset=row.offset - start)
            for row in self.rows
            if row.offset + row.length > start
        )
        first = self.at(start, 1)
        return Span(self.file, first.line, first.column, 0, rows or self.rows[-1:])


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in metadata. ``code`` is a key of ``engine.problems.codes.CODES``."""

    code: str
    message: str
    span: Span | None
    hint: str = ""
    severity: str = "error"
    also: tuple[Span, ...] = ()
    """Further places of the same mistake: where else the name stands that nobody declares."""
    missing: str = ""
    """The name that nobody declares, where that is the mistake: it is one, wherever the name stands."""
