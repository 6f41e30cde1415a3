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

from engine.problems.problem import Problem, Span
from engine.source.formatting import formatted
from engine.source.nodes import Construct, Mapping, Scalar
from engine.source.packs import name_packs
from engine.source.reading import place, read_nodes

_HEAD = re.compile(
    r"(?:\A|^---[^\n]*\n)(?:[ \t]*(?:#[^\n]*)?\n)*([a-z]+):[ \t]+([^\n#]+?)[ \t]*(?:#[^\n]*)?$",
    re.MULTILINE,
)
"""The first key of a document with its value: enough of a broken file to know what it declares."""

IGNORED_FOLDERS = frozenset({"data", "translations"})
"""Folders of a pack that hold no constructs: records to load, and texts."""

_ENDINGS = (".yaml", ".yml")
_QUOTES = "Quote an expression that has a comma, a bracket or ': ' in it"
_WAYS_OUT = {"E101": _QUOTES, "E107": _QUOTES, "E102": "Indent with blanks"}
"""What the formatter does about a problem, by its code."""


class Unreadable(Exception):
    """A file that cannot be read; the text is the reason, as the end of a sentence."""

    def problem(self, file: Path) -> Problem:
        """What it is for whoever named the file."""
        return Problem("E120", f"The file cannot be read: {self}.", Span(str(file), 1, 1))


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
            problems.append(error.problem(file))
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
    """The text of a file, its lines ended by line feeds. Raises Unreadable."""
    return read_exactly(file).replace("\r\n", "\n").replace("\r", "\n")


def read_exactly(file: Path) -> str:
    """The text of a file. Raises Unreadable. What is no plain file is not opened: a pipe would never end."""
    if not file.is_file():
        if not file.is_symlink() or file.exists():
            raise Unreadable("it is no plain file")
        raise Unreadable(f"it is a link to {file.readlink()}, which is not there")
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("it is not UTF-8 text") from None
    except OSError as error:
        raise Unreadable((error.strerror or "it is not there").lower()) from None


def load_text(text: str, name: str) -> tuple[list[Construct], list[Problem]]:
    """The constructs of one YAML text; ``name`` stands for the file in problems."""
    read = read_nodes(text.replace("\t", " "), name)
    problems = [*_tabs(text, name), *read.problems]
    constructs: list[Construct] = []
    for node in read.nodes:
        if isinstance(node, Mapping):
            constructs += _construct(node, name, problems)
        elif not (isinstance(node, Scalar) and not node.text):
            message = "A document is a mapping of keys to values."
            problems.append(Problem("E106", message, node.span))
    if not read.whole:
        constructs += _cut_off(text, name, {(c.kind, c.name) for c in constructs})
    if constructs:
        constructs[0].text = text
    return constructs, _with_way_out(problems, text, name)


def _with_way_out(problems: list[Problem], text: str, name: str) -> list[Problem]:
    """``problems``; those that the formatter repairs say so, once where they come from a tab."""
    if not any(problem.code in _WAYS_OUT for problem in problems):
        return problems
    if formatted(text, name).problems:
        return problems
    tabs = [problem for problem in problems if problem.code == "E102"]
    return [_repairable(problem, name) for problem in tabs or problems]


def _repairable(problem: Problem, name: str) -> Problem:
    what = _WAYS_OUT.get(problem.code)
    hint = f"{what}: `python -m engine format {name}`." if what else problem.hint
    return replace(problem, hint=hint)


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
            at = place(text, match.start(2), name)
            span = Span(name, at.line, at.column)
            yield Construct(kind, title, Mapping({}, span), span, file=name, broken=True)


def _tabs(text: str, name: str) -> Iterator[Problem]:
    at = text.find("\t")
    if at >= 0:
        yield Problem("E102", "There is a tab here.", place(text, at, name), "Indent with blanks.")
