"""Three-way merge: what was shipped, what was made of it here, what is shipped now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cli import main
from engine.source.merging import Conflict, merge_files, told
from tests.language.programs import compile_text

OLD = """\
# The item.
doctype: Item
label: Article   # as it is called
fields:
  # The number on the shelf.
  code:  {type: text, length: 10}
  price: {type: money}
list: [code, price]
---
role: Clerk
"""


def merge_text(
    old: str, local: str, new: str, file: str = "text.yaml"
) -> tuple[str, list[Conflict]]:
    """One file, merged as those of a folder are."""
    merged = merge_files({file: old}, {file: local}, {file: new})
    return merged.files.get(file, ""), list(merged.conflicts)


def test_both_change_the_same_construct_and_comments_stay() -> None:
    local = OLD.replace("label: Article", "label: Thing").replace(
        "[code, price]", "[code, price, grade]"
    )
    local = local.replace("  price:", "  # Ours.\n  grade: {type: text, length: 3}\n  price:")
    new = OLD.replace("length: 10", "length: 20").replace("[code, price]", "[code]")
    new = new.replace("role: Clerk", "role: Clerk\nhelp: Sells.").replace(
        "The number", "The short number"
    )
    assert merge_text(OLD, local, new) == (
        """\
# The item.
doctype: Item
label: Thing   # as it is called
fields:
  # The short number on the shelf.
  code:  {type: text, length: 20}
  # Ours.
  grade: {type: text, length: 3}
  price: {type: money}
list:
- code
- grade
---
role: Clerk
help: Sells.
""",
        [],
    )


def test_what_both_change_is_a_conflict_and_what_is_here_stays() -> None:
    local = OLD.replace("length: 10", "length: 12")
    new = OLD.replace("length: 10", "length: 20").replace("  price: {type: money}\n", "")
    text, [conflict] = merge_text(OLD, local, new, "item.yaml")
    assert (conflict.file, conflict.path) == ("item.yaml", "doctype Item › fields › code › length")
    assert (conflict.old, conflict.local, conflict.new) == ("10", "12", "20")
    assert "length: 12" in text
    assert "price: {type" not in text


def test_a_key_changed_here_and_gone_from_the_pack_is_a_conflict() -> None:
    local = OLD.replace("{type: money}", "{type: money, min: 0}")
    new = OLD.replace("  price: {type: money}\n", "").replace("Article", "Thing")
    text, [conflict] = merge_text(OLD, local, new)
    assert (conflict.path, conflict.new) == ("doctype Item › fields › price", None)
    assert "{type: money, min: 0}" in text


def test_files_come_go_and_stay() -> None:
    old = {"a.yaml": "role: A\n", "b.yaml": "role: B\n", "c.csv": "x\n", "d.yaml": "role: D\n"}
    local = {
        "a.yaml": "role: A\n",
        "c.csv": "x\n1\n",
        "d.yaml": "role: D\n",
        "mine.yaml": "role: M\n",
    }
    new = {"a.yaml": "role: A\nhelp: H\n", "b.yaml": "role: B\n", "c.csv": "x\n2\n"}
    merged = merge_files(old, local, new)
    assert merged.files == {"a.yaml": new["a.yaml"], "c.csv": "x\n1\n", "mine.yaml": "role: M\n"}
    assert [(c.file, c.path) for c in merged.conflicts] == [("c.csv", "")]


KEYS = st.sampled_from(["alpha", "beta", "gamma", "delta"])
TEXTS = st.sampled_from(["1", "two", "=x + 1", "'a' in b", "a: b", "true"])
VALUES: st.SearchStrategy[Any] = st.recursive(
    TEXTS | st.lists(TEXTS, max_size=3, unique=True),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=6,
)
FILES = st.dictionaries(
    st.sampled_from(["One", "Two", "Three"]), st.dictionaries(KEYS, VALUES, max_size=4), min_size=1
)


def written(file: dict[str, Any], flow: bool | None = None) -> str:
    return "---\n".join(
        f"# About {name}.\n"
        + yaml.safe_dump({"doctype": name, **body}, sort_keys=False, default_flow_style=flow)
        for name, body in file.items()
    )


@settings(deadline=None)
@given(FILES, FILES)
def test_who_changed_nothing_gets_what_the_other_says(a: dict[str, Any], b: dict[str, Any]) -> None:
    first, second = written(a), written(b, None)
    assert merge_text(first, first, second) == (second, [])
    assert merge_text(first, second, first) == (second, [])
    assert merge_text(first, second, second) == (second, [])


@settings(deadline=None)
@given(FILES, FILES, FILES)
def test_it_is_the_same_from_both_sides(
    a: dict[str, Any], b: dict[str, Any], c: dict[str, Any]
) -> None:
    old, local, new = written(a), written(b), written(c, None)
    text, conflicts = merge_text(old, local, new)
    other, back = merge_text(old, new, local)
    assert {c.path for c in conflicts} == {c.path for c in back}
    assert sorted((c.path, c.local or "", c.new or "") for c in conflicts) == sorted(
        (c.path, c.new or "", c.local or "") for c in back
    )
    if not conflicts:
        assert as_sets(text) == as_sets(other)


def as_sets(text: str) -> Any:
    """Without the order of keys and names, which follows the new one."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return frozenset((key, plain(inner)) for key, inner in value.items())
        return frozenset(value) if isinstance(value, list) else value

    parts = (
        yaml.load(part, Loader=yaml.BaseLoader)  # noqa: S506
        for part in text.split("---\n")
        if part
    )
    return frozenset(plain(part) for part in parts)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        "old": OLD,
        "local": OLD.replace("Article", "Thing"),
        "new": OLD.replace("Article", "Good").replace("length: 10", "length: 20"),
    }
    for name, text in texts.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "item.yaml").write_text(text)
    folders = [str(tmp_path / name) for name in texts]
    assert main(["merge", *folders, "--to", str(tmp_path / "out")]) == 1
    out = capsys.readouterr().out
    assert "item.yaml: doctype Item › label" in out
    assert "  here:    Thing" in out
    merged = (tmp_path / "out" / "item.yaml").read_text()
    assert "label: Thing   # as it is called" in merged
    assert "length: 20" in merged
    assert main(["merge", folders[0], folders[1], folders[0], "--to", str(tmp_path / "out")]) == 2
    assert main(["merge", folders[0], folders[1], folders[0]]) == 0


