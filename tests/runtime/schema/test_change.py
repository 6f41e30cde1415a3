"""A pack that changes over time, published version after version over the same rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from engine_runtime.access.actor import system_actor
from engine_runtime.active.catalog import active
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.active.sources import compile_sources
from engine_runtime.documents import read, service
from engine_runtime.documents.models import Version
from engine_runtime.schema.apply import apply, back, planned
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.tables.gateway import gateway
from engine_runtime.workflow.models import BreachRecord, Task

pytestmark = pytest.mark.usefixtures("empty_database")

PACK = "pack: change\nversion: 1.0.0\n"

FIRST = """
doctype: Person
company: none
name: {by: code}
fields:
  code:    {type: text, required: true}
  full:    {type: text}
  kind:    {type: choice, options: [friend, foe]}
  size:    {type: text}
  boss:    {type: link, to: Person}
  lines:   {type: table, fields: {memo: {type: text}, amount: {type: money}}}
"""


def publish(*constructs: str, **options: bool) -> int:
    """Make a catalog of ``constructs`` the live one."""
    sources = {f"{place}.yaml": text for place, text in enumerate((PACK, *constructs))}
    compiled = compile_sources(sources)
    assert compiled.catalog is not None, [str(problem) for problem in compiled.problems]
    return apply(compiled.catalog, sources, **options)


def create(doctype: str, **fields: Any) -> int:
    [row] = service.create(system_actor(), doctype, [fields])
    return int(row["id"])


def stored(doctype: str, number: int) -> Mapping[str, Any]:
    return read.get(system_actor(), doctype, [number]).rows[0]


@pytest.fixture
def ann() -> int:
    """A person and her boss, of the first version."""
    publish(FIRST)
    ben = create("Person", code="ben", full="Ben Boss", kind="foe", size="40")
    return create(
        "Person", code="ann", full="Ann Able", kind="friend", size="38", boss=ben,
        lines=[{"memo": "one", "amount": "1.50"}, {"memo": "two", "amount": "2.50"}],
    )  # fmt: skip


def changed(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


RENAMED = changed(
    FIRST,
    ("doctype: Person", "doctype: Contact\nrenamed_from: Person"),
    ("  code:    {", "  key:     {renamed_from: code, "),
    ("by: code", "by: key"),
    ("to: Person}", "to: Contact, renamed_from: head}"),
    ("  lines:   {type: table, fields: {memo:", "  rows:    {renamed_from: lines, type: table, fields: {note:"),
    ("{note: {type", "{note: {renamed_from: memo, type"),
    ("options: [friend, foe]", "options: [friend, rival], renamed_options: {foe: rival}"),
)  # fmt: skip


def test_what_is_renamed_keeps_its_data(ann: int) -> None:
    ben = stored("Person", ann)["boss"]
    assert publish(RENAMED) == 2
    found = stored("Contact", ann)
    assert (found["key"], found["boss"], found["kind"]) == ("ann", ben, "friend")
    assert stored("Contact", ben)["kind"] == "rival"
    assert [(row["note"], row["amount"]) for row in found["rows"]] == [
        ("one", Decimal("1.50")),
        ("two", Decimal("2.50")),
    ]
    assert set(Version.objects.values_list("doctype", flat=True)) == {"contact"}
    assert create("Contact", key="cid", kind="rival") > ann
    assert "doc_person" not in connection.introspection.table_names()


def test_what_waits_for_people_is_renamed_along(ann: int) -> None:
    about = {"doctype": "person", "document_id": ann}
    at = datetime(2026, 5, 4, tzinfo=UTC)
    BreachRecord.objects.create(
        id=1, limit="left", name="Left", measured="-1", allowed="0", at=at, **about
    )
    Task.objects.create(id=2, need="left", role="Keeper", since=at, breach=1, **about)
    publish(RENAMED)
    assert BreachRecord.objects.get().doctype == Task.objects.get().doctype == "contact"


def test_what_is_renamed_twice_is_renamed_from_any_version(ann: int) -> None:
    third = changed(
        RENAMED,
        ("  key:     {renamed_from: code, ", "  token:   {renamed_from: [code, key], "),
        ("by: key", "by: token"),
        ("doctype: Contact\nrenamed_from: Person", "doctype: Being\nrenamed_from: [Person, Contact]"),
        ("to: Contact", "to: Being"),
    )  # fmt: skip
    publish(third)
    assert stored("Being", ann)["token"] == "ann"
    publish(FIRST.replace("Person", "Other"), third)
    assert stored("Being", ann)["token"] == "ann", "the second time nothing happens"


def test_a_unique_key_is_still_told_by_its_name_after_a_rename(ann: int) -> None:
    publish(RENAMED)
    with pytest.raises(Exception, match="ann") as caught:
        create("Contact", key="ann")
    assert "key" in str(caught.value) or "Key" in str(caught.value)


SPLIT = changed(
    FIRST,
    (
        "  full:    {type: text}\n",
        "  given:   {type: text, backfill: 'full[0:3]'}\n"
        "  family:  {type: text, required: true, backfill: 'full[4:20]'}\n"
        "  above:   {type: text, backfill: 'boss.code'}\n",
    ),
    ("amount: {type: money}}", "amount: {type: money}, owner: {type: text, backfill: parent.code}}"),
) + "removed:\n  full: {type: text}\n"  # fmt: skip


def test_a_field_is_split_and_the_old_one_stays_unseen(ann: int) -> None:
    assert publish(SPLIT) == 2
    found = stored("Person", ann)
    assert (found["given"], found["family"], found["above"]) == ("Ann", "Able", "ben")
    assert [row["owner"] for row in found["lines"]] == ["ann", "ann"]
    assert "full" not in found
    assert column("doc_person", "full", ann) == "Ann Able"
    new = create("Person", code="new", family="New")
    assert column("doc_person", "full", new) is None
    for word in ("full", "removed"):
        assert word not in active().catalog.doctypes["Person"].fields


def column(table: str, name: str, number: int) -> Any:
    """A value as it stands in the database."""
    with connection.cursor() as cursor:
        q = connection.ops.quote_name
        cursor.execute(f"SELECT {q(name)} FROM {q(table)} WHERE id = %s", [number])
        row = cursor.fetchone()
    return row[0] if row else None


def test_two_fields_are_merged(ann: int) -> None:
    publish(SPLIT)
    merged = changed(
        FIRST, ("  full:    {type: text}\n", "  whole:   {type: text, backfill: \"text('{} {}', given, family)\"}\n")
    ) + "removed:\n  given: {type: text}\n  family: {type: text}\n"  # fmt: skip
    publish(merged)
    assert stored("Person", ann)["whole"] == "Ann Able"


def test_a_type_changes_value_by_value(ann: int) -> None:
    publish(changed(FIRST, ("size:    {type: text}", "size:    {type: integer, required: true}")))
    assert stored("Person", ann)["size"] == 38
    assert column("doc_person", "size__text", ann) == "38", "the old values stay"
    publish(changed(FIRST, ("size:    {type: text}", "size:    {type: decimal, scale: 2}")))
    assert stored("Person", ann)["size"] == Decimal(38)


def test_a_value_that_is_none_of_the_new_type_refuses_the_change(ann: int) -> None:
    service.save(system_actor(), "Person", [{"id": ann, "version": 1, "size": "tall"}])
    before = columns("doc_person")
    with pytest.raises(SchemaRefused, match="'tall' is no integer"):
        publish(changed(FIRST, ("size:    {type: text}", "size:    {type: integer}")))
    assert columns("doc_person") == before
    assert (active().version, AppliedCatalog.objects.count()) == (1, 1)


def columns(table: str) -> set[str]:
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    return {one.name for one in found}


def test_what_is_said_to_go_goes_with_permission_only(ann: int) -> None:
    gone = (
        changed(FIRST, ("  full:    {type: text}\n", ""))
        + "removed:\n  full: {type: text, drop: true}\n"
    )
    with pytest.raises(SchemaRefused, match=r"doc_person\.full is said to go.*--allow-destructive"):
        publish(gone)
    publish(gone, allow_destructive=True)
    assert "full" not in columns("doc_person")


def test_a_removed_name_means_the_same_when_it_comes_back(ann: int) -> None:
    publish(changed(FIRST, ("  full:    {type: text}\n", "")))
    with pytest.raises(SchemaRefused, match="'Ann Able' is no"):
        publish(changed(FIRST, ("full:    {type: text}", "full:    {type: integer}")))
    publish(FIRST)
    assert stored("Person", ann)["full"] == "Ann Able"


def test_going_back_keeps_what_was_written_meanwhile(ann: int) -> None:
    publish(RENAMED)
    service.save(system_actor(), "Contact", [{"id": ann, "version": 1, "key": "anna"}])
    cid = create("Contact", key="cid", kind="rival")
    assert back() == 3
    found = stored("Person", ann)
    assert (found["code"], [row["memo"] for row in found["lines"]]) == ("anna", ["one", "two"])
    assert stored("Person", cid)["kind"] == "foe"
    assert AppliedCatalog.objects.get(version=3).restores == 1
    with pytest.raises(SchemaRefused, match="no catalog to go back to"):
        back()


def test_going_back_over_two_publishes(ann: int) -> None:
    publish(changed(FIRST, ("size:", "extra:   {type: text}\n  size:")))
    publish(SPLIT)
    back()
    assert "extra" in active().catalog.doctypes["Person"].fields
    assert stored("Person", ann)["full"] == "Ann Able"
    back()
    assert "extra" not in active().catalog.doctypes["Person"].fields
    assert "extra" in columns("doc_person"), "columns that were added stay"


def test_the_plan_tells_everything_and_does_nothing(ann: int) -> None:
    compiled = compile_sources(
        {
            "pack.yaml": PACK,
            "x.yaml": changed(RENAMED, ("size:    {type: text}", "size:    {type: integer}")),
        }
    )
    assert compiled.catalog is not None
    lines = list(planned(compiled.catalog))
    assert "safe         the table doc_person becomes doc_contact (2 rows)" in lines
    assert any("needs_data   doc_contact.size: text becomes integer" in line for line in lines)
    assert "safe         doc_contact.kind: 'foe' becomes 'rival' (2 rows)" in lines
    assert lines[-1].endswith("needs_data")
    assert "doc_person" in connection.introspection.table_names()


LEDGERS = """
ledger: Points
dimensions: {person: {link: Person, required: true}}
measures: {points: {type: integer}}
limits: {owned: {by: [person], measure: points, min: 0}}
---
doctype: Gain
company: required
submittable: true
date: day
fields:
  day:    {type: date, required: true}
  person: {type: link, to: Person, required: true}
  points: {type: integer, required: true}
