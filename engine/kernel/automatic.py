"""Transitions that the engine makes because they hold (``auto``): what can make them hold.

A document that moves by itself is looked at when it is written, and when an entry names it in a ledger that its
condition asks for it. (What a day brings is a schedule.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.expr.nodes import Balance, Name
from engine.expr.program import Expr
from engine.expr.types import Record
from engine.expr.walk import every


@dataclass(frozen=True, slots=True)
class Watch:
    """Entries of ``ledger`` whose ``dimension`` is a document of ``doctype`` may make it move."""

    doctype: str
    ledger: str
    dimension: str


def moves_by_itself(doctype: Doctype) -> bool:
    """Whether some transition of ``doctype`` is made because it holds."""
    return any(True for _ in _conditions(doctype))


def waiting_states(doctype: Doctype) -> tuple[str, ...]:
    """The states out of which a document moves by itself."""
    ways = doctype.workflow.transitions.values()
    return tuple(dict.fromkeys(s for way in ways if way.auto is not None for s in way.sources))


def watches(catalog: Catalog) -> tuple[Watch, ...]:
    """What entries are watched for, over all doctypes."""
    found = {
        Watch(name, ledger, dimension): None
        for name, doctype in catalog.doctypes.items()
        for condition in _conditions(doctype)
        for ledger, dimension in _asked_for_itself(condition)
    }
    return tuple(found)


def _conditions(doctype: Doctype) -> Iterator[Expr]:
    if doctype.submittable and not doctype.abstract and doctype.workflow.declared:
        for transition in doctype.workflow.transitions.values():
            if transition.auto is not None:
                yield transition.auto


def _asked_for_itself(condition: Expr) -> Iterator[tuple[str, str]]:
    """(ledger, dimension) of every balance that is asked for with ``this``, as in ``order=this``."""
    for node in every(condition.tree):
        if isinstance(node, Balance):
            for dimension, value in node.match:
                own = isinstance(value, Name) and value.name == "this"
                if own and isinstance(value.type, Record):
                    yield node.ledger, dimension
