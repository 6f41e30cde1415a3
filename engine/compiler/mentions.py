"""Last pass, mentions: every name that stands under a key, what it stands for, and its place.

In: constructs, merged, and what was made of them. Out: (thing, use) in the order of the sources. The spec says which
keys take names and of what; where one may stand for several things, what is nearest around it decides: the ledger of a
posting before the doctype that posts. What expressions read is not here: ``engine.catalog.uses`` finds that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.catalog.mentions import Mention, Use
from engine.catalog.whole import Catalog
from engine.compiler import view
from engine.compiler.known_things import Scope, Scopes, Things
from engine.compiler.shape import is_one, shape_of
from engine.compiler.story_mentions import story
from engine.expr.types import COMPANY_DOCTYPE
from engine.source.nodes import Construct, Listing, Mapping, Node, Scalar
from engine.spec import kinds

_OWNERS = ("ledger", "doctype", "make", "rules", "tax")
"""Keys that say whose names stand beside them."""
_SOURCES = ("each", "from", "over", "rows", "with", "pair")
"""Keys of row sources: what goes through a ledger or a doctype names its fields."""
_TABLES = ("each", "over", "into", "rows")
_STORIES = frozenset({"test step", "doctype test"})


def mentions(constructs: Iterable[Construct], catalog: Catalog) -> tuple[Mention, ...]:
    """Of every construct of ``catalog``; ``constructs`` are those it was made of."""
    things = Things(catalog)
    found: dict[Mention, None] = {}
    for construct in constructs:
        shape = shape_of(construct)
        if shape is None or construct.broken:
            continue
        reader = _Reader(things, construct)
        found.update(dict.fromkeys(reader.node(construct.node, shape, (), reader.start())))
    return tuple(found)


class _Reader:
    """Reads one construct. ``place``: the keys that lead to a node; ``scopes``: whose names may stand there."""

    def __init__(self, things: Things, construct: Construct) -> None:
        self._things = things
        self._construct = construct
        self._owner = construct.name

    def start(self) -> Scopes:
        """Whose names stand in the construct as such."""
        kind, node, things = self._construct.kind, self._construct.node, self._things
        if kind == "workflow":
            through = [name.text for name in view.names(node, "for")]
            return (things.through(self._owner, through), (Scope("workflow", self._owner),))
        if kind == "limit":
            return (tuple(Scope("doctype", name.text) for name, _ in view.entries(node, "at")),)
        if kind == "rules":
            rows = [name.text.partition(".")[0] for name in view.names(node, "from")]
            return ((Scope("rules", self._owner),), tuple(Scope("doctype", row) for row in rows))
        if kind == "pack":
            return ((Scope("doctype", COMPANY_DOCTYPE),),)
        return ((Scope(kind, self._owner),),)

    def node(
        self, node: Node, kind: kinds.Kind, place: tuple[str, ...], scopes: Scopes
    ) -> Iterator[Mention]:
        """What the names at and below ``node`` stand for."""
        match kind:
            case kinds.Name(of) | kinds.Names(of=of):
                for name in _scalars(node):
                    yield from self._named(of, name, place, scopes)
            case kinds.Expression(sees=("balance",)) if isinstance(node, Scalar):
                if (
                    node.text.isidentifier()
                ):  # a measure alone is kept as a name, not as an expression
                    yield from self._named("measure", node, place, scopes)
            case kinds.Choice(declared=of) if of and isinstance(node, Scalar):
                yield from self._named(of, node, place, scopes)
            case kinds.Either(options):
                for option in options:
                    yield from self.node(node, option, place, scopes)
            case kinds.ListOf(of=inner) if isinstance(node, Listing):
                for item in node.items:
                    yield from self.node(item, inner, place, scopes)
            case kinds.MapOf() if isinstance(node, Mapping):
                yield from self._map(node, kind, place, scopes)
            case kinds.Shape() if isinstance(node, Mapping) and is_one(node, kind):
                yield from self._shape(node, kind, place, scopes)

    def _map(
        self, node: Mapping, kind: kinds.MapOf, place: tuple[str, ...], scopes: Scopes
    ) -> Iterator[Mention]:
        for name, entry in node.entries.items():
            below = (*place, name)
            inner = scopes
            if kind.keys == "doctype":
                inner = ((Scope("doctype", name),), *scopes)
            if kind.keys == "field" and not isinstance(kind.of, kinds.Expression):
                inner = self._things.table(name, scopes)
            if kind.keys != "new":
                yield from self._named(kind.keys, entry.key, below, scopes)
            elif isinstance(kind.of, kinds.Shape) and kind.of.name == "field":
                inner = self._things.table(name, scopes)
            yield from self.node(entry.value, kind.of, below, inner)

    def _shape(
        self, node: Mapping, kind: kinds.Shape, place: tuple[str, ...], scopes: Scopes
    ) -> Iterator[Mention]:
        if kind.name in _STORIES or kind.name == "test":
            yield from story(self._things, self._construct, node, kind.name, place)
        inside = self._inside(node, scopes)
        for name, entry in node.entries.items():
            key = kind.keys.get(name)
            if key is None:
                continue
            around = self._of_field(node, name, inside) if kind.name == "field" else inside
            yield from self.node(entry.value, key.kind, (*place, name), around)

    def _inside(self, node: Mapping, scopes: Scopes) -> Scopes:
        """What the keys of ``node`` add: its ledger or doctype, those that its sources go through, its tables."""
        for key in _TABLES:
            table = view.text(node, key)
            scopes = self._things.table(table, scopes) if table else scopes
        for key in _SOURCES:
            source = view.mapping(node, key)
            scopes = self._owners(source, scopes) if source is not None else scopes
        return self._owners(node, scopes)

    def _owners(self, node: Mapping, scopes: Scopes) -> Scopes:
        for key in _OWNERS:
            named = view.text(node, key)
            kind = {"make": "doctype", "tax": "rules"}.get(key, key)
            if named and self._things.there(kind, named):
                scopes = ((Scope(kind, named),), *scopes)
        return scopes

    def _of_field(self, node: Mapping, key: str, scopes: Scopes) -> Scopes:
        """The keys of a field that speak of another doctype: the other end, what is made."""
        other: tuple[str, ...] = ()
        if key == "by" and view.text(node, "type") == "back":
            other = view.texts(node, "of")
        elif key == "make":
            other = view.texts(node, "to")
        return (tuple(Scope("doctype", name) for name in other), *scopes) if other else scopes

    def _named(
        self, of: str, name: Scalar, place: tuple[str, ...], scopes: Scopes
    ) -> Iterator[Mention]:
        if of == "new":
            return
        use = Use(self._owner, ".".join(place), "", name.span)
        for thing in self._things.meant(of, name.text, scopes):
            yield thing, use


def _scalars(node: Node) -> Iterator[Scalar]:
    """The names in a text, in a list, or in lines of a layout (``|`` sets them side by side)."""
    if isinstance(node, Scalar):
        parts = [part.strip() for part in node.text.split("|")]
        yield from [node] if len(parts) == 1 else (Scalar(part, node.span) for part in parts)
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _scalars(item)
