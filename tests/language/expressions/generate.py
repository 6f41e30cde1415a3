"""Writes ``tests/vectors/expressions.json.gz``: expressions, their data, trees and expected results.

Run ``python -m tests.language.expressions.generate``. The random part has fixed seeds and is worked
out by ``oracle.py``; the part written by hand is ``edge_cases.txt``. Python's two evaluators and the
browser's run all of it.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from engine.expr.compile import compile_expression
from engine.expr.program import Expr
from engine.expr.syntax import MOST_CHARACTERS
from tests.language.expressions.codec import frame_from_json, frame_to_json, value_to_json
from tests.language.expressions.edges import edge_cases, edge_frame
from tests.language.expressions.grammar_functions import WholeGrammar
from tests.language.expressions.sample import SCOPE, SPAN, Maker

TARGET = Path(__file__).resolve().parents[2] / "vectors" / "expressions.json.gz"
FRAMES = 24
CASES = 20_000
LONGEST = 260
SEED = 20260401
TOO_MUCH = ("E208", "E236", "E237")
"""What the language bounds: such an expression is made anew."""
KINDS = ("number", "number", "money", "money", "quantity", "text", "date", "boolean", "boolean")


def vectors() -> dict[str, Any]:
    """Everything that the file holds."""
    frames = [edge_frame(), *(frame_to_json(Maker(SEED + n).frame()) for n in range(FRAMES))]
    cases = [
        case(text, 0, expected, compile_expression(text, SPAN, SCOPE)[0])
        for text, expected in edge_cases()
    ]
    sights = [frame_from_json(frame) for frame in frames]
    grammar = WholeGrammar(SEED)
    while len(cases) < CASES:
        grammar.count = 0
        made = grammar.make(grammar.random.choice(KINDS), grammar.random.randint(1, 4))
        if len(made.text) > min(LONGEST, MOST_CHARACTERS):
            continue
        place = grammar.random.randint(1, FRAMES)
        sight = {"facts": sights[place]["facts"], "this": sights[place]["this"]}
        expression, problems = compile_expression(made.text, SPAN, SCOPE)
        if any(problem.code in TOO_MUCH for problem in problems):
            continue
        cases.append(case(made.text, place, value_to_json(made.of(sight)), expression))
    return {"seed": SEED, "frames": frames, "cases": cases}


def case(text: str, frame: int, expected: Any, expression: Expr | None) -> list[Any]:
    """``[expression, frame, expected, tree]``."""
    if expression is None:
        raise SystemExit(f"{text} does not compile.")
    return [text, frame, expected, expression.to_json()]


def main() -> None:
    made = vectors()
    lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in made["cases"]]
    frames = json.dumps(made["frames"], ensure_ascii=False, separators=(",", ":"))
    body = ",\n".join(lines)
    text = f'{{"seed":{made["seed"]},\n"frames":{frames},\n"cases":[\n{body}\n]}}\n'
    # No time in it: the same cases are the same bytes.
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))


if __name__ == "__main__":
    main()
