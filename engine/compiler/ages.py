"""What ``since`` and ``deprecated`` say: the version that brought a thing, and that it should not be used any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Mapping as Dictionary

from engine.catalog.uses import Uses
from engine.catalog.whole import Catalog
from engine.compiler import view
from engine.compiler.packs import Packs
from engine.compiler.parts import Place, parts
from engine.problems.problem import Problem
from engine.source.nodes import Construct, Mapping, Scalar
from engine.source.versions import read_since
from engine.spec import kinds

_PARTS = frozenset({
    "fields", "dimensions", "details", "measures", "transitions", "states", "actions", "columns", "ask",
})  # fmt: skip
_SHOWN = ("layout", "list", "search")


def check_since(constructs: Sequence[Construct], packs: Packs) -> list[Problem]:
    """Every ``since`` that is no version, or a later one than that of its pack."""
    problems: list[Problem] = []
    for construct in constructs if _is_said("since", constructs) else ():
        for _, node in _shapes(construct):
            written = view.scalar(node, "since")
            wrong = _of_since(written, packs) if written is not None else None
            problems += [wrong] if wrong is not None else []
    return problems


def _of_since(written: Scalar, packs: Packs) -> Problem | None:
    since = read_since(written.text)
    if since is None:
        message = f"'{written.text}' is no version."
        return Problem("E173", message, written.span, "For example since: '1.2'.")
    pack = packs.of(written.span)
    version = packs.headers[pack].version if pack in packs.headers else None
    if version is None or not version < since:
        return None
    message = f"'{written.text}' is still to come: pack {pack} has version {version}."
    return Problem("E187", message, written.span, f"Raise the version of {pack}, or lower this.")


def warned(deprecated: Dictionary[str, str], found: Uses) -> list[Problem]:
    """A warning for every use of what is ``deprecated``: thing → why."""
    return [
        Problem("E186", f"'{thing}' is deprecated.", use.span, why, severity="warning")
        for thing, why in deprecated.items()
        for use in found.get(thing, ())
        if not _own(thing, use.owner, use.place)
    ]


def _own(thing: str, owner: str, place: str) -> bool:
    """Whether it is a part of the thing itself, or where its own doctype shows it."""
    of, _, name = thing.partition(".")
    if owner != of:
        return False
    return not name or place.partition(".")[0] in _SHOWN or place.startswith(f"fields.{name}.")


def deprecated(constructs: Sequence[Construct], catalog: Catalog) -> dict[str, str]:
    """Thing, as ``uses`` names it → why, of all that says so; ``catalog`` was made of the ``constructs``."""
    return dict(_deprecated(constructs, catalog)) if _is_said("deprecated", constructs) else {}


def _is_said(key: str, constructs: Iterable[Construct]) -> bool:
    """Whether the texts have the word at all: few do, and looking at every part of every construct takes its time."""
    texts = [construct.text for construct in constructs if construct.text]
    return not texts or any(key in text for text in texts)


def _deprecated(constructs: Sequence[Construct], catalog: Catalog) -> Iterator[tuple[str, str]]:
    """A field of a row stands in every table of such rows."""
    for construct in constructs:
        for place, node in _shapes(construct):
            why = view.text(node, "deprecated")
            if why is None or (place and (len(place) < 2 or place[-2] not in _PARTS)):
                continue
            names = ".".join(place[1::2])
            yield f"{construct.name}.{names}" if names else construct.name, why
            if construct.kind == "doctype" and names:
                yield from (
                    (f"{doctype.name}.{path}.{names}", why)
                    for doctype in catalog.doctypes.values()
                    for path, table in doctype.tables.items()
                    if path and table.row_type == construct.name
                )


def _shapes(construct: Construct) -> Iterator[tuple[Place, Mapping]]:
    """The construct and every part of it that has keys of its own, with the keys that lead there."""
    for place, node, kind in parts(construct):
        if isinstance(kind, kinds.Shape) and isinstance(node, Mapping):
            yield place, node
