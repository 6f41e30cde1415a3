"""Pass 1, shape: every construct against the spec of its kind.

In: constructs as loaded. Out: the same with everything malformed taken out (and remembered as
dropped), so that later passes meet only well-formed nodes and report nothing twice. A word that is
clearly misspelt is reported, and read on as what it was meant to be (``engine.compiler.meant``): one
mistake, one problem.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Dictionary
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.compiler import meant
from engine.compiler.names import is_snake, key_of
from engine.problems.problem import Problem, Span
from engine.problems.suggest import choices, nearest
from engine.source.nodes import Construct, Entry, Listing, Mapping, Node, Scalar
from engine.spec import kinds
from engine.spec.language import CONSTRUCTS, OVERLAYS, REMOVE, UNBUILT_CONSTRUCTS

_NUMBER = re.compile(r"-?\d+(\.\d+)?\Z")
_FLAG_WORDS = {
    "yes": "true", "y": "true", "on": "true", "1": "true",
    "no": "false", "n": "false", "off": "false", "0": "false",
}  # fmt: skip
_CHANGES = frozenset({"add", "remove"})
_WITH_PARTS = (kinds.Either, kinds.MapOf, kinds.Shape)


@dataclass(frozen=True, slots=True)
class _Shaped:
    """What became of ``node`` with these declared types, and what was wrong with it."""

    node: Mapping
    types: tuple[str, ...]
    result: Mapping
    problems: tuple[Problem, ...]


def check_shapes(
    constructs: Sequence[Construct], known: dict[int, Any] | None = None
) -> tuple[list[Construct], list[Problem]]:
    """Well-formed constructs of known kinds, and what was wrong with the others.

    ``known``: what was found the last time, by the identity of the node; those of today take its place.
    """
    problems: list[Problem] = []
    seen: dict[int, _Shaped] = {}
    kept: list[Construct] = []
    declared = {"type": tuple(c.name for c in constructs if c.kind == "type")}
    for construct in constructs:
        shape = shape_of(construct)
        if shape is None and not construct.broken:
            problems.append(_unknown_construct(construct))
            kept += meant.by_name(construct, constructs)
            shape = shape_of(construct) if meant.kind_repaired(construct) else None
        if shape is None:
            continue
        if construct.broken:
            kept.append(construct)
            continue
        found = (known or {}).get(id(construct.node))
        if found is None or found.node is not construct.node or found.types != declared["type"]:
            found = _shaped(construct, shape, declared)
        seen[id(construct.node)] = found
        problems += found.problems
        if construct.name or construct.kind == "overlay":
            construct.node = found.result
            kept.append(construct)
        elif not found.problems:
            problems.append(_wrong_form(construct.kind, construct.node, "a name", construct.span))
    if known is not None:
        known.clear()
        known.update(seen)
    return kept, problems


def _shaped(
    construct: Construct, shape: kinds.Shape, declared: Dictionary[str, tuple[str, ...]]
) -> _Shaped:
    merges = construct.kind == "overlay" or construct.node.get("like") is not None
    checker = _Checker(merges=merges, declared=declared)
    node = checker.shape(construct.node, shape)
    return _Shaped(construct.node, declared["type"], node, tuple(checker.problems))


def shape_of(construct: Construct) -> kinds.Shape | None:
    """The shape of its kind; of an overlay, that of the kind it changes."""
    target = construct.node.get("overlay") if construct.kind == "overlay" else None
    if isinstance(target, Mapping):
        kind = next((name for name in target.entries if name in OVERLAYS), "")
        return OVERLAYS.get(kind, OVERLAYS["doctype"])
    return CONSTRUCTS.get(construct.kind)


def check_complete(node: Mapping, shape: kinds.Shape, span: Span) -> list[Problem]:
    """What a construct, merged with what it is `like`, still lacks; ``span`` is where its name stands."""
    problems: list[Problem] = []
    _complete(node, shape, span, problems)
    return problems


def _complete(node: Node, kind: kinds.Kind, span: Span, problems: list[Problem]) -> None:
    if isinstance(kind, kinds.Either):
        for option in kind.kinds:
            if _takes(option, node):
                _complete(node, option, span, problems)
                return
    elif isinstance(kind, kinds.MapOf) and isinstance(node, Mapping):
        for entry in node.entries.values():
            _complete(entry.value, kind.of, entry.key.span, problems)
    elif isinstance(kind, kinds.Shape) and isinstance(node, Mapping):
        for name, key in kind.keys.items():
            if key.required and name not in node.entries and name not in node.dropped:
                message = f"This {kind.name} lacks the key '{name}'."
                problems.append(
                    Problem(
                        "E114",
                        message,
                        span,
                        f"For example: {key.example}" if key.example else key.help,
                    )
                )
        for name, entry in node.entries.items():
            known = kind.keys.get(name)
            if known is not None and isinstance(known.kind, _WITH_PARTS):
                _complete(entry.value, known.kind, entry.key.span, problems)


def _unknown_construct(construct: Construct) -> Problem:
    first = next(iter(construct.node.entries.values())).key
    if construct.kind in UNBUILT_CONSTRUCTS:
        what = UNBUILT_CONSTRUCTS[construct.kind]
        return Problem(
            "E109", f"'{construct.kind}' is known, but {what} are not built yet.", first.span,
            "Take the construct out until they are.",
        )  # fmt: skip
    found = meant.key(construct.kind, [*CONSTRUCTS, *UNBUILT_CONSTRUCTS])
    return Problem(
        "E108", f"A document begins with the kind of its construct, and '{construct.kind}' is none.",
        first.span, f"Did you mean '{found}'?" if found else "It takes: " + ", ".join(CONSTRUCTS) + ".",
    )  # fmt: skip


def is_one(node: Mapping, shape: kinds.Shape) -> bool:
    """Whether ``node`` has a key that tells ``shape`` from the others that may stand in its place."""
    return not shape.marks or any(mark in node.entries for mark in shape.marks)


def _takes(kind: kinds.Kind, node: Node) -> bool:
    """Whether the outer form (text, list, mapping) of ``node`` is one that ``kind`` takes."""
    if isinstance(kind, kinds.Data):
        return True
    if isinstance(kind, kinds.Either):
        return any(_takes(option, node) for option in kind.kinds)
    if isinstance(kind, kinds.Shape):
        return isinstance(node, Mapping) and is_one(node, kind)
    if isinstance(kind, kinds.MapOf):
        return isinstance(node, Mapping)
    if isinstance(kind, kinds.Names):
        return isinstance(node, Listing) or (kind.single and isinstance(node, Scalar))
    if isinstance(kind, (kinds.ListOf, kinds.DateRange)):
        return isinstance(node, Listing)
    return isinstance(node, Scalar)


def is_remove(node: Node) -> bool:
    """Whether ``node`` takes away what it stands for, where it is merged over another."""
    return isinstance(node, Scalar) and node.text == REMOVE and not node.quoted


def _form(kind: kinds.Kind) -> str:
    if isinstance(kind, kinds.Either):
        return " or ".join(dict.fromkeys(_form(option) for option in kind.kinds))
    if isinstance(kind, (kinds.MapOf, kinds.Shape)):
        return "a mapping {key: value}"
    if isinstance(kind, kinds.Names):
        return "a name or a list of names" if kind.single else "a list of names"
    if isinstance(kind, (kinds.ListOf, kinds.DateRange)):
        return "a list"
    if isinstance(kind, kinds.Expression):
        return "an expression"
    return "a text"


def _wrong_form(key: str, node: Node, wanted: str, span: Span) -> Problem:
    here = {Scalar: "a text", Listing: "a list", Mapping: "a mapping"}[type(node)]
    hint = ""
    if wanted == "an expression":
        hint = "Quote an expression that begins with a bracket."
    return Problem("E112", f"'{key}' takes {wanted}, and here stands {here}.", span, hint)


class _Checker:
    """Checks one construct. ``merges``: it is merged over another, so `remove` may stand for any value."""

    def __init__(self, *, merges: bool, declared: Dictionary[str, tuple[str, ...]]) -> None:
        self.problems: list[Problem] = []
        self._declared = declared
        self._merges = merges
        self._example = ""

    def shape(self, node: Mapping, shape: kinds.Shape) -> Mapping:
        """``node`` without the keys that are unknown, unbuilt or malformed."""
        kept: dict[str, Entry] = {}
        dropped = set(node.dropped)
        for name, entry in node.entries.items():
            key = shape.keys.get(name)
            kind = key.kind if key is not None else shape.others
            if kind is None:
                self._unknown(entry.key, shape, node)
                dropped |= self._meant(entry, node, shape, kept)
            elif key is not None and not key.built:
                self._unbuilt(entry.key, key)
            else:
                self._example = key.example if key is not None else ""
                value = self.node(entry.value, kind, name)
                if value is not None:
                    kept[name] = Entry(entry.key, value)
            if name not in kept:
                dropped.add(name)
        return Mapping(kept, node.span, frozenset(dropped))

    def _meant(
        self, entry: Entry, node: Mapping, shape: kinds.Shape, kept: dict[str, Entry]
    ) -> set[str]:
        """Puts what a misspelt key was meant to be into ``kept``; which keys nobody may miss now."""
        absent = [name for name, key in shape.keys.items() if name not in node.entries]
        name = meant.key(entry.key.text, [n for n in absent if shape.keys[n].built])
        if name is None:
            return set(absent)
        trial = _Checker(merges=self._merges, declared=self._declared)
        value = trial.node(entry.value, shape.keys[name].kind, name)
        if value is None or trial.problems or is_remove(value):
            return set(absent)
        kept[name] = Entry(meant.renamed(entry.key, name), value)
        return set()

    def node(self, node: Node, kind: kinds.Kind, key: str) -> Node | None:
        """``node`` if it is what ``kind`` takes, cleaned; None if it was reported."""
        if self._merges and is_remove(node):
            return node
        if isinstance(kind, kinds.Names) and isinstance(node, Mapping) and self._merges:
            return self._changed_names(node, key)
        if not _takes(kind, node):
            return self._not_taken(node, kind, key)
        if isinstance(kind, kinds.Data):
            return node
        if isinstance(kind, kinds.Either):
            kind = next(option for option in kind.kinds if _takes(option, node))
            return self.node(node, kind, key)
        if isinstance(node, Mapping):
            return self._mapping(node, kind)
        if isinstance(node, Listing):
            return self._listing(node, kind, key)
        if isinstance(kind, kinds.Choice) and kind.declared:
            more = self._declared.get(kind.declared, ())
            kind = replace(kind, options=(*kind.options, *more))
        wrong = _check_scalar(node, kind, key)
        if wrong is not None:
            self.problems.append(wrong)
            return meant.word(node, kind)
        return node

    def _not_taken(self, node: Node, kind: kinds.Kind, key: str) -> Node | None:
        """A mapping whose telling key is misspelt is read as that shape; anything else has the wrong form."""
        shape = meant.shape(node, kind) if isinstance(node, Mapping) else None
        if shape is not None and isinstance(node, Mapping):
            return self.shape(node, shape)
        problem = _wrong_form(key, node, _form(kind), node.span)
        if not problem.hint and self._example:
            problem = replace(problem, hint=f"For example: {self._example}")
        self.problems.append(problem)
        return None

    def _mapping(self, node: Mapping, kind: kinds.Kind) -> Mapping:
        if isinstance(kind, kinds.Shape):
            return self.shape(node, kind)
        assert isinstance(kind, kinds.MapOf)
        kept: dict[str, Entry] = {}
        dropped = set(node.dropped)
        for name, entry in node.entries.items():
            if kind.keys == "new" and not is_snake(name):
                hint = (
                    f"Write '{key_of(name)}'."
                    if is_snake(key_of(name))
                    else "A letter comes first."
                )
                message = f"'{name}' is no key: use lower case letters, digits and underscores."
                self.problems.append(Problem("E116", message, entry.key.span, hint))
            value = self.node(entry.value, kind.of, name)
            if value is None:
                dropped.add(name)
            else:
                kept[name] = Entry(entry.key, value)
        return Mapping(kept, node.span, frozenset(dropped))

    def _listing(self, node: Listing, kind: kinds.Kind, key: str) -> Node | None:
        if isinstance(kind, kinds.DateRange):
            return self._dates(node, key)
        of = kind.of if isinstance(kind, kinds.ListOf) else kinds.Text()
        if isinstance(kind, kinds.ListOf):
            items = [self.node(item, of, key) for item in node.items]
            return Listing(tuple(item for item in items if item is not None), node.span)
        kept: dict[str, Scalar] = {}
        for item in node.items:
            if not isinstance(item, Scalar):
                self.problems.append(_wrong_form(key, item, "a list of plain names", item.span))
            elif item.text in kept:
                self.problems.append(
                    Problem(
                        "E113", f"'{item.text}' is named twice in '{key}'.", item.span, "Keep one."
                    )
                )
            else:
                kept[item.text] = item
        if not node.items and isinstance(kind, kinds.Names) and not kind.empty:
            message = f"'{key}' names nothing."
            self.problems.append(Problem("E113", message, node.span, "Name one at least."))
            return None
        return Listing(tuple(kept.values()), node.span)

    def _changed_names(self, node: Mapping, key: str) -> Node | None:
        """``{add: […], remove: […]}`` in place of a list of names, where it changes an inherited one."""
        for name, entry in node.entries.items():
            if name not in _CHANGES or not isinstance(entry.value, Listing):
                message = f"'{key}' takes a list of names, or {{add: […], remove: […]}}."
                self.problems.append(Problem("E112", message, entry.key.span))
                return None
        return node

    def _dates(self, node: Listing, key: str) -> Node | None:
        texts = [item.text for item in node.items if isinstance(item, Scalar)]
        if len(texts) != len(node.items) or len(texts) not in (1, 2):
            self.problems.append(
                Problem(
                    "E113",
                    f"'{key}' takes two dates.",
                    node.span,
                    f"{key}: [2024-08-01, 2026-03-31]",
                )
            )
            return None
        for item in node.items:
            if isinstance(item, Scalar) and item.text != "-" and not _is_date(item.text):
                message = f"'{item.text}' is no date."
                self.problems.append(
                    Problem(
                        "E113", message, item.span, "Write it as 2026-03-31; '-' leaves it open."
                    )
                )
                return None
        if len(texts) == 2 and "-" not in texts and texts[0] > texts[1]:
            self.problems.append(Problem("E113", "These dates end before they begin.", node.span))
            return None
        return node

    def _unknown(self, key: Scalar, shape: kinds.Shape, node: Mapping) -> None:
        built = [name for name, known in shape.keys.items() if known.built]
        found = meant.key(key.text, built)
        hint = f"Did you mean '{found}'?" if found else choices(key.text, built, most=10)
        needed = ", ".join(n for n in built if shape.keys[n].required and n not in node.entries)
        hint = hint or (f"It needs: {needed}." if needed else "")
        message = (
            f"{'An' if shape.name[0] in 'aeiou' else 'A'} {shape.name} has no key '{key.text}'."
        )
        self.problems.append(Problem("E110", message, key.span, hint))

    def _unbuilt(self, key: Scalar, known: kinds.Key) -> None:
        message = f"'{key.text}' is known, not built yet: {known.help[:1].lower()}{known.help[1:]}"
        self.problems.append(Problem("E111", message, key.span, "Take it out until it is."))


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _check_scalar(node: Scalar, kind: kinds.Kind, key: str) -> Problem | None:
    text = node.text
    match kind:
        case kinds.Flag():
            if text not in ("true", "false"):
                return Problem(
                    "E113", f"'{key}' is true or false, not '{text}'.", node.span, _flag_hint(text)
                )
        case kinds.Integer(least, most):
            if not re.fullmatch(r"-?\d{1,12}", text) or not least <= int(text) <= most:
                return Problem(
                    "E113",
                    f"'{key}' is a whole number from {least} to {most}, not '{text}'.",
                    node.span,
                )
        case kinds.Number():
            if not _is_number(text):
                return Problem("E113", f"'{key}' is a number, not '{text}'.", node.span)
        case kinds.Choice():
            return _check_choice(node, kind, key)
        case kinds.Value(literals=literals) if literals and not text.startswith("="):
            if text not in literals:
                hint = _flag_hint(text) or "An expression begins with '='."
                words = " or ".join(literals)
                return Problem(
                    "E113",
                    f"'{key}' is {words}, or an expression after '='; not '{text}'.",
                    node.span,
                    hint,
                )
        case kinds.Text(longest):
            if len(text) > longest:
                return Problem(
                    "E113", f"'{key}' has {len(text)} characters; {longest} are allowed.", node.span
                )
        case kinds.Name(of="new") | kinds.Name(of="route"):
            return _check_name(node, kind.of, key)
    return None


def _check_name(node: Scalar, of: str, key: str) -> Problem | None:
    if of == "route":
        if not re.fullmatch(r"[a-z0-9]+([_/-][a-z0-9]+)*", node.text):
            return Problem(
                "E113", f"'{node.text}' is no address.", node.span, "For example: sales/invoices"
            )
    elif not re.match(r"[A-Za-z]", node.text) or len(node.text) > 60:
        return Problem(
            "E113",
            f"The name of a {key} begins with a letter and has at most 60 characters.",
            node.span,
        )
    return None


def _check_choice(node: Scalar, kind: kinds.Choice, key: str) -> Problem | None:
    if node.text in kind.options:
        return None
    if node.text in kind.unbuilt:
        return Problem(
            "E111",
            f"'{key}: {node.text}' is known, not built yet.",
            node.span,
            "It takes: " + ", ".join(kind.options) + ".",
        )
    hint = choices(node.text, kind.options, most=30)
    return Problem("E113", f"'{node.text}' is no {key}.", node.span, hint)


def _flag_hint(text: str) -> str:
    word = _FLAG_WORDS.get(text.lower()) or nearest(text, ("true", "false"))
    return f"Write '{word}'." if word else ""


def _is_number(text: str) -> bool:
    if not _NUMBER.match(text):
        return False
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False
