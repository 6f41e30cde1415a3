"""Whatever is done to a source, the compiler answers with problems and never with an exception."""

from __future__ import annotations

import json
import random
import re

import pytest

from engine.catalog.browser import client_catalog
from engine.plan.tables import tables
from tests.language.programs import compile_text, good

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


@pytest.mark.parametrize("seed", range(8))
def test_mutations_give_problems_with_places(seed: int) -> None:
    chance = random.Random(seed)
    shop = good("shop")
    for _ in range(20):
        text = mutated(shop, chance)
        compiled = compile_text(text)
        assert all(problem.span is not None for problem in compiled.problems)
        if compiled.catalog is not None:
            assert tables(compiled.catalog)
            json.dumps(client_catalog(compiled.catalog))
        else:
            assert compiled.problems
