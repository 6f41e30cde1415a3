"""Fields that packs bring to doctypes of others: a field is ``pack/doctype.field``.

As long as one pack alone brings a ``grade`` it is read as ``grade``. Where two do, or the doctype
has one of its own, those that were brought are in sight as ``pack__grade``; in its own files each
pack goes on writing ``grade`` for its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.compiler import view
from engine.compiler.names import key_of
from engine.source.nodes import Construct, Entry, Listing, Mapping, Node, Scalar
from engine.spec import kinds

APART = "__"
"""Between pack and field."""


def full_name(pack: str, field: str) -> str:
    """``crates-on-loan``, ``grade`` → ``crates_on_loan__grade``."""
    return f"{key_of(pack)}{APART}{field}"


class OwnFields:
    """Which fields that overlays bring need the name of their pack to be told apart."""

    def __init__(self, constructs: Sequence[Construct]) -> None:
        self._parents = {
            c.name: view.text(c.node, "like") for c in constructs if c.kind == "doctype"
        }
        self._owners = {c.name: c.pack for c in constructs if c.kind == "doctype"}
        self._brought: dict[tuple[str, str], set[str]] = {}
        for construct in constructs:
            doctype = construct.name if construct.kind == "doctype" else _target(construct)
            for name, field in view.maps(construct.node, "fields") if doctype else ():
                if "type" in field.entries:
                    self._brought.setdefault((doctype or "", name.text), set()).add(construct.pack)

    def names(self, overlay: Construct) -> dict[str, str]:
        """Field as its own pack writes it → as it is in sight, for the fields of what ``overlay`` changes."""
        doctype = _target(overlay)
        found: dict[str, str] = {}
        if doctype is None or not overlay.pack:
            return found
        family = self._family(doctype)
        for (of, name), packs in self._brought.items():
            if of in family and overlay.pack in packs and self._owner(of) != overlay.pack:
                others = set().union(*(self._brought.get((one, name), set()) for one in family))
                if others != {overlay.pack}:
                    found[name] = full_name(overlay.pack, name)
        return found

    def _owner(self, doctype: str) -> str:
        return self._owners.get(doctype, "")

    def _family(self, doctype: str) -> set[str]:
        """A doctype with all that it is like and all that are like it."""
        above = self._above(doctype)
        below = {name for name in self._parents if doctype in self._above(name)}
        return {doctype} | above | below

    def _above(self, doctype: str) -> set[str]:
        found: set[str] = set()
        parent = self._parents.get(doctype)
        while parent is not None and parent not in found:
            found.add(parent)
            parent = self._parents.get(parent)
        return found


def _target(overlay: Construct) -> str | None:
    node = view.mapping(overlay.node, "overlay") if overlay.kind == "overlay" else None
    return view.text(node, "doctype") if node is not None else None


def renamed(node: Node, kind: kinds.Kind, names: dict[str, str]) -> Node:
    """``node`` with the names of fields as they are in sight."""
    match kind:
        case kinds.Name(of) | kinds.Names(of=of) if "field" in of or of in ("line", "path"):
            return _renamed_names(node, names)
        case kinds.Either(options):
            for option in options:
                node = renamed(node, option, names)
            return node
        case kinds.ListOf(of=inner) if isinstance(node, Listing):
            return replace(node, items=tuple(renamed(item, inner, names) for item in node.items))
        case kinds.MapOf(of=inner, keys=keys) if isinstance(node, Mapping):
            entries = {}
            for name, entry in node.entries.items():
                new = names.get(name, name) if keys == "field" else name
                key = replace(entry.key, text=new)
                entries[new] = Entry(key, renamed(entry.value, inner, names))
            return replace(node, entries=entries)
        case kinds.Shape() if isinstance(node, Mapping):
            entries = {}
            for name, entry in node.entries.items():
                known = kind.keys.get(name)
                value = entry.value if known is None else renamed(entry.value, known.kind, names)
                entries[name] = Entry(entry.key, value)
            return replace(node, entries=entries)
    return node


def renamed_fields(node: Mapping, names: dict[str, str]) -> Mapping:
    """``node`` whose ``fields`` that give a type are called as they are in sight."""
    fields = view.mapping(node, "fields")
    if fields is None:
        return node
    entries = {}
    for name, entry in fields.entries.items():
        own = isinstance(entry.value, Mapping) and "type" in entry.value.entries
        new = names.get(name, name) if own else name
        label = entry.value
        entries[new] = Entry(replace(entry.key, text=new), label)
    changed = Entry(node.entries["fields"].key, replace(fields, entries=entries))
    return replace(node, entries={**node.entries, "fields": changed})


def _renamed_names(node: Node, names: dict[str, str]) -> Node:
    if isinstance(node, Scalar):
        parts = [part.strip() for part in node.text.split("|")]
        heads = (part.partition(".") for part in parts)
        new = [names.get(head, head) + dot + rest for head, dot, rest in heads]
        return replace(node, text=" | ".join(new)) if new != parts else node
    if isinstance(node, Listing):
        return replace(node, items=tuple(_renamed_names(item, names) for item in node.items))
    entries = {k: Entry(e.key, _renamed_names(e.value, names)) for k, e in node.entries.items()}
    return replace(node, entries=entries)
