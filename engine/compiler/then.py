"""Pass 12, what a test expects: every ledger, doctype and field under ``then`` is known, and is looked at.

What is expected is compared where the test is played; a name that nobody looks at would pass unseen.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.catalog.doctypes import Doctype
from engine.catalog.ledgers import Ledger
from engine.catalog.tests import OF_AN_ENTRY, OF_THE_DOCUMENT, RESULTS
from engine.compiler import view
from engine.compiler.story_reader import StoryReader, several
from engine.problems.problem import Problem
from engine.problems.suggest import choices, did_you_mean
from engine.source.nodes import Entry, Listing, Mapping, Node, Scalar

_OF_A_REFUSAL = frozenset({"refused", "at", "answer"})
_OF_THE_STEP = RESULTS - OF_THE_DOCUMENT
_PARTS = ("dimensions", "details", "measures")


class ThenReader(StoryReader):
    """Checks what is said under ``then``."""

    def of_step(
        self, node: Mapping, kind: Doctype | None, *, has_document: bool, has_lines: bool = False
    ) -> None:
        """``then`` of the step ``node``, whose document is of ``kind`` (None: nobody knows).

        ``has_lines``: it has none, and lines of ledgers are looked at all the same.
        """
        then = node.get("then")
        if then is None:
            return
        if not isinstance(then, Mapping):
            self.find("E581", "'then' is a mapping.", then.span, "then: {grand_total: 118}")
        elif "refused" in then.entries:
            self._refusal(then)
        else:
            self._results(then, kind, has_document=has_document, has_lines=has_lines)

    def _refusal(self, then: Mapping) -> None:
        codes = view.scalars(then.get("refused"))
        if not codes or any(code.text == "null" and not code.quoted for code in codes):
            message = "'refused' names the codes of what is found."
            self.find("E581", message, then.entries["refused"].key.span, "refused: field.required")
        idle = [entry.key for name, entry in then.entries.items() if name not in _OF_A_REFUSAL]
        message = "A step that is refused leaves nothing behind"
        self._never_seen(message, idle, "Look at it in a step of its own: {expect: …, then: …}.")

    def _results(
        self, then: Mapping, kind: Doctype | None, *, has_document: bool, has_lines: bool
    ) -> None:
        idle: list[Scalar] = []
        for name, entry in then.entries.items():
            if name == "at":
                message = "'at' is where a step is refused, and this one is not."
                self.find("E581", message, entry.key.span, "refused: the codes of what is found")
            elif name == "balances":
                self._balances(entry.value)
            elif name == "made":
                self._made(entry.value)
            elif name in _OF_THE_STEP:
                continue
            elif has_document or (has_lines and name in self.known.program.ledgers):
                self._of_document(entry, kind)
            else:
                idle.append(entry.key)
        message = "This step has no document"
        self._never_seen(message, idle, "made: {Sales Invoice: [{grand_total: 118}]}")

    def _never_seen(self, why: str, words: list[Scalar], hint: str) -> None:
        """What is said where nobody looks: one mistake, however many words."""
        if words:
            first, *others = words
            message = f"{why}: '{first.text}' is never looked at."
            also = tuple(word.span for word in others)
            self.problems.append(Problem("E581", message, first.span, hint, also=also))

    # --- documents -----------------------------------------------------------------------------

    def _of_document(self, entry: Entry, kind: Doctype | None) -> None:
        name = entry.key.text
        book = self.known.ledgers.get(name)
        if book is not None:
            self._lines(book, entry.value)
        elif kind is not None and name not in OF_THE_DOCUMENT:
            self.field(entry, kind)
        elif kind is None and not name[:1].islower():
            self._no_ledger(entry.key)

    def _made(self, node: Node) -> None:
        if not isinstance(node, Mapping):
            hint = "made: {Sales Invoice: [{grand_total: 118}]}"
            message = "'made' is a mapping {doctype: [what each document is]}."
            self.find("E581", message, node.span, hint)
            return
        for entry in node.entries.values():
            kind = self.doctype(entry.key)
            for one in several(entry.value):
                self._one_made(one, kind)

    def _one_made(self, node: Node, kind: Doctype | None) -> None:
        if not isinstance(node, Mapping):
            hint = "{} for one of which nothing is said, [] where none is made"
            self.find("E581", "What is made is a mapping {field: value}.", node.span, hint)
            return
        idle = [entry.key for name, entry in node.entries.items() if name in _OF_THE_STEP]
        self._never_seen("That is said of a step", idle, "Put it beside 'made'.")
        for name, entry in node.entries.items():
            if name not in _OF_THE_STEP:
                self._of_document(entry, kind)

    def rows(self, node: Node, kind: Doctype, path: str) -> None:
        """As for what is given; a row of which nothing can be looked at is reported."""
        strange = [row.span for row in several(node) if not isinstance(row, Mapping)]
        if strange:
            message = "A row is a mapping {field: value}."
            hint = "{} for one of which nothing is said, [] where there is none"
            also = tuple(strange[1:])
            self.problems.append(Problem("E581", message, strange[0], hint, also=also))
        super().rows(node, kind, path)

    def no_field(self, name: Scalar, kind: Doctype, path: str) -> None:
        fields, ledgers = kind.tables[path].fields, self.known.ledgers
        if not path and name.text in self.known.program.ledgers:
            return
        known = fields if path else [*ledgers, *fields, *sorted(RESULTS)]
        owner = f"a field of {kind.name}.{path}" if path else f"a ledger nor a field of {kind.name}"
        message = f"'{name.text}' is {'not' if path else 'neither'} {owner}."
        self.unknown("E582", message, name, choices(name.text, known))

    # --- ledgers -------------------------------------------------------------------------------

    def _no_ledger(self, name: Scalar) -> None:
        if name.text not in self.known.program.ledgers:
            hint = did_you_mean(name.text, self.known.ledgers)
            self.unknown("E582", f"There is no ledger '{name.text}'.", name, hint)

    def _balances(self, node: Node) -> None:
        if not isinstance(node, Mapping):
            message = "'balances' is a mapping {ledger: [lines]}."
            self.find("E581", message, node.span, "balances: {General: [[receivable, 118, 0]]}")
            return
        for entry in node.entries.values():
            book = self.known.ledgers.get(entry.key.text)
            if book is None:
                self._no_ledger(entry.key)
            else:
                self._lines(book, entry.value, in_all=True)

    def _lines(self, book: Ledger, node: Node, *, in_all: bool = False) -> None:
        """Lines of a ledger; ``in_all``: what stands there, which is summed up by dimensions."""
        columns = [*list(book.dimensions)[:1], *book.measures]
        for line in several(node):
            if isinstance(line, Mapping):
                for entry in line.entries.values():
                    self._column(book, entry.key, in_all=in_all)
            elif isinstance(line, Listing) and len(line.items) > len(columns):
                self._too_long(book, columns, line)

    def _too_long(self, book: Ledger, columns: list[str], line: Listing) -> None:
        if not self._is_reported(book):
            many = f"{len(columns)} value{'s' if len(columns) > 1 else ''}"
            message = f"A line of {book.name} that is a list has {many}: {', '.join(columns)}."
            hint = f"Name what else there is: {{{columns[0]}: …}}."
            self.find("E581", message, line.items[len(columns)].span, hint)

    def _column(self, book: Ledger, name: Scalar, *, in_all: bool) -> None:
        known = [*_summed(book), *(() if in_all else _told(book))]
        if name.text in known or self._is_reported(book, name.text):
            return
        if name.text in _told(book):
            message = f"What stands in {book.name} in all has no '{name.text}'."
            self.find("E581", message, name.span, choices(name.text, known))
        else:
            message = f"The ledger {book.name} has no dimension, detail or measure '{name.text}'."
            self.unknown("E581", message, name, choices(name.text, known))

    def _is_reported(self, book: Ledger, name: str | None = None) -> bool:
        """Whether the ledger declares ``name`` (None: anything at all) wrongly."""
        node = self.known.ledger_drafts[book.name].node
        parts = [view.mapping(node, key) for key in _PARTS]
        dropped = frozenset[str]().union(*(part.dropped for part in parts if part is not None))
        return bool(node.dropped & {*_PARTS}) or (name in dropped if name else bool(dropped))


def _summed(book: Ledger) -> Iterable[str]:
    """What balances are told apart by, and what they count."""
    yield from (*book.dimensions, *book.measures)
    for measure in book.measures.values():
        if book.currency and measure.money_in == "document":
            yield f"{measure.name}.worth"


def _told(book: Ledger) -> tuple[str, ...]:
    """What only an entry has."""
    return (*book.details, *OF_AN_ENTRY, *(("currency",) if book.currency else ()))
