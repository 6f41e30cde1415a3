"""From the tables of a first version to those of a second: names, fills, what stays and what goes."""

from __future__ import annotations

from typing import Any

import pytest

from engine.catalog.whole import Catalog
from engine.kernel.convert import convert
from engine.plan.migration import Migration, migration
from engine.plan.outside import lost_names
from engine.plan.tables import tables
from tests.language.programs import catalog_of, good

FIRST = """
role: Front Office
---
doctype: Human
company: none
name: {by: token}
fields:
  token: {type: text, required: true}
  full_name: {type: text, length: 140}
  given_name: {type: text}
  fax: {type: phone}
  head: {type: link, to: Human}
  kind: {type: choice, options: [goods, service, work]}
  lines: {type: table, fields: {memo: {type: text}}}
---
ledger: Points
dimensions: {person: {link: Human, required: true}}
measures: {points: {type: integer}}
"""


@pytest.fixture(scope="module")
def second() -> Catalog:
    return catalog_of(good("change"))


@pytest.fixture(scope="module")
def move(second: Catalog) -> Migration:
    first = catalog_of(FIRST)
    return migration(tables(first), second, first)


def test_what_is_renamed(move: Migration) -> None:
    found = move.rewrite.renames
    assert dict(found.tables) == {
        "doc_human": "doc_contact", "doc_human__lines": "doc_contact__rows", "led_points": "led_marks",
    }  # fmt: skip
    assert dict(found.columns) == {
        ("doc_human", "token"): "code",
        ("doc_human", "head_id"): "boss_id",
        ("led_points", "person_id"): "holder_id",
        ("led_points", "points"): "marks",
    }
    assert (dict(found.doctypes), dict(found.roles)) == (
        {"human": "contact"},
        {"Front Office": "Desk"},
    )
    assert found.paths == (("contact", "lines", "rows"),)
    assert [word[2:] for word in found.options] == [("service", "services"), ("work", "services")]


def test_two_options_that_became_one_have_no_way_back(move: Migration) -> None:
    with pytest.raises(ValueError, match="cannot be told apart"):
        move.rewrite.renames.inverse()


def test_renames_lead_back(move: Migration) -> None:
    found = move.rewrite.renames
    kept = {
        name: getattr(found, name) for name in ("tables", "columns", "doctypes", "roles", "paths")
    }
    forth = type(found)(**kept)
    assert forth.inverse().inverse() == forth
    assert forth.inverse().apply(forth.apply(move.old)) == move.old


def test_nothing_is_renamed_a_second_time(move: Migration, second: Catalog) -> None:
    again = migration(move.physical, second, second)
    assert not again.rewrite.renames.any
    assert (again.rewrite.fills, again.conversions, again.changes) == ((), (), ())
    assert again.physical == move.physical


def test_what_is_removed_stays_until_it_is_said_to_go(move: Migration) -> None:
    contact = next(table for table in move.physical if table.name == "doc_contact")
    assert contact.column("full_name").null
    assert contact.column("given_name").null
    assert "fax" not in contact.by_name
    assert move.rewrite.drops == {("doc_contact", "fax")}
    risks = {(c.kind, c.column): c.risk for c in move.changes if c.table == "doc_contact"}
    assert risks["drop_column", "fax"] == "destructive"
    assert risks["hide_column", "full_name"] == "safe"
    assert risks["fill_column", "given"] == "needs_data"


def test_fills_see_the_row_as_it_was(move: Migration) -> None:
    fills = {fill.column: fill for fill in move.rewrite.fills}
    row = {"full_name": "Ann Able", "given_name": "Ann", "boss": 7}
    facts = {"Contact": {7: {"id": 7, "code": "ben"}}}
    assert fills["given"].expression.run({"this": row}) == "Ann"
    assert fills["family"].expression.run({"this": row}) == "Able"
    assert fills["called"].expression.run({"this": row, "facts": facts}) == "Ann of ben"
    assert fills["owner"].expression.run({"this": {"parent": {"code": "ann"}}}) == "ann"
    assert fills["called"].facts["Contact"].columns == {"code": "code"}
    assert [source.table for source in fills["owner"].own] == ["doc_contact__rows", "doc_contact"]


def test_a_change_by_an_overlay_finds_the_renamed_field(second: Catalog) -> None:
    fields = second.doctypes["Contact"].fields
    assert fields["code"].label == "Short name"
    assert "key" not in fields


def test_what_outsiders_lose(second: Catalog) -> None:
    assert lost_names(catalog_of(FIRST), second) == (
        "Contact has no field 'full_name' any more",
        "Contact has no field 'given_name' any more",
        "Contact has no field 'fax' any more",
        "Contact has no field 'head' any more; it is 'boss' now. "
        "With 'renamed_from: {name: …, until: …}' it answers until then.",
        "Contact has no field 'lines' any more; it is 'rows' now. "
        "With 'renamed_from: {name: …, until: …}' it answers until then.",
    )


@pytest.mark.parametrize(
    ("raw", "code", "problems"),
    [
        ({"token": "ann"}, "ann", []),
        ({"key": "ann", "code": "ann"}, "ann", []),
        ({"code": "ann", "token": "ben"}, "ann", ["input.two_names"]),
        ({"head": 1}, None, ["input.unknown_field"]),
    ],
)
def test_input_under_former_names(
    second: Catalog, raw: dict[str, Any], code: str | None, problems: list[str]
) -> None:
    found = convert(second.doctypes["Contact"], raw)
    assert found.row["code"] == code
    assert [finding.code for finding in found.findings] == problems


def test_an_alias_ends_with_the_version_it_is_declared_for() -> None:
    later = catalog_of(good("change").replace("version: 1.4.0", "version: 2.0.0"))
    assert not later.doctypes["Contact"].head.formerly
    assert later.doctypes["Contact"].former.routes == ("persons", "humans")
    assert not later.doctypes["Contact"].former.answers
