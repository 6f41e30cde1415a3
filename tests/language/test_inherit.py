"""``like`` and overlays: what is merged, what is not, and where problems point."""

from __future__ import annotations

from engine.catalog.calculation import FormulaStep
from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from tests.language.programs import compile_text

PAPER = """
doctype: Paper
abstract: true
plural: Papers
search: [number_of, title]
fields:
  number_of: {type: text}
  title:     {type: text, length: 20, label: Heading}
  lines:     {type: table, of: Line}
validate:
  titled: {check: title is not null, message: Give it a title.}
  short:  {check: title != number_of, message: Twice the same.}
layout: {Who: [number_of | title], What: [lines]}
---
doctype: Line
fields:
  text: {type: text}
---
"""


def catalog_of(text: str) -> Catalog:
    compiled = compile_text(PAPER + text)
    assert compiled.problems == ()
    assert compiled.catalog is not None
    return compiled.catalog


def letter(text: str) -> Doctype:
    return catalog_of(f"doctype: Letter\nlike: Paper\n{text}").doctypes["Letter"]


def test_what_is_said_of_one_doctype_is_not_inherited() -> None:
    found = letter("")
    assert not found.abstract
    assert (found.label, found.plural, found.api) == ("Letter", "Letters", "letters")


def test_a_key_replaces_and_a_mapping_merges() -> None:
    found = letter("fields: {title: {length: 40}}\nsearch: [title]\n")
    title = found.fields["title"]
    assert (title.length, title.label) == (40, "Heading")
    assert found.search == ("title",)


def test_remove_takes_a_key_away_at_any_depth() -> None:
    found = letter("fields: {title: {label: remove}}\nvalidate: {short: remove}\n")
    assert found.fields["title"].label == "Title"
    assert list(found.checks) == ["titled"]


def test_a_list_of_names_is_changed_by_name() -> None:
    found = letter("search: {add: [lines.text], remove: [title]}\n")
    assert found.search == ("number_of", "lines.text")


def test_after_places_fields_and_sections() -> None:
    found = letter(
        "fields: {to: {type: text, after: number_of}}\nlayout: {Whom: {after: Who, show: [to]}}\n"
    )
    assert list(found.fields) == ["number_of", "to", "title", "lines"]
    assert [s.title for s in found.layout] == ["Who", "Whom", "What"]


def test_what_stands_after_the_same_keeps_its_order_however_often_it_is_merged() -> None:
    catalog = catalog_of(
        "doctype: Letter\nlike: Paper\n"
        "fields: {c: {type: text, after: b}, a: {type: text, after: number_of}, b: {type: text, after: number_of}}\n"
        "---\ndoctype: Reply\nlike: Letter\n"
    )
    order = ["number_of", "a", "b", "c", "title", "lines"]
    assert list(catalog.doctypes["Letter"].fields) == order
    assert list(catalog.doctypes["Reply"].fields) == order


def test_after_places_in_a_doctype_of_its_own_and_in_tables() -> None:
    catalog = catalog_of(
        "doctype: Letter\nfields:\n"
        "  b: {type: text, after: a}\n  a: {type: text}\n"
        "  t: {type: table, of: Line, after: b, fields: {z: {type: text}, y: {type: text, after: text}}}\n"
        "  c: {type: text}\n"
    )
    letter = catalog.doctypes["Letter"]
    assert list(letter.fields) == ["a", "b", "t", "c"]
    assert list(letter.tables["t"].fields) == ["text", "y", "z"]


def test_what_was_named_may_be_taken_away_or_be_called_anew() -> None:
    catalog = catalog_of(
        "doctype: Letter\nlike: Paper\n"
        "fields: {stamp: {type: text}, by: {type: text, after: stamp}, to: {type: text, after: heading}}\n---\n"
        "doctype: Reply\nlike: Letter\nfields: {stamp: remove}\n---\n"
        "overlay: {doctype: Paper}\nfields: {title: {renamed_from: heading}}\n"
    )
    order = ["number_of", "title", "to", "lines", "stamp", "by"]
    assert list(catalog.doctypes["Letter"].fields) == order
    assert list(catalog.doctypes["Reply"].fields) == [n for n in order if n != "stamp"]


def test_tables_take_another_row_type_or_more_fields() -> None:
    more = "doctype: Signed Line\nlike: Line\nfields: {signed: {type: boolean}}\n---\n"
    catalog = catalog_of(
        more
        + "doctype: Letter\nlike: Paper\nfields: {lines: {of: Signed Line, fields: {note: {type: text}}}}\n"
    )
    table = catalog.doctypes["Letter"].tables["lines"]
    assert table.row_type == "Signed Line"
    assert list(table.fields) == ["text", "signed", "note"]


