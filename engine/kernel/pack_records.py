"""Data files of packs, checked without a database: each cell against its field, keys, and links to other records.

What depends on other records in another way (checks, required fields of a record that another file brings, trees)
is found when the records are loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.catalog.bounds import outside
from engine.catalog.doctypes import Doctype
from engine.catalog.packs import DataFile, Pack
from engine.catalog.whole import Catalog
from engine.expr.types import COMPANY_DOCTYPE
from engine.kernel.convert import convert
from engine.kernel.finding import Finding
from engine.problems.problem import Problem, Span
from engine.problems.suggest import did_you_mean
from engine.source.records import Line, read_lines

_WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class _File:
    """One data file as it was read."""

    pack: Pack
    data: DataFile
    doctype: Doctype
    lines: Sequence[Line]


def check_records(catalog: Catalog, root: Path) -> list[Problem]:
    """What is wrong with the data files of the packs of ``catalog``; their names begin at ``root``."""
    problems: list[Problem] = []
    files: list[_File] = []
    for pack in catalog.packs.values():
        for data in pack.data.values():
            lines, wrong = read_lines(root / data.file)
            problems += wrong
            files.append(_File(pack, data, catalog.doctypes[data.doctype], lines))
    for file in files:
        problems += _twice(file)
        for line in file.lines:
            problems += _line(file.doctype, line)
        problems += _lost_links(catalog, file, files)
    return sorted(problems, key=lambda problem: problem.span or Span("", 0, 0))


def as_record(doctype: Doctype, cells: Mapping[str, str]) -> dict[str, Any]:
    """A row of texts as input for ``doctype``; only conditions need reading, the rest is read as what people send.

    A text that is no condition stays as it is and is refused with the others.
    """
    conditions = {name for name, field in doctype.fields.items() if field.type == "boolean"}
    return {
        name: _WORDS.get(cell, cell) if name in conditions else cell for name, cell in cells.items()
    }


# --- one record ------------------------------------------------------------------------------------


def _line(doctype: Doctype, line: Line) -> Iterator[Problem]:
    """Cells that no field takes: unknown, worked out, of another type, too long, no option."""
    converted = convert(doctype, as_record(doctype, line.cells))
    for finding in converted.findings:
        yield _refused(doctype, line, finding)
    for name in line.cells:
        field = doctype.fields.get(name)
        value = converted.row.get(name) if field is not None else None
        if field is None or value is None or field.type in ("link", "table", "back"):
            continue
        fault = outside(field, value)
        if fault is not None:
            yield Problem("E183", fault[1], line.at(name))


def _refused(doctype: Doctype, line: Line, finding: Finding) -> Problem:
    name = finding.path.partition(".")[0].partition("[")[0]
    hint = finding.hint
    if name not in doctype.fields:
        hint = did_you_mean(name, doctype.fields) or hint
    return Problem("E183", finding.message, line.at(name), hint)


def _twice(file: _File) -> Iterator[Problem]:
    """Records of one file that nothing tells apart."""
    if file.doctype.name == COMPANY_DOCTYPE or not file.data.keys:
        return
    first: dict[tuple[str, ...], Line] = {}
    for line in file.lines:
        key = tuple(line.cells.get(name, "") for name in file.data.keys)
        before = first.setdefault(key, line)
        if before is not line and any(key):
            shown = " ".join(filter(None, key))
            message = f"'{shown}' is here twice; the first is on line {before.span.line}."
            yield Problem("E184", message, line.at(file.data.keys[0]), "Keep one of the two.")


# --- links -----------------------------------------------------------------------------------------


def _lost_links(catalog: Catalog, file: _File, files: Sequence[_File]) -> Iterator[Problem]:
    """Links to a key that no pack brings, where packs bring the records it may lead to.

    Where only packs have a say in those records it is an error; where people add their own, a warning.
    """
    seen = [other for other in files if other.pack.name in file.pack.reaches]
    for name, field in file.doctype.fields.items():
        if field.type != "link" or not any(name in line.cells for line in file.lines):
            continue
        bringing = _bringing(catalog, field.link, seen)
        if bringing is None:
            continue
        known = {key for other in bringing for key in _keys(other)}
        owned = all(other.data.policy == "owned" for other in bringing)
        for line in file.lines:
            key = line.cells.get(name)
            if key is not None and key not in known:
                yield _lost(file, field.link, (key, known, owned), line, name)


def _lost(
    file: _File, targets: Sequence[str], of: tuple[str, set[str], bool], line: Line, column: str
) -> Problem:
    key, known, owned = of
    what = " or ".join(targets)
    message = f"No pack that {file.pack.name} stands on brings a {what} '{key}'."
    hint = did_you_mean(key, known)
    if owned:
        return Problem("E185", message, line.at(column), hint or "Bring it, or empty the cell.")
    hint = hint or "Until somebody makes it, this file cannot be loaded."
    return Problem("E185", message, line.at(column), hint, severity="warning")


def _bringing(
    catalog: Catalog, targets: Sequence[str], files: Sequence[_File]
) -> list[_File] | None:
    """The files with records of the doctypes a link may lead to; None where people make them, or keys are given."""
    found: list[_File] = []
    for target in targets:
        doctype = catalog.doctypes.get(target)
        own = [file for file in files if file.doctype.name == target]
        if doctype is None or doctype.name_by is None or not own or target == COMPANY_DOCTYPE:
            return None
        key = doctype.name_by
        if any(key not in line.cells for file in own for line in file.lines):
            return None
        found += own
    return found or None


def _keys(file: _File) -> Iterator[str]:
    key = file.doctype.name_by
    return (line.cells[key] for line in file.lines if key is not None)
