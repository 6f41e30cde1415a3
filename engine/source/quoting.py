"""Where a text stands unquoted that YAML cuts apart or takes for something else: ``{when: coalesce(a, b) > 0}``.

A reader of its own, because YAML's stops at such a place. It knows lines, keys, quotes and brackets, and no more:
whoever repairs what is found here reads the result again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from engine.source.events import BREAK, DEEPEST

At: TypeAlias = tuple[int, int]
"""Line and column, from 1."""

_CLOSING = {"{": "}", "[": "]", "(": ")"}
_HEAD = re.compile(r"(?P<indent> *)(?P<marks>(?:- +)*)")
_KEY = re.compile(r"[^\s#'\"{}\[\],&*!|>%@`][^\n]*?:(?= |\n|\Z)")
_COLON = re.compile(r" *:(?= |\n|\Z)")
_FLOW_KEY = re.compile(r"[^\s#'\"{}\[\],:][^\n{}\[\],:#]*:(?=[ \n]|\Z)")
_MARK = re.compile(r"[,{}\[\]]")
_BLOCK = re.compile(r"[|>][-+0-9]* *(?:#[^\n]*)?(?:\n|\Z)")
_ASIDE = re.compile(r"(?:[ \n]|(?<![^ \n])#[^\n]*)*")
_REST = re.compile(r" *(?:(?<= )#[^\n]*)?(?:\n|\Z)")
_COMMENT = re.compile(r" #")
_DOUBLE = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_SINGLE = re.compile(r"'(?:[^']|'')*'")


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A text that is to be quoted. ``hard``: YAML cannot read it; else it reads several texts, and ``listed`` is
    where the list begins that it is an item of.
    """

    start: int
    end: int
    hard: bool
    listed: At | None = None


class _Lost(Exception):
    """The brackets and quotes of a value make no sense: nothing is known of what follows in it."""


def unquoted(text: str) -> list[Unquoted]:
    """Every such text, in order. Lines of ``text`` end in a line feed, and no tab is in it."""
    return list(_Scanner(text).found())


def line_starts(text: str) -> list[int]:
    """Where each line of ``text`` begins, as YAML counts lines."""
    return [0, *(found.end() for found in BREAK.finditer(text))]


