"""Patterns of ``matches(text, 'pattern')``: a small, safe part of regular expressions.

Signs stand for themselves; ``.`` is any, ``\\d`` a digit, ``[A-Z0-9]`` one of, ``[^…]`` none of; ``?``
``*`` ``+`` ``{2}`` ``{2,4}`` repeat one sign or class; ``( | )`` chooses, and may be followed by ``?`` only.
The whole text has to fit. A pattern that could be tried in too many ways is refused, so that no text
takes long; what comes out means the same to Python and to the browser.
"""

from __future__ import annotations

import re

from engine.expr.library_text import LONGEST_MATCHED

MOST_CHARACTERS = 120
MOST_WAYS = 1_000_000
_SYNTAX = "^$\\.*+?()[]{}|/"
_BOUNDS = re.compile(r"\{(\d{1,3})(?:,(\d{1,3}))?\}")


class _Unfit(Exception):
    """A sentence: why the pattern is refused."""


def canonical(pattern: str) -> tuple[str, str]:
    """(the pattern as every evaluator takes it, ``""``), or (``""``, the sentence why not)."""
    if len(pattern) > MOST_CHARACTERS:
        return "", f"A pattern has at most {MOST_CHARACTERS} characters."
    reader = _Reader(pattern)
    try:
        text = reader.choice()
        if reader.place < len(pattern):
            raise _Unfit("There is a ')' without its '('.")
        if reader.ways > MOST_WAYS:
            raise _Unfit("The pattern could be tried in too many ways.")
    except _Unfit as why:
        return "", str(why)
    return text, ""


class _Reader:
    """Reads from left to right; ``ways`` multiplies what a text can be tried as."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0
        self.ways = 1

    def choice(self) -> str:
        """Sequences with ``|`` between them, up to a ``)`` or the end."""
        found = [self._sequence()]
        while self._next() == "|":
            self.place += 1
            found.append(self._sequence())
        self.ways *= len(found)
        return "|".join(found)

    def _next(self) -> str:
        return self.pattern[self.place : self.place + 1]

    def _sequence(self) -> str:
        found: list[str] = []
        while (mark := self._next()) and mark not in "|)":
            found.append(self._repeated(*self._atom(mark)))
        return "".join(found)

    def _atom(self, mark: str) -> tuple[str, bool]:
        """(text, whether it is a group)."""
        self.place += 1
        if mark == "(":
            inside = self.choice()
            if self._next() != ")":
                raise _Unfit("A '(' is not closed.")
            self.place += 1
            return f"(?:{inside})", True
        if mark == "[":
            return self._class(), False
        if mark == ".":
            return r"[^\n]", False
        if mark == "\\":
            return self._escaped(""), False
        if mark in "*+?{}]^$":
            raise _Unfit(f"'{mark}' has nothing to stand for; the sign itself is written \\{mark}.")
        return (f"\\{mark}" if mark in _SYNTAX else mark), False

    def _escaped(self, further: str) -> str:
        mark = self._next()
        self.place += 1
        if mark == "d":
            return "[0-9]" if not further else "0-9"
        if not mark or mark not in _SYNTAX + further:
            raise _Unfit(f"'\\{mark}' is not known in patterns.")
        return f"\\{mark}"

    def _class(self) -> str:
        """What stands between ``[`` and ``]``."""
        text = "["
        if self._next() == "^":
            self.place += 1
            text = "[^"
        start = self.place
        while (mark := self._next()) != "]":
            if not mark or mark == "[":
                raise _Unfit("A '[' is not closed, or stands in another.")
            self.place += 1
            if mark in "&~|" and text.endswith(mark):
                continue  # said twice, it would mean something else to later Pythons
            text += self._escaped("-") if mark == "\\" else self._plain(mark)
        if self.place == start:
            raise _Unfit("'[]' holds nothing.")
        self.place += 1
        try:
            re.compile(text + "]")
        except re.error:
            raise _Unfit("A range in [ ] goes backwards.") from None
        return text + "]"

    def _plain(self, mark: str) -> str:
        """A sign of a class; ``-`` is a range between letters or digits only."""
        if mark == "-":
            ranged = self.pattern[self.place - 2].isalnum() and self._next().isalnum()
            return "-" if ranged else "\\-"
        return "\\^" if mark == "^" else mark

    def _repeated(self, atom: str, is_group: bool) -> str:
        mark = self._next()
        if not mark or mark not in "?*+{":
            return atom
        if is_group and mark != "?":
            raise _Unfit("A group may be left out (?), not repeated.")
        if mark == "{":
            return atom + self._bounds()
        self.place += 1
        self.ways *= 2 if mark == "?" else LONGEST_MATCHED
        if self._next() and self._next() in "?*+{":
            raise _Unfit("Two signs of repetition stand side by side.")
        return atom + mark

    def _bounds(self) -> str:
        found = _BOUNDS.match(self.pattern, self.place)
        least, most = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if found is None or least > most:
            raise _Unfit("Repetition is written {3} or {2,4}.")
        self.place = found.end()
        if self._next() and self._next() in "?*+{":
            raise _Unfit("Two signs of repetition stand side by side.")
        self.ways *= most - least + 1
        return found[0]