def test_a_key_that_is_given_twice_is_told_and_nothing_is_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = OLD.replace("  price:", "  code: {type: text, length: 12}\n  price:")
    new = OLD.replace("length: 10", "length: 20")
    merged = merge_files({"item.yaml": OLD}, {"item.yaml": twice}, {"item.yaml": new})
    assert merged.files == {"item.yaml": twice}
    [broken], [conflict] = merged.broken, merged.conflicts
    assert (broken.side, broken.problem.code, conflict.path) == ("local", "E103", "")
    for name, text in (("old", OLD), ("local", twice), ("new", new)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "item.yaml").write_text(text)
    folders = [str(tmp_path / name) for name in ("old", "local", "new")]
    assert main(["merge", *folders]) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0] == (
        f"{tmp_path}/local/item.yaml:7:3: E103: 'code' is given twice; the first is on line 6."
    )
    assert told[1] == "  7 |   code: {type: text, length: 12}"


def test_lists_of_records_are_merged_as_a_whole() -> None:
    merged = merge_files(*({"data/a.yaml": f"- {{a: {x}, b: }}\n"} for x in "abc"))
    assert (merged.broken, [c.path for c in merged.conflicts]) == ((), [""])


RENAMED = OLD.replace("  code:  {", "  sku:   {renamed_from: code, ").replace("[code,", "[sku,")
MARKED = OLD.replace("text, length: 10", "text, length: 10, label: Our code")


def labels(text: str) -> dict[str, str]:
    """Field → its label, of a file that compiles."""
    compiled = compile_text(text)
    assert compiled.catalog is not None, compiled.problems
    return {name: field.label for name, field in compiled.catalog.doctypes["Item"].fields.items()}


def test_what_is_renamed_in_the_new_version_and_changed_here_is_one_field() -> None:
    merged = merge_files({"i.yaml": OLD}, {"i.yaml": MARKED}, {"i.yaml": RENAMED})
    assert merged.conflicts == ()
    text = merged.files["i.yaml"]
    assert labels(text) == {"sku": "Our code", "price": "Price"}
    assert "# The number on the shelf." in text
    assert list(told(merged)) == ["i.yaml: doctype Item › fields › code is sku now"]
    back = merge_files({"i.yaml": OLD}, {"i.yaml": RENAMED}, {"i.yaml": MARKED})
    assert labels(back.files["i.yaml"]) == {"sku": "Our code", "price": "Price"}


def test_what_is_renamed_twice_since_and_changed_here() -> None:
    again = RENAMED.replace("renamed_from: code", "renamed_from: [code, sku]").replace("sku", "no")
    again = again.replace("[code, no]", "[code, sku]")
    text, conflicts = merge_text(OLD, MARKED, again)
    assert (labels(text)["no"], conflicts) == ("Our code", [])
    text, conflicts = merge_text(RENAMED, RENAMED.replace("10", "12"), again)
    assert (sorted(labels(text)), conflicts) == (["no", "price"], [])
    assert "length: '12'" in text


def test_what_both_renamed_is_a_conflict_of_one_field() -> None:
    mine = RENAMED.replace("sku", "number_of")
    text, conflicts = merge_text(OLD, mine, RENAMED)
    assert [(c.path, c.old, c.local, c.new) for c in conflicts] == [
        ("doctype Item › fields › code", "code", "number_of", "sku")
    ]
    assert list(labels(text)) == ["number_of", "price"]


def test_what_is_renamed_and_gone_here_is_a_conflict() -> None:
    gone = OLD.replace("  # The number on the shelf.\n  code:  {type: text, length: 10}\n", "")
    gone = gone.replace("[code, price]", "[price]")
    text, [conflict] = merge_text(OLD, gone, RENAMED)
    assert (conflict.path, conflict.local) == ("doctype Item › fields › sku", None)
    assert list(labels(text)) == ["price"]


def test_a_construct_that_is_renamed() -> None:
    new = OLD.replace("doctype: Item", "doctype: Article\nrenamed_from: Item")
    local = OLD.replace("price: {type: money}", "price: {type: money, label: Tariff}")
    text, conflicts = merge_text(OLD, local, new)
    assert conflicts == []
    compiled = compile_text(text).catalog
    assert compiled is not None
    assert list(compiled.doctypes) == ["Article"]
    assert compiled.doctypes["Article"].fields["price"].label == "Tariff"
