"""Pass 5, types: the checked kinds of text that packs declare."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary

from engine.catalog.text_check import fault_of
from engine.catalog.text_types import Checksum, Part, TextType
from engine.compiler import view
from engine.compiler.names import is_snake, key_of, label_of
from engine.expr.patterns import canonical
from engine.problems.problem import Problem
from engine.source.nodes import Construct, Mapping, Scalar
from engine.spec.common import FIELD_TYPES


def compile_text_types(
    constructs: Dictionary[str, Construct],
) -> tuple[dict[str, TextType], list[Problem]]:
    """Types by name. One that is wrong comes out as far as it is right, so that fields may name it."""
    compiler = _Compiler()
    found = {name: compiler.type(construct) for name, construct in constructs.items()}
    return found, compiler.problems


class _Compiler:
    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def type(self, construct: Construct) -> TextType:
        node, before = construct.node, len(self.problems)
        self._name(construct)
        example = view.scalar(node, "example")
        found = TextType(
            name=construct.name,
            label=view.text(node, "label") or label_of(construct.name),
            length=view.integer(node, "length", 250),
            least=view.integer(node, "least", 0),
            capitals=view.flag(node, "capitals"),
            digits=view.flag(node, "digits"),
            patterns=self._patterns(construct),
            refused=self._pattern(view.scalar(node, "except")),
            parts={
                name.text: self._part(name, part, node) for name, part in view.maps(node, "parts")
            },
            checksum=self._checksum(view.mapping(node, "checksum")),
            message=view.text(node, "message") or "",
            length_message=view.text(node, "length_message") or "",
            example=example.text if example is not None else "",
            help=view.text(node, "help") or "",
        )
        if example is not None and len(self.problems) == before and not construct.broken:
            fault = fault_of(found, example.text)
            if fault is not None:
                message = f"The example is no {construct.name}: {fault[1]}"
                self.problems.append(Problem("E181", message, example.span))
        return found

    def _name(self, construct: Construct) -> None:
        name = construct.name
        if construct.broken or (is_snake(name) and name not in FIELD_TYPES):
            return
        if name in FIELD_TYPES:
            message, hint = f"'{name}' is a type of the language itself.", "Call it otherwise."
        else:
            message, hint = f"'{name}' is no name of a type.", f"Write '{key_of(name)}'."
        self.problems.append(Problem("E116", message, construct.span, hint))

    def _patterns(self, construct: Construct) -> dict[str, str]:
        node = construct.node
        one = view.scalar(node, "pattern")
        found = {name.text: self._pattern(text) for name, text in view.texts_of(node, "kinds")}
        if one is not None and found:
            message = "A type has one pattern, or kinds with a pattern each."
            self.problems.append(Problem("E304", message, one.span, "Make the pattern a kind."))
        elif one is not None:
            found = {"": self._pattern(one)}
        missing = not found and not {"pattern", "kinds"} & node.dropped
        if missing and not construct.broken:
            message = "This type says neither a pattern nor kinds."
            self.problems.append(Problem("E114", message, construct.span, r"pattern: '\d{6}'"))
        return found

    def _pattern(self, text: Scalar | None) -> str:
        if text is None:
            return ""
        found, why = canonical(text.text)
        if why:
            self.problems.append(Problem("E180", why, text.span))
        return found

    def _part(self, name: Scalar, node: Mapping, of: Mapping) -> Part:
        start, end = view.integer(node, "from", 0), view.integer(node, "to", 1)
        if not start < end <= view.integer(of, "length", 250):
            message = f"From {start} to {end} there is nothing in a text of {view.text(of, 'length')} characters."
            self.problems.append(Problem("E113", message, name.span))
        options = view.names(node, "options")
        for option in options:
            if len(option.text) != end - start:
                message = f"'{option.text}' does not have the {end - start} characters of the part."
                self.problems.append(Problem("E113", message, option.span))
        return Part(
            name.text,
            start,
            end,
            tuple(option.text for option in options),
            view.text(node, "message") or "",
            view.texts(node, "kinds"),
        )

    def _checksum(self, node: Mapping | None) -> Checksum | None:
        if node is None:
            return None
        alphabet = view.scalar(node, "alphabet")
        letters, modulus = alphabet.text if alphabet else "", view.integer(node, "modulus", 0)
        if alphabet is not None and (len(set(letters)) != len(letters) or len(letters) < modulus):
            message = (
                f"The alphabet needs {modulus} different characters, and has {len(set(letters))}."
            )
            self.problems.append(Problem("E113", message, alphabet.span))
            return None
        weights = tuple(int(w.text) for w in view.scalars(node.get("weights")))
        if not weights or not letters or not modulus:
            return None
        message = view.text(node, "message") or "The check character of '{value}' is wrong."
        return Checksum(letters, weights, modulus, view.flag(node, "fold"), message)
