"""The key ``if_done`` of limits of both kinds: whose task it is what passes them and has happened already."""

from __future__ import annotations

from collections.abc import Collection

from engine.catalog.ledgers import IfDone
from engine.compiler import view
from engine.compiler.reader import Reader
from engine.problems.suggest import did_you_mean
from engine.source.nodes import Mapping


def read_if_done(
    reader: Reader, node: Mapping, roles: Collection[str], usual: tuple[str, ...] = ()
) -> IfDone | None:
    """What the limit ``node`` says; None where it refuses what has happened as well. Unknown roles are reported.

    ``usual``: whose task it is where no role is said.
    """
    said = node.get("if_done")
    if said is None:
        return None
    if not isinstance(said, Mapping):
        return IfDone(usual)
    names = view.names(said, "task")
    for name in names:
        if name.text not in roles:
            hint = did_you_mean(name.text, roles) or f"Declare it: role: {name.text}"
            reader.find("E311", f"There is no role '{name.text}'.", name.span, hint)
    return IfDone(tuple(dict.fromkeys(name.text for name in names)))