def in_quotes(text: str) -> str:
    """``text`` as YAML reads it within quotes."""
    if '"' not in text and "\\" not in text:
        return f'"{text}"'
    if "'" not in text:
        return f"'{text}'"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class _Scanner:
    """Goes through one text; ``_parts`` fills up as it goes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = line_starts(text)
        self._parts: list[Unquoted] = []

    def found(self) -> Iterator[Unquoted]:
        at = 0
        while at < len(self._text):
            before = at
            try:
                at = self._line(at)
            except _Lost:
                at = self._next_line(at)
            assert at > before
        yield from self._parts

    # --- lines ---------------------------------------------------------------------------------------

    def _line(self, at: int) -> int:
        """Where the next line to look at begins."""
        head = _HEAD.match(self._text, at)
        assert head is not None
        begin = head.end()
        if self._text.startswith("#", begin):
            return self._next_line(at)
        if self._peek(begin) in ("'", '"'):
            after = self._quoted(begin)
            colon = _COLON.match(self._text, after)
            if colon is None:
                return self._value(begin, begin - at - 2)
            begin = colon.end()
        else:
            key = _KEY.match(self._text, begin)
            if key is None:
                return self._value(begin, begin - at - 2) if head["marks"] else self._plain(begin)
            begin = key.end()
        column = head.end() - at
        while self._peek(begin) == " ":
            begin += 1
        return self._value(begin, column)

    def _plain(self, begin: int) -> int:
        """A line without a key: a part of what began above, or a document that is no mapping."""
        if self._peek(begin) in ("{", "["):
            return self._value(begin, 0)
        return self._next_line(begin)

    def _value(self, begin: int, column: int) -> int:
        """The value of a key at ``column``, on its line; where the next line to look at begins."""
        sign = self._peek(begin)
        if _BLOCK.match(self._text, begin):
            return self._behind_block(begin, column)
        if sign not in ("'", '"', "{", "["):
            return self._line_of_text(begin)
        kept = len(self._parts)
        try:
            end = self._quoted(begin) if sign in ("'", '"') else self._flow(begin, 1)
        except _Lost:
            del self._parts[kept:]
            raise
        if _REST.match(self._text, end):
            return self._next_line(end)
        del self._parts[kept:]
        return self._line_of_text(begin, beginning=True)

    def _line_of_text(self, begin: int, *, beginning: bool = False) -> int:
        """A value that goes to the end of its line; ``beginning``: it begins as something else does."""
        line = self._text[begin : self._next_line(begin)].rstrip("\n")
        comment = _COMMENT.search(line)
        text = (line[: comment.start()] if comment else line).rstrip(" ")
        if text and (beginning or _has_colon(text)):
            self._parts.append(Unquoted(begin, begin + len(text), hard=True))
        return self._next_line(begin)

    def _behind_block(self, at: int, column: int) -> int:
        """Behind the text that a ``|`` or ``>`` at ``at`` begins: all lines that begin right of ``column``."""
        at = self._next_line(at)
        while at < len(self._text):
            end = self._next_line(at)
            line = self._text[at:end]
            if line.strip() and len(line) - len(line.lstrip(" ")) <= column:
                break
            at = end
        return at

    def _next_line(self, at: int) -> int:
        found = self._text.find("\n", at)
        return found + 1 if found >= 0 else len(self._text)

    # --- within brackets -----------------------------------------------------------------------------

    def _flow(self, at: int, depth: int) -> int:
        """Behind the list or mapping that begins at ``at``."""
        if depth > DEEPEST:
            raise _Lost
        close = _CLOSING[self._text[at]]
        listed = self._place(at) if close == "]" else None
        at = self._aside(at + 1)
        while (sign := self._peek(at)) != close:
            if sign in ("", "}", "]"):
                raise _Lost
            if sign != ",":
                begin = self._key(at) if close == "}" else at
                at = self._entry(begin, listed, depth) if begin is not None else self._word(at)
            else:
                at += 1
            at = self._aside(at)
        return at + 1

    def _key(self, at: int) -> int | None:
        """Where the value of the key at ``at`` begins; None where no key stands there."""
        if self._peek(at) in ("'", '"'):
            after = self._aside(self._quoted(at))
            return self._aside(after + 1) if self._peek(after) == ":" else None
        key = _FLOW_KEY.match(self._text, at)
        return self._aside(key.end()) if key is not None else None

    def _word(self, at: int) -> int:
        """Behind what stands where a key should."""
        found = _MARK.search(self._text, at)
        if found is None or found.start() == at:
            raise _Lost
        return found.start()

    def _entry(self, at: int, listed: At | None, depth: int) -> int:
        """Behind the value or item that begins at ``at``."""
        sign = self._peek(at)
        if sign in (",", "}", "]", ""):
            return at
        if sign not in ("'", '"', "{", "["):
            return self._expression(at, listed, beginning=False)
        kept = len(self._parts)
        end = self._quoted(at) if sign in ("'", '"') else self._flow(at, depth + 1)
        if self._peek(self._aside(end)) in (",", "}", "]", "") or "\n" in self._between(end):
            return end
        if listed is not None and self._peek(self._aside(end)) == ":":
            return end
        del self._parts[kept:]
        return self._expression(at, listed, beginning=True)

    def _between(self, at: int) -> str:
        """The blanks, line ends and comments at ``at``."""
        return self._text[at : self._aside(at)]

    def _expression(self, begin: int, listed: At | None, *, beginning: bool) -> int:
        """Behind the text that begins at ``begin``, as people mean it: brackets and quotes belong together."""
        open_: list[str] = []
        hard = beginning
        commas = False
        at = begin
        while at < len(self._text):
            sign = self._text[at]
            if sign in _CLOSING:
                open_.append(_CLOSING[sign])
                hard |= sign != "("
            elif open_ and sign == open_[-1]:
                open_.pop()
            elif sign in "}])" and open_:
                raise _Lost
            elif sign in "}]" or (sign == "," and not open_):
                break
            elif sign == "," and open_:
                commas = True
            elif sign == "#" and self._text[at - 1] in " \n":
                break
            elif sign == ":" and self._text[at + 1 : at + 2] in (" ", "\n"):
                if not open_ and listed is not None:
                    return self._word(at)
                if not open_ and not _ends_a_text(self._text[begin:at]):
                    raise _Lost
                hard |= not open_
            elif sign in "'\"" and not self._text[at - 1].isalnum():
                end = self._closing_quote(at)
                inside = self._text[at:end]
                commas |= "," in inside
                hard |= any(mark in inside for mark in ("{", "}", "[", "]", ": "))
                at = end - 1
            at += 1
        if open_:
            raise _Lost
        end = begin + len(self._text[begin:at].rstrip(" \n"))
        if hard or commas:
            self._parts.append(Unquoted(begin, end, hard, None if hard else listed))
        return at

    def _closing_quote(self, at: int) -> int:
        """Behind the text of an expression that is quoted from ``at``; behind the sign where nothing ends it."""
        line = self._text[at : self._next_line(at)]
        end = re.compile(r"(?:\\.|[^\\])*?" + line[0]).match(line, 1)
        return at + end.end() if end is not None else at + 1

    def _quoted(self, at: int) -> int:
        """Behind the quoted text that begins at ``at``, as YAML reads it."""
        found = (_SINGLE if self._text[at] == "'" else _DOUBLE).match(self._text, at)
        if found is None:
            raise _Lost
        return found.end()

    def _aside(self, at: int) -> int:
        """Behind blanks, line ends and comments."""
        found = _ASIDE.match(self._text, at)
        assert found is not None
        return found.end()

    def _peek(self, at: int) -> str:
        return self._text[at : at + 1]

    def _place(self, at: int) -> At:
        line = bisect_right(self._starts, at)
        return line, at - self._starts[line - 1] + 1


def _has_colon(text: str) -> bool:
    """Whether ``text`` has a ``: `` in it that surely is a part of it: it follows a hole, a bracket or a quote."""
    at = text.find(": ")
    return at >= 0 and _ends_a_text(text[:at])


def _ends_a_text(text: str) -> bool:
    """Whether what follows a colon goes on with ``text``; behind a word it may be a key whose comma was forgotten."""
    return text[-1:] in ("}", ")", "]", "'", '"')
