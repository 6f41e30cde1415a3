"""What builds on one another: a few links and two thousand, in a row and in a circle."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from engine.catalog.ledgers import MOST_POSTS_IN_A_ROW
from engine.compiler.rules import MOST_ASKED_IN_A_ROW
from engine.problems.problem import Problem
from tests.language.programs import compile_text

COMPANY = "doctype: Company\ncompany: none\nfields: {code: {type: text}}\n---\n"
MANY = 2000
Links = Iterator[tuple[int, int | None]]


def links(count: int, *, circle: bool) -> Links:
    """(number, the one it builds on; None at the end of a row)."""
    for number in range(count):
        last = number + 1 == count
        yield number, (None if last and not circle else (number + 1) % count)


POSTING = """\
ledger: Book
double_entry: {debit: debit, credit: credit}
dimensions: {who: {type: text}}
measures: {debit: {type: money}, credit: {type: money}}
---
doctype: Deed
company: required
submittable: true
date: day
fields: {day: {type: date, required: true}, n: {type: integer}}
posts: {p: {ledger: L 0, set: {pieces: n}}}
---
"""


def ledgers(found: Links) -> str:
    return f"{COMPANY}{POSTING}" + "---\n".join(
        f"ledger: L {n}\ndimensions: {{who: {{type: text}}}}\nmeasures: {{pieces: {{type: integer}}}}\n"
        + (f"posts: {{p: {{ledger: L {m}, set: {{pieces: pieces}}}}}}\n" if m is not None else "")
        for n, m in found
    )


def postings(found: Links) -> str:
    head = (
        "ledger: L\ndimensions: {who: {type: text}}\nmeasures: {pieces: {type: integer}}\n---\n"
        "doctype: D\ncompany: required\nsubmittable: true\ndate: day\n"
        "fields: {day: {type: date, required: true}, n: {type: integer}}\nposts:\n"
    )
    return (
        COMPANY
        + head
        + "".join(
            f"  p{n}: {{ledger: L, set: {{pieces: n}}}}\n"
            if m is None
            else f"  p{n}: {{ledger: L, each: posted.p{m}, set: {{pieces: row.pieces}}}}\n"
            for n, m in found
        )
    )


def scenes(found: Links) -> str:
    return COMPANY + "---\n".join(
        f"test: T{n}\n"
        + (f"with: T{m}\n" if m is not None else "")
        + f"steps: {{s{n}: {{make: Company, given: {{code: x}}}}}}\n"
        for n, m in found
    )


def rules(found: Links) -> str:
    asking = "doctype: D\ncompany: none\nfields: {a: {type: integer}, b: {type: integer, formula: r_0(a)}}\n---\n"
    return asking + "---\n".join(
        f"rules: R {n}\ngiven: {{a: integer}}\ncases: {{x: {{give: {{v: {f'=r_{m}(a)' if m is not None else 1}}}}}}}\n"
        for n, m in found
    )


def effects(found: Links) -> str:
    return COMPANY + "---\n".join(
        f"doctype: D {n}\ncompany: required\nsubmittable: true\nfields: {{a: {{type: integer}}}}\n"
        + (
            f"on: {{submit: {{m: {{make: D {m}, set: {{a: a}}, submit: true}}}}}}\n"
            if m is not None
            else ""
        )
        for n, m in found
    )


def rows(found: Links) -> str:
    return "---\n".join(
        f"doctype: D {n}\nchild: true\nfields: {{a: {{type: text}}"
        + (f", r: {{type: table, of: D {m}}}" if m is not None else "")
        + "}\n"
        for n, m in found
    )


def told(text: str) -> list[str]:
    """The problems of a program, each as its code and where its circle or row begins."""
    return [_told(problem) for problem in compile_text(text).problems]


def _told(problem: Problem) -> str:
    assert problem.span is not None
    assert len(problem.message) < 200
    return f"{problem.code}: {problem.message.rpartition(': ')[2]}"


CIRCLES = {
    ledgers: "E512: L 0 → L 1 → L 2 → L 0.",
    postings: "E503: p0 → p1 → p2 → p0.",
    scenes: "E583: T0 → T1 → T2 → T0.",
    rules: "E464: R 0 → R 1 → R 2 → R 0.",
    effects: "E544: D 0 → D 1 → D 2 → D 0.",
    rows: "E306: D 0 → D 1 → D 2 → D 0.",
}


@pytest.mark.parametrize("program", CIRCLES)
def test_three_in_a_row_are_fine_and_in_a_circle_one_problem(
    program: Callable[[Links], str],
) -> None:
    assert told(program(links(3, circle=False))) == []
    assert told(program(links(3, circle=True))) == [CIRCLES[program]]


@pytest.mark.parametrize("program", [ledgers, postings, scenes, effects])
def test_two_thousand_in_a_circle_are_one_problem(program: Callable[[Links], str]) -> None:
    (found,) = told(program(links(MANY, circle=True)))
    first = CIRCLES[program].partition(" →")[0]
    assert found.startswith(f"{first} → ")
    assert "… 1,994 more …" in found


@pytest.mark.parametrize("program", [postings, scenes, effects])
def test_two_thousand_in_a_row_are_fine(program: Callable[[Links], str]) -> None:
    assert told(program(links(MANY, circle=False))) == []


@pytest.mark.parametrize("circle", [False, True])
def test_rule_sets_ask_so_many_in_a_row_and_no_more(circle: bool) -> None:
    assert told(rules(links(MOST_ASKED_IN_A_ROW, circle=False))) == []
    (found,) = told(rules(links(MANY, circle=circle)))
    assert found.startswith("E464: R 0 → R 1 → ")
    backwards = rules(links(MOST_ASKED_IN_A_ROW + 1, circle=False)).split("---\n")
    (found,) = told("---\n".join(reversed(backwards)))
    assert found == "E464: R 0 → R 1."


def test_an_entry_leads_through_so_many_ledgers_and_no_more() -> None:
    """No more are written, so more would be lost."""
    assert told(ledgers(links(MOST_POSTS_IN_A_ROW + 1, circle=False))) == []
    (found,) = told(ledgers(links(MANY, circle=False)))
    assert found == "E512: " + " → ".join(f"L {n}" for n in range(1993, 2000)) + "."
