"""The examples of keys in the reference have the shape that their key takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.compiler.shape import check_part
from engine.source.load import load_text
from engine.spec import kinds
from engine.spec.language import CONSTRUCTS


def shapes() -> list[kinds.Shape]:
    """Every shape that a construct has anywhere, once."""
    found: dict[str, kinds.Shape] = {}
    waiting: list[kinds.Kind] = list(CONSTRUCTS.values())
    while waiting:
        kind = waiting.pop()
        if isinstance(kind, kinds.Shape):
            if kind.name not in found:
                found[kind.name] = kind
                waiting += [key.kind for key in kind.keys.values()]
                waiting += [kind.others] if kind.others is not None else []
        elif isinstance(kind, (kinds.MapOf, kinds.ListOf)):
            waiting.append(kind.of)
        elif isinstance(kind, kinds.Either):
            waiting += kind.kinds
    return list(found.values())


def examples() -> Iterator[tuple[kinds.Shape, str]]:
    for shape in shapes():
        for name, key in shape.keys.items():
            # What an overlay changes is shown with the overlay around it.
            if key.example and key.built and shape.name != "overlay target":
                yield shape, name


@pytest.mark.parametrize(
    ("shape", "name"), list(examples()), ids=lambda part: getattr(part, "name", part)
)
def test_the_example_of_a_key_fits_it(shape: kinds.Shape, name: str) -> None:
    text = shape.keys[name].example
    (construct,), problems = load_text(text, "example.yaml")
    assert not problems, [str(problem) for problem in problems]
    assert name in construct.node.entries
    assert check_part(construct.node, shape) == []
