"""Going through a node by the spec of its kind."""

from __future__ import annotations

from collections.abc import Iterator

from engine.compiler.shape import is_one, shape_of
from engine.source.load import load_text
from engine.source.nodes import Construct, Listing, Mapping, Node
from engine.source.quoting import At
from engine.spec import kinds

Place = tuple[str, ...]
Part = tuple[Place, Node, kinds.Kind]


def parts(construct: Construct) -> Iterator[Part]:
    """The construct and every part of it that is built of others: the keys that lead there, the node, its kind."""
    shape = shape_of(construct)
    if shape is not None and not construct.broken:
        yield from _below(construct.node, shape, ())


def _below(node: Node, kind: kinds.Kind, place: Place) -> Iterator[Part]:
    match kind:
        case kinds.Either(options):
            for option in options:
                yield from _below(node, option, place)
        case kinds.ListOf(of=inner) if isinstance(node, Listing):
            yield place, node, kind
            for item in node.items:
                yield from _below(item, inner, place)
        case kinds.MapOf(of=inner) if isinstance(node, Mapping):
            yield place, node, kind
            for name, entry in node.entries.items():
                yield from _below(entry.value, inner, (*place, name))
        case kinds.Shape() if isinstance(node, Mapping) and is_one(node, kind):
            yield place, node, kind
            for name, entry in node.entries.items():
                key = kind.keys.get(name)
                if key is not None:
                    yield from _below(entry.value, key.kind, (*place, name))


def lists_of_expressions(text: str) -> Iterator[At]:
    """Line and column of every list of ``text`` whose items are expressions."""
    constructs, _ = load_text(text, "")
    for construct in constructs:
        for _, node, kind in parts(construct):
            if isinstance(kind, kinds.ListOf) and isinstance(kind.of, kinds.Expression):
                yield node.span.line, node.span.column
