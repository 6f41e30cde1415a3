"""The order in which defaults are taken: each after those that it reads, as declared where nothing else counts.

Defaults are taken before anything is worked out: one that reads a formula is refused, and so is a circle.
"""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from itertools import groupby

from engine.catalog.fields import Field, Table, child_path
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.steps import Place
from engine.problems.problem import Problem
from engine.problems.render import way_text

Defaults = tuple[tuple[str, tuple[str, ...]], ...]


def order_defaults(
    draft: DoctypeDraft, tables: Dictionary[str, Table]
) -> tuple[Defaults, list[Problem]]:
    """(path of a table, some of its fields) one after the other, and what is wrong with their defaults."""
    orderer = _Orderer(draft, tables)
    return orderer.order(), orderer.problems


class _Orderer:
    def __init__(self, draft: DoctypeDraft, tables: Dictionary[str, Table]) -> None:
        self.problems: list[Problem] = []
        self._draft = draft
        above_first = sorted(tables.values(), key=lambda table: table.path.count("."))
        above_first.sort(key=lambda table: bool(table.path))
        self._fields: dict[Place, Field] = {
            (table.path, field.name): field
            for table in above_first
            for field in table.columns
            if _is_filled(field)
        }
        self._reads = {place: self._of(place[0], field) for place, field in self._fields.items()}

    def order(self) -> Defaults:
        """All fields that are filled; what goes in a circle stands where it was found."""
        order: dict[Place, None] = {}
        for place in self._fields:
            self._take(place, order)
        return tuple(
            (path, tuple(name for _, name in places))
            for path, places in groupby(order, key=lambda place: place[0])
        )

    def _take(self, place: Place, order: dict[Place, None]) -> None:
        """Put ``place`` into ``order``, what it reads first. A loop: thousands may build on each other."""
        way: dict[Place, None] = {}
        told: set[Place] = set()
        wanted = [place]
        while wanted:
            place = wanted[-1]
            way[place] = None
            missing = [r for r in self._reads[place] if r not in order and r not in told]
            if not missing or place in order:
                wanted.pop()
                way.pop(place)
                order[place] = None
            elif missing[0] in way:
                places = list(way)
                circle = places[places.index(missing[0]) :]
                told.update(circle)
                self._circle(circle)
            else:
                wanted.append(missing[0])

    def _of(self, path: str, field: Field) -> tuple[Place, ...]:
        """The defaults that the default of ``field`` reads; what it reads too early is told."""
        expression = field.default_expression
        if expression is None:
            return ()
        name = self._draft.name
        own = {
            (read.record.path, read.field)
            for read in expression.reads
            if read.record.own and read.record.doctype == name
        }
        early = not self._is_made(path)
        late = next((p for p in sorted(own) if early and self._is_worked_out(p)), None)
        if late is not None:
            message = f"In {name} '{late[1]}' is worked out after defaults are taken: here it is always empty."
            hint = f"Give '{field.name}' a formula with editable: true, or read what is typed in."
            self.problems.append(Problem("E412", message, expression.span, hint))
        return tuple(sorted(own & self._fields.keys()))

    def _is_made(self, path: str) -> bool:
        """Whether a step makes the rows at ``path``: what is in them when a person sends them, it has written."""
        above: str | None = path
        while above:
            table = self._draft.tables[above]
            if table.generated or table.maker is not None:
                return True
            above = table.parent
        return False

    def _is_worked_out(self, place: Place) -> bool:
        """Whether a formula or a step writes the field, or the rows that it stands for."""
        path, name = place
        table = self._draft.tables.get(path)
        field = table.fields.get(name) if table is not None else None
        if field is None:
            return False
        if field.table is not None:
            return self._is_made(field.table)
        return field.writer != "person" or "formula" in field.node.entries

    def _circle(self, places: list[Place]) -> None:
        first = self._fields[places[0]].default_expression
        names = [child_path(path, name) for path, name in (*places, places[0])]
        message = f"These defaults go in a circle: {way_text(names)}."
        hint = "Give one of them a default that reads none of the others, or none."
        span = first.span if first is not None else None
        self.problems.append(Problem("E402", message, span, hint))


def _is_filled(field: Field) -> bool:
    """Whether an empty field of a new row is given something."""
    return field.writer == "person" and (
        field.default is not None or field.default_expression is not None or field.type == "boolean"
    )
