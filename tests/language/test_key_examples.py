"""The examples of keys in the reference have the shape that their key takes, wherever they stand in a construct."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.compiler.shape import check_shapes
from engine.source.load import load_text
from engine.source.nodes import Construct, Entry, Listing, Mapping, Node, Scalar
from engine.spec import kinds
from engine.spec.language import CONSTRUCTS

Way = tuple[str, ...]
"""Keys from a construct down to a shape: ``*`` is any key of a map, ``-`` an item of a list."""


def ways() -> dict[str, tuple[str, Way, kinds.Shape]]:
    """Name of a shape → (construct, the way to it, the shape): the first of each."""
    found: dict[str, tuple[str, Way, kinds.Shape]] = {}
    for construct, shape in CONSTRUCTS.items():
        for way, inner in _below(shape, (), set()):
            found.setdefault(inner.name, (construct, way, inner))
    return found


def _below(kind: kinds.Kind, way: Way, seen: set[str]) -> Iterator[tuple[Way, kinds.Shape]]:
    if isinstance(kind, kinds.Shape) and kind.name not in seen:
        seen.add(kind.name)
        yield way, kind
        for name, key in kind.keys.items():
            yield from _below(key.kind, (*way, name), seen)
        if kind.others is not None:
            yield from _below(kind.others, (*way, "other"), seen)
    elif isinstance(kind, kinds.MapOf):
        yield from _below(kind.of, (*way, "*"), seen)
    elif isinstance(kind, kinds.ListOf):
        yield from _below(kind.of, (*way, "-"), seen)
    elif isinstance(kind, kinds.Either):
        for option in kind.kinds:
            yield from _below(option, way, seen)


def examples() -> Iterator[tuple[str, str]]:
    for name, (_, _, shape) in ways().items():
        for key, said in shape.keys.items():
            # What an overlay changes is shown with the overlay around it.
            if said.example and said.built and name != "overlay target":
                yield name, key


def _example(shape: kinds.Shape, name: str) -> dict[str, Entry]:
    """The keys of the example; with it the key that tells what shape it is, where there are several."""
    (construct,), problems = load_text(shape.keys[name].example, "example.yaml")
    assert not problems, [str(problem) for problem in problems]
    entries = construct.node.entries
    assert name in entries
    if shape.marks and not set(shape.marks) & entries.keys():
        return {**_example(shape, shape.marks[0]), **entries}
    return dict(entries)


def _around(node: Node, way: Way) -> Node:
    for step in reversed(way):
        if step == "-":
            node = Listing((node,), node.span)
        else:
            key = "any" if step == "*" else step
            node = Mapping({key: Entry(Scalar(key, node.span), node)}, node.span)
    return node


@pytest.mark.parametrize(("shape", "name"), list(examples()))
def test_the_example_of_a_key_fits_it(shape: str, name: str) -> None:
    kind, way, found = ways()[shape]
    entries = _example(found, name)
    span = next(iter(entries.values())).key.span
    whole = _around(Mapping(entries, span), way)
    assert isinstance(whole, Mapping)
    kept, problems = check_shapes([Construct(kind, "Any", whole, span)])
    assert problems == []
    assert len(kept) == 1
