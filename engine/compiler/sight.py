"""Pass 3, sight: a pack names only what it, or a pack that it requires, declares.

Looks at names of constructs and of fields wherever a key takes one; what expressions read is looked
at where they are compiled (``Reader``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.compiler.packs import Packs, node_since
from engine.compiler.shape import shape_of
from engine.problems.problem import Problem
from engine.source.nodes import Construct, Listing, Mapping, Node, Scalar
from engine.spec import kinds
from engine.spec.language import CONSTRUCTS


def check_sight(constructs: Sequence[Construct], packs: Packs) -> list[Problem]:
    """Names of constructs of packs that are not required. ``constructs`` are not merged yet."""
    if len(packs.order) < 2:
        return []
    declared: dict[tuple[str, str], Construct] = {}
    for construct in constructs:
        declared.setdefault((construct.kind, construct.name), construct)
    problems: list[Problem] = []
    for construct in constructs:
        for of, name in _named(construct.node, _kind_of(construct)):
            found = _declared(declared, of, name.text)
            if found is not None:
                wrong = packs.fault(found.name, name.span, found.span, node_since(found.node))
                problems += [wrong] if wrong is not None else []
    return problems


def check_fields_in_sight(constructs: Sequence[Construct], packs: Packs) -> list[Problem]:
    """The same of the fields of doctypes, after the merge: a form does not show what another pack brings."""
    if len(packs.order) < 2:
        return []
    problems: list[Problem] = []
    for construct in constructs:
        fields = construct.node.get("fields")
        if construct.kind != "doctype" or not isinstance(fields, Mapping):
            continue
        # Keys of `set` and `give` are dimensions, or fields of another record: those who read them look at them.
        for of, name in _named(construct.node, _kind_of(construct), keys=False):
            entry = fields.entries.get(name.text.partition(".")[0]) if "field" in of else None
            if entry is not None:
                wrong = packs.fault(name.text, name.span, entry.declared, node_since(entry.value))
                problems += [wrong] if wrong is not None else []
    return problems


def _kind_of(construct: Construct) -> kinds.Shape:
    shape = shape_of(construct)
    assert shape is not None, "constructs of unknown kinds are gone by now"
    return shape


def _declared(declared: dict[tuple[str, str], Construct], of: str, name: str) -> Construct | None:
    """What a name stands for, where the key says of which kinds it may be."""
    head = name.partition(".")[0]
    found = (declared.get((word, head)) for word in of.split() if word in CONSTRUCTS)
    return next((construct for construct in found if construct is not None), None)


def _named(node: Node, kind: kinds.Kind, *, keys: bool = True) -> Iterator[tuple[str, Scalar]]:
    """(of what, name) of every name below ``node``; with ``keys`` also of the keys of maps."""
    match kind:
        case kinds.Name(of) | kinds.Names(of=of):
            for scalar in _scalars(node):
                yield of, scalar
        case kinds.Either(options):
            for option in options:
                yield from _named(node, option, keys=keys)
        case kinds.ListOf(of=inner) if isinstance(node, Listing):
            for item in node.items:
                yield from _named(item, inner, keys=keys)
        case kinds.MapOf(of=inner, keys=what) if isinstance(node, Mapping):
            for entry in node.entries.values():
                if keys:
                    yield what, entry.key
                yield from _named(entry.value, inner, keys=keys)
        case kinds.Shape() if isinstance(node, Mapping):
            for name, entry in node.entries.items():
                key = kind.keys.get(name)
                if key is not None:
                    yield from _named(entry.value, key.kind, keys=keys)


def _scalars(node: Node) -> Iterator[Scalar]:
    """The scalars of a name, of a list of names, or of a change of one."""
    if isinstance(node, Scalar):
        yield node
    elif isinstance(node, Listing):
        for item in node.items:
            yield from _scalars(item)
    elif node.entries.keys() <= {"add", "remove"}:
        for entry in node.entries.values():
            yield from _scalars(entry.value)
