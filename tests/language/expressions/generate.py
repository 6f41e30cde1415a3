"""Writes ``tests/vectors/expressions.json``: expressions, their data, trees and expected results.

Run ``python -m tests.language.expressions.generate``. The random part has fixed seeds and is worked
out by ``oracle.py``; the part written by hand is ``edge_cases.txt``. Python's two evaluators and the
browser's run all of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.expr.compile import compile_expression
from engine.expr.syntax import MOST_CHARACTERS
from tests.language.expressions.codec import frame_from_json, frame_to_json, value_to_json
from tests.language.expressions.edges import edge_cases, edge_frame
from tests.language.expressions.grammar import Grammar
from tests.language.expressions.sample import SCOPE, SPAN, Maker

TARGET = Path(__file__).resolve().parents[2] / "vectors" / "expressions.json"
FRAMES = 24
CASES = 4_000
LONGEST = 260
SEED = 20260401
KINDS = ("number", "number", "money", "money", "quantity", "text", "date", "boolean", "boolean")


def vectors() -> dict[str, Any]:
    """Everything that the file holds."""
    frames = [edge_frame(), *(frame_to_json(Maker(SEED + n).frame()) for n in range(FRAMES))]
    cases = [case(text, 0, expected) for text, expected in edge_cases()]
    sights = [frame_from_json(frame) for frame in frames]
    grammar = Grammar(SEED)
    while len(cases) < CASES:
        grammar.count = 0
        made = grammar.make(grammar.random.choice(KINDS), grammar.random.randint(1, 4))
        if len(made.text) > min(LONGEST, MOST_CHARACTERS):
            continue
        place = grammar.random.randint(1, FRAMES)
        sight = {"facts": sights[place]["facts"], "this": sights[place]["this"]}
        cases.append(case(made.text, place, value_to_json(made.of(sight))))
    return {"seed": SEED, "frames": frames, "cases": cases}


def case(text: str, frame: int, expected: Any) -> list[Any]:
    """``[expression, frame, expected, tree]``."""
    expression, problems = compile_expression(text, SPAN, SCOPE)
    if expression is None:
        raise SystemExit(f"{text}\n{problems}")
    return [text, frame, expected, expression.to_json()]


def main() -> None:
    made = vectors()
    lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in made["cases"]]
    frames = json.dumps(made["frames"], ensure_ascii=False, separators=(",", ":"))
    body = ",\n".join(lines)
    TARGET.write_text(f'{{"seed":{made["seed"]},\n"frames":{frames},\n"cases":[\n{body}\n]}}\n')


if __name__ == "__main__":
    main()
