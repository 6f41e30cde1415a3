"""Which pack a construct belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from engine.source.nodes import Construct


def name_packs(constructs: Iterable[Construct]) -> None:
    """Fill in ``pack``: the pack that is declared before the construct in its file, else the pack
    whose ``pack.yaml`` lies in its folder or the nearest one above, else ''.
    """
    constructs = sorted(constructs, key=place)
    folders = {
        PurePath(c.file).parent: c.name
        for c in constructs
        if c.kind == "pack" and PurePath(c.file).stem.lower() == "pack"
    }
    file, current = "", ""
    for construct in constructs:
        if construct.file != file:
            file = construct.file
            above = PurePath(file).parents
            current = next((folders[folder] for folder in above if folder in folders), "")
        if construct.kind == "pack":
            current = construct.name
        construct.pack = current


def place(construct: Construct) -> tuple[str, int, int]:
    """Where it stands: file, line, column."""
    return (construct.file, construct.span.line, construct.span.column)
