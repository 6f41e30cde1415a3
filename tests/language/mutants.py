"""Good programs with one mistake each: a name misspelt, a key dropped, a type exchanged.

By hand, for many of them and a table of what they give: ``python -m tests.language.mutants 600``.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from engine.catalog.fieldtypes import FieldType
from engine.compiler.compile import compile_constructs
from engine.compiler.shape import is_one, shape_of
from engine.problems.problem import Problem
from engine.source.load import Files, load_folder
from engine.source.nodes import Construct, Entry, Listing, Mapping, Node, Scalar
from engine.spec import kinds

ROOT = Path(__file__).parents[2]
SOURCES = (ROOT / "metadata", *sorted((Path(__file__).parent / "good").glob("*.yaml")))

Sort = Literal["key", "declared", "name", "expression", "word", "type", "dropped"]
"""What is wrong: a key of the language, a name where it is declared, a name, a name in an expression, a word of a
choice, a type; or a key is not there."""
SORTS: tuple[Sort, ...] = get_args(Sort)

At = tuple[str | int, ...]
"""Keys and places in lists that lead to a node."""


@dataclass(frozen=True)
class Mutant:
    """``text``: what stands there instead; None where it is left out."""

    sort: Sort
    scalar: Scalar
    text: str | None
    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        span = self.scalar.span
        told = "\n".join(f"    {_place(p)} {p.code} {p.message}" for p in self.problems)
        place = f"{Path(span.file).name}:{span.line}:{span.column}"
        return f"{place} {self.sort}: {self.scalar.text} → {self.text}\n{told}"


def _place(problem: Problem) -> str:
    span = problem.span
    return f"{Path(span.file).name}:{span.line}:{span.column}" if span is not None else "-"


def mutants(seed: str, count: int, source: Path) -> Iterator[Mutant]:
    """So many mutants of ``source`` that are refused, of all sorts alike."""
    luck = random.Random(seed)
    chances = _chances_of(source)
    while count:
        sort = luck.choice([sort for sort in SORTS if chances.get(sort)])
        index, chance = luck.choice(chances[sort])
        text = _spoilt(chance, luck)
        if text is None and sort != "dropped":
            continue
        constructs, _ = load_folder(source, _files())
        constructs[index] = _changed(constructs[index], chance, text)
        problems = compile_constructs(constructs).problems
        if problems:
            count -= 1
            yield Mutant(sort, chance.scalar, text, problems)


@cache
def _files() -> Files:
    return Files()


# --- where mistakes can be made --------------------------------------------------------------------


@dataclass(frozen=True)
class _Chance:
    """``at`` leads to the node, or to the entry whose key is ``scalar``."""

    at: At
    sort: Sort
    scalar: Scalar
    is_key: bool


@cache
def _chances_of(source: Path) -> dict[Sort, list[tuple[int, _Chance]]]:
    found: dict[Sort, list[tuple[int, _Chance]]] = {}
    for index, construct in enumerate(load_folder(source, _files())[0]):
        shape = shape_of(construct)
        assert shape is not None
        for chance in _chances(construct.node, shape, ()):
            found.setdefault(chance.sort, []).append((index, chance))
    return found


def _chances(node: Node, kind: kinds.Kind, at: At) -> Iterator[_Chance]:
    match kind:
        case kinds.Either(options):
            for option in options:
                yield from _chances(node, option, at)
        case kinds.ListOf(of=inner) if isinstance(node, Listing):
            for place, item in enumerate(node.items):
                yield from _chances(item, inner, (*at, place))
        case kinds.Names() if isinstance(node, Listing):
            for place, item in enumerate(node.items):
                if isinstance(item, Scalar):
                    yield _Chance((*at, place), "name", item, is_key=False)
        case kinds.MapOf(of=inner, keys=keys) if isinstance(node, Mapping):
            for name, entry in node.entries.items():
                yield _Chance((*at, name), "declared" if keys == "new" else "name", entry.key, True)
                yield _Chance((*at, name), "dropped", entry.key, is_key=True)
                yield from _chances(entry.value, inner, (*at, name))
        case kinds.Shape() if isinstance(node, Mapping) and is_one(node, kind):
            for name, entry in node.entries.items():
                if name not in kind.keys:
                    continue
                if at or entry is not next(iter(node.entries.values())):
                    yield _Chance((*at, name), "key", entry.key, is_key=True)
                    yield _Chance((*at, name), "dropped", entry.key, is_key=True)
                yield from _chances(entry.value, kind.keys[name].kind, (*at, name))
        case _ if isinstance(node, Scalar):
            sort = _sort(kind, at)
            if sort is not None:
                yield _Chance(at, sort, node, is_key=False)


def _sort(kind: kinds.Kind, at: At) -> Sort | None:
    match kind:
        case kinds.Name(of="new"):
            return "declared"
        case kinds.Name() | kinds.Names():
            return "name"
        case kinds.Expression() | kinds.Template() | kinds.Value():
            return "expression"
        case kinds.Choice() if at[-1] == "type":
            return "type"
        case kinds.Choice() | kinds.Flag():
            return "word"
    return None


# --- making one --------------------------------------------------------------------------------------


def _spoilt(chance: _Chance, luck: random.Random) -> str | None:
    """What stands there instead; None where it is left out, or nothing can be spoilt."""
    text = chance.scalar.text
    if chance.sort == "dropped":
        return None
    if chance.sort == "type":
        return luck.choice([type_ for type_ in get_args(FieldType) if type_ != text])
    if chance.sort != "expression":
        return _misspelt(text, luck)
    bare = re.sub(r"'[^']*'", lambda quoted: " " * len(quoted[0]), text)
    names = list(re.finditer(r"[A-Za-z_]{4,}", bare))
    name = luck.choice(names) if names else None
    other = _misspelt(name[0], luck) if name is not None else None
    if name is None or other is None:
        return None
    return text[: name.start()] + other + text[name.end() :]


def _misspelt(text: str, luck: random.Random) -> str | None:
    """``text`` as a hasty person types it."""
    pairs = range(1, len(text) - 1)
    places = [at for at in pairs if text[at] != text[at + 1] and text[at : at + 2].isalpha()]
    if len(text) < 4 or not places:
        return None
    at = luck.choice(places)
    return luck.choice(
        (
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
            text[:at] + text[at + 1 :],
            text[:at] + text[at] + text[at:],
        )
    )


def _changed(construct: Construct, chance: _Chance, text: str | None) -> Construct:
    node = _with(construct.node, chance.at, chance, text)
    assert isinstance(node, Mapping)
    name = construct.name
    if chance.sort == "declared" and len(chance.at) == 1:
        name = text or name
    return replace(construct, node=node, name=name)


def _with(node: Node, at: At, chance: _Chance, text: str | None) -> Node:
    """``node`` with the mistake at ``at``."""
    if not at:
        assert isinstance(node, Scalar)
        assert text is not None
        return replace(node, text=text)
    first, rest = at[0], at[1:]
    if isinstance(node, Listing):
        assert isinstance(first, int)
        items = list(node.items)
        items[first] = _with(items[first], rest, chance, text)
        return replace(node, items=tuple(items))
    assert isinstance(node, Mapping)
    entries: dict[str, Entry] = {}
    for name, entry in node.entries.items():
        if name != first:
            entries[name] = entry
        elif rest or not chance.is_key:
            entries[name] = replace(entry, value=_with(entry.value, rest, chance, text))
        elif text is not None:
            entries[text] = replace(entry, key=replace(entry.key, text=text))
    return replace(node, entries=entries)


# --- by hand -----------------------------------------------------------------------------------------


def report(count: int, seed: str) -> Iterator[str]:
    """Every mutant that gives more than one problem, by what it gives, and how many do."""
    total: Counter[Sort] = Counter()
    several: Counter[Sort] = Counter()
    classes: dict[tuple[Sort, tuple[str, ...]], list[Mutant]] = {}
    for source in SOURCES:
        share = count // 4 if source.is_dir() else count * 3 // 4 // (len(SOURCES) - 1)
        for mutant in mutants(f"{seed} {source.name}", share, source):
            total[mutant.sort] += 1
            if len(mutant.problems) > 1:
                several[mutant.sort] += 1
                codes = tuple(sorted({problem.code for problem in mutant.problems}))
                classes.setdefault((mutant.sort, codes), []).append(mutant)
    for (sort, codes), found in sorted(classes.items(), key=lambda item: -len(item[1])):
        yield f"=== {len(found)} × {sort} gives {', '.join(codes)}"
        yield from map(str, found)
    for sort in SORTS:
        yield f"{sort:<12}{several[sort]:>4} of {total[sort]:>4} give more than one problem"
    share_of = 100 * several.total() / total.total()
    yield f"{'all':<12}{several.total():>4} of {total.total():>4}: {share_of:.1f} %"


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if sys.argv[1:] else 600
    for line in report(wanted, sys.argv[2] if sys.argv[2:] else "mistakes"):
        sys.stdout.write(f"{line}\n")
