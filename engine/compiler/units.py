"""Units of quantities: the path that tells one, and what it has to lead to.

``unit`` is a path to what a quantity is counted in: a link to a record (``item.stock_unit``), a choice
or a text. Which doctype holds units no pack has to say; it shows. What the rule set ``unit_ratio`` is
given as ``unit`` is one; and what units are found through, as the item of ``item.stock_unit``, is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass

from engine.compiler import view
from engine.compiler.drafts import DoctypeDraft
from engine.compiler.ledgers import LedgerDraft
from engine.compiler.names import key_of
from engine.compiler.program import Program
from engine.compiler.schema import ENTRY, DraftSchema
from engine.expr.check_convert import RATIOS
from engine.expr.fault import Fault
from engine.expr.syntax import parse
from engine.expr.types import Record, Text, Type, is_open, records_of
from engine.problems.problem import Problem
from engine.source.nodes import Scalar

_PATH = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\Z")


@dataclass(frozen=True, slots=True)
class _Unit:
    """One ``unit``: where it is written, what it leads through and what it ends at (None: no path)."""

    written: Scalar
    through: frozenset[str]
    end: Type | None


def check_units(
    program: Program,
    schema: DraftSchema,
    drafts: Dictionary[str, DoctypeDraft],
    ledgers: Dictionary[str, LedgerDraft],
) -> list[Problem]:
    """The quantities whose ``unit`` leads to no unit. A path that leads nowhere is told where it is compiled."""
    units = [u for u in _units(schema, drafts, ledgers) if u is not None]
    known = _known_units(program, drafts)
    through = {doctype: unit for unit in units for doctype in sorted(unit.through)}
    problems: list[Problem] = []
    for unit in units:
        text, span = unit.written.text, unit.written.span
        if unit.end is None:
            message = "The unit of a quantity is a path to it, nothing that is worked out."
            problems.append(Problem("E239", message, span, "unit: item.stock_unit"))
            continue
        records = [record.doctype for record in records_of(unit.end) if not record.path]
        wrong = [r for r in records if (r not in known if known else r in through)]
        if wrong:
            hint = f"It takes a link to {' or '.join(sorted(known))}." if known else ""
            found = through.get(wrong[0])
            if found is not None:
                hint = f"Units are found through {wrong[0]}, as by '{found.written.text}'."
            message = f"'{text}' is a record of {wrong[0]}, and that is no unit."
            problems.append(Problem("E239", message, span, hint))
        elif not records and not isinstance(unit.end, Text) and not is_open(unit.end):
            message = f"'{text}' is neither a link to a unit nor a word."
            problems.append(Problem("E239", message, span, "unit: item.stock_unit"))
    return problems


def _known_units(program: Program, drafts: Dictionary[str, DoctypeDraft]) -> set[str]:
    """The doctypes that the rule set which converts takes for units; none where there is no such rule set."""
    return {
        value.text
        for name, construct in program.rules.items()
        if key_of(name) == RATIOS
        for key, value in view.texts_of(construct.node, "given")
        if key.text == "unit" and value.text in drafts
    }


def _units(
    schema: DraftSchema,
    drafts: Dictionary[str, DoctypeDraft],
    ledgers: Dictionary[str, LedgerDraft],
) -> Iterator[_Unit | None]:
    for draft in drafts.values():
        for path, table in draft.tables.items():
            for field in table.fields.values():
                written = view.scalar(field.node, "unit") if field.type == "quantity" else None
                if written is not None:
                    yield _unit(schema, written, Record(draft.name, path, own=True))
    for ledger in ledgers.values():
        for name, node in view.maps(ledger.node, "measures"):
            written = view.scalar(node, "unit")
            if written is not None and ledger.measures[name.text].type == "quantity":
                yield _unit(schema, written, Record(ENTRY + ledger.name, own=True))


def _unit(schema: DraftSchema, written: Scalar, record: Record) -> _Unit | None:
    """The path followed; None where it leads nowhere or cannot be read, which is told elsewhere."""
    if not _PATH.match(written.text):
        readable = not isinstance(parse(written.text), Fault)
        return _Unit(written, frozenset(), None) if readable else None
    through: set[str] = set()
    at: Type = record
    for name in written.text.removeprefix("this.").split("."):
        records = records_of(at)
        through |= {r.doctype for r in records if r != record and not r.path}
        found = next((t for r in records if (t := schema.field(r, name)) is not None), None)
        if found is None:
            return None
        at = found
    return _Unit(written, frozenset(through), at)
