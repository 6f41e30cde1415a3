"""Functions of text: padding, replacing, patterns, amounts in words. Null handling is the caller's."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from engine.expr.library import whole
from engine.money import round_half_up

MOST_CHARACTERS = 10_000
"""Beyond which no function makes a text longer."""
LONGEST_MATCHED = 500
"""A longer text fits no pattern, so that trying has an end."""
_ONES = (
    "Zero One Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve Thirteen Fourteen Fifteen "
    "Sixteen Seventeen Eighteen Nineteen"
).split()
_TENS = "Zero Ten Twenty Thirty Forty Fifty Sixty Seventy Eighty Ninety".split()
_SMALL = ((1000, "Thousand"), (100, "Hundred"))


def concat(*parts: str) -> str:
    return "".join(parts)


def ends_with(text: str, part: str) -> bool:
    return text.endswith(part)


def trim(text: str) -> str:
    """Without spaces at either end."""
    return text.strip(" ")


def replace(text: str, old: str, new: str) -> str | None:
    """Every ``old`` made ``new``; None when the text would grow beyond bounds."""
    if not old:
        return text
    longer = len(text) + text.count(old) * (len(new) - len(old))
    return text.replace(old, new) if longer <= MOST_CHARACTERS else None


def pad_left(text: str, width: Decimal | int, mark: str = " ") -> str:
    return _padding(text, width, mark) + text


def pad_right(text: str, width: Decimal | int, mark: str = " ") -> str:
    return text + _padding(text, width, mark)


def _padding(text: str, width: Decimal | int, mark: str) -> str:
    missing = min(whole(width), MOST_CHARACTERS) - len(text)
    return (mark * missing)[:missing] if missing > 0 else ""


def matches(text: str, pattern: str) -> bool:
    """``pattern`` in the form that ``patterns.canonical`` gives it; the whole text has to fit."""
    return len(text) <= LONGEST_MATCHED and _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def amount_in_words(value: Decimal | int, major: str, minor: str, large: str) -> str:
    """``118000.50`` → ``Euros One Hundred Eighteen Thousand and Cents Fifty Only``.

    ``large``: words for large numbers, as ``engine.expr.country`` writes them.
    """
    amount = round_half_up(Decimal(value), 2)
    hundredths = int(abs(amount).scaleb(2))
    units, rest = divmod(hundredths, 100)
    steps = _steps(large)
    text = f"{major} {_words(units, steps)}"
    if rest:
        text += f" and {minor} {_words(rest, steps)}"
    return f"{'Minus ' if amount < 0 and hundredths else ''}{text} Only"


@lru_cache(maxsize=16)
def _steps(large: str) -> tuple[tuple[int, str], ...]:
    """What ``large`` says and the numbers that every country has."""
    pairs = (part.split(" ", 1) for part in large.split(",") if part)
    return (*((int(number), word) for number, word in pairs), *_SMALL)


def _words(number: int, steps: tuple[tuple[int, str], ...]) -> str:
    if number < 20:
        return _ONES[number]
    if number < 100:
        rest = f" {_ONES[number % 10]}" if number % 10 else ""
        return _TENS[number // 10] + rest
    step, name = next(each for each in steps if each[0] <= number)
    rest = f" {_words(number % step, steps)}" if number % step else ""
    return f"{_words(number // step, steps)} {name}{rest}"
