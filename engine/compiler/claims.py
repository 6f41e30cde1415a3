"""Which overlay said what: two packs of which neither requires the other do not set the same key.

Nor do two overlays of one pack set a key to different things: which of them counted would be the order of files.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.compiler.packs import Packs
from engine.problems.problem import Problem, Span
from engine.source.nodes import Construct, Listing, Mapping, Node, Scalar, alike

Path = tuple[str, ...]
Made = dict[Path, tuple[str, Scalar, Node]]
"""Key path → (pack, key, value)."""


class Claims:
    """What overlays have set so far, by construct and key path. ``problems`` fills up."""

    def __init__(self, packs: Packs) -> None:
        self.problems: list[Problem] = []
        self._packs = packs
        self._made: dict[tuple[str, str], Made] = {}
        self._within: dict[tuple[str, str, str], Made] = {}
        """What the overlays of one pack say, by pack and construct."""

    def claim(self, target: Construct, overlay: Construct, change: Mapping) -> None:
        """Note what ``change`` sets on ``target``, and report what another pack has set before."""
        self._claim_within(target, overlay, change)
        if target.pack == overlay.pack:
            return
        made = self._made.setdefault((target.kind, target.name), {})
        told: set[str] = set()
        for path, key, value in list(_settings(target.node, change, ())):
            other = _clash(made, path, value)
            if other is not None and not self._packs.sees(overlay.pack, other[0]):
                if other[0] not in told:
                    self.problems.append(_both(path, key, overlay.pack, other))
                told.add(other[0])
            else:
                made[path] = (overlay.pack, key, value)

    def _claim_within(self, target: Construct, overlay: Construct, change: Mapping) -> None:
        made = self._within.setdefault((overlay.pack, target.kind, target.name), {})
        told: set[Span] = set()
        said = list(_leaves(change, ()))
        for path, key, value in said:
            other = _clash(made, path, value)
            if other is not None and other[1].span not in told:
                told.add(other[1].span)
                at = f"{other[1].span.file}:{other[1].span.line}"
                message = f"'{'.'.join(path)}' is set here, and differently by another overlay of the pack at {at}."
                self.problems.append(Problem("E103", message, key.span, "Keep one of the two."))
        made.update({path: (overlay.pack, key, value) for path, key, value in said})


def changes_nothing(change: Mapping) -> bool:
    """Whether nothing is said in an overlay, not even wrongly."""
    return not change.dropped and all(
        isinstance(entry.value, Mapping) and not entry.value.entries and not entry.value.dropped
        for entry in change.entries.values()
    )


def _clash(made: Made, path: Path, value: Node) -> tuple[str, Scalar, Node] | None:
    """Who set this key, something in it, or what it is in, to something else."""
    for known, by in made.items():
        shorter = min(len(known), len(path))
        if known[:shorter] == path[:shorter] and not (known == path and alike(by[2], value)):
            return by
    return None


def _both(path: Path, key: Scalar, pack: str, other: tuple[str, Scalar, Node]) -> Problem:
    by, at, _ = other
    what = ".".join(path)
    message = f"'{what}' is set here by {pack} and at {at.span.file}:{at.span.line} by {by}."
    hint = f"Let one of the two packs require the other: then what it says counts. Or leave {what} to one of them."
    return Problem("E176", message, key.span, hint)


def _settings(
    base: Node | None, change: Mapping, path: Path
) -> Iterator[tuple[Path, Scalar, Node]]:
    """(path, key, value) of everything that ``change`` sets: a new part counts as a whole."""
    for name, entry in change.entries.items():
        below = base.get(name) if isinstance(base, Mapping) else None
        here = (*path, name)
        if not isinstance(entry.value, Mapping) or below is None:
            yield here, entry.key, entry.value
        elif isinstance(below, Mapping):
            yield from _settings(below, entry.value, here)
        else:
            yield from _changed_names(entry.value, here)


def _leaves(change: Mapping, path: Path) -> Iterator[tuple[Path, Scalar, Node]]:
    """(path, key, value) of everything that is no mapping, and of each name that a list gets or loses."""
    for name, entry in change.entries.items():
        value, here = entry.value, (*path, name)
        if not isinstance(value, Mapping):
            yield here, entry.key, value
        elif value.entries.keys() <= {"add", "remove"} and all(
            isinstance(each.value, Listing) for each in value.entries.values()
        ):
            yield from _changed_names(value, here)
        else:
            yield from _leaves(value, here)


def _changed_names(change: Mapping, path: Path) -> Iterator[tuple[Path, Scalar, Node]]:
    """Each name that is added to a list or taken out of it."""
    for word, entry in change.entries.items():
        for item in entry.value.items if isinstance(entry.value, Listing) else ():
            if isinstance(item, Scalar):
                yield (*path, item.text), item, Scalar(word, item.span)
