"""What the constructs of all packs declare, by kind and name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from engine.catalog.text_types import TextType
from engine.compiler.names import key_of
from engine.compiler.shape import check_complete
from engine.problems.problem import Problem
from engine.source.nodes import Construct
from engine.spec.language import CONSTRUCTS


@dataclass(slots=True)
class Program:
    """All constructs, merged and complete. ``broken`` ones are known by name only."""

    doctypes: dict[str, Construct] = field(default_factory=dict)
    ledgers: dict[str, Construct] = field(default_factory=dict)
    rules: dict[str, Construct] = field(default_factory=dict)
    reports: dict[str, Construct] = field(default_factory=dict)
    roles: dict[str, Construct] = field(default_factory=dict)
    menus: dict[str, Construct] = field(default_factory=dict)
    packs: dict[str, Construct] = field(default_factory=dict)
    tests: dict[str, Construct] = field(default_factory=dict)
    types: dict[str, Construct] = field(default_factory=dict)
    text_types: dict[str, TextType] = field(default_factory=dict)
    """The same, resolved, once their pass is over."""
    workflows: dict[str, Construct] = field(default_factory=dict)
    limits: dict[str, Construct] = field(default_factory=dict)
    schedules: dict[str, Construct] = field(default_factory=dict)

    def of_kind(self, kind: str) -> dict[str, Construct]:
        """The constructs of one kind by name."""
        table: dict[str, Construct] = {
            "doctype": self.doctypes,
            "ledger": self.ledgers,
            "rules": self.rules,
            "report": self.reports,
            "role": self.roles,
            "menu": self.menus,
            "pack": self.packs,
            "type": self.types,
            "test": self.tests,
            "workflow": self.workflows,
            "limit": self.limits,
            "schedule": self.schedules,
        }[kind]
        return table

    def constructs(self) -> Iterator[Construct]:
        """All of them, kind after kind."""
        for kind in CONSTRUCTS:
            if kind != "overlay":
                yield from self.of_kind(kind).values()

    def owners(self) -> dict[tuple[str, str], str]:
        """(kind, name) → the pack that declares it."""
        return {(construct.kind, construct.name): construct.pack for construct in self.constructs()}


def collect(constructs: Sequence[Construct]) -> tuple[Program, list[Problem]]:
    """The program, with names declared once and required keys all there."""
    program = Program()
    problems: list[Problem] = []
    keys: dict[tuple[str, str], Construct] = {}
    for construct in constructs:
        known = program.of_kind(construct.kind)
        first = known.get(construct.name)
        if first is not None:
            if not construct.broken and not first.broken:
                problems.append(_twice(construct, first))
            continue
        known[construct.name] = construct
        clash = keys.setdefault((construct.kind, key_of(construct.name)), construct)
        if clash is not construct:
            message = f"'{construct.name}' and '{clash.name}' have the same key '{key_of(construct.name)}'."
            problems.append(
                Problem("E115", message, construct.span, "Give one of them another name.")
            )
        if not construct.broken:
            wrong = check_complete(construct.node, CONSTRUCTS[construct.kind], construct.span)
            # What lacks a part of its own cannot be looked at: every use of that part would be a mistake.
            construct.broken = any(problem.span == construct.span for problem in wrong)
            problems += wrong
    return program, problems


def _twice(construct: Construct, first: Construct) -> Problem:
    place = f"{first.span.file}:{first.span.line}"
    message = f"The {construct.kind} '{construct.name}' is declared twice; the first is at {place}."
    hint = "To change the first, write an overlay." if construct.kind == "doctype" else "Keep one."
    return Problem("E115", message, construct.span, hint)
