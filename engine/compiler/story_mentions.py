"""What stories name: what they make, fill in, do and expect."""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog.fields import child_path
from engine.catalog.mentions import Mention, Use
from engine.catalog.tests import Step, made_name
from engine.compiler import view
from engine.compiler.known_things import Scope, Things
from engine.source.nodes import Construct, Entry, Listing, Mapping, Node, Scalar


def story(
    things: Things, construct: Construct, node: Mapping, shape: str, place: tuple[str, ...]
) -> Iterator[Mention]:
    """What the data of a test, of one of its steps, or of a test of a doctype name; ``shape`` says which of these."""
    reader = _Story(things, construct)
    if shape == "test":
        for name, records in view.maps(node, "records"):
            at = (*place, "records", name.text)
            yield from reader.doctype(name, at)
            for key, record in records.entries.items():
                yield from reader.fields(record.value, name.text, "", (*at, key))
    else:
        is_own = shape == "doctype test"
        yield from reader.step(node, place, construct.name if is_own else reader.about(place[-1]))


class _Story:
    def __init__(self, things: Things, construct: Construct) -> None:
        self._things = things
        self._construct = construct

    def about(self, key: str) -> str:
        """The doctype of the document that a step is about: what it makes, or what the step it names made.

        That one may stand in a test that this one is `with`.
        """
        steps = self._things.steps(self._construct.name)
        step = steps.get(key)
        seen: set[str] = set()
        while step is not None and step.verb != "make":
            named, _, made_there = (step.of or "").partition(".")
            step = steps.get(named) if named not in seen else None
            if step is not None and made_there:
                return _made_of(step, made_there)
            seen.add(named)
        return step.subject if step is not None else ""

    def step(self, node: Mapping, place: tuple[str, ...], doctype: str) -> Iterator[Mention]:
        """One step, which is about a document of ``doctype``."""
        for key in ("do", "go", "action"):
            said = view.scalar(node, key)
            thing = self._things.way(Scope("doctype", doctype), said.text) if said else ""
            if said is not None and thing:
                yield thing, self._use(said, (*place, key))
        given, then = view.mapping(node, "given"), view.mapping(node, "then")
        if given is not None:
            yield from self.fields(given, doctype, "", (*place, "given"))
        if then is not None:
            yield from self._then(then, doctype, (*place, "then"))

    def doctype(self, name: Scalar, place: tuple[str, ...]) -> Iterator[Mention]:
        """A doctype that is named."""
        if self._things.there("doctype", name.text):
            yield name.text, self._use(name, place)

    def fields(
        self, node: Node, doctype: str, path: str, place: tuple[str, ...]
    ) -> Iterator[Mention]:
        """The fields of a record or of rows, to any depth."""
        if isinstance(node, Listing):
            for item in node.items:
                yield from self.fields(item, doctype, path, place)
        elif isinstance(node, Mapping):
            for name, entry in node.entries.items():
                found = self._things.field("doctype", doctype, path, name)
                for thing in found:
                    yield thing, self._use(entry.key, (*place, name))
                if found:
                    below = child_path(path, name)
                    yield from self.fields(entry.value, doctype, below, (*place, name))

    def _then(self, node: Mapping, doctype: str, place: tuple[str, ...]) -> Iterator[Mention]:
        yield from self.fields(node, doctype, "", place)
        for name, entry in node.entries.items():
            if self._things.there("ledger", name):
                yield from self._ledger(entry, (*place, name))
        for ledger, lines in view.entries(node, "balances"):
            yield from self._ledger(Entry(ledger, lines), (*place, "balances", ledger.text))
        for made, value in view.entries(node, "made"):
            at = (*place, "made", made.text)
            yield from self.doctype(made, at)
            for item in value.items if isinstance(value, Listing) else (value,):
                if isinstance(item, Mapping):
                    yield from self._then(item, made.text, at)

    def _ledger(self, entry: Entry, place: tuple[str, ...]) -> Iterator[Mention]:
        ledger = entry.key.text
        if not self._things.there("ledger", ledger):
            return
        yield ledger, self._use(entry.key, place)
        for line in entry.value.items if isinstance(entry.value, Listing) else ():
            for name, part in line.entries.items() if isinstance(line, Mapping) else ():
                for thing in self._things.field("ledger", ledger, "", name):
                    yield thing, self._use(part.key, (*place, name))

    def _use(self, name: Scalar, place: tuple[str, ...]) -> Use:
        return Use(self._construct.name, ".".join(place), "", name.span)


def _made_of(step: Step, name: str) -> str:
    """The doctype of what ``step`` is said to have made, and is called ``name`` after it; "" where it says nothing."""
    made = step.then.get("made")
    for doctype, value in made.items() if isinstance(made, dict) else ():
        count = len(value) if isinstance(value, list) else 1
        if name in {made_name(doctype, place, count) for place in range(count)}:
            return doctype
    return ""
