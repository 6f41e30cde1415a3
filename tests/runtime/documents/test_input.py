"""What is taken in: every type, every wrong value, keys, rows, what is typed over, defaults."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from engine_runtime.documents import service
from engine_runtime.documents.errors import DocumentInvalid, InputMalformed
from engine_runtime.documents.making import new
from engine_runtime.documents.read import get
from engine_runtime.documents.service import Reference
from tests.runtime.documents.world import DAY, World, code, problems, rows_per_table

D = Decimal

GOOD: list[tuple[str, Any, Any]] = [
    ("text", "  ten chars ", "ten chars"),
    ("text", "नमस्ते", "नमस्ते"),
    ("text", "", None),
    ("long_text", "x" * 5000 + '\n\'; DROP TABLE "x" --', "x" * 5000 + '\n\'; DROP TABLE "x" --'),
    ("integer", 7, 7),
    ("integer", "-7", -7),
    ("integer", 2**63 - 1, 2**63 - 1),
    ("money", "1234567.89", D("1234567.89")),
    ("money", 12, D("12.00")),
    ("money", 0.1, D("0.10")),
    ("money", D("-0.01"), D("-0.01")),
    ("money", " 5.5 ", D("5.50")),
    ("money", "0e999999", D("0.00")),
    ("rate", "0.000001", D("0.000001")),
    ("percent", "99.9999", D("99.9999")),
    ("quantity", "0.001", D("0.001")),
    ("boolean", True, True),
    ("boolean", False, False),
    ("date", "2024-02-29", date(2024, 2, 29)),
    ("date", date(2024, 2, 29), date(2024, 2, 29)),
    ("datetime", "2026-05-04T10:00:00+05:30", datetime(2026, 5, 4, 4, 30, tzinfo=UTC)),
    ("datetime", "2026-05-04T10:00:00Z", datetime(2026, 5, 4, 10, tzinfo=UTC)),
    ("time", "23:59", time(23, 59)),
    ("choice", "two", "two"),
    ("gstin", "27AAPFU0939F1ZV", "27AAPFU0939F1ZV"),
    ("pan", "AAPFU0939F", "AAPFU0939F"),
    ("hsn", "9403", "9403"),
    ("phone", "+91 98200 12345", "+91 98200 12345"),
    ("email", "a.b@example.in", "a.b@example.in"),
    ("url", "https://example.in/x?y=1", "https://example.in/x?y=1"),
    ("pincode", "411001", "411001"),
    ("json", {"a": [1, {"b": None}]}, {"a": [1, {"b": None}]}),
    ("json", [], []),
]


@pytest.mark.parametrize(("field", "sent", "kept"), GOOD)
def test_a_value_is_kept(world: World, field: str, sent: Any, kept: Any) -> None:
    row = service.create(world.actor, "Everything", [{field: sent}])[0]
    assert row[field] == kept
    stored = get(world.actor, "Everything", [row["id"]]).rows[0][field]
    assert stored == kept
    assert type(stored) is type(kept)
    if isinstance(kept, Decimal):
        assert stored.as_tuple().exponent == row[field].as_tuple().exponent


UNREADABLE: list[tuple[str, list[Any], str]] = [
    ("text", [5, True, ["x"], {"x": 1}, "a\x00b"], "value.type"),
    ("long_text", ["x" * 100_001], "value.too_long"),
    ("integer", ["7.5", "1_000", "x", 7.0, True, [], "१"], "value.type"),
    ("integer", [2**63, -(2**63), "9" * 30], "value.too_large"),
    ("money", ["x", True, [], {}, "NaN", "Infinity", "-inf", float("nan"), "1,000", "1_000", "0x1"], "value.type"),
    ("money", ["1" + "0" * 30, 10**30, D(10) ** 30, "1e30"], "value.too_large"),
    ("money", ["0.001", 0.1 + 0.2, "1e-9"], "value.too_precise"),
    ("quantity", ["0.0001"], "value.too_precise"),
    ("rate", ["0.0000001"], "value.too_precise"),
    ("boolean", ["true", 1, 0, "yes"], "value.type"),
    ("date", ["2026-02-29", "04-05-2026", "20260504", "2026-05-04T00:00:00", 5], "value.type"),
    ("date", ["0001-01-01", "9999-12-31"], "value.too_far"),
    ("datetime", ["yesterday", 5, "2026-13-01T00:00:00Z"], "value.type"),
    ("datetime", ["0001-01-01T00:00:00+05:30", "9999-12-31T23:59:59-05:30"], "value.too_far"),
    ("time", ["25:00", 5, "noon"], "value.type"),
    ("link", [True, 1.5, [], 0, -1, 2**63, {"id": None}, {}], "value.type"),
    ("json", ["x", 5, True], "value.type"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value", "wrong"),
    [(field, value, wrong) for field, values, wrong in UNREADABLE for value in values],
)
def test_a_value_of_another_type_is_refused(
    world: World, field: str, value: Any, wrong: str
) -> None:
    before = rows_per_table()
    with pytest.raises(InputMalformed) as refused:
        service.create(world.actor, "Everything", [{field: value}])
    assert problems(refused.value) == [(wrong, field)]
    assert rows_per_table() == before


INVALID = [
    ("text", "eleven long", "field.too_long"),
    ("choice", "three", "field.option"),
    ("small", 0, "field.too_small"),
    ("small", 10, "field.too_large"),
    ("link", 999_999, "link.unknown"),
    ("link", "nobody", "link.unknown"),
    ("either", 999_999, "link.unknown"),
    ("gstin", "27AAPFU0939F1ZX", "field.format"),
    ("pan", "AAPFU0000F", "field.format"),
    ("hsn", "94031", "field.format"),
    ("phone", "12", "field.format"),
    ("email", "a@b", "field.format"),
    ("url", "ftp://example.in", "field.format"),
    ("pincode", "011001", "field.format"),
]


@pytest.mark.parametrize(("field", "value", "wrong"), INVALID)
def test_a_value_out_of_bounds_is_refused(world: World, field: str, value: Any, wrong: str) -> None:
    before = rows_per_table()
    with pytest.raises(DocumentInvalid) as refused:
        service.create(world.actor, "Everything", [{field: value}])
    assert problems(refused.value) == [(wrong, field)]
    assert rows_per_table() == before


def test_all_that_is_malformed_is_told_at_once(world: World) -> None:
    with pytest.raises(InputMalformed) as refused:
        service.create(world.actor, "Everything", [{"money": "x", "date": "y", "colour": 1}])
    assert sorted(problems(refused.value)) == [
        ("input.unknown_field", "colour"),
        ("value.type", "date"),
        ("value.type", "money"),
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"colour": "red"}, ("input.unknown_field", "colour")),
        ({"net": "1.00"}, ("input.computed_field", "net")),
        ({"invoiced": "1.00"}, ("input.computed_field", "invoiced")),
        ({"lines": [{"name": "x", "amount": 1}]}, ("input.computed_field", "lines[0].amount")),
        ({"lines": [{"name": "x", "colour": 1}]}, ("input.unknown_field", "lines[0].colour")),
        ({"lines": [{"name": "x", "marks": [{"mrk": 1}]}]}, ("input.unknown_field", "lines[0].marks[0].mrk")),
        ({"lines": {"name": "x"}}, ("input.shape", "lines")),
        ({"lines": "x"}, ("input.shape", "lines")),
        ({"lines": [None]}, ("input.shape", "lines[0]")),
    ],
)  # fmt: skip
def test_what_nobody_may_send_is_refused(
    world: World, change: dict[str, Any], problem: tuple[str, str]
) -> None:
    with pytest.raises(InputMalformed) as refused:
        world.create(world.order() | change)
    assert problems(refused.value) == [problem]


def test_too_many_rows_are_refused(world: World) -> None:
    with pytest.raises(InputMalformed, match="at most 10,000"):
        world.create(world.order(*[{"name": "x"}] * 10_001))


def test_a_document_read_may_be_sent_back(world: World) -> None:
    """Standard fields, computed ones left out, are taken no notice of."""
    [row] = world.create()
    stored = world.read(row)
    sent = {k: v for k, v in stored.items() if k not in ("net", "total", "invoiced", "lines")}
    [saved] = service.save(world.actor, "Order", [sent | {"remark": "Back"}])
    assert (saved["state"], saved["remark"], saved["created_by"]) == ("draft", "Back", 5)
    as_json = sent | {"version": 2, "created_at": stored["created_at"].isoformat()}
    [saved] = service.save(world.actor, "Order", [as_json | {"remark": "Again"}])
    assert saved["remark"] == "Again"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("state", "submitted", "it changes by transitions"),
        ("stage", "submitted", "it changes by transitions"),
        ("number", "X", "it is given when the document is submitted"),
        ("created_by", 99, "the engine notes it"),
        ("created_at", "2020-01-01T00:00:00Z", "the engine notes it"),
        ("created_at", "yesterday", "the engine notes it"),
        ("amends", 7, "made in place of another"),
    ],
)
def test_what_the_engine_writes_is_refused_where_it_would_be_different(
    world: World, name: str, value: Any, says: str
) -> None:
    [row] = world.create()
    for sent in (
        lambda: service.save(world.actor, "Order", [{"id": row["id"], "version": 1, name: value}]),
        lambda: world.create(world.order() | {name: value}),
    ):
        with pytest.raises(InputMalformed, match=says) as refused:
            sent()
        assert problems(refused.value) == [("input.computed_field", name)]
    with pytest.raises(InputMalformed) as refused:
        world.create(world.order({"name": "x", "state": "draft"}))
    assert problems(refused.value) == [("input.unknown_field", "lines[0].state")]


# --- links -------------------------------------------------------------------------------------


def test_a_link_is_an_id_a_key_or_an_object(world: World) -> None:
    for sent in (world.region, "N", {"id": world.region}, {"id": world.region, "title": "North"}):
        row = service.create(world.actor, "Everything", [{"link": sent}])[0]
        assert row["link"] == world.region


def test_a_link_to_several_doctypes_remembers_which(world: World) -> None:
    for key, record, doctype in (("N", world.region, "region"), ("P", world.partner, "partner")):
        for sent in (key, record):
            row = service.create(world.actor, "Everything", [{"either": sent}])[0]
            found = get(world.actor, "Everything", [row["id"]])
            assert found.rows[0]["either"] == record
            assert found.titles[doctype][record] in ("North", "Partner")


def test_a_link_to_several_doctypes_may_say_which(world: World) -> None:
    """The doctype, by key or name, goes before the order of the link; two records may have one key."""
    twin = service.create(world.actor, "Partner", [{"code": "N", "name": "Also N"}])[0]["id"]
    known = {("region", "N"): world.region, ("Partner", "N"): twin, ("partner", twin): twin}
    for (doctype, named), record in known.items():
        sent = {"either": {"doctype": doctype, "id": named}}
        assert service.create(world.actor, "Everything", [sent])[0]["either"] == record
    service.delete(world.actor, "Partner", [Reference(twin)])


def test_a_doctype_that_contradicts_the_id_is_refused(world: World) -> None:
    no_partner = f"there is no Partner {world.region}"
    wrong = [
        ("either", {"doctype": "partner", "id": world.region}, no_partner),
        ("link", {"doctype": "partner", "id": world.region}, "takes Region, not 'partner'"),
        (
            "either",
            {"doctype": "shelf", "id": world.region},
            "takes Region or Partner, not 'shelf'",
        ),
        ("any", {"doctype": "partner", "id": world.region}, no_partner),
        ("any", {"doctype": "partnr", "id": world.region}, "takes any document, not 'partnr'"),
    ]
    for name, sent, says in wrong:
        with pytest.raises(DocumentInvalid, match=says) as refused:
            service.create(world.actor, "Everything", [{name: sent}])
        assert problems(refused.value) == [("link.other_doctype", name)]
        assert "leave 'doctype' out" in refused.value.problems[0].hint
    sent = {"either": {"doctype": "region", "id": "P"}}
    with pytest.raises(DocumentInvalid, match="there is no Region 'P'"):
        service.create(world.actor, "Everything", [sent])
    sent = {"either": {"doctype": 7, "id": world.region}}
    with pytest.raises(InputMalformed) as malformed:
        service.create(world.actor, "Everything", [sent])
    assert problems(malformed.value) == [("value.type", "either")]
    for right in ("region", "Region"):
        sent = {"any": {"doctype": right, "id": world.region}}
        assert service.create(world.actor, "Everything", [sent])[0]["any"] == world.region


def test_a_link_to_any_document_stays_within_the_company(world: World) -> None:
    [mine] = world.create()
    theirs = service.create(world.other, "Order", [world.order(shelf=world.their_shelf)])[0]
    [gone] = world.create()
    service.delete(world.actor, "Order", [Reference(gone["id"])])
    for number in (mine["id"], world.region):
        assert service.create(world.actor, "Everything", [{"any": number}])[0]["any"] == number
    for number in (theirs["id"], gone["id"], 999_999):
        with pytest.raises(DocumentInvalid) as refused:
            service.create(world.actor, "Everything", [{"any": number}])
        assert problems(refused.value) == [("link.unknown", "any")]


def test_a_key_that_nobody_has_is_told_by_its_text(world: World) -> None:
    with pytest.raises(DocumentInvalid, match="there is no Partner 'NOBODY'") as refused:
        world.create(world.order(partner="NOBODY"))
    assert problems(refused.value) == [("link.unknown", "partner")]


def test_a_link_has_conditions(world: World) -> None:
    closed = {"code": code("P"), "name": "Closed", "closed": True}
    row = service.create(world.actor, "Partner", [closed])[0]
    with pytest.raises(DocumentInvalid) as refused:
        world.create(world.order(partner=row["id"]))
    assert problems(refused.value) == [("link.not_allowed", "partner")]


# --- rows --------------------------------------------------------------------------------------


def test_rows_keep_their_ids_through_saves(world: World) -> None:
    lines = [{"name": n, "marks": [{"mark": f"{n}1"}, {"mark": f"{n}2"}]} for n in "abc"]
    [draft] = world.create(world.order(*lines))
    a, b, c = draft["lines"]
    sent = [
        {"id": c["id"]},
        {"name": "new"},
        {"id": a["id"], "marks": [{"id": a["marks"][1]["id"]}, {"mark": "more"}]},
    ]
    saved = world.save(draft, lines=sent)
    stored = world.read(saved)
    assert [row["name"] for row in stored["lines"]] == ["c", "new", "a"]
    assert [row["index"] for row in stored["lines"]] == [1, 2, 3]
    assert [stored["lines"][0]["id"], stored["lines"][2]["id"]] == [c["id"], a["id"]]
    assert stored["lines"][1]["id"] not in (a["id"], b["id"], c["id"])
    assert [m["mark"] for m in stored["lines"][2]["marks"]] == ["a2", "more"]
    assert stored["lines"][2]["marks"][0]["id"] == a["marks"][1]["id"]
    assert [m["mark"] for m in stored["lines"][0]["marks"]] == ["c1", "c2"]


def test_rows_that_are_not_sent_stay(world: World) -> None:
    [draft] = world.create(world.order({"name": "a"}, {"name": "b"}))
    saved = world.save(draft, remark="x")
    assert [row["id"] for row in saved["lines"]] == [row["id"] for row in draft["lines"]]
    with pytest.raises(DocumentInvalid, match="at least 1"):
        world.save(saved, lines=[])


def test_the_id_of_somebody_elses_row_is_not_taken(world: World) -> None:
    [mine] = world.create(world.order({"name": "mine"}))
    [theirs] = world.create(world.order({"name": "theirs"}))
    saved = world.save(mine, lines=[{"id": theirs["lines"][0]["id"], "name": "taken"}])
    assert saved["lines"][0]["id"] not in (mine["lines"][0]["id"], theirs["lines"][0]["id"])
    assert world.read(theirs)["lines"][0]["name"] == "theirs"


def test_one_row_is_not_sent_twice(world: World) -> None:
    [draft] = world.create(world.order({"name": "a"}))
    row = draft["lines"][0]["id"]
    saved = world.save(draft, lines=[{"id": row, "name": "a"}, {"id": row, "name": "again"}])
    assert [line["id"] == row for line in saved["lines"]] == [True, False]


# --- formulas, what is typed over, defaults ---------------------------------------------------


def test_what_a_person_typed_stays_until_it_is_emptied(world: World) -> None:
    [draft] = world.create(world.order({"name": "a", "quantity": 2, "rate": "7.50"}))
    assert draft["lines"][0]["amount"] == draft["net"] == draft["total"] == 15
    assert draft["lines"][0]["typed"] == "rate"
    saved = world.save(draft, total="14.00")
    assert (saved["total"], saved["typed"]) == (14, "total")
    row = {"id": draft["lines"][0]["id"], "quantity": 4}
    saved = world.save(saved, lines=[row])
    assert (saved["net"], saved["total"]) == (30, 14)
    assert world.read(saved)["typed"] == "total"
    saved = world.save(saved, lines=[{**row, "rate": None}], total=None)
    assert (saved["lines"][0]["rate"], saved["net"], saved["total"]) == (10, 40, 40)
    assert (saved["typed"], saved["lines"][0]["typed"]) == ("", "")


def test_a_default_is_taken_once(world: World) -> None:
    [draft] = world.create()
    assert draft["due_date"] == date(2026, 5, 14)
    saved = world.save(draft, posting_date="2026-06-01")
    assert saved["due_date"] == date(2026, 5, 14), "it was a default, not a formula"
    saved = world.save(saved, due_date=None)
    assert saved["due_date"] is None, "emptied on purpose"
    saved = world.save(saved, lines=[{"name": "new"}])
    assert saved["due_date"] is None
    assert saved["lines"][0]["quantity"] == 1, "a new row has its defaults"
    [row] = world.submit(saved)
    assert row["due_date"] is None


def test_what_is_sent_is_no_default(world: World) -> None:
    [draft] = world.create(world.order({"name": "a", "quantity": 0}, due_date="2026-05-05"))
    assert draft["due_date"] == date(2026, 5, 5)
    assert draft["lines"][0]["quantity"] == 0


def test_a_new_document_has_its_defaults_and_is_not_stored(world: World) -> None:
    before = rows_per_table()
    made = new(world.actor, "Order").rows[0]
    assert made["id"] is None
    assert made["company"] == world.actor.company_id
    assert (made["due_date"] - made["posting_date"]).days == 10
    assert rows_per_table() == before


def test_a_warning_does_not_refuse(world: World) -> None:
    [draft] = world.create(world.order({"name": "a", "quantity": "0.25"}))
    assert draft["total"] == D("2.50")


def test_a_result_that_does_not_fit_is_refused(world: World) -> None:
    lines = [{"name": "a", "quantity": "99999999999", "rate": "99999999999"}]
    with pytest.raises(DocumentInvalid) as refused:
        world.create(world.order(*lines))
    assert ("value.too_large", "lines[0].amount") in problems(refused.value)


# --- unique ------------------------------------------------------------------------------------


def test_a_key_is_taken_once(world: World) -> None:
    before = rows_per_table()
    for documents in ([{"code": "P", "name": "x"}], [{"code": "TWICE", "name": "x"}] * 2):
        with pytest.raises(DocumentInvalid, match="already") as refused:
            service.create(world.actor, "Partner", documents)
        assert problems(refused.value)[0][0] == "field.not_unique"
        assert problems(refused.value)[0][1].endswith("code")
    assert rows_per_table() == before


def test_the_record_that_is_there_already_is_named(world: World) -> None:
    taken = {"code": "P", "name": "x"}
    with pytest.raises(DocumentInvalid) as refused:
        service.create(world.actor, "Partner", [taken])
    [problem] = refused.value.problems
    assert problem.message == 'Partner with the Code "P" exists already.'
    alike = {"name": "x", "badge": code("B"), "region": "N"}
    with pytest.raises(DocumentInvalid) as refused:
        service.create(world.actor, "Partner", [{"code": code("P"), **alike} for _ in range(2)])
    [problem] = refused.value.problems
    assert problem.path in ("[1].badge", "[1].region")
    assert f'the Badge "{alike["badge"]}"' in problem.message
    assert 'the Region "North"' in problem.message
    fresh = {"code": code("P"), "name": "x"}
    with pytest.raises(DocumentInvalid) as refused:
        service.create(world.actor, "Partner", [fresh, taken])
    [problem] = refused.value.problems
    assert problem.message == "Partner with the Code of one of these exists already."


def test_a_unique_field_may_be_empty_often(world: World) -> None:
    partners = [{"code": code("P"), "name": "x", "tax_code": None} for _ in range(3)]
    service.create(world.actor, "Partner", partners)
    tax = code("T")
    row = service.create(
        world.actor, "Partner", [{**partners[0], "code": code("P"), "tax_code": tax}]
    )[0]
    with pytest.raises(DocumentInvalid) as refused:
        service.create(world.actor, "Partner", [{"code": code("P"), "name": "x", "tax_code": tax}])
    assert problems(refused.value) == [("field.not_unique", "tax_code")]
    other = service.create(world.actor, "Partner", [{"code": code("P"), "name": "x"}])[0]
    change = {"id": other["id"], "version": 1, "tax_code": tax}
    with pytest.raises(DocumentInvalid) as refused:
        service.save(world.actor, "Partner", [change])
    assert problems(refused.value) == [("field.not_unique", "tax_code")]
    service.save(world.actor, "Partner", [{"id": row["id"], "version": 1, "tax_code": tax}])


def test_unique_together(world: World) -> None:
    badge = code("B")
    fields = {"name": "x", "badge": badge, "region": "N"}
    service.create(world.actor, "Partner", [{"code": code("P"), **fields}])
    with pytest.raises(DocumentInvalid) as refused:
        service.create(world.actor, "Partner", [{"code": code("P"), **fields}])
    assert problems(refused.value)[0][0] == "field.not_unique"
    assert "Badge" in refused.value.detail
    region = service.create(world.actor, "Region", [{"code": code("R"), "name": "South"}])[0]
    service.create(world.actor, "Partner", [{"code": code("P"), **fields, "region": region["id"]}])


def test_codes_are_of_their_company(world: World) -> None:
    shelf = {"code": code("S"), "name": "x"}
    service.create(world.actor, "Shelf", [shelf])
    service.create(world.other, "Shelf", [shelf])
    with pytest.raises(DocumentInvalid, match="already"):
        service.create(world.actor, "Shelf", [shelf])


def test_the_day_of_the_fixture_is_the_day_of_the_orders(world: World) -> None:
    assert world.create()[0]["posting_date"] == DAY
