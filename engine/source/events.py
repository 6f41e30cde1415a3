"""From the events of the YAML parser (libyaml) to nodes.

Nodes are built here and not by PyYAML's composer because the composer forgets anchors, tags and
duplicate keys, all of which are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml.cyaml import CLoader
from yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from engine.problems.problem import Problem, Row, Span
from engine.source.nodes import Entry, Listing, Mapping, Node, Scalar

DEEPEST = 40
"""No construct of the language nests this deep; a file that does is an accident or an attack."""

_QUOTE = (
    "A key without a value is never right here. Quote an expression that has a comma, a bracket or "
    "': ' in it when it stands inside {…}."
)


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""What no database keeps or no screen shows; only escapes in double quotes can bring it."""


BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class TooDeep(Exception):
    """The nesting of a file passed ``DEEPEST``."""

    def __init__(self, span: Span) -> None:
        super().__init__("nested too deeply")
        self.span = span


class Builder:
    """Builds the nodes of one file; ``problems`` fills up as it goes."""

    def __init__(self, text: str, name: str) -> None:
        self.file = name
        self.problems: list[Problem] = []
        self._parser = CLoader(text)
        self._text = text
        self._lines: list[str] | None = None
        self._depth = 0

    def document(self) -> Node | None:
        """The next document, or None at the end. Raises yaml.YAMLError at a syntax error, or TooDeep."""
        while True:
            event = self._next()
            if isinstance(event, StreamEndEvent):
                return None
            if isinstance(event, DocumentStartEvent):
                start = self._next()
                return self._node(start) or Scalar("", self._span(start))

    def _next(self) -> Event:
        event = self._parser.get_event()
        return event if event is not None else StreamEndEvent()

    def _node(self, event: Event) -> Node | None:
        """The node that begins with ``event``; None for an alias, which is reported."""
        if isinstance(event, ScalarEvent):
            self._refuse_anchor_and_tag(event)
            return self._scalar(event)
        if isinstance(event, AliasEvent):
            self._find("E104", f"'*{event.anchor}' repeats another part of the file.", event)
            return None
        self._depth += 1
        if self._depth > DEEPEST:
            raise TooDeep(self._span(event))
        if isinstance(event, CollectionStartEvent):
            self._refuse_anchor_and_tag(event)
        is_mapping = isinstance(event, MappingStartEvent)
        node = self._mapping(event) if is_mapping else self._listing(event)
        self._depth -= 1
        return node

    def _listing(self, start: Event) -> Listing:
        items: list[Node] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            node = self._node(event)
            if node is None:
                continue
            if isinstance(node, Scalar) and not node.text and not node.quoted:
                self.problems.append(
                    Problem("E107", "An item of this list is empty.", node.span, _QUOTE)
                )
            else:
                items.append(node)
        return Listing(tuple(items), self._span(start))

    def _mapping(self, start: Event) -> Mapping:
        entries: dict[str, Entry] = {}
        dropped: set[str] = set()
        last: Entry | None = None
        while not isinstance(event := self._next(), MappingEndEvent):
            key = self._node(event)
            value = self._node(self._next())
            if not isinstance(key, Scalar):
                span = key.span if key is not None else self._span(event)
                self.problems.append(Problem("E106", "A key is a text.", span, _QUOTE))
                continue
            if value is None:
                dropped.add(key.text)
                continue
            entry = Entry(key, value)
            if self._is_empty(entry):
                dropped.add(key.text)
                self._cut_off(entry, last, entries, dropped)
            elif key.text in entries:
                first = entries[key.text].key.span.line
                message = f"'{key.text}' is given twice; the first is on line {first}."
                self.problems.append(Problem("E103", message, key.span, "Keep one of the two."))
            else:
                entries[key.text] = last = entry
        return Mapping(entries, self._span(start), frozenset(dropped))

    @staticmethod
    def _is_empty(entry: Entry) -> bool:
        value = entry.value
        return isinstance(value, Scalar) and not value.text and not value.quoted

    def _cut_off(
        self, entry: Entry, last: Entry | None, entries: dict[str, Entry], dropped: set[str]
    ) -> None:
        """Report an empty value. In ``{a: f(x, y)}`` the value before it is the start of the same text: it goes too."""
        key = entry.key
        if (
            last is not None
            and isinstance(last.value, Scalar)
            and not last.value.quoted
            and last.value.span.line == key.span.line
            and _is_open(last.value.text)
        ):
            entries.pop(last.key.text, None)
            dropped.add(last.key.text)
            message = f"The text of '{last.key.text}' ends at a comma, so '{key.text}' became a key without a value."
            self.problems.append(Problem("E107", message, key.span, _QUOTE))
            return
        self.problems.append(Problem("E107", f"'{key.text}' has no value.", key.span, _QUOTE))

    def _scalar(self, event: ScalarEvent) -> Scalar:
        span = self._span(event)
        quoted = bool(event.style)
        if not span.end_column or event.style in ("|", ">"):
            span = self._over_lines(event, span)
        elif event.style in ("'", '"'):
            span = Span(span.file, span.line, span.column + 1, max(0, span.end_column - 1))
        text = event.value
        if event.style == '"' and (wrong := _CONTROL.search(text)) is not None:
            message = f"This text holds the control character U+{ord(wrong.group()):04X}."
            self.problems.append(Problem("E122", message, span, "Take it out."))
            text = _CONTROL.sub("", text)
        return Scalar(text, span, quoted)

    def _over_lines(self, event: ScalarEvent, span: Span) -> Span:
        """The span of a text on several lines: it begins where the text does, not at the sign before it."""
        if self._lines is None:
            self._lines = BREAK.split(self._text)
        rows = self._rows(event)
        if rows is None:
            # Escapes hide how the text lies: the beginning of its first line has to do.
            line, column, part = next(self._written(event))
            return Span(span.file, line, column, column + len(part), (Row(0, line, column, 0),))
        if not rows:
            return span
        first = rows[0]
        return Span(span.file, first.line, first.column, first.column + first.length, tuple(rows))

    def _written(self, event: ScalarEvent) -> Iterator[tuple[int, int, str]]:
        """(line, column, text without blanks at its ends) of every line that a text stands on; both from 1."""
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        assert self._lines is not None
        sign = len(event.style or "")
        block = event.style in ("|", ">")
        for number in range(start.line + block, min(end.line + 1, len(self._lines))):
            line = self._lines[number]
            first = start.column + sign if number == start.line else 0
            last = end.column - (0 if block else sign) if number == end.line else len(line)
            part = line[first:last]
            if text := part.strip(" "):
                yield number + 1, first + len(part) - len(part.lstrip(" ")) + 1, text

    def _rows(self, event: ScalarEvent) -> list[Row] | None:
        """How the text lies over the lines; None where it is not written as it reads."""
        rows: list[Row] = []
        text, at = event.value, 0
        for line, column, part in self._written(event):
            while at < len(text) and text[at] in " \n":
                at += 1
            if not text.startswith(part, at):
                return None
            rows.append(Row(at, line, column, len(part)))
            at += len(part)
        return rows

    def _refuse_anchor_and_tag(self, event: ScalarEvent | CollectionStartEvent) -> None:
        if event.anchor is not None:
            message = f"'&{event.anchor}' marks a part of the file for repetition."
            self._find("E104", message, event, len(event.anchor) + 1)
        if event.tag is not None:
            self._find("E105", "A tag ('!…') gives this value a type of YAML's own.", event, 2)

    def _find(self, code: str, message: str, event: Event, length: int = 1) -> None:
        hint = {
            "E104": "Write the part out, or take it over from another doctype with 'like'.",
            "E105": "Take the tag away: every value is text, and the language knows its type.",
        }[code]
        span = self._span(event)
        if isinstance(event, AliasEvent):
            length = len(event.anchor or "") + 1
        place = Span(span.file, span.line, span.column, span.column + length)
        self.problems.append(Problem(code, message, place, hint))

    def _span(self, event: Event) -> Span:
        start, end = event.start_mark, event.end_mark
        assert start is not None
        assert end is not None
        last = end.column + 1 if end.line == start.line else 0
        return Span(self.file, start.line + 1, start.column + 1, last)


def _is_open(text: str) -> bool:
    """Whether a bracket or a quote in ``text`` is not closed."""
    return (
        text.count("(") > text.count(")")
        or text.count("[") > text.count("]")
        or text.count("'") % 2 == 1
    )
