"""Several packs in one project: overlays of any construct, their order, and fields of the same name."""

from __future__ import annotations

import random

import pytest

from engine.catalog.whole import Catalog
from engine.compiler.compile import compile_constructs
from engine.plan.tables import tables
from engine.source.load import load_text
from engine.source.versions import ENGINE, read_range, read_version

BASE = """
pack: base
version: 1.2.0
---
role: Keeper
---
doctype: Item
list: [code]
fields:
  code:  {type: text, length: 20}
  price: {type: money, in: company}
layout: {Item: [code | price]}
---
doctype: Company
company: none
fields: {code: {type: text}, currency: {type: link, to: Currency}}
---
doctype: Currency
company: none
fields: {code: {type: text}}
---
ledger: Shelf
dimensions: {item: {link: Item, required: true}}
measures: {pieces: {type: integer}}
---
doctype: Count
company: required
date: day
submittable: true
fields:
  day:   {type: date}
  item:  {type: link, to: Item}
  found: {type: integer}
posts:
  found: {ledger: Shelf, set: {item: item, pieces: found}}
---
rules: Reward
given: {pieces: integer}
none: nothing
cases:
  many: {when: pieces > 10, give: {points: "2"}}
"""
QUALITY = """
pack: quality
version: 1.0.0
requires: {base: ">=1.0,<2"}
---
overlay: {doctype: Item}
list: {add: [grade]}
fields:
  grade:  {type: choice, options: [a, b], default: a, after: code}
  is_top: {type: boolean, formula: grade == 'a'}
layout: {Quality: [grade | is_top]}
---
overlay: {ledger: Shelf}
measures: {broken: {type: integer}}
---
overlay: {doctype: Count}
fields: {broken: {type: integer, default: 0}}
posts: {found: {set: {broken: broken}}}
---
overlay: {rules: Reward}
cases: {few: {when: pieces > 5, give: {points: "1"}}}
---
overlay: {role: Keeper}
help: Counts what is on the shelf.
"""
SCHOOL = """
pack: school-books
version: 1.0.0
requires: {base: "1"}
---
overlay: {doctype: Item}
list: {add: [grade]}
fields:
  grade:    {type: integer, min: 1, max: 12, help: The class it is for.}
  is_first: {type: boolean, formula: grade == 1}
"""
STRICT = """
pack: strict
version: 1.0.0
requires: {quality: "1"}
---
overlay: {doctype: Item}
fields: {grade: {default: b}}
"""


def project(*packs: str, shuffled: random.Random | None = None) -> Catalog:
    """The catalog of packs, each in a file of its own or, when shuffled, in many, in any order."""
    constructs = []
    for number, text in enumerate(packs):
        name = text.split("pack: ", 1)[1].split("\n", 1)[0]
        folder = f"{name}{'' if shuffled is None else shuffled.random()}"
        for at, part in enumerate(text.split("---\n") if shuffled else [text]):
            file = "pack.yaml" if not at else f"part-{at:02}.yaml"
            found, problems = load_text(part, f"{folder}/{file}")
            assert not problems, (number, problems)
            constructs += found
    if shuffled is not None:
        shuffled.shuffle(constructs)
    compiled = compile_constructs(constructs)
    assert compiled.problems == ()
    assert compiled.catalog is not None
    return compiled.catalog


def test_an_overlay_changes_a_construct_of_any_kind() -> None:
    catalog = project(BASE, QUALITY)
    item = catalog.doctypes["Item"]
    assert list(item.fields) == ["code", "grade", "price", "is_top"]
    assert item.list_fields == ("code", "grade")
    assert [section.title for section in item.layout][:2] == ["Item", "Quality"]
    assert list(catalog.ledgers["Shelf"].measures) == ["pieces", "broken"]
    assert set(catalog.doctypes["Count"].posts["found"].set) == {"item", "pieces", "broken"}
    assert list(catalog.rules["Reward"].cases) == ["many", "few"]
    assert catalog.roles["Keeper"].help == "Counts what is on the shelf."


def test_constructs_and_fields_know_their_pack() -> None:
    catalog = project(BASE, QUALITY)
    assert list(catalog.packs) == ["base", "quality"]
    assert catalog.packs["quality"].reaches == {"base", "quality"}
    assert catalog.owners["doctype", "Item"] == "base"
    fields = catalog.doctypes["Item"].fields
    assert (fields["code"].pack, fields["grade"].pack) == ("base", "quality")


