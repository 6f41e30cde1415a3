"""A folder that is compiled again and again says each time what a compiler that has seen nothing says."""

from __future__ import annotations

from pathlib import Path

from engine.compiler.compile import Compiled, compile_folder
from engine.source.load import Files
from tests.language.programs import good


def told(compiled: Compiled) -> tuple[object, ...]:
    digest = compiled.catalog.digest if compiled.catalog is not None else None
    return digest, [(p.code, p.message, p.span, p.also) for p in compiled.problems]


def test_what_was_read_and_checked_before_changes_nothing(tmp_path: Path) -> None:
    shop, more = tmp_path / "shop.yaml", tmp_path / "more.yaml"
    shop.write_text(good("shop"), encoding="utf-8")
    files = Files()
    texts = [
        "doctype: Note\nfields: {text: {type: text}}\n",
        "doctype: Note\nfields: {text: {type: txt}}\n",
        "doctype: Note\nfields: {text: {type: mark}}\n---\ntype: mark\nmatches: '[A-Z]{2}'\n",
        "doctype: Note\nfields: {text: {type: mark}}\n",
        "doctyp: Note\nfields: {text: {tpe: text}}\n",
        "doctype: Note\nfields: {text: {type: text}}\n",
    ]
    for text in texts * 2:
        more.write_text(text, encoding="utf-8")
        assert told(compile_folder(tmp_path, files)) == told(compile_folder(tmp_path))
    shop.write_text(good("shop").replace("type: money", "type: mony", 1), encoding="utf-8")
    assert told(compile_folder(tmp_path, files)) == told(compile_folder(tmp_path))
