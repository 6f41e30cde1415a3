"""Reading a folder of packs: every ``*.yaml`` file, every document in it.

A broken file costs one problem; what it declares stays known by name, so that others which
speak of it are not reported as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import yaml

from engine.problems.problem import Problem, Span
from engine.source.events import DEEPEST, Builder, TooDeep
from engine.source.nodes import Construct, Mapping, Scalar
from engine.source.packs import name_packs

_HEAD = re.compile(
    r"(?:\A|^---[^\n]*\n)(?:[ \t]*(?:#[^\n]*)?\n)*([a-z]+):[ \t]+([^\n#]+?)[ \t]*(?:#[^\n]*)?$",
    re.MULTILINE,
)
"""The first key of a document with its value: enough of a broken file to know what it declares."""

IGNORED_FOLDERS = frozenset({"data", "translations"})
"""Folders of a pack that hold no constructs: records to load, and texts."""


class Files:
    """Files as they were read last, for programs that compile a folder again and again (an editor, a watcher).

    A file whose text has not changed is not parsed again. Nodes are never changed by the compiler, so they are
    shared; constructs are, so each load gets copies.
    """

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, list[Construct], list[Problem]]] = {}

    def load(self, text: str, name: str) -> tuple[list[Construct], list[Problem]]:
        """As ``load_text``."""
        known = self._read.get(name)
        if known is None or known[0] != text:
            known = (text, *load_text(text, name))
            self._read[name] = known
        return [replace(construct) for construct in known[1]], list(known[2])


def load_folder(path: Path, files: Files | None = None) -> tuple[list[Construct], list[Problem]]:
    """The constructs of all YAML files under ``path`` (or of the one file ``path``), in the order of their names.

    Files are named relative to the parent of ``path`` where possible, as an editor shows them. ``files`` are
    those of the last time.
    """
    read = files.load if files is not None else load_text
    constructs: list[Construct] = []
    problems: list[Problem] = []
    for file in _files(path):
        name = str(file)
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(_unreadable(name, error))
            continue
        found, wrong = read(text, name)
        constructs += found
        problems += wrong
    if not path.exists():
        problems.append(Problem("E120", f"There is no file or folder '{path}'.", None))
    name_packs(constructs)
    return constructs, problems


def load_text(text: str, name: str) -> tuple[list[Construct], list[Problem]]:
    """The constructs of one YAML text; ``name`` stands for the file in problems."""
    problems = list(_tabs(text, name))
    builder = Builder(text.replace("\t", " "), name)
    constructs: list[Construct] = []
    try:
        while (node := builder.document()) is not None:
            if isinstance(node, Mapping):
                constructs += _construct(node, name, builder.problems)
            elif not (isinstance(node, Scalar) and not node.text):
                builder.problems.append(
                    Problem("E106", "A document is a mapping of keys to values.", node.span)
                )
    except yaml.YAMLError as error:
        builder.problems.append(_syntax(error, name))
        constructs += _cut_off(text, name, {(c.kind, c.name) for c in constructs})
    except TooDeep as error:
        message = f"The nesting is deeper than {DEEPEST} levels."
        builder.problems.append(Problem("E121", message, error.span))
        constructs += _cut_off(text, name, {(c.kind, c.name) for c in constructs})
    if constructs:
        constructs[0].text = text
    return constructs, problems + builder.problems


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in sorted(path.rglob("*.yaml")):
        if not IGNORED_FOLDERS.intersection(file.relative_to(path).parts[:-1]):
            yield file


def _construct(node: Mapping, name: str, problems: list[Problem]) -> list[Construct]:
    """The construct of a document, named by its first key."""
    first = next(iter(node.entries.values()), None)
    if first is None:
        if not node.dropped:
            problems.append(Problem("E106", "This document is empty.", node.span))
        return []
    kind = first.key.text
    if isinstance(first.value, Scalar):
        return [Construct(kind, first.value.text, node, first.value.span, file=name)]
    # `overlay: {doctype: Delivery}` names its target in a mapping: the spec of its kind reads it.
    return [Construct(kind, "", node, first.key.span, file=name)]


def _cut_off(text: str, name: str, known: set[tuple[str, str]]) -> Iterator[Construct]:
    for match in _HEAD.finditer(text):
        kind, title = match.group(1), match.group(2).strip("'\"")
        if (kind, title) not in known:
            line = text.count("\n", 0, match.start(2)) + 1
            column = match.start(2) - text.rfind("\n", 0, match.start(2))
            span = Span(name, line, column)
            yield Construct(kind, title, Mapping({}, span), span, file=name, broken=True)


def _tabs(text: str, name: str) -> Iterator[Problem]:
    at = text.find("\t")
    if at >= 0:
        line = text.count("\n", 0, at) + 1
        column = at - (text.rfind("\n", 0, at) + 1) + 1
        span = Span(name, line, column, column + 1)
        yield Problem("E102", "There is a tab here.", span, "Indent with blanks.")


def _unreadable(name: str, error: Exception) -> Problem:
    reason = "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else str(error)
    return Problem("E120", f"The file cannot be read: {reason}.", Span(name, 1, 1))


def _syntax(error: yaml.YAMLError, name: str) -> Problem:
    """One sentence out of PyYAML's error, at the place of the error."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "this is not YAML"
        span = Span(name, mark.line + 1, mark.column + 1) if mark else Span(name, 1, 1)
        return Problem("E101", _sentence(what), span, _syntax_hint(what))
    if isinstance(error, yaml.reader.ReaderError):
        return Problem("E101", "A character here is not allowed in YAML.", Span(name, 1, 1))
    return Problem("E101", "This is not YAML.", Span(name, 1, 1))


def _sentence(what: str) -> str:
    return f"This is not YAML: {what}."


def _syntax_hint(what: str) -> str:
    if "mapping values are not allowed" in what:
        return "Quote a text that has ': ' in it."
    if "did not find expected" in what:
        return (
            "Look for a bracket, a comma or a quote that is missing on this line or the one before."
        )
    return ""
