"""Options and states that a catalog takes away: the plan tells them, without a database."""

from __future__ import annotations

from engine.plan.difference import Change, worst
from engine.plan.migration import migration
from engine.plan.renames import renames, way_back
from engine.plan.sql import statements
from engine.plan.tables import tables
from tests.language.programs import compile_text

FIRST = """
doctype: Depot Order
company: none
submittable: true
fields:
  priority: {type: choice, options: [low, mid, high]}
  note: {type: text}
  lines: {type: table, fields: {kind: {type: choice, options: [a, b]}}}
---
workflow: Way
for: Depot Order
states: {draft: {}, asked: {}, waiting: {}, done: {stage: submitted}}
transitions:
  ask: {from: draft, to: asked}
  wait: {from: draft, to: waiting}
  finish: {from: [asked, waiting], to: done}
"""


def changes(first: str, second: str) -> tuple[Change, ...]:
    old, new = compile_text(first).catalog, compile_text(second).catalog
    assert old is not None
    assert new is not None
    return migration(tables(old), new, old).changes


def test_an_option_that_is_taken_out_needs_data() -> None:
    second = FIRST.replace("[low, mid, high]", "[low, high]").replace("[a, b]", "[b]")
    found = changes(FIRST, second)
    assert [(c.kind, c.risk, c.table, c.column, c.values) for c in found] == [
        ("narrow_options", "needs_data", "doc_depot_order", "priority", ("mid",)),
        ("narrow_options", "needs_data", "doc_depot_order__lines", "kind", ("a",)),
    ]
    assert found[0].text.startswith("Depot Order.priority: 'mid' is no option any more; rows that")
    assert "renamed_options: {mid: …}" in found[0].text
    assert statements(found[1], "sqlite") == (
        """SELECT count(*) FROM "doc_depot_order__lines" WHERE "kind" IN ('a');  -- has to be 0""",
    )


def test_an_option_that_is_renamed_or_added_asks_for_nothing() -> None:
    renamed = FIRST.replace("mid, high]", "medium, high, top], renamed_options: {mid: medium}")
    found = changes(FIRST, renamed)
    assert [(c.kind, c.risk) for c in found] == [("reword", "safe")]


def test_the_options_of_a_renamed_field_are_looked_at() -> None:
    second = FIRST.replace("priority: {", "weight: {renamed_from: priority, ").replace("mid, ", "")
    second = second.replace(
        "doctype: Depot Order", "doctype: Depot Sale\nrenamed_from: Depot Order"
    )
    found = changes(FIRST, second.replace("for: Depot Order", "for: Depot Sale"))
    [lost] = [c for c in found if c.kind == "narrow_options"]
    assert (lost.table, lost.column, lost.values) == ("doc_depot_sale", "weight", ("mid",))


def test_a_text_that_becomes_a_choice_needs_data() -> None:
    second = FIRST.replace("note: {type: text}", "note: {type: choice, options: [x]}")
    [told] = [c for c in changes(FIRST, second) if c.kind == "narrow_options"]
    assert told.text == "Depot Order.note: rows that hold what is none of its options refuse the publish"  # fmt: skip
    assert worst(changes(FIRST, second)) != "safe"


def test_a_state_that_is_taken_out_is_told_with_its_way_out() -> None:
    second = FIRST.replace("asked: {}, ", "").replace("  ask: {from: draft, to: asked}\n", "")
    second = second.replace("[asked, waiting]", "waiting")
    [lost] = changes(FIRST, second)
    assert (lost.kind, lost.risk, lost.values) == ("lose_state", "needs_data", ("asked",))
    assert lost.text == (
        "Depot Order: the state 'asked' is no more, and documents that stand in it refuse the publish. "
        "Say where they go in workflow: Way: moves: {asked: …}."
    )
    [moved] = changes(FIRST, second + "moves: {asked: waiting}\n")
    assert (moved.kind, moved.risk) == ("move_state", "safe")
    assert moved.text == "Depot Order: what stands in 'asked' goes on in 'waiting'"


def test_options_are_renamed_where_the_catalog_of_before_did_not_see_them() -> None:
    without = compile_text(FIRST.replace("Depot Order", "Other")).catalog
    first = compile_text(FIRST).catalog
    second = compile_text(
        FIRST.replace("[low, mid, high]", "[low, medium], renamed_options: {mid: medium}")
    ).catalog
    assert first is not None
    assert second is not None
    forth = renames(tables(first), second, without)
    assert forth.options == (("doc_depot_order", "priority", "mid", "medium"),)
    assert renames(tables(second), second, second).options == ()


def test_the_way_back_names_options_as_the_earlier_catalog_does() -> None:
    first = compile_text(FIRST).catalog
    second = compile_text(
        FIRST.replace("[low, mid, high]", "[low, medium], renamed_options: {mid: medium, x: low}")
    ).catalog
    assert first is not None
    assert second is not None
    back = way_back(renames(tables(first), second, first), first)
    assert back.options == (("doc_depot_order", "priority", "medium", "mid"),), "x was none"
