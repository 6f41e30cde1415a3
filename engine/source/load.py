"""Reading a folder of packs: every ``*.yaml`` or ``*.yml`` file, every document in it.

A broken file costs one problem; what it declares stays known by name, so that others which
speak of it are not reported as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

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

_ENDINGS = (".yaml", ".yml")
_NOT_A_CHARACTER = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What YAML takes nowhere in a file."""


class Unreadable(Exception):
    """A file that cannot be read; the text is the reason, as the end of a sentence."""


class Files:
    """Files as they were read last, for programs that compile a folder again and again (an editor, a watcher).

    A file whose text has not changed is not parsed again. Nodes are never changed by the compiler, so they are
    shared; constructs are, so each load gets copies.
    """

    def __init__(self) -> None:
        self._read: dict[str, tuple[str, list[Construct], list[Problem]]] = {}
        self.checked: dict[int, Any] = {}
        """What whoever checks nodes wants to know of them the next time, by the identity of the node."""

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
    files_there = [path] if path.is_file() else source_files(path)
    for file in files_there:
        name = str(file)
        try:
            text = read_source(file)
        except Unreadable as error:
            message = f"The file cannot be read: {error}."
            problems.append(Problem("E120", message, Span(name, 1, 1)))
            continue
        found, wrong = read(text, name)
        constructs += found
        problems += wrong
    if not path.exists():
        problems.append(Problem("E120", f"There is no file or folder '{path}'.", None))
    elif not files_there:
        hint = "What packs declare stands in files that end in .yaml or .yml."
        problems.append(Problem("E120", f"There is no file to read in '{path}'.", None, hint))
    name_packs(constructs)
    return constructs, problems


def is_source(name: str) -> bool:
    """Whether a file of this name holds constructs: ``x.yaml``, ``x.yml``, in small letters or capitals."""
    return name.lower().endswith(_ENDINGS)


def source_files(folder: Path) -> list[Path]:
    """The files below ``folder`` that hold constructs, in the order of their names; those that cannot be read too."""
    return [
        file
        for file in sorted(folder.rglob("*"))
        if is_source(file.name)
        and not file.is_dir()
        and not IGNORED_FOLDERS.intersection(file.relative_to(folder).parts[:-1])
    ]


def read_source(file: Path) -> str:
    """The text of a file. Raises Unreadable. What is no plain file is not opened: a pipe would never end."""
    if not file.is_file():
        if not file.is_symlink() or file.exists():
            raise Unreadable("it is no plain file")
        raise Unreadable(f"it is a link to {file.readlink()}, which is not there")
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8 text") from None
    except OSError as error:
        raise Unreadable((error.strerror or "it is not there").lower()) from None


def load_text(text: str, name: str) -> tuple[list[Construct], list[Problem]]:
    """The constructs of one YAML text; ``name`` stands for the file in problems."""
    problems = list(_tabs(text, name))
    try:
        builder = Builder(text.replace("\t", " "), name)
    except UnicodeEncodeError as error:
        return [], [_no_character(text, error.start, name)]
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
        builder.problems.append(_syntax(error, text, name))
        constructs += _cut_off(text, name, {(c.kind, c.name) for c in constructs})
    except TooDeep as error:
        message = f"The nesting is deeper than {DEEPEST} levels."
        builder.problems.append(Problem("E121", message, error.span))
        constructs += _cut_off(text, name, {(c.kind, c.name) for c in constructs})
    if constructs:
        constructs[0].text = text
    return constructs, problems + builder.problems


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
            place = _place(text, match.start(2), name)
            span = Span(name, place.line, place.column)
            yield Construct(kind, title, Mapping({}, span), span, file=name, broken=True)


def _tabs(text: str, name: str) -> Iterator[Problem]:
    at = text.find("\t")
    if at >= 0:
        yield Problem("E102", "There is a tab here.", _place(text, at, name), "Indent with blanks.")


def _place(text: str, at: int, name: str) -> Span:
    """The place of one character of a text."""
    line = text.count("\n", 0, at) + 1
    column = at - (text.rfind("\n", 0, at) + 1) + 1
    return Span(name, line, column, column + 1)


def _syntax(error: yaml.YAMLError, text: str, name: str) -> Problem:
    """One sentence out of PyYAML's error, at the place of the error."""
    if isinstance(error, yaml.MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        what = error.problem or error.context or "this is not YAML"
        span = Span(name, mark.line + 1, mark.column + 1) if mark else Span(name, 1, 1)
        return Problem("E101", _sentence(what), span, _syntax_hint(what))
    found = _NOT_A_CHARACTER.search(text)
    if found is not None:
        return _no_character(text, found.start(), name)
    return Problem("E101", "This is not YAML.", Span(name, 1, 1))


def _no_character(text: str, at: int, name: str) -> Problem:
    message = f"The character U+{ord(text[at]):04X} here is not allowed in YAML."
    return Problem("E101", message, _place(text, at, name), "Take it out.")


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
