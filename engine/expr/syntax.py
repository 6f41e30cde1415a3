"""Text → Python's syntax tree, within limits. Nothing is ever evaluated here.

Refuses what is too long or too deep before and after parsing, and turns Python's own complaints
into faults with a column. What the tree may contain is the business of ``check.py``.
"""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from difflib import get_close_matches

from engine.expr.fault import Fault
from engine.expr.foreign import comment, foreign

MOST_CHARACTERS = 2_000
MOST_NESTING = 40
MOST_IN_A_ROW = 100
_WORD = re.compile(r"(?<![\w.'])[A-Za-z]{2,6}(?![\w.'(])")
_JOINING = ("and", "or", "not", "if", "else", "for", "in", "is")


@dataclass(frozen=True, slots=True)
class Parsed:
    tree: ast.expr
    text: str
    """What was parsed: the source with line ends and tabs made spaces, without leading ones."""
    lead: int
    """How many leading spaces were taken away."""


def parse(source: str) -> Parsed | Fault:
    """The syntax tree of an expression, or the one fault that keeps it from being read."""
    if len(source) > MOST_CHARACTERS:
        message = f"The expression has {len(source)} characters; at most 2,000 are allowed."
        return Fault("E208", message, 0, 0, "Split it into several fields.")
    text = "".join(" " if mark in "\r\n\t" else mark for mark in source)
    if not text.strip():
        hint = "Leave the key out or write a value."
        return Fault("E201", "The expression is empty.", 0, 0, hint)
    if refused := _brackets(text) or comment(text):
        return refused
    lead = len(text) - len(text.lstrip(" "))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text[lead:], mode="eval").body
    except (MemoryError, RecursionError):
        return Fault("E208", "The expression is nested too deeply.", 0, 0, "Split it into fields.")
    except (SyntaxError, ValueError) as error:
        return _unreadable(error, lead, text)
    fault = _depth_fault(tree, lead) or _look_alike(tree, text[lead:], lead)
    return fault or Parsed(tree, text[lead:], lead)


def _brackets(text: str) -> Fault | None:
    """A cheap look before the parser: brackets nest at most 40 deep."""
    depth, quote = 0, ""
    for place, mark in enumerate(text):
        if quote:
            quote = "" if mark == quote else quote
        elif mark in "'\"":
            quote = mark
        elif mark in "([{":
            depth += 1
            if depth > MOST_NESTING:
                return Fault("E208", "Brackets are nested more than 40 deep.", place, place + 1)
        elif mark in ")]}":
            depth -= 1
    return None


def _unreadable(error: Exception, lead: int, text: str) -> Fault:
    if (known := foreign(text)) is not None:
        return known
    place = getattr(error, "offset", None)
    start = min(max((place or 1) - 1 + lead, 0), len(text))
    said = str(getattr(error, "msg", "") or error).split(" (")[0]
    if "null bytes" in said or "surrogate" in said:
        said = "it contains a character that cannot be in an expression"
    if (word := _misspelt(text, start, said)) is not None:
        at, meant = word
        message = f"The expression cannot be read: '{at.group()}' is no word of it."
        return Fault("E201", message, at.start(), at.end(), f"Did you mean '{meant}'?")
    lone = text[start : start + 1] == "=" or "==" in said
    hint = "Look for a sign, a quote or a bracket that is missing or too many here."
    hint = "Equality is written ==." if lone else hint
    return Fault("E201", f"The expression cannot be read: {said}.", start, start + 1, hint)


def _misspelt(text: str, place: int, said: str) -> tuple[re.Match[str], str] | None:
    """The word around ``place``, or just before it, that is nearly ``and``, ``or``, ``not`` …; what it is."""
    anywhere = "'else'" in said or "comma" in said or "never closed" in said
    found = [
        m for m in _WORD.finditer(text) if anywhere or 0 <= place - m.start() <= len(m.group()) + 1
    ]
    for match in reversed(found):
        if match.group() not in _JOINING:
            meant = get_close_matches(match.group(), _JOINING, n=1, cutoff=0.66)
            if meant and abs(len(meant[0]) - len(match.group())) <= 1:
                return match, meant[0]
    return None


def _depth_fault(tree: ast.expr, lead: int) -> Fault | None:
    """Walks without recursion. A chain a + b + c counts as one level and at most 100 operands."""
    waiting: list[tuple[ast.AST, int, int]] = [(tree, 1, 1)]
    while waiting:
        node, depth, row = waiting.pop()
        if depth > MOST_NESTING or row >= MOST_IN_A_ROW:
            return _at(node, lead, "The expression has more than 40 levels or 100 operands.")
        for child in ast.iter_child_nodes(node):
            if isinstance(child, (ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)):
                continue
            chained = isinstance(node, ast.BinOp) and child is node.left
            chained = chained or isinstance(node, ast.Attribute)
            if chained and type(child) is type(node):
                waiting.append((child, depth, row + 1))
            else:
                waiting.append((child, depth + 1, 1))
        if _width(node) > MOST_IN_A_ROW:
            return _at(node, lead, "More than 100 values stand in a row.")
    return None


def _look_alike(tree: ast.expr, text: str, lead: int) -> Fault | None:
    """A name in letters that Python takes for others (wide or bold ones); outside of texts only."""
    if text.isascii():
        return None
    data = text.encode()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            name, start, end = node.id, node.col_offset, node.end_col_offset
        elif isinstance(node, ast.Attribute):
            name, end = node.attr, node.end_col_offset
            start = data.rindex(b".", 0, end) + 1
        elif isinstance(node, ast.keyword) and node.arg is not None:
            name, start = node.arg, node.col_offset
            end = data.index(b"=", start)
        else:
            continue
        if data[start:end].decode().strip() != name:
            place = len(data[:start].decode()) + lead
            message = f"Some letters only look like those of '{name}'."
            return Fault("E250", message, place, place + 1, f"Type '{name}' anew.")
    return None


def _width(node: ast.AST) -> int:
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return len(node.elts)
    if isinstance(node, ast.BoolOp):
        return len(node.values)
    if isinstance(node, ast.Compare):
        return len(node.comparators) + 1
    if isinstance(node, ast.Call):
        return len(node.args) + len(node.keywords)
    return len(node.keys) if isinstance(node, ast.Dict) else 0


def _at(node: ast.AST, lead: int, message: str) -> Fault:
    start = getattr(node, "col_offset", 0) + lead
    return Fault("E208", message, start, start + 1, "Split it into several fields.")
