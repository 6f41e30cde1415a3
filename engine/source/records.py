"""Files of records: CSV with a header, or a YAML list of mappings. Every cell is text; an empty one is left out.

The one reader of data files: what is published, loaded for a demo and checked before is read here.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import yaml

from engine.problems.problem import Problem, Span
from engine.source.events import Builder, TooDeep
from engine.source.nodes import Listing, Mapping, Node, Scalar

CODE = "E182"


@dataclass(frozen=True, slots=True)
class Line:
    """One record of a file: column → text, and where each stands; ``span`` is that of the whole."""

    cells: dict[str, str]
    span: Span
    places: dict[str, Span] = field(default_factory=dict)

    def at(self, column: str) -> Span:
        """Where the cell of ``column`` stands, as nearly as it is known: its line at least."""
        return self.places.get(column, self.span)


def read_lines(file: Path) -> tuple[list[Line], list[Problem]]:
    """The records of ``file`` in order, and what cannot be read of it."""
    name = str(file)
    try:
        text = file.read_text(encoding="utf-8")
    except OSError:
        message = f"There is no file {file.name} in {file.parent.name}."
        return [], [_problem(message, Span(name, 1, 1), "It lies in the folder of its pack.")]
    except UnicodeDecodeError:
        return [], [_problem(f"{file.name} is not text in UTF-8.", Span(name, 1, 1))]
    return _of_csv(text, name) if file.suffix.lower() == ".csv" else _of_yaml(text, name)


def _problem(message: str, span: Span, hint: str = "") -> Problem:
    return Problem(CODE, message, span, hint)


# --- CSV -------------------------------------------------------------------------------------------


def _of_csv(text: str, name: str) -> tuple[list[Line], list[Problem]]:
    text = text.removeprefix("\ufeff")
    # Line ends are kept, as the module csv asks for: those within quotes are part of a text.
    written = list(StringIO(text, newline=""))
    rows = _rows(written, name)
    _, header = next(rows, (1, []))
    if isinstance(header, Problem):
        return [], [header]
    fault = _wrong_header(header, name)
    if fault is not None:
        return [], [fault]
    found: list[Line] = []
    problems: list[Problem] = []
    for number, row in rows:
        if isinstance(row, Problem):
            problems.append(row)
            continue
        span = Span(name, number, 1)
        if len(row) > len(header):
            message = f"This line has {len(row)} cells for {len(header)} columns."
            problems.append(_problem(message, span, "Quote a text that has a comma in it."))
            continue
        cells = {column: cell for column, cell in zip(header, row, strict=False) if cell}
        found.append(Line(cells, span, _places(written[number - 1], header, row, span)))
    return found, problems


def _places(written: str, header: list[str], row: list[str], line: Span) -> dict[str, Span]:
    """Column → where its cell stands; only the line is known where cells are quoted."""
    if ",".join(row) != written.rstrip("\r\n"):
        return {}
    found: dict[str, Span] = {}
    start = 1
    for column, cell in zip(header, row, strict=False):
        found[column] = Span(line.file, line.line, start, start + len(cell))
        start += len(cell) + 1
    return found


def _rows(written: list[str], name: str) -> Iterator[tuple[int, list[str] | Problem]]:
    """(number of its first line, cells) of every row that is not blank; a problem ends it."""
    reader = csv.reader(written, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            what = "a quote is not closed" if "unexpected end" in str(error) else str(error)
            message = f"This is not CSV: {what}."
            yield number, _problem(message, Span(name, number, 1), 'A quote in a text is "".')
            return
        if row is None:
            return
        if row:
            yield number, row


def _wrong_header(header: list[str], name: str) -> Problem | None:
    span = Span(name, 1, 1)
    if not header:
        return _problem("The file is empty.", span, "Its first line names fields: code,name")
    if "" in header:
        return _problem("A column has no name.", span, "Look for a comma too many.")
    twice = next((column for column in header if header.count(column) > 1), None)
    return _problem(f"There are two columns '{twice}'.", span) if twice is not None else None


# --- YAML ------------------------------------------------------------------------------------------


def _of_yaml(text: str, name: str) -> tuple[list[Line], list[Problem]]:
    builder = Builder(text, name)
    try:
        root = builder.document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        span = Span(name, mark.line + 1, mark.column + 1) if mark else Span(name, 1, 1)
        what = getattr(error, "problem", None) or "it cannot be read"
        return [], [_problem(f"This is not YAML: {what}.", span)]
    except TooDeep as error:
        return [], [_problem("A record is fields, not lists in lists.", error.span)]
    # A key without a value is an empty cell here, not a mistake.
    problems = [problem for problem in builder.problems if problem.code != "E107"]
    if not isinstance(root, Listing):
        span = root.span if root is not None else Span(name, 1, 1)
        problems.append(_problem("The file is no list of records.", span, _HINT))
        return [], problems
    found: list[Line] = []
    for item in root.items:
        wrong = _no_record(item)
        if wrong is not None:
            problems.append(wrong)
        elif isinstance(item, Mapping):
            found.append(_line(item))
    return found, problems


_HINT = "It is a list of mappings: - {code: A, name: First}."


def _no_record(item: Node) -> Problem | None:
    if not isinstance(item, Mapping):
        return _problem("This is no record: it names no fields.", item.span, _HINT)
    for entry in item.entries.values():
        if not isinstance(entry.value, Scalar):
            message = f"'{entry.key.text}' takes a text here."
            hint = "Rows of tables cannot come with a pack."
            return _problem(message, entry.value.span, hint)
    return None


def _line(item: Mapping) -> Line:
    cells = {
        name: entry.value.text
        for name, entry in item.entries.items()
        if isinstance(entry.value, Scalar) and entry.value.text
    }
    places = {name: entry.value.span for name, entry in item.entries.items()}
    first = next(iter(item.entries.values()), None)
    return Line(cells, first.key.span if first is not None else item.span, places)
