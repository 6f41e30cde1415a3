"""Whatever is done to a source, the compiler answers with problems and never with an exception."""

from __future__ import annotations

import json
import random
import re

import pytest

from engine.catalog.browser import client_catalog
from engine.plan.tables import tables
from engine.source.load import load_text
from engine.source.nodes import Scalar
from engine.spec.language import CONSTRUCTS
from tests.language.programs import FILE, HERE, compile_text, good, places

_TOKEN = re.compile(r"[A-Za-z_]+|[{}\[\]:,.'\"=()]|\d+|\n\s*")
_STRANGE = (
    "{}",
    "[]",
    "[a, b]",
    "{a: b}",
    "remove",
    '"x"',
    "=1",
    "-",
    "posted.goods",
    "items",
    "Document",
    "&a",
    "\t",
)


def mutated(text: str, chance: random.Random) -> str:
    """``text`` with one to three tokens gone, or replaced by others."""
    words = [match.group() for match in _TOKEN.finditer(text)]
    for _ in range(chance.choice((1, 1, 2, 3))):
        match = chance.choice(list(_TOKEN.finditer(text)))
        new = chance.choice(("", chance.choice(words), chance.choice(_STRANGE)))
        text = text[: match.start()] + new + text[match.end() :]
    return text


PROGRAMS = sorted(path.stem for path in (HERE / "good").glob("*.yaml"))


@pytest.mark.parametrize("name", PROGRAMS)
def test_mutations_give_problems_with_places(name: str) -> None:
    chance = random.Random(name)
    whole = good(name)
    for _ in range(40 if name == "shop" else 10):
        text = mutated(whole, chance)
        compiled = compile_text(text)
        assert all(problem.span is not None for problem in compiled.problems)
        if compiled.catalog is not None:
            tables(compiled.catalog)  # none where no doctype is left
            json.dumps(client_catalog(compiled.catalog))
        else:
            assert compiled.problems


def misspelt(text: str, key: Scalar) -> str:
    """``text`` with two letters of ``key`` exchanged."""
    lines = text.splitlines(keepends=True)
    line, start = lines[key.span.line - 1], key.span.column - 1
    word = key.text[0] + key.text[2] + key.text[1] + key.text[3:]
    lines[key.span.line - 1] = line[:start] + word + line[start + len(key.text) :]
    return "".join(lines)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_misspelt_key_is_one_problem_at_its_place(name: str) -> None:
    """Of the keys that stand on top of constructs: each is known, so each typo is one mistake."""
    chance = random.Random(name)
    text = good(name)
    constructs, _ = load_text(text, FILE)
    top = [
        entry.key
        for construct in constructs
        for word, entry in construct.node.entries.items()
        if word in CONSTRUCTS[construct.kind].keys and len(word) > 3 and word[1] != word[2]
    ]
    for key in chance.sample(top, min(6, len(top))):
        compiled = compile_text(misspelt(text, key))
        at = f"{key.span.line}:{key.span.column}"
        assert [place for _, place in places(compiled)] == [at], (key.text, compiled.problems)
