"""Options that are taken out while rows hold them, and options renamed while their pack is out."""

from __future__ import annotations

import pytest

from engine_runtime.active.catalog import active
from engine_runtime.active.sources import compile_sources
from engine_runtime.schema.apply import apply, back, planned
from engine_runtime.schema.errors import SchemaRefused
from tests.runtime.schema.test_change import PACK, changed, create, publish, stored

pytestmark = pytest.mark.usefixtures("empty_database")

FIRST = """
doctype: Depot Order
company: none
fields:
  priority: {type: choice, options: [low, mid, high], default: low}
  note: {type: text}
  lines: {type: table, fields: {kind: {type: choice, options: [a, b]}}}
"""
OTHER = "doctype: Other\ncompany: none\nfields: {a: {type: text}}\n"
WITHOUT = changed(FIRST, ("low, mid, high", "low, high"))
RENAMED = changed(
    FIRST,
    ("doctype: Depot Order", "doctype: Depot Sale\nrenamed_from: Depot Order"),
    ("[low, mid, high]", "[low, medium, high], renamed_options: {mid: medium}"),
)


def plan(text: str) -> list[str]:
    catalog = compile_sources({"pack.yaml": PACK, "x.yaml": text}).catalog
    assert catalog is not None
    return list(planned(catalog))


def test_an_option_that_rows_hold_is_not_taken_out() -> None:
    publish(FIRST)
    numbers = [create("Depot Order", priority=one) for one in ("mid", "mid", "high")]
    create("Depot Order", lines=[{"kind": "a"}])
    assert plan(WITHOUT)[0] == (
        "needs_data   Depot Order.priority: 'mid' is no option any more; rows that hold it refuse the publish. "
        "Say what it becomes (renamed_options: {mid: …}), keep the option, "
        "or give these rows another value first. (2 rows)"
    )
    with pytest.raises(SchemaRefused) as caught:
        publish(changed(WITHOUT, ("[a, b]", "[b]")))
    assert [reason.split(", which")[0] for reason in caught.value.reasons] == [
        "Depot Order.priority: 2 rows hold 'mid'",
        "Depot Order.lines.kind: 1 row holds 'a'",
    ]
    assert active().version == 1
    publish(changed(FIRST, ("low, mid, high]", "low, high], renamed_options: {mid: low}")))
    assert [stored("Depot Order", number)["priority"] for number in numbers] == [
        "low", "low", "high",
    ]  # fmt: skip


def test_an_option_that_nobody_holds_goes() -> None:
    publish(FIRST)
    create("Depot Order", priority="high")
    assert any(
        line.startswith("safe         Depot Order.priority: 'mid'") for line in plan(WITHOUT)
    )
    assert plan(WITHOUT)[-1].endswith(": safe")
    assert publish(WITHOUT) == 2


def test_a_text_becomes_a_choice_where_every_value_is_an_option() -> None:
    publish(FIRST)
    create("Depot Order", note="x")
    create("Depot Order", note="")
    number = create("Depot Order", note="y")
    choice = changed(FIRST, ("note: {type: text}", "note: {type: choice, options: [x]}"))
    assert any("needs_data   Depot Order.note: 1 row holds 'y'" in line for line in plan(choice))
    with pytest.raises(SchemaRefused, match=r"Depot Order\.note: 1 row holds 'y'"):
        publish(choice)
    publish(changed(choice, ("options: [x]", "options: [x], renamed_options: {y: x}")))
    assert stored("Depot Order", number)["note"] == "x"


def test_numbers_become_a_choice_where_every_value_is_an_option() -> None:
    publish(changed(FIRST, ("note: {type: text}", "note: {type: integer}")))
    number = create("Depot Order", note=7)
    with pytest.raises(SchemaRefused, match=r"Depot Order\.note: 1 row holds '7'"):
        publish(changed(FIRST, ("note: {type: text}", "note: {type: choice, options: ['8']}")))
    publish(changed(FIRST, ("note: {type: text}", "note: {type: choice, options: ['7']}")))
    assert stored("Depot Order", number)["note"] == "7"


def test_options_are_renamed_over_a_time_in_which_the_pack_was_out() -> None:
    publish(FIRST)
    number = create("Depot Order", priority="mid")
    publish(OTHER)
    publish(OTHER, RENAMED)
    assert stored("Depot Sale", number)["priority"] == "medium"


def test_an_option_taken_out_while_the_pack_was_out_refuses_its_return() -> None:
    publish(FIRST)
    create("Depot Order", priority="mid")
    publish(OTHER)
    with pytest.raises(SchemaRefused, match=r"priority: 1 row holds 'mid', which is no option"):
        publish(OTHER, WITHOUT)
    publish(OTHER, FIRST)


def test_what_an_earlier_engine_left_behind_is_put_right_by_a_rename() -> None:
    publish(FIRST)
    number = create("Depot Order", priority="mid")
    publish(changed(WITHOUT, ("low, high]", "low, high], renamed_options: {mid: high}")))
    assert stored("Depot Order", number)["priority"] == "high"
    with pytest.raises(SchemaRefused, match="cannot be told apart"):
        back()


def test_the_way_back_is_refused_where_rows_hold_a_new_option() -> None:
    publish(WITHOUT)
    publish(FIRST)
    create("Depot Order", priority="mid")
    with pytest.raises(SchemaRefused, match=r"priority: 1 row holds 'mid', which is no option"):
        back()
    assert active().version == 2


def test_an_option_that_is_written_during_the_publish_refuses_it() -> None:
    publish(FIRST)
    create("Depot Order")
    text = changed(WITHOUT, ("  note:", "  copy: {type: text, backfill: note}\n  note:"))
    sources = {"pack.yaml": PACK, "x.yaml": text}
    catalog = compile_sources(sources).catalog
    assert catalog is not None

    written: list[int] = []

    def said(text: str) -> None:
        if "rows filled" in text and not written:
            written.append(create("Depot Order", priority="mid"))

    with pytest.raises(SchemaRefused, match="priority: 1 row holds 'mid'"):
        apply(catalog, sources, said=said)
    assert active().version == 1
