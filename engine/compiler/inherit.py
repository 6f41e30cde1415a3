"""Pass 4, inherit: overlays and ``like``, merged at node level so that every part keeps its place.

A key that is given again replaces; mappings merge by key to any depth; ``remove`` takes a key away;
``{add: […], remove: […]}`` changes a list of names; ``after`` places a new key. Overlays are applied
in the order of their packs, so what files are called and in which order they lie decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.compiler import view
from engine.compiler.claims import Claims, changes_nothing
from engine.compiler.own_fields import OwnFields, renamed, renamed_fields
from engine.compiler.packs import Packs
from engine.compiler.placing import check_places, in_place, now_called, placed
from engine.compiler.shape import is_remove, shape_of
from engine.problems.problem import Problem
from engine.problems.render import way_text
from engine.problems.suggest import did_you_mean
from engine.source.nodes import Construct, Entry, Listing, Mapping, Node, Scalar

NOT_INHERITED = frozenset(
    {"doctype", "like", "abstract", "child", "api", "label", "plural", "module", "help", "since",
     "deprecated", "renamed_from", "tests"}
)  # fmt: skip
"""What is said of one doctype only."""


def inherit(constructs: Sequence[Construct], packs: Packs) -> tuple[list[Construct], list[Problem]]:
    """Constructs with overlays and ``like`` worked in; overlays themselves are gone.

    ``constructs`` are in the order of their packs. A doctype whose base is unknown, circular or
    itself broken comes out as broken: what it lacks is the base's fault, not a second mistake.
    """
    merger = _Merger(constructs, packs)
    for construct in constructs:
        if construct.kind == "overlay":
            merger.overlay(construct)
    for construct in constructs:
        if construct.kind == "doctype":
            merger.resolve(construct)
    kept = [c for c in constructs if c.kind != "overlay"]
    return kept, merger.problems + check_places(kept, merger.gone)


class _Merger:
    def __init__(self, constructs: Sequence[Construct], packs: Packs) -> None:
        self._claims = Claims(packs)
        self.problems = self._claims.problems
        self._known = {(c.kind, c.name): c for c in reversed(constructs) if c.kind != "overlay"}
        self._doctypes = {name: c for (kind, name), c in self._known.items() if kind == "doctype"}
        self._own = OwnFields(constructs)
        self._done: set[int] = set()
        self._waiting: dict[str, list[Construct]] = {}
        """Overlays of doctypes that are `like` another, by name."""
        self._about = ""
        self.gone: dict[str, set[str]] = {}
        """Names that something was taken away under, by construct."""

    def overlay(self, construct: Construct) -> None:
        """Merge an overlay into its target."""
        target_node = view.mapping(construct.node, "overlay")
        named = [] if target_node is None else list(view.texts_of(construct.node, "overlay"))
        if len(named) != 1:
            if not construct.node.dropped and not (target_node and target_node.dropped):
                message = "An overlay says what it changes: one construct."
                span = construct.span if not named else named[1][0].span
                self.problems.append(
                    Problem("E114", message, span, "overlay: {doctype: Sales Invoice}")
                )
            return
        [(kind, name)] = named
        target = self._known.get((kind.text, name.text))
        if target is None:
            message = f"There is no {kind.text} '{name.text}' to change."
            known = [other for of, other in self._known if of == kind.text]
            self.problems.append(
                Problem(
                    "E301", message, name.span, did_you_mean(name.text, known), missing=name.text
                )
            )
        elif target.node.get("like") is not None or "like" in target.node.dropped:
            # What it takes away may be inherited: it has to wait for that.
            self._waiting.setdefault(target.name, []).append(construct)
        elif not target.broken:
            self._change(target, construct)

    def _change(self, target: Construct, overlay: Construct) -> None:
        """Merge ``overlay`` into ``target``, which has all that it inherits."""
        change = self._in_sight(overlay)
        if changes_nothing(change):
            message = f"This overlay changes nothing of {target.kind} '{target.name}'."
            hint = "Say what is different: fields: {note: {type: text}}."
            self.problems.append(Problem("E114", message, overlay.span, hint))
        self._claims.claim(target, overlay, change)
        self._about = target.name
        merged = self.merge(target.node, change)
        if target.kind == "test":
            merged = _records_first(merged, target.node)
        target.node = replace(merged, span=target.node.span)

    def _in_sight(self, overlay: Construct) -> Mapping:
        """What an overlay changes, its own fields called as others see them."""
        change = _without(overlay.node, frozenset({"overlay"}))
        names = self._own.names(overlay)
        if not names:
            return change
        shape = shape_of(overlay)
        assert shape is not None
        called = renamed(renamed_fields(change, names), shape, names)
        assert isinstance(called, Mapping)
        return called

    def resolve(self, construct: Construct) -> None:
        """Merge ``construct`` over the doctype it is ``like``, that one first.

        A loop, not a recursion: a long row of doctypes may each be like the next one.
        """
        chain: list[Construct] = []
        bases: dict[str, Construct | None] = {}
        above: Construct | None = construct
        while above is not None and id(above) not in self._done:
            chain.append(above)
            base = bases[above.name] = self._base(above, bases)
            above = base
        for each in reversed(chain):
            self._done.add(id(each))
            base = bases[each.name]
            if view.scalar(each.node, "like") is None or each.broken:
                each.broken = each.broken or "like" in each.node.dropped
                each.node = in_place(each.node)
            elif base is None or base.broken:
                each.broken = True
            else:
                self._about = each.name
                self.gone.setdefault(each.name, set()).update(self.gone.get(base.name, ()))
                each.node = self.merge(_without(base.node, NOT_INHERITED), each.node)
                for overlay in self._waiting.get(each.name, ()):
                    self._change(each, overlay)

    def _base(self, construct: Construct, below: Collection[str]) -> Construct | None:
        """What a doctype is like; ``below`` are those that have led here. None if there is nothing to take over."""
        name = view.scalar(construct.node, "like")
        if name is None or construct.broken:
            return None
        base = self._doctypes.get(name.text)
        chain = [*below, construct.name]
        if base is None:
            hint = did_you_mean(name.text, self._doctypes)
            message = f"There is no doctype '{name.text}' to be like."
            self.problems.append(Problem("E301", message, name.span, hint, missing=name.text))
        elif name.text in chain:
            path = way_text((*chain[chain.index(name.text) :], name.text))
            message = f"These are like one another in a circle: {path}."
            hint = "Take 'like' out of one of them."
            self.problems.append(Problem("E303", message, name.span, hint))
            return None
        return base

    def merge(self, base: Mapping, over: Mapping) -> Mapping:
        """``over`` merged over ``base``."""
        merged = dict(base.entries)
        dropped = set(base.dropped) - over.entries.keys()
        for said, entry in over.entries.items():
            # What is said of a field under its former name is said of the field.
            name = said if said in merged else now_called(said, merged)
            below = merged.get(name)
            if is_remove(entry.value):
                if below is None and name not in dropped:
                    self._nothing_there(name, entry, base)
                merged.pop(name, None)
                self.gone.setdefault(self._about, set()).add(name)
            elif below is None:
                merged[name] = Entry(entry.key, self._new(entry.value), entry.first)
            else:
                value = self._value(below.value, entry.value)
                key = entry.key if name == said else below.key
                merged[name] = Entry(key, value, below.first or below.key)
        return Mapping(placed(merged), over.span, frozenset(dropped | over.dropped))

    def _new(self, node: Node) -> Node:
        """What stands over nothing: a ``remove`` within it has nothing to take away."""
        return self.merge(Mapping({}, node.span), node) if isinstance(node, Mapping) else node

    def _value(self, base: Node, over: Node) -> Node:
        if isinstance(over, Mapping):
            if isinstance(base, Mapping):
                return self.merge(base, over)
            if over.entries.keys() <= {"add", "remove"} and isinstance(base, (Listing, Scalar)):
                return self._names(base, over)
        return over

    def _names(self, base: Node, change: Mapping) -> Node:
        kept = {name.text: name for name in view.scalars(base)}
        for gone in view.names(change, "remove"):
            if kept.pop(gone.text, None) is None:
                hint = did_you_mean(gone.text, kept)
                message = f"'{gone.text}' is not in the list that is changed here."
                self.problems.append(Problem("E314", message, gone.span, hint))
        for added in view.names(change, "add"):
            kept.setdefault(added.text, added)
        return Listing(tuple(kept.values()), change.span)

    def _nothing_there(self, name: str, entry: Entry, base: Mapping) -> None:
        hint = did_you_mean(name, base.entries)
        message = f"There is no '{name}' to remove."
        self.problems.append(Problem("E314", message, entry.key.span, hint))


def _without(node: Mapping, keys: frozenset[str]) -> Mapping:
    kept = {name: entry for name, entry in node.entries.items() if name not in keys}
    return Mapping(kept, node.span, node.dropped)


def _records_first(test: Mapping, before: Mapping) -> Mapping:
    """Records of further doctypes are made before those that were there, which may then name them."""
    there = view.mapping(before, "records")
    records = view.mapping(test, "records")
    if there is None or records is None:
        return test
    added = {name: entry for name, entry in records.entries.items() if name not in there.entries}
    made = Mapping({**added, **records.entries}, records.span, records.dropped)
    entry = test.entries["records"]
    return replace(test, entries={**test.entries, "records": replace(entry, value=made)})