def test_the_column_of_a_field_that_is_brought_is_called_after_its_pack() -> None:
    before, after = project(BASE, QUALITY), project(BASE, QUALITY, SCHOOL)
    assert "quality__grade" in columns(before)
    assert {"code", "quality__grade", "school_books__grade"} <= columns(after)
    assert columns(before) <= columns(after)


def columns(catalog: Catalog) -> set[str]:
    return {c.name for t in tables(catalog) if t.name == "doc_item" for c in t.columns}


def test_two_packs_bring_a_field_of_one_name() -> None:
    item = project(BASE, QUALITY, SCHOOL).doctypes["Item"]
    assert "grade" not in item.fields
    assert item.fields["quality__grade"].options == ("a", "b")
    assert item.fields["school_books__grade"].type == "integer"
    assert item.list_fields == ("code", "quality__grade", "school_books__grade")
    assert item.fields["school_books__grade"].label == "Grade"


def test_each_pack_reads_its_own_field() -> None:
    item = project(BASE, QUALITY, SCHOOL).doctypes["Item"]
    row = {"code": "A", "quality__grade": "b", "school_books__grade": 1}
    frame = {"this": row, "facts": {}}
    top, first = item.fields["is_top"].formula, item.fields["is_first"].formula
    assert top is not None
    assert first is not None
    assert (top.run(frame), first.run(frame)) == (False, True)


def test_a_later_field_of_the_owner_does_not_meet_what_was_brought_before() -> None:
    grown = BASE.replace("price: {", "grade: {type: text, length: 3}\n  price: {")
    item = project(grown, QUALITY).doctypes["Item"]
    assert (item.fields["grade"].type, item.fields["grade"].column) == ("text", "")
    assert item.fields["quality__grade"].type == "choice"


def test_without_a_type_the_field_that_is_there_is_changed() -> None:
    item = project(BASE, QUALITY, STRICT).doctypes["Item"]
    assert item.fields["grade"].default == "b"
    assert item.fields["grade"].pack == "quality"


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_files_and_packs_decides_nothing(seed: int) -> None:
    packs = [BASE, QUALITY, SCHOOL]
    plain = described(project(*packs))
    chance = random.Random(seed)
    chance.shuffle(packs)
    assert described(project(*packs, shuffled=chance)) == plain


def described(catalog: Catalog) -> object:
    """Everything but places and digests."""
    return (
        list(catalog.packs),
        [
            (d.name, d.list_fields, list(d.checks), [(s.title, s.show) for s in d.layout])
            for d in catalog.doctypes.values()
        ],
        [
            (d.name, t.path, f.name, f.type, f.column, f.default, f.options)
            for d in catalog.doctypes.values()
            for t in d.tables.values()
            for f in t.fields.values()
        ],
        [(ledger.name, list(ledger.measures)) for ledger in catalog.ledgers.values()],
        [(rules.name, list(rules.cases)) for rules in catalog.rules.values()],
        tables(catalog),
    )


@pytest.mark.parametrize(
    ("version", "text", "allowed"),
    [
        ("1.0.0", ">=1.0,<2", True),
        ("2.0.0", ">=1.0,<2", False),
        ("2.0.0-rc.1", ">=1.0,<2", False),
        ("1.9.9", "1.4", True),
        ("1.3.9", "1.4", False),
        ("2.0.0", "1.4", False),
        ("1.4.2", "==1.4.2", True),
        ("1.4.3", "!=1.4.3", False),
        ("1.0.0-rc.2", ">=1.0.0-rc.1", True),
        ("1.0.0-rc.10", ">1.0.0-rc.9", True),
        ("1.0.0", ">1.0.0-rc.9", True),
        ("0.0.1", "*", True),
    ],
)
def test_versions_and_ranges(version: str, text: str, *, allowed: bool) -> None:
    found, wanted = read_version(version), read_range(text)
    assert found is not None
    assert wanted is not None
    assert (found in wanted) is allowed


def test_the_engine_says_its_version(pytestconfig: pytest.Config) -> None:
    text = (pytestconfig.rootpath / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{ENGINE}"' in text