posts:
  gain: {ledger: Points, set: {person: person, points: points}}
number: {on: submit, series: {usual: {text: 'G{counter:3}'}}}
---
doctype: Company
company: none
name: {by: code}
fields:
  code: {type: text, required: true}
  name: {type: text}
  currency: {type: link, to: Currency}
---
doctype: Currency
company: shared
name: {by: code}
fields: {code: {type: text, required: true}, decimals: {type: integer, default: 2}}
"""


def test_documents_of_an_old_version_are_read_and_cancelled_by_a_new_one(ann: int) -> None:
    publish(FIRST, LEDGERS)
    company = create("Company", code="N", name="North")
    actor = system_actor(company)
    gain = {"day": date(2026, 4, 1), "person": ann, "points": 5}
    [old] = service.create(actor, "Gain", [gain], submit=True)
    renamed = changed(
        LEDGERS,
        ("ledger: Points\n", "ledger: Marks\nrenamed_from: Points\n"),
        ("dimensions: {person: {link: Person", "dimensions: {holder: {renamed_from: person, link: Contact"),
        ("measures: {points: {type", "measures: {marks: {renamed_from: points, type"),
        ("by: [person], measure: points", "by: [holder], measure: marks"),
        ("doctype: Gain", "doctype: Award\nrenamed_from: Gain"),
        ("to: Person", "to: Contact"),
        ("  gain: {ledger: Points, set: {person: person,", "  gain: {ledger: Marks, set: {holder: person,"),
        ("points: points}}", "marks: points}}"),
    )  # fmt: skip
    version = publish(RENAMED, renamed)
    assert stored_of(actor, "Award", old["id"])["number"] == "G001"
    [new] = service.create(actor, "Award", [{**gain, "points": 2}], submit=True)
    assert new["number"] == "G002", "the counter goes on"
    assert (stored_of(actor, "Award", old["id"])["catalog"], new["catalog"]) == (
        version - 1,
        version,
    )
    service.cancel(actor, "Award", [service.Reference(old["id"])], reason="wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT origin_type, holder_id, marks FROM led_marks ORDER BY id")
        entries = sorted(cursor.fetchall(), key=lambda row: row[2])
        assert entries == [("award", ann, -5), ("award", ann, 2), ("award", ann, 5)]
        cursor.execute("SELECT key, marks FROM led_marks__balance")
        assert cursor.fetchall() == [(f"holder|{company}|{ann}", 2)]
    assert gateway().vendor == connection.vendor


def stored_of(actor: Any, doctype: str, number: int) -> Mapping[str, Any]:
    return read.get(actor, doctype, [number]).rows[0]
