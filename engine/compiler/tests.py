"""Pass 12, tests: stories with every doctype, step, ledger and field in them known.

Values are not read here: what a person sends is read where it is used, by the same code as any input.
"""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as Dictionary
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.catalog.tests import FIRST_DAY, Data, GivenRecord, Step, Test, Verb
from engine.compiler import view
from engine.compiler.names import key_of
from engine.compiler.program import Program
from engine.problems.problem import Problem, Span
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Construct, Listing, Mapping, Node, Scalar

_VERBS: tuple[Verb, ...] = ("make", "change", "go", "action", "schedule", "close", "expect")
_OF_ANOTHER = MappingProxyType({"go": "of", "action": "of", "close": "until"})
"""What a verb cannot do without."""
_SAID = MappingProxyType(
    {
        "of": ("to which document", "of: the key of a step"),
        "until": ("until which day", "until: 2026-07-31"),
    }
)
RESULTS = frozenset(
    {"refused", "at", "warned", "made", "balances", "answer", "state", "tasks", "consents"}
)
"""What ``then`` may say besides ledgers and fields."""
STANDARD = frozenset({"id", "number", "version", "stage", "company"})


def data(node: Node) -> Data:
    """A node as plain data; an unquoted ``null`` is None."""
    if isinstance(node, Scalar):
        return None if node.text == "null" and not node.quoted else node.text
    if isinstance(node, Listing):
        return [data(item) for item in node.items]
    return {name: data(entry.value) for name, entry in node.entries.items()}


def compile_tests(
    program: Program, doctypes: Dictionary[str, Doctype], ledgers: Dictionary[str, Ledger]
) -> tuple[dict[str, Test], list[Problem]]:
    """All tests by name, with what they are `with` worked in."""
    compiler = _Compiler(program, doctypes, ledgers)
    found = {name: compiler.test(construct) for name, construct in program.tests.items()}
    for construct in program.doctypes.values():
        if construct.name in doctypes and not construct.broken:
            found |= {test.name: test for test in compiler.of_doctype(construct)}
    return compiler.joined(found), compiler.problems


