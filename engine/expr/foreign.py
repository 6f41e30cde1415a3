"""What people write who come from spreadsheets, SQL, C or a word processor, and how it is written here.

``foreign`` finds it in the text of an expression, outside of quotes; ``function_hint`` knows the
functions of spreadsheets by name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from engine.expr.fault import Fault

_QUOTED = re.compile(r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_COMMENT = re.compile("#")
_END = r"(?=\s*(?:$|[-)\],+*/<>=]|(?:and|or|else|if|for)\b))"
_NO_PART = "'{}' is no part of the language."
_NO_QUOTE = "'{}' is no quote of the language."

_PATTERNS: tuple[tuple[str, str, str], ...] = (
    (r"\A\s*(=)(?!=)", "An expression here begins without '='.", "Take the '=' out."),
    (r"&&?", _NO_PART, "Write 'and'."),
    (r"\|\|?", _NO_PART, "Write 'or'."),
    (r"<>|≠|!==", _NO_PART, "Write '!='."),
    (r"===|≡", _NO_PART, "Equality is written ==."),
    (r"=>|≥", _NO_PART, "Write '>='."),
    (r"=<|≤", _NO_PART, "Write '<='."),
    (r"!(?!=)", _NO_PART, "Write 'not'."),
    (r"\?", _NO_PART, "Write 'a if condition else b'."),
    (r"(?:\A|[(,=+*/<>-])\s*(if)\b", "'if' stands in the middle.", "Write 'a if condition else b'."),
    (r"(?<![\w.])(\d+(?:\.\d+)?\s*%)" + _END, "A share has no sign of its own.", "Write '{bare} / 100'."),
    ("[‘’‚‛“”„«»‹›′″]", _NO_QUOTE, "Write ' or \"."),
    ("[`´]", _NO_QUOTE, "Names stand without quotes."),
    ("[×✕✖∗]", _NO_PART, "Write '*'."),
    ("[÷∕]", _NO_PART, "Write '/'."),
    ("[−–—‐‑]", "'{}' is no minus of the language.", "Write '-'."),
    (r"[₹€£¥]|\$(?=\s*\d)|\bRs\.?(?=\s*\d)", _NO_PART, "Write the bare number."),
    (r"(?<![\w.])(0+\d+)(?![\w.])", "A number does not begin with 0.",
     "Write {bare}; a text of digits is quoted: '{}'."),
    (";", _NO_PART, "A key takes one expression."),
)  # fmt: skip
"""What is looked for, what it is, and what to write; ``{}`` is what was found, ``{bare}`` the number in it."""
_SIGNS = tuple((re.compile(pattern), message, hint) for pattern, message, hint in _PATTERNS)

_CAPITALS = re.compile(r"(?<![\w.])(?:and|or|not|if|else|for|in|is)(?![\w.])", re.IGNORECASE)

_CALLS = {
    "if": "Write 'a if condition else b'.", "iif": "Write 'a if condition else b'.",
    "ifs": "Write 'a if condition else b'.", "and": "Write 'a and b'.", "or": "Write 'a or b'.",
    "not": "Write 'not a'.", "iferror": "Write coalesce(a, 0).", "ifnull": "Write coalesce(a, 0).",
    "isnull": "Write 'a is null'.", "isblank": "Write 'a is null'.", "nvl": "Write coalesce(a, 0).",
    "len": "Write length(text).", "concatenate": "Write concat(a, b).", "left": "Write text[:3].",
    "right": "Write text[-3:].", "mid": "Write text[2:5].", "substr": "Write text[2:5].",
    "substring": "Write text[2:5].", "today": "Write today, where the clock can be read.",
    "now": "Write now, where the clock can be read.", "average": "Write avg(items.amount).",
    "sumif": "Write sum(row.amount for row in items if row.rate > 0).",
    "sumifs": "Write sum(row.amount for row in items if row.rate > 0).",
    "countif": "Write count(row for row in items if row.rate > 0).",
    "countifs": "Write count(row for row in items if row.rate > 0).",
    "vlookup": "Follow a link (item.price), or ask a rule set.",
    "xlookup": "Follow a link (item.price), or ask a rule set.",
    "lookup": "Follow a link (item.price), or ask a rule set.",
    "datedif": "Write days_between(a, b).", "datediff": "Write days_between(a, b).",
}  # fmt: skip


def comment(text: str) -> Fault | None:
    """A comment: Python would pass over it, and over the rest of the text with it."""
    found = _COMMENT.search(_bare(text)) if "#" in text else None
    if found is None:
        return None
    hint = "Say it in the 'help' of the key, or in a comment of the file outside of the text."
    return Fault("E201", "An expression has no comments.", found.start(), len(text.rstrip()), hint)


def foreign(text: str) -> Fault | None:
    """The first thing in an unreadable expression that is written otherwise here."""
    bare = _bare(text)
    found: list[tuple[int, int, str, str]] = []
    for pattern, message, hint in _SIGNS:
        match = pattern.search(bare)
        if match is not None:
            group = pattern.groups
            found.append((match.start(group), match.end(group), message, hint))
    for match in _CAPITALS.finditer(bare):
        if match.group() != match.group().lower():
            hint = f"Write '{match.group().lower()}'."
            found.append((match.start(), match.end(), "'{}' is written in small letters.", hint))
            break
    if not found:
        return None
    start, end, message, hint = min(found)
    written = text[start:end]
    number = written.rstrip("% ").lstrip("0") or "0"
    hint = hint.replace("{bare}", number).replace("{}", written)
    return Fault("E201", message.replace("{}", written), start, end, hint)


def function_hint(name: str, known: Collection[str], otherwise: Callable[[], str]) -> str:
    """How what the function ``name`` of a spreadsheet does is written here; ``known`` are the functions."""
    low = name.lower()
    if name != low and low in known:
        return f"Functions are written in small letters: {low}()."
    return _CALLS.get(low) or otherwise()


def _bare(text: str) -> str:
    """The text with blanks in place of what is quoted."""
    return _QUOTED.sub(lambda match: " " * len(match.group()), text)
