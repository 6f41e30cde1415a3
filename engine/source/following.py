"""What was renamed between two versions of a text is called the same in all of them, before they are merged.

A field that the new version calls otherwise, and that was changed here, is one field: without this it would be one
that is gone and one that is new. Whoever is called anew says so: ``renamed_from``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.source.nodes import Listing, Mapping, Node, Scalar
from engine.source.quoting import line_starts
from engine.source.reading import read_nodes


@dataclass(frozen=True, slots=True)
class Renamed:
    """``former`` is ``now`` in the merged text; ``other``: what the new version calls it, where both renamed it."""

    path: str
    former: str
    now: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Followed:
    """The three texts with the same names, and what was renamed."""

    old: str
    local: str
    new: str
    renamed: tuple[Renamed, ...] = ()


def follow(old: str, local: str, new: str) -> Followed:
    """Texts that read well, those of one file."""
    if "renamed_from" not in new and "renamed_from" not in local:
        return Followed(old, local, new)
    following = _Following()
    kinds = [_constructs(text) for text in (old, local, new)]
    for kind in kinds[_NEW]:
        following.constructs(kind, *(side.get(kind, {}) for side in kinds))
    texts = [_edited(text, at) for text, at in zip((old, local, new), following.edits, strict=True)]
    return Followed(texts[_OLD], texts[_LOCAL], texts[_NEW], tuple(following.renamed))


@dataclass(frozen=True, slots=True)
class _Part:
    """A key or the name of a construct: where it is written, and what it stands for."""

    name: Scalar
    node: Mapping


_Parts = dict[str, _Part]
_OLD, _LOCAL, _NEW = range(3)


class _Following:
    """Finds what was renamed. ``edits``: for each of the texts, the names to be written otherwise."""

    def __init__(self) -> None:
        self.edits: tuple[list[tuple[Scalar, str]], ...] = ([], [], [])
        self.renamed: list[Renamed] = []

    def constructs(self, kind: str, old: _Parts, local: _Parts, new: _Parts) -> None:
        """The constructs of one kind, and what is in them; they are called the same afterwards."""
        for name in self._parts(f"{kind} ", old, local, new, ()):
            nodes = [side[name].node for side in (old, local, new)]
            for key in nodes[_NEW].entries:
                self._below(f"{kind} {name} › {key} › ", [node.get(key) for node in nodes], nodes)

    def _below(
        self, path: str, nodes: Sequence[Node | None], constructs: Sequence[Mapping]
    ) -> None:
        old, local, new = map(_parts, nodes)
        for name in self._parts(path, old, local, new, constructs):
            inner = [side[name].node for side in (old, local, new)]
            for key in inner[_NEW].entries:
                self._below(f"{path}{name} › {key} › ", [node.get(key) for node in inner], ())

    def _parts(
        self, path: str, old: _Parts, local: _Parts, new: _Parts, constructs: Sequence[Mapping]
    ) -> list[str]:
        """Brings together what stands side by side at ``path``; what all three have.

        ``constructs``: those that the parts are known in by their names alone.
        """
        writing = _Writing(self, constructs)
        for name, former in _said(new):
            if former not in old or former in new or name in local:
                continue
            here = next((n for n, f in _said(local) if f == former and n not in new), None)
            if former in local or here is None:
                self.renamed.append(Renamed(f"{path}{former}", former, name))
                writing.write({_OLD: old, _LOCAL: local}, former, name)
            else:
                self.renamed.append(Renamed(f"{path}{former}", former, here, name))
                writing.write({_OLD: old}, former, here)
                writing.write({_NEW: new}, name, here)
        for name, former in _said(local):
            if former in old and former in new and name not in new and former not in local:
                self.renamed.append(Renamed(f"{path}{former}", former, name))
                writing.write({_OLD: old, _NEW: new}, former, name)
        return [name for name in new if name in local and name in old]


@dataclass(frozen=True, slots=True)
class _Writing:
    """Writes a name otherwise: where it is declared, and in the lists of its construct."""

    following: _Following
    constructs: Sequence[Mapping]

    def write(self, sides: dict[int, _Parts], name: str, now: str) -> None:
        for side, parts in sides.items():
            part = parts.pop(name, None)
            if part is not None:
                parts[now] = part
                self.following.edits[side].append((part.name, now))
            if self.constructs:
                listed = _listed(self.constructs[side], name, now)
                self.following.edits[side].extend(listed)


def _listed(node: Node, name: str, now: str) -> Iterator[tuple[Scalar, str]]:
    """Items of lists that are ``name``, or a line of a form with it in it, and how they are written now."""
    if isinstance(node, Mapping):
        for entry in node.entries.values():
            yield from _listed(entry.value, name, now)
    for item in node.items if isinstance(node, Listing) else ():
        if not isinstance(item, Scalar):
            yield from _listed(item, name, now)
        elif name in (part.strip() for part in item.text.split("|")):
            yield item, re.sub(rf"(?<![^\s|]){re.escape(name)}(?![^\s|])", now, item.text)


def _said(parts: _Parts) -> list[tuple[str, str]]:
    """(name, former name) of all that were renamed, the latest former name first."""
    return [
        (name, former.text)
        for name, part in parts.items()
        for former in reversed(list(_former(part.node)))
    ]


def _former(node: Mapping) -> Iterator[Scalar]:
    said = node.get("renamed_from")
    if isinstance(said, Mapping):
        said = said.get("name")
    for name in said.items if isinstance(said, Listing) else (said,):
        if isinstance(name, Scalar):
            yield name


def _parts(node: Node | None) -> _Parts:
    entries = node.entries if isinstance(node, Mapping) else {}
    return {k: _Part(e.key, e.value) for k, e in entries.items() if isinstance(e.value, Mapping)}


def _constructs(text: str) -> dict[str, _Parts]:
    """Kind → name → construct."""
    kinds: dict[str, _Parts] = {}
    for node in read_nodes(text, "").nodes:
        first = next(iter(node.entries.values()), None) if isinstance(node, Mapping) else None
        if isinstance(node, Mapping) and first is not None and isinstance(first.value, Scalar):
            named = kinds.setdefault(first.key.text, {})
            named[first.value.text] = _Part(first.value, node)
    return kinds


def _edited(text: str, edits: list[tuple[Scalar, str]]) -> str:
    starts = line_starts(text)
    places = {
        starts[name.span.line - 1] + name.span.column - 1: (name.text, now) for name, now in edits
    }
    for at in sorted(places, reverse=True):
        name, now = places[at]
        if text.startswith(name, at):  # not where escapes or line ends hide how it is written
            text = text[:at] + now + text[at + len(name) :]
    return text
