"""Pass 2, packs: what stands on what, in which order packs are applied, and what each may name.

In: well-formed constructs. Out: ``Packs``. Where packs do not fit together nothing else is looked
at: everything that would be missing is missing for that reason.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field

from engine.compiler import view
from engine.problems.problem import Problem, Span
from engine.problems.render import way_text
from engine.problems.suggest import did_you_mean
from engine.source.nodes import Construct, Mapping, Scalar
from engine.source.packs import place
from engine.source.versions import ENGINE, Range, Version, read_range, read_since, read_version

ENGINE_NAME = "engine"
"""What `requires` calls this engine."""


@dataclass(frozen=True, slots=True)
class _Header:
    """One ``pack`` construct. ``requires``: the name as written → its range."""

    construct: Construct
    version: Version | None
    requires: Dictionary[str, tuple[Scalar, Range]]


@dataclass(slots=True)
class Packs:
    """All packs of a project. '' is the pack of what belongs to none: it stands on all others."""

    headers: dict[str, _Header] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    """What stands on nothing first; among equals by name."""
    reaches: dict[str, frozenset[str]] = field(default_factory=dict)
    """Pack → itself and everything it stands on."""
    stands_for: dict[str, str] = field(default_factory=dict)
    """Name as required → pack."""
    _lines: dict[str, tuple[list[int], list[str]]] = field(default_factory=dict)

    def of(self, span: Span) -> str:
        """The pack that the text at ``span`` belongs to."""
        lines, packs = self._lines.get(span.file, ([], []))
        at = bisect_right(lines, span.line) - 1
        return packs[max(at, 0)] if packs else ""

    def sees(self, pack: str, other: str) -> bool:
        """Whether ``pack`` may name what ``other`` declares."""
        return not pack or not other or other in self.reaches.get(pack, ())

    def put_in_order(self, constructs: Iterable[Construct]) -> list[Construct]:
        """Constructs in the order of their packs, then of their files."""
        rank = {name: at for at, name in enumerate(self.order)}
        last = len(rank)
        return sorted(constructs, key=lambda c: (rank.get(c.pack, last), place(c)))

    def fault(self, name: str, span: Span, owner: Span, since: str | None) -> Problem | None:
        """What is wrong with naming, at ``span``, something that is declared at ``owner``."""
        pack, other = self.of(span), self.of(owner)
        if pack == other or not pack or not other:
            return None
        if not self.sees(pack, other):
            message = f"'{name}' is of pack {other}, which {pack} does not require."
            return Problem("E174", message, span, f"requires: {{{other}: {self._usual(other)}}}")
        brought, least = read_since(since) if since else None, self._least(pack, other)
        if brought is None or least is None or least >= brought:
            return None
        message = f"'{name}' came with {other} {brought}, and {pack} takes {least} as well."
        return Problem("E175", message, span, f'requires: {{{other}: ">={brought}"}}')

    def _usual(self, name: str) -> str:
        version = self.headers[name].version if name in self.headers else None
        if version is None:
            return '"*"'
        return f'">={version.core[0]}.{version.core[1]},<{version.core[0] + 1}"'

    def _least(self, pack: str, other: str) -> Version | None:
        """The oldest ``other`` that ``pack`` may meet: as it says itself, else as what it stands on says."""
        for name in (pack, *sorted(self.reaches.get(pack, ()))):
            header = self.headers.get(name)
            for required, (_, allowed) in (header.requires if header else {}).items():
                if self.stands_for.get(required) == other and allowed.least is not None:
                    return allowed.least
        return None


def settle_packs(constructs: Sequence[Construct]) -> tuple[Packs, list[Problem]]:
    """The packs of ``constructs``; with problems they are not to be used."""
    packs = Packs(_lines=_lines(constructs))
    problems: list[Problem] = []
    for construct in sorted((c for c in constructs if c.kind == "pack"), key=place):
        if construct.name not in packs.headers:
            packs.headers[construct.name] = _header(construct, problems)
    _name_stand_ins(packs, problems)
    edges = {name: _met(packs, header, problems) for name, header in packs.headers.items()}
    order, circle = _sorted(edges)
    if circle:
        start = packs.headers[circle[0]]
        written = next(
            (at for name, (at, _) in start.requires.items() if packs.stands_for[name] == circle[1]),
            None,
        )
        path = way_text(circle)
        message = f"These packs require one another in a circle: {path}."
        span = written.span if written is not None else start.construct.span
        problems.append(Problem("E172", message, span, "Move what both need into a third."))
        return packs, problems
    packs.order = order
    for name in order:
        above = (packs.reaches[other] for other in edges[name])
        packs.reaches[name] = frozenset({name}).union(*above)
    return packs, problems


def _lines(constructs: Sequence[Construct]) -> dict[str, tuple[list[int], list[str]]]:
    found: dict[str, tuple[list[int], list[str]]] = {}
    for construct in sorted(constructs, key=place):
        lines, packs = found.setdefault(construct.file, ([], []))
        lines.append(construct.node.span.line if lines else 0)
        packs.append(construct.pack)
    return found


def _header(construct: Construct, problems: list[Problem]) -> _Header:
    node = construct.node
    written = view.scalar(node, "version")
    version = read_version(written.text) if written is not None else None
    if written is not None and version is None:
        message = f"'{written.text}' is no version."
        hint = "A version has three numbers: 1.4.0; what leads up to it, 1.4.0-rc.1."
        problems.append(Problem("E173", message, written.span, hint))
    requires: dict[str, tuple[Scalar, Range]] = {}
    for name, text in view.texts_of(node, "requires"):
        allowed = read_range(text.text)
        if allowed is None:
            message = f"'{text.text}' is no range of versions."
            problems.append(Problem("E173", message, text.span, 'For example ">=1.0,<2", or "*".'))
        else:
            requires[name.text] = (name, allowed)
    return _Header(construct, version, requires)


def _name_stand_ins(packs: Packs, problems: list[Problem]) -> None:
    """What each name in ``requires`` stands for: a pack, or the one that provides it."""
    packs.stands_for.update({name: name for name in packs.headers})
    for pack, header in sorted(packs.headers.items()):
        for provided in view.names(header.construct.node, "provides"):
            first = packs.stands_for.setdefault(provided.text, pack)
            if first != pack:
                message = f"'{provided.text}' is provided by pack {first} already."
                hint = "Leave one of the two out of the project."
                problems.append(Problem("E177", message, provided.span, hint))


def _met(packs: Packs, header: _Header, problems: list[Problem]) -> tuple[str, ...]:
    """The packs that ``header`` stands on; reports those that are missing or of another version."""
    found: list[str] = []
    for name, (at, allowed) in header.requires.items():
        if name == ENGINE_NAME:
            version: Version | None = ENGINE
        elif name in packs.stands_for:
            found.append(packs.stands_for[name])
            version = packs.headers[found[-1]].version
        else:
            hint = did_you_mean(name, packs.stands_for) or "Put its folder beside this one."
            message = f"Pack '{name}' is required and is not here."
            problems.append(Problem("E170", message, at.span, hint))
            continue
        if version is not None and version not in allowed:
            what = "This engine" if name == ENGINE_NAME else f"Pack '{name}' here"
            message = f"{what} has version {version}, and {allowed.text} is required."
            problems.append(Problem("E171", message, at.span))
    return tuple(dict.fromkeys(found))


def _sorted(edges: Dictionary[str, tuple[str, ...]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(names in order, ()) or ((), a circle that ends where it begins)."""
    order: list[str] = []
    waiting = sorted(edges)
    while waiting:
        ready = next((n for n in waiting if all(o in order for o in edges[n])), None)
        if ready is None:
            return (), _circle(edges, waiting)
        waiting.remove(ready)
        order.append(ready)
    return tuple(order), ()


def _circle(edges: Dictionary[str, tuple[str, ...]], waiting: Sequence[str]) -> tuple[str, ...]:
    path = [waiting[0]]
    while path.count(path[-1]) < 2:
        path.append(next(name for name in edges[path[-1]] if name in waiting))
    return tuple(path[path.index(path[-1]) :])


def node_since(node: object) -> str | None:
    """The ``since`` of a part."""
    return view.text(node, "since") if isinstance(node, Mapping) else None
