"""What a misspelt word was meant to be, so that one mistake gives one problem.

The mistake is reported where it stands; then the compiler reads on as if the word meant had been
written. Nothing is ever published so: a catalog with a problem does not exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.problems.suggest import nearest
from engine.source.nodes import Construct, Entry, Mapping, Scalar
from engine.spec import kinds
from engine.spec.language import CONSTRUCTS, UNBUILT_CONSTRUCTS

_NAMED = ("doctype", "ledger", "rules", "role", "workflow")
"""The kinds of construct that others speak of by name."""

OTHER_WORDS = {
    "description": "help",
    "title": "label",
    "caption": "label",
    "mandatory": "required",
    "reqd": "required",
    "fieldtype": "type",
    "target": "to",
    "references": "to",
    "columns": "fields",
    "attributes": "fields",
    "extends": "like",
    "inherits": "like",
    "permissions": "allow",
    "expression": "formula",
    "value": "formula",
    "condition": "when",
    "if": "when",
    "filter": "where",
    "filters": "where",
    "validations": "validate",
    "validation": "validate",
    "postings": "posts",
    "values": "options",
    "choices": "options",
    "readonly": "editable",
    "group_by": "by",
    "order_by": "order",
    "sort": "order",
    "naming": "name",
    "entity": "doctype",
    "table": "doctype",
    "model": "doctype",
    "document": "doctype",
    "rule": "rules",
    "book": "ledger",
    "journal": "ledger",
    "error": "message",
}
"""Words of other systems, and what they are called here: tried before what looks alike."""


def key(written: str, known: Iterable[str]) -> str | None:
    """The key of ``known`` that ``written`` most likely stands for."""
    names = list(known)
    other = OTHER_WORDS.get(written.lower())
    if other in names:
        return other
    exchanged = (name for name in names if sorted(name) == sorted(written))
    found = next(exchanged, None) or nearest(written, names)
    if found is None:
        other = OTHER_WORDS.get(nearest(written, OTHER_WORDS) or "")
        found = other if other in names else None
    return found


def word(node: Scalar, kind: kinds.Kind) -> Scalar | None:
    """A choice or a flag that was mistyped, as it was meant; None where that is not clear."""
    options: Sequence[str] = ()
    if isinstance(kind, kinds.Choice):
        options = kind.options
    elif isinstance(kind, kinds.Flag):
        options = ("true", "false")
    found = nearest(node.text, options)
    return renamed(node, found) if found is not None else None


def shape(node: Mapping, kind: kinds.Kind) -> kinds.Shape | None:
    """Which shape of several a mapping is, if one of its keys is nearly the one that tells them apart."""
    options = kind.kinds if isinstance(kind, kinds.Either) else (kind,)
    shapes = [option for option in options if isinstance(option, kinds.Shape)]
    for name in node.entries:
        for option in shapes:
            if nearest(name, option.marks) is not None:
                return option
    return None


def kind_repaired(construct: Construct) -> bool:
    """Whether the kind of ``construct`` was a misspelt one: it is then of the kind that was meant."""
    found = key(construct.kind, [*CONSTRUCTS, *UNBUILT_CONSTRUCTS])
    if found is None or found not in CONSTRUCTS:
        return False
    first, *others = construct.node.entries.items()
    entry = Entry(renamed(first[1].key, found), first[1].value)
    construct.node = Mapping(
        {found: entry, **dict(others)}, construct.node.span, construct.node.dropped
    )
    construct.kind = found
    return True


def by_name(construct: Construct, others: Iterable[Construct]) -> Iterator[Construct]:
    """A construct of no kind, known by name only, as every kind that may be spoken of: nobody misses it."""
    if key(construct.kind, CONSTRUCTS) is not None or not construct.name:
        return
    taken = {(other.kind, other.name) for other in others}
    for kind in _NAMED:
        if (kind, construct.name) not in taken:
            nothing = Mapping({}, construct.span)
            yield Construct(
                kind, construct.name, nothing, construct.span, construct.pack, construct.file, True
            )


def renamed(node: Scalar, text: str) -> Scalar:
    """``node`` with another text, at its place."""
    return Scalar(text, node.span, node.quoted)
