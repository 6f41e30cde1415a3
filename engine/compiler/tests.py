"""Pass 12, tests: stories with every doctype, step, ledger and field in them known.

In: the program. Out: tests by name. Here they are read one by one; ``stories`` puts them one after the other and
looks up what they name of each other, ``then`` what they expect. Values are not read: what a person sends is read
where it is used, by the same code as any input.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from datetime import date
from types import MappingProxyType

from engine.catalog.doctypes import Doctype
from engine.catalog.tests import FIRST_DAY, Data, GivenRecord, Step, Test, Verb
from engine.compiler import view
from engine.compiler.known import Known
from engine.compiler.names import key_of
from engine.compiler.stories import StoryDraft, join_stories
from engine.compiler.story_reader import StoryReader
from engine.problems.problem import Problem, Span
from engine.problems.suggest import choices
from engine.source.nodes import Construct, Listing, Mapping, Node, Scalar

_VERBS: tuple[Verb, ...] = (
    "make", "change", "rederive", "go", "action", "schedule", "expire", "close", "expect",
)  # fmt: skip
_OF_ANOTHER = MappingProxyType({"go": "of", "action": "of", "close": "until"})
"""What a verb cannot do without."""
_SAID = MappingProxyType(
    {
        "of": ("to which document", "of: the key of a step"),
        "until": ("until which day", "until: 2026-07-31"),
    }
)


def data(node: Node) -> Data:
    """A node as plain data; an unquoted ``null`` is None."""
    if isinstance(node, Scalar):
        return None if node.text == "null" and not node.quoted else node.text
    if isinstance(node, Listing):
        return [data(item) for item in node.items]
    return _plain(node)


def compile_tests(
    known: Known, doctypes: Dictionary[str, Doctype]
) -> tuple[dict[str, Test], list[Problem]]:
    """All tests by name, with what they are `with` worked in."""
    drafts: dict[str, StoryDraft] = {}
    problems: list[Problem] = []
    for construct in known.program.tests.values():
        reader = _TestReader(known, doctypes)
        drafts[construct.name] = reader.test(construct)
        problems += reader.problems
    for construct in known.program.doctypes.values():
        if construct.name in doctypes and not construct.broken:
            reader = _TestReader(known, doctypes)
            drafts |= {draft.test.name: draft for draft in reader.of_doctype(construct)}
            problems += reader.problems
    tests, wrong = join_stories(known, doctypes, drafts)
    return tests, problems + wrong


class _TestReader(StoryReader):
    """Reads the tests of one construct."""

    def __init__(self, known: Known, doctypes: Dictionary[str, Doctype]) -> None:
        super().__init__(known, doctypes)
        self._nodes: dict[Span, Mapping] = {}
        self._lost: set[str] = set()
        self._is_cut = False

    # --- one test ------------------------------------------------------------------------------

    def test(self, construct: Construct) -> StoryDraft:
        """A test that is a construct of its own."""
        node = construct.node
        self._is_cut = construct.broken or bool(node.dropped & {"with", "records", "steps"})
        test = Test(
            construct.name,
            construct.span,
            tuple(self._records(node)),
            tuple(self._steps(node)),
            self._today(node) or FIRST_DAY,
            view.text(node, "company"),
            construct.pack,
        )
        return self._draft(test, node)

    def of_doctype(self, construct: Construct) -> Iterator[StoryDraft]:
        """The tests that a doctype carries: a document each."""
        tests = construct.node.entries.get("tests")
        if tests is None:
            return
        kind = self.doctype(Scalar(construct.name, tests.key.span))
        for key, node in view.maps(construct.node, "tests"):
            if kind is None:
                return
            self._nodes = {key.span: node}
            self._is_cut = "with" in node.dropped
            then = view.mapping(node, "then")
            step = Step(
                key.text, "make", kind.name, key.span, given=self._data(node, "given"),
                do=view.text(node, "do") or "save", issued=view.text(node, "issued"),
                then=_plain(then) if then is not None else {},
            )  # fmt: skip
            name = f"{construct.name}: {key.text}"
            today = self._today(node) or FIRST_DAY
            test = Test(name, key.span, (), (step,), today, None, construct.pack)
            yield self._draft(test, node)

    def _draft(self, test: Test, node: Mapping) -> StoryDraft:
        before = view.names(node, "with")
        return StoryDraft(test, node, before, self._nodes, frozenset(self._lost), self._is_cut)

    def _records(self, node: Mapping) -> Iterator[GivenRecord]:
        given = node.get("records")
        if given is not None and not isinstance(given, Mapping):
            self._no_records("Records stand by doctype: {doctype: {name in this test: …}}.", given)
        for doctype, records in view.entries(node, "records"):
            kind = self.doctype(doctype)
            if not isinstance(records, Mapping):
                message = "Records stand by name: {name in this test: {field: value}}."
                self._no_records(message, records)
                continue
            for entry in records.entries.values():
                self._lost.add(entry.key.text)
                if kind is not None:
                    yield from self._record(entry.key, entry.value, kind)

    def _no_records(self, message: str, node: Node) -> None:
        """What is not read here is missed nowhere else."""
        self.find("E581", message, node.span)
        self._is_cut = True

    def _record(self, name: Scalar, node: Node, kind: Doctype) -> Iterator[GivenRecord]:
        if not isinstance(node, Mapping):
            self.find("E581", "A record is a mapping {field: value}.", node.span)
            return
        for entry in node.entries.values():
            self.field(entry, kind)
        self._lost.discard(name.text)
        self._nodes[name.span] = node
        yield GivenRecord(kind.name, name.text, _plain(node), name.span)

    def _today(self, node: Mapping, key: str = "today") -> date | None:
        found = view.scalar(node, key)
        if found is None:
            return None
        try:
            return date.fromisoformat(found.text)
        except ValueError:
            message = f"'{found.text}' is no date."
            self.find("E581", message, found.span, "Write it as 2026-04-10.")
            return None

    # --- steps ---------------------------------------------------------------------------------

    def _steps(self, node: Mapping) -> Iterator[Step]:
        steps = view.mapping(node, "steps")
        if steps is None:
            return
        self._lost |= steps.dropped
        for key, said in view.maps(node, "steps"):
            step = self._step(key, said)
            if step is None:
                self._lost.add(key.text)
            else:
                self._nodes[key.span] = said
                yield step

    def _step(self, key: Scalar, node: Mapping) -> Step | None:
        verb = self._verb(key, node)
        subject = view.scalar(node, verb) if verb is not None else None
        if verb is None or subject is None:
            return None
        if verb == "make" and self.doctype(subject) is None:
            return None
        asked = "ask" if verb in ("go", "action", "schedule") else "given"
        then = view.mapping(node, "then")
        return Step(
            key.text,
            verb,
            subject.text,
            key.span,
            of=subject.text if verb in ("change", "rederive", "expect") else view.text(node, "of"),
            source=view.texts(node, "from"),
            given=self._data(node, asked),
            do=view.text(node, "do") or "save",
            today=self._today(node),
            until=self._today(node, "until"),
            by=view.text(node, "by"),
            roles=view.texts(node, "roles") if "roles" in node.entries else None,
            stands_in_for=view.texts(node, "stands_in_for"),
            passes=self._passes(node),
            confirms=view.texts(node, "confirm"),
            company=view.text(node, "company"),
            issued=view.text(node, "issued"),
            then=_plain(then) if then is not None else {},
        )

    def _verb(self, key: Scalar, node: Mapping) -> Verb | None:
        """What the step says that happens; None where that is not clear, which is reported."""
        verbs = [verb for verb in _VERBS if verb in node.entries]
        if len(verbs) != 1:
            if not node.dropped & frozenset(_VERBS):
                message = f"The step '{key.text}' says {'nothing' if not verbs else 'two things'}."
                self.find("E581", message, key.span, "It takes one of: " + ", ".join(_VERBS) + ".")
            return None
        needed = _OF_ANOTHER.get(verbs[0], verbs[0])
        if needed in node.entries:
            return verbs[0]
        if needed not in node.dropped:
            what, hint = _SAID[needed]
            self.find("E581", f"The step '{key.text}' does not say {what}.", key.span, hint)
        return None

    def _passes(self, node: Mapping) -> dict[str, Dictionary[str, Data]]:
        """The limits that a person goes beyond, each with what it asks."""
        known = {key_of(name) for name in self.known.program.limits}
        found: dict[str, Dictionary[str, Data]] = {}
        for key, said in view.maps(node, "pass"):
            if key.text not in known:
                message = f"There is no limit '{key.text}'."
                self.find("E590", message, key.span, choices(key.text, known))
            found[key.text] = _plain(said)
        return found

    def _data(self, node: Mapping, key: str) -> Dictionary[str, Data]:
        """What is given, as plain data."""
        found = node.get(key)
        if isinstance(found, Mapping):
            return _plain(found)
        if found is not None:
            self.find("E581", f"'{key}' is a mapping {{field: value}}.", found.span)
        return {}


def _plain(node: Mapping) -> dict[str, Data]:
    return {name: data(entry.value) for name, entry in node.entries.items()}
