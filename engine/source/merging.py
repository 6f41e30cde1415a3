"""Three-way merge of metadata: what was shipped, what was made of it here, and what is shipped now.

Decided by key path, on what the texts say; the text of whatever only one side changed, comments included, is taken
over as it stands. Where both changed the same key differently it is a conflict, and what is here stays.
Pure: texts in, texts out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import yaml

from engine.problems.problem import Problem
from engine.source.following import Renamed, follow
from engine.source.load import is_source
from engine.source.nodes import Listing
from engine.source.reading import read_nodes

Data: TypeAlias = Any
"""Text, a list, or a mapping from text."""
Side: TypeAlias = Literal["old", "local", "new"]

_KEY = re.compile(r"""( *)("[^"]*"|'[^']*'|[^\s#'"{}\[\],&*!|>%@`-][^#]*?):(?:\s|$)""")


class _Absent:
    """What a side does not have."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = _Absent()


@dataclass(frozen=True, slots=True)
class Conflict:
    """A key that both changed; each value as it is written, None where it is not there."""

    file: str
    path: str
    old: str | None
    local: str | None
    new: str | None


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a file cannot be merged by key, and in which of the three versions: what is here stays."""

    side: Side
    problem: Problem


@dataclass(frozen=True, slots=True)
class Merged:
    """File → text. At a conflict it is what is here."""

    files: Mapping[str, str]
    conflicts: tuple[Conflict, ...]
    broken: tuple[Broken, ...] = ()
    renamed: tuple[tuple[str, Renamed], ...] = ()
    """File, and what both versions of it that were changed call the same now."""


def merge_files(old: Mapping[str, str], local: Mapping[str, str], new: Mapping[str, str]) -> Merged:
    """Merge folders, each file → text; ``.yaml`` (or ``.yml``) by key, other files as a whole."""
    files: dict[str, str] = {}
    conflicts: list[Conflict] = []
    broken: list[Broken] = []
    renamed: list[tuple[str, Renamed]] = []
    for name in sorted({*old, *local, *new}):
        found = _merge_file(name, old.get(name), local.get(name), new.get(name))
        conflicts += found.conflicts
        broken += found.broken
        renamed += ((name, one) for one in found.renamed)
        if found.text is not None:
            files[name] = found.text
    return Merged(files, tuple(conflicts), tuple(broken), tuple(renamed))


@dataclass(frozen=True, slots=True)
class _File:
    """What becomes of one file; no text where it goes."""

    text: str | None
    conflicts: Sequence[Conflict] = ()
    broken: Sequence[Broken] = ()
    renamed: Sequence[Renamed] = ()


def _merge_file(name: str, old: str | None, local: str | None, new: str | None) -> _File:
    if local == new or new == old:
        return _File(local)
    if local == old:
        return _File(new)
    whole = Conflict(name, "", *map(_brief, (old, local, new)))
    if local is None or new is None or not is_source(name):
        return _File(local, [whole])
    broken = list(_broken(name, old or "", local, new))
    if broken:
        return _File(local, [whole], broken)
    named = follow(old or "", local, new)
    try:
        sides = [_constructs(text) for text in (named.old, named.local, named.new)]
    except yaml.YAMLError:
        return _File(local, [whole])
    text, conflicts = _merge_constructs(name, *sides)
    both = [Conflict(name, r.path, r.former, r.now, r.other) for r in named.renamed if r.other]
    return _File(text, [*both, *conflicts], renamed=[r for r in named.renamed if not r.other])


def _broken(name: str, old: str, local: str, new: str) -> Iterator[Broken]:
    """What nobody can merge by key: a key that is given twice, what is no YAML."""
    sides: tuple[tuple[Side, str], ...] = (("old", old), ("local", local), ("new", new))
    for side, text in sides:
        read = read_nodes(text, name)
        if not any(isinstance(node, Listing) for node in read.nodes):
            yield from (Broken(side, problem) for problem in read.problems)


def _brief(text: str | None) -> str | None:
    return None if text is None else f"{text.count(chr(10))} lines"


# --- constructs --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """A construct: its text between the marks that part constructs, and what it says."""

    text: str
    data: dict[str, Data]


def _constructs(text: str) -> dict[str, _Part]:
    """Name of each construct, as it is shown → the construct. Raises yaml.YAMLError."""
    found: dict[str, _Part] = {}
    for chunk in re.split(r"^---[ \t]*\n", text, flags=re.MULTILINE):
        data = yaml.load(chunk, Loader=yaml.BaseLoader)  # noqa: S506 - texts only
        if data is None and not chunk.strip():
            continue
        if not isinstance(data, dict) or not data:
            raise yaml.YAMLError("a construct is a mapping")
        kind, named = next(iter(data.items()))
        name = f"{kind} {_written(named)}"
        while name in found:
            name += " again"
        found[name] = _Part(chunk if chunk.endswith("\n") else chunk + "\n", data)
    return found


def _merge_constructs(
    file: str, old: Mapping[str, _Part], local: Mapping[str, _Part], new: Mapping[str, _Part]
) -> tuple[str | None, list[Conflict]]:
    merging = _Merging(file)
    texts: list[str] = []
    order = _in_order(list(local), list(new))
    for name in order:
        merged = merging.value(name, *(_data(side, name) for side in (old, local, new)))
        if merged is not ABSENT:
            here, now = (side.get(name) for side in (local, new))
            texts.append(_construct_text(merged, here, now))
    return ("---\n".join(texts) if texts else None), merging.conflicts


def _data(side: Mapping[str, _Part], name: str) -> Data:
    return side[name].data if name in side else ABSENT


def _construct_text(merged: Data, local: _Part | None, new: _Part | None) -> str:
    for side in (local, new):
        if side is not None and _same(side.data, merged):
            return side.text
    assert local is not None, "what one side lacks is taken from the other"
    assert new is not None, "what one side lacks is taken from the other"
    lines = _block(merged, local.data, new.data, local.text.splitlines(), new.text.splitlines(), 0)
    text = "".join(f"{line}\n" for line in lines)
    try:
        if _same(yaml.load(text, Loader=yaml.BaseLoader), merged):  # noqa: S506 - texts only
            return text
    except yaml.YAMLError:
        pass
    # Written in a way that lines do not show: it is said anew, without its comments.
    return _dumped(merged)


# --- what they say -----------------------------------------------------------------------------------


class _Merging:
    """Merges values by key path and collects conflicts."""

    def __init__(self, file: str) -> None:
        self.conflicts: list[Conflict] = []
        self._file = file

    def value(self, path: str, old: Data, local: Data, new: Data) -> Data:
        """What becomes of one value; ABSENT where it goes."""
        if _same(local, new) or _same(old, new):
            return local
        if _same(old, local):
            return new
        if isinstance(local, dict) and isinstance(new, dict):
            return self._mapping(path, old if isinstance(old, dict) else {}, local, new)
        if _is_names(local) and _is_names(new) and _is_names(old):
            return _names(old, local, new)
        values = (None if side is ABSENT else _written(side) for side in (old, local, new))
        self.conflicts.append(Conflict(self._file, path, *values))
        return local

    def _mapping(
        self, path: str, old: dict[str, Data], local: dict[str, Data], new: dict[str, Data]
    ) -> dict[str, Data]:
        merged: dict[str, Data] = {}
        for key in _in_order(list(local), list(new)):
            sides = (side.get(key, ABSENT) for side in (old, local, new))
            value = self.value(f"{path} › {key}", *sides)
            if value is not ABSENT:
                merged[key] = value
        return merged


def _same(a: Data, b: Data) -> bool:
    """Alike in what they say and in which order: the order of cases and steps has a meaning."""
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(_same(a[key], b[key]) for key in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return bool(a == b)


def _in_order(local: Sequence[str], new: Sequence[str]) -> list[str]:
    """All keys: those of ``new`` in its order; each that only ``local`` has, after the one before it there."""
    found = list(new)
    for place, key in enumerate(local):
        if key not in found:
            found.insert(found.index(local[place - 1]) + 1 if place else 0, key)
    return found


def _is_names(value: Data) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _names(old: list[str], local: list[str], new: list[str]) -> list[str]:
    """A list of names: what one side added comes in, what one took out is gone."""
    kept = _in_order(list(dict.fromkeys(local)), list(dict.fromkeys(new)))
    return [name for name in kept if (name in local and name in new) or name not in old]


# --- how it is written -------------------------------------------------------------------------------


def _block(
    merged: Mapping[str, Data],
    local: Mapping[str, Data],
    new: Mapping[str, Data],
    here: Sequence[str],
    now: Sequence[str],
    indent: int,
) -> list[str]:
    """The lines of a mapping whose keys begin lines at ``indent``; ``here`` and ``now`` are those of both sides."""
    ours, theirs = _entries(here, indent), _entries(now, indent)
    lines: list[str] = []
    for key, value in merged.items():
        if key in ours and _same(local.get(key, ABSENT), value):
            lines += ours[key].lines
        elif key in theirs and _same(new.get(key, ABSENT), value):
            lines += theirs[key].lines
        else:
            lines += _entry(key, value, local.get(key), new.get(key), (ours, theirs), indent)
    return lines


@dataclass(frozen=True, slots=True)
class _Entry:
    """The lines of one key: ``head`` (comments before it, and the key) and what stands below."""

    head: tuple[str, ...]
    body: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        return self.head + self.body

    @property
    def indent(self) -> int:
        """Where the keys below begin; 0 where what it holds stands beside the key."""
        below = [line for line in self.body if line.strip() and not line.lstrip().startswith("#")]
        plain = self.head[-1].partition(" #")[0].rstrip().endswith(":")
        return len(below[0]) - len(below[0].lstrip()) if below and plain else 0


def _entry(
    key: str,
    value: Data,
    local: Data,
    new: Data,
    sides: tuple[Mapping[str, _Entry], Mapping[str, _Entry]],
    indent: int,
) -> list[str]:
    ours, theirs = sides[0].get(key), sides[1].get(key)
    inner = all(isinstance(side, dict) for side in (value, local, new))
    if inner and ours and theirs and ours.indent == theirs.indent > indent:
        return [*ours.head, *_block(value, local, new, ours.body, theirs.body, ours.indent)]
    comments = ours.head[:-1] if ours is not None else ()
    return [*comments, *(" " * indent + line for line in _dumped({key: value}).splitlines())]


def _entries(lines: Sequence[str], indent: int) -> dict[str, _Entry]:
    found: dict[str, _Entry] = {}
    key, head, body = "", [""], [""]
    head, body = [], []
    waiting: list[str] = []
    for line in lines:
        begins = _KEY.match(line)
        if begins is not None and len(begins[1]) == indent:
            if key:
                found[key] = _Entry(tuple(head), tuple(body))
            key = begins[2].strip("\"'")
            head, body, waiting = [*waiting, line], [], []
        elif _is_aside(line):
            waiting.append(line)
        else:
            body += [*waiting, line]
            waiting = []
    if key:
        found[key] = _Entry(tuple(head), (*body, *waiting))
    return found


def _is_aside(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _dumped(value: Data) -> str:
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=120)


def _written(value: Data) -> str:
    """A value on one line."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def told(merged: Merged) -> Iterator[str]:
    """What was renamed, and each conflict with its three values, as people read it."""
    for file, name in merged.renamed:
        yield f"{file}: {name.path} is {name.now} now"
    for one in merged.conflicts:
        yield f"{one.file}: {one.path or 'the file as a whole'}"
        for side, value in (("shipped", one.old), ("here", one.local), ("new", one.new)):
            yield f"  {side + ':':<9}{value if value is not None else '(not there)'}"