class _Compiler:
    def __init__(
        self,
        program: Program,
        doctypes: Dictionary[str, Doctype],
        ledgers: Dictionary[str, Ledger],
    ) -> None:
        self.problems: list[Problem] = []
        self._program = program
        self._doctypes = doctypes
        self._ledgers = ledgers
        self._with: dict[str, tuple[Scalar, ...]] = {}

    def _find(self, code: str, message: str, span: Span, hint: str = "") -> None:
        self.problems.append(Problem(code, message, span, hint))

    # --- one test ------------------------------------------------------------------------------

    def test(self, construct: Construct) -> Test:
        node = construct.node
        self._with[construct.name] = view.names(node, "with")
        steps: list[Step] = []
        for key, value in view.maps(node, "steps"):
            step = self._step(key, value)
            if step is not None:
                steps.append(step)
        return Test(
            construct.name,
            construct.span,
            tuple(self._records(node)),
            tuple(steps),
            self._today(node) or FIRST_DAY,
            view.text(node, "company"),
            construct.pack,
        )

    def of_doctype(self, construct: Construct) -> Iterator[Test]:
        """The tests that a doctype carries: a document each."""
        for key, node in view.maps(construct.node, "tests"):
            name = f"{construct.name}: {key.text}"
            self._with[name] = view.names(node, "with")
            kind = self._doctypes[construct.name]
            step = Step(
                key.text, "make", kind.name, key.span, given=self._given(node, "given", kind),
                do=view.text(node, "do") or "save", then=self._then(node, kind),
            )  # fmt: skip
            today = self._today(node) or FIRST_DAY
            yield Test(name, key.span, (), (step,), today, None, construct.pack)

    def _records(self, node: Mapping) -> Iterator[GivenRecord]:
        for doctype, records in view.entries(node, "records"):
            kind = self._doctype(doctype)
            if kind is None:
                continue
            if not isinstance(records, Mapping):
                message = "Records stand by name: {name in this test: {field: value}}."
                self._find("E581", message, records.span)
                continue
            for name, fields in ((entry.key, entry.value) for entry in records.entries.values()):
                if isinstance(fields, Mapping):
                    values = self._fields(fields, kind, "")
                    yield GivenRecord(kind.name, name.text, values, name.span)
                else:
                    self._find("E581", "A record is a mapping {field: value}.", fields.span)

    def _today(self, node: Mapping, key: str = "today") -> date | None:
        found = view.scalar(node, key)
        if found is None:
            return None
        try:
            return date.fromisoformat(found.text)
        except ValueError:
            message = f"'{found.text}' is no date."
            self._find("E581", message, found.span, "Write it as 2026-04-10.")
            return None

    # --- steps ---------------------------------------------------------------------------------

    def _step(self, key: Scalar, node: Mapping) -> Step | None:
        verbs = [verb for verb in _VERBS if verb in node.entries]
        if len(verbs) != 1:
            if not node.dropped & frozenset(_VERBS):
                message = f"The step '{key.text}' says {'nothing' if not verbs else 'two things'}."
                self._find("E581", message, key.span, "It takes one of: " + ", ".join(_VERBS) + ".")
            return None
        verb = verbs[0]
        subject = view.scalar(node, verb)
        if subject is None:
            return None
        needed = _OF_ANOTHER.get(verb, verb)
        if needed not in node.entries:
            what, hint = _SAID[needed]
            self._find("E581", f"The step '{key.text}' does not say {what}.", key.span, hint)
            return None
        kind = self._doctype(subject) if verb == "make" else None
        if verb == "make" and kind is None:
            return None
        of = subject.text if verb in ("change", "expect") else view.text(node, "of")
        asked = "ask" if verb in ("go", "action", "schedule") else "given"
        roles = view.texts(node, "roles")
        return Step(
            key.text,
            verb,
            kind.name if kind is not None else subject.text,
            key.span,
            of=of,
            source=view.texts(node, "from"),
            given=self._given(node, asked, kind),
            do=view.text(node, "do") or "save",
            today=self._today(node),
            until=self._today(node, "until"),
            by=view.text(node, "by"),
            roles=roles if "roles" in node.entries else None,
            stands_in_for=view.texts(node, "stands_in_for"),
            passes=self._passes(node),
            company=view.text(node, "company"),
            then=self._then(node, kind),
        )

    def _passes(self, node: Mapping) -> dict[str, Dictionary[str, Data]]:
        """The limits that a person goes beyond, each with what it asks."""
        known = {key_of(name) for name in self._program.limits}
        found: dict[str, Dictionary[str, Data]] = {}
        for key, said in view.maps(node, "pass"):
            if key.text not in known:
                message = f"There is no limit '{key.text}'."
                self._find("E590", message, key.span, choices(key.text, known))
            found[key.text] = {name: data(one.value) for name, one in said.entries.items()}
        return found

    def _doctype(self, name: Scalar) -> Doctype | None:
        found = self._doctypes.get(name.text)
        known = self._program.doctypes
        if found is None:
            if name.text not in known:
                hint = did_you_mean(name.text, known)
                self._find("E301", f"There is no doctype '{name.text}'.", name.span, hint)
            return None
        if found.abstract or found.child:
            message = f"No document of {found.name} can be made."
            self._find(
                "E581", message, name.span, "Name a doctype that is like it, or has it as rows."
            )
            return None
        return found

    def _given(self, node: Mapping, key: str, kind: Doctype | None) -> Dictionary[str, Data]:
        found = node.get(key)
        if found is None:
            return {}
        if not isinstance(found, Mapping):
            self._find("E581", f"'{key}' is a mapping {{field: value}}.", found.span)
            return {}
        if kind is None:
            return {name: data(entry.value) for name, entry in found.entries.items()}
        return self._fields(found, kind, "")

    def _fields(self, node: Mapping, kind: Doctype, path: str) -> dict[str, Data]:
        found: dict[str, Data] = {}
        for name, entry in node.entries.items():
            if self._is_field(entry.key, kind, path):
                self._rows(entry.value, kind, f"{path}.{name}" if path else name)
                found[name] = data(entry.value)
        return found

    def _is_field(self, name: Scalar, kind: Doctype, path: str) -> bool:
        table = kind.tables[path]
        if name.text in table.fields or (not path and name.text in STANDARD):
            return True
        owner = kind.name if not path else f"{kind.name}.{path}"
        hint = choices(name.text, table.fields)
        self._find("E302", f"{owner} has no field '{name.text}'.", name.span, hint)
        return False

    def _rows(self, node: Node, kind: Doctype, path: str) -> None:
        """The fields named in the rows of a table."""
        if path not in kind.tables:
            return
        for row in node.items if isinstance(node, Listing) else (node,):
            if isinstance(row, Mapping):
                self._fields(row, kind, path)

    # --- what must be so -----------------------------------------------------------------------

    def _then(self, node: Mapping, kind: Doctype | None) -> Dictionary[str, Data]:
        then = node.get("then")
        if then is None:
            return {}
        if not isinstance(then, Mapping):
            self._find("E581", "'then' is a mapping.", then.span, "then: {grand_total: 118}")
            return {}
        found: dict[str, Data] = {}
        for name, entry in then.entries.items():
            if name in RESULTS or self._is_known(entry.key, kind):
                found[name] = data(entry.value)
        return found

    def _is_known(self, name: Scalar, kind: Doctype | None) -> bool:
        if name.text in self._ledgers:
            return True
        if kind is None and name.text[:1].islower():
            return True
        fields = kind.fields if kind is not None else {}
        if name.text in fields or (kind is not None and name.text in STANDARD):
            return True
        if name.text in self._program.ledgers:
            return False
        hint = choices(name.text, [*self._ledgers, *fields, *sorted(RESULTS)])
        message = f"'{name.text}' is neither a ledger nor a field."
        self._find("E582", message, name.span, hint)
        return False

    # --- joining -------------------------------------------------------------------------------

    def joined(self, tests: dict[str, Test]) -> dict[str, Test]:
        """Each test with the records and steps of those it is `with` before its own."""
        done: dict[str, Test] = {}
        for name in tests:
            self._join(name, tests, done, ())
        for name, test in done.items():
            self._steps_known(test, tests[name])
        return done

    def _join(
        self, name: str, tests: dict[str, Test], done: dict[str, Test], above: tuple[str, ...]
    ) -> Test | None:
        if name in done:
            return done[name]
        test = tests[name]
        records: list[GivenRecord] = []
        steps: list[Step] = []
        company = test.company
        for before in self._with.get(name, ()):
            if before.text not in tests:
                hint = did_you_mean(before.text, tests)
                self._find("E583", f"There is no test '{before.text}'.", before.span, hint)
            elif before.text in (*above, name):
                path = " → ".join((*above, name, before.text))
                self._find("E583", f"These tests come before one another: {path}.", before.span)
            else:
                scene = self._join(before.text, tests, done, (*above, name))
                if scene is not None:
                    records += [r for r in scene.records if r not in records]
                    steps += [s for s in scene.steps if s not in steps]
                    company = company or scene.company
        done[name] = replace(
            test, records=(*records, *test.records), steps=(*steps, *test.steps), company=company
        )
        return done[name]

    def _steps_known(self, test: Test, own: Test) -> None:
        """Steps name earlier steps; names stand once. What a scene lacks is said of the scene."""
        names: set[str] = set()
        for record in test.records:
            self._once(test, record.name, record.span, names)
        for step in test.steps:
            for name in (*step.source, *([step.of] if step.of is not None else [])):
                # ``sold.payment`` is what the step `sold` made.
                known = name.partition(".")[0] in names or name in self._ledgers
                if not known and step in own.steps:
                    hint = did_you_mean(name, names)
                    message = f"No record and no earlier step is called '{name}'."
                    self._find("E583", message, step.span, hint)
            self._once(test, step.key, step.span, names)

    def _once(self, test: Test, name: str, span: Span, names: set[str]) -> None:
        if name in names:
            message = f"'{name}' stands twice in the test {test.name}."
            self._find("E583", message, span, "Give one of them another name.")
        names.add(name)
