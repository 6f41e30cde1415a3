"""Which doctypes a link may point to: what a name in ``to``, ``link`` or ``given`` stands for."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from collections.abc import Sequence

from engine.catalog.fields import DOCUMENT
from engine.compiler import view
from engine.compiler.program import Program
from engine.problems.problem import Problem, Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Mapping, Scalar

MOST_HINTS = 200
"""Nobody mends more unknown doctypes at once, and every search goes through all that there are."""


class Targets:
    """Resolves names of doctypes. Knows which are rows of others, and what is like the abstract ones."""

    def __init__(self, program: Program) -> None:
        self._doctypes = program.doctypes
        self.text_types = program.text_types
        self.children = _children(program.doctypes)
        self._concrete = _concrete(program.doctypes)
        self._hints = MOST_HINTS

    def unknown(self, name: Scalar, others: Sequence[str] = ()) -> Problem:
        """The problem of a doctype that nobody declares."""
        self._hints -= 1
        hint = did_you_mean(name.text, [*self._doctypes, *others]) if self._hints >= 0 else ""
        return Problem(
            "E301", f"There is no doctype '{name.text}'.", name.span, hint, missing=name.text
        )

    def resolve(
        self, target: Scalar, *, others: Sequence[str] = ()
    ) -> tuple[tuple[str, ...], Problem | None]:
        """The concrete doctypes behind ``target``: ``Document``, one doctype, or all like an abstract one.

        A doctype whose source is broken is taken as it is named. ``others`` are further names to suggest.
        """
        if target.text == DOCUMENT:
            return (DOCUMENT,), None
        name, _, path = target.text.partition(".")
        construct = self._doctypes.get(name)
        if construct is None:
            span = target.span
            place = Span(span.file, span.line, span.column, span.column + len(name))
            return (), self.unknown(Scalar(name, place), others)
        if path and not construct.broken:
            problem = self._no_table(target, construct, path)
            if problem is not None:
                return (), problem
        if name in self.children:
            message = f"A link cannot point to '{name}', whose records are rows of others."
            return (), Problem(
                "E305", message, target.span, "Link to the document that has the rows."
            )
        if view.flag(construct.node, "abstract"):
            below = self.below(name)
            if not below:
                message = f"Nothing is like the abstract '{name}', so there is nothing to point to."
                return (), Problem(
                    "E305", message, target.span, "Take 'abstract' away, or declare one."
                )
            return tuple(f"{each}.{path}" if path else each for each in below), None
        return (target.text,), None

    def _no_table(self, target: Scalar, construct: Construct, path: str) -> Problem | None:
        """The problem of a link to rows that there are none of."""
        fields, start = view.mapping(construct.node, "fields"), len(construct.name) + 1
        for name in path.split("."):
            known = fields.entries if fields is not None else {}
            field = fields.get(name) if fields is not None else None
            if not isinstance(field, Mapping) or view.text(field, "type") != "table":
                if fields is not None and name in fields.dropped:
                    return None
                tables = [key for key in known if self._is_table(fields, key)]
                span = target.span
                place = Span(
                    span.file, span.line, span.column + start, span.column + start + len(name)
                )
                message = f"{construct.name} has no table '{name}'."
                return Problem("E308", message, place, choices(name, tables), missing=name)
            fields = self._fields_of(field)
            start += len(name) + 1
        return None

    @staticmethod
    def _is_table(fields: Mapping | None, name: str) -> bool:
        field = fields.get(name) if fields is not None else None
        return isinstance(field, Mapping) and view.text(field, "type") == "table"

    def _fields_of(self, table: Mapping) -> Mapping | None:
        """The fields of the rows of a table: those of its row type and those given inline."""
        inline = view.mapping(table, "fields")
        row_type = self._doctypes.get(view.text(table, "of") or "")
        base = view.mapping(row_type.node, "fields") if row_type is not None else None
        if base is None or inline is None:
            return base or inline
        return Mapping(
            {**base.entries, **inline.entries}, inline.span, base.dropped | inline.dropped
        )

    def below(self, name: str) -> tuple[str, ...]:
        """The concrete doctypes that are like ``name``, however far below."""
        return self._concrete.get(name, ())


def _children(doctypes: Dictionary[str, Construct]) -> frozenset[str]:
    """Doctypes that are rows of others: those that say so, and those that some table is made of."""
    found: set[str] = set()
    for name, construct in doctypes.items():
        if view.flag(construct.node, "child"):
            found.add(name)
        found |= _tables_of(construct.node)
    return frozenset(found & doctypes.keys())


def _tables_of(node: Mapping) -> set[str]:
    found: set[str] = set()
    for _, field in view.maps(node, "fields"):
        of = view.text(field, "of")
        if view.text(field, "type") == "table" and of is not None:
            found.add(of)
        found |= _tables_of(field)
    return found


def _concrete(doctypes: Dictionary[str, Construct]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for name, construct in doctypes.items():
        if view.flag(construct.node, "abstract"):
            continue
        seen = {name}
        base = view.text(construct.node, "like")
        while base is not None and base in doctypes and base not in seen:
            seen.add(base)
            found.setdefault(base, []).append(name)
            base = view.text(doctypes[base].node, "like")
    return {name: tuple(below) for name, below in found.items()}