def test_like_goes_through_several_doctypes() -> None:
    catalog = catalog_of(
        "doctype: Reply\nlike: Letter\nfields: {to: remove}\n---\n"
        "doctype: Letter\nlike: Paper\nfields: {to: {type: text}}\n"
    )
    assert list(catalog.doctypes["Reply"].fields) == ["number_of", "title", "lines"]


def test_an_overlay_reaches_those_that_are_like_its_target() -> None:
    catalog = catalog_of(
        "doctype: Letter\nlike: Paper\n---\noverlay: {doctype: Paper}\nfields: {stamp: {type: text}}\n"
    )
    assert "stamp" in catalog.doctypes["Letter"].fields


def test_a_link_to_an_abstract_doctype_takes_all_that_are_like_it() -> None:
    catalog = catalog_of(
        "doctype: Letter\nlike: Paper\n---\ndoctype: Card\nlike: Paper\n---\n"
        "doctype: Folder\nfields: {paper: {type: link, to: Paper}, name: {type: text, formula: paper.title}}\n"
    )
    assert catalog.doctypes["Folder"].fields["paper"].link == ("Letter", "Card")


def test_a_problem_points_to_where_the_part_was_written() -> None:
    text = "doctype: Letter\nlike: Paper\nfields:\n  title: {formula: nothing}\n"
    (found,) = compile_text(PAPER + text).problems
    assert found.span is not None
    assert (found.code, found.span.line) == ("E203", PAPER.count("\n") + 4)


def test_a_doctype_like_a_broken_one_is_not_reported_as_well() -> None:
    found = compile_text(
        "doctype: Letter\nlike: Nothing\nfields:\n  x: {type: money, formula: y * z}\n"
    ).problems
    assert [p.code for p in found] == ["E301"]


LETTER = """
doctype: Letter
like: Paper
company: required
submittable: true
date: posting_date
fields:
  posting_date: {type: date}
  postage: {type: money}
  stamps:  {type: money, formula: postage * 2, after: title}
calculate:
  price: {rules: Postage, set: {postage: answer.due}}
validate: {paid: {check: postage > 0, message: Pay for it.}}
posts:
  paid:  {ledger: Post, set: {cost: postage}}
  twice: {ledger: Post, set: {cost: stamps}}
layout: {Money: {after: Who, show: [postage]}}
search: {add: [lines.text]}
---
ledger: Post
dimensions: {sent: {type: date, default: =date}}
measures:   {cost: {type: money}}
---
rules: Postage
given: {posting_date: date}
cases: {always: {when: posting_date is not null, give: {due: 5}}}
---
doctype: Company
company: none
fields: {name: {type: text}}
---
"""


def test_an_overlay_takes_away_what_a_doctype_has_of_its_own_and_what_it_inherits() -> None:
    whole = catalog_of(LETTER).doctypes["Letter"]
    assert [step.field for step in whole.steps if isinstance(step, FormulaStep)] == ["stamps"]
    assert len(whole.steps) == 2
    found = catalog_of(
        f"{LETTER}overlay: {{doctype: Letter}}\n"
        "fields: {stamps: remove, title: {label: remove}, number_of: {length: 9}}\n"
        "calculate: {price: remove}\n"
        "validate: {short: remove, paid: remove}\n"
        "posts: {twice: remove}\n"
        "layout: {What: remove, Money: {show: {add: [posting_date]}}}\n"
        "search: {remove: [title]}\n"
    ).doctypes["Letter"]
    assert list(found.fields) == ["number_of", "title", "lines", "posting_date", "postage"]
    assert (found.fields["title"].label, found.fields["number_of"].length) == ("Title", 9)
    assert found.steps == ()
    assert list(found.checks) == ["titled"]
    assert list(found.posts) == ["paid"]
    assert [s.title for s in found.layout] == ["Who", "Money"]
    assert found.search == ("number_of", "lines.text")


def test_what_an_overlay_takes_away_is_not_inherited_further() -> None:
    reply = catalog_of(
        f"{LETTER}overlay: {{doctype: Letter}}\nvalidate: {{short: remove}}\n---\n"
        "doctype: Reply\nlike: Letter\n---\n"
        "overlay: {doctype: Reply}\nposts: {twice: remove}\n"
    )
    assert list(reply.doctypes["Reply"].checks) == ["titled", "paid"]
    assert list(reply.doctypes["Reply"].posts) == ["paid"]
    assert list(reply.doctypes["Letter"].posts) == ["paid", "twice"]
