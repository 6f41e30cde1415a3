"""The repository names no machine and no package registry: locks and scripts work wherever the user's tools point."""

from __future__ import annotations

import json
import re

from tests.architecture.sources import ROOT, TEXT, files, name

HOME = re.compile(r"(?<![\w.])/(?:root|home|Users)/\w")
REGISTRY = re.compile(
    r"(registry\.npmjs\." + r"org|files\.pythonhosted\." + r"org|pypi\." + r"org/simple)"
)
INDEX_OPTION = re.compile(r"--(extra-)?index-url|--find-links|--trusted-host")


def test_no_path_of_a_machine_and_no_registry() -> None:
    found = []
    for path in files(".", suffixes=tuple(TEXT)):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if HOME.search(line) or REGISTRY.search(line):
                found.append(f"{name(path)}:{number}")
    assert not found, found


def test_python_locks_have_hashes_and_no_index() -> None:
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text()
        pins = re.findall(r"^[A-Za-z0-9_.-]+==\S+", text, flags=re.MULTILINE)
        entries = re.split(r"\n(?=\S)", text.strip())
        assert pins, name(path)
        assert all("--hash=sha256:" in entry for entry in entries), name(path)
        assert not INDEX_OPTION.search(text.replace("scripts/lock.sh", "")), name(path)


def test_npm_lock_has_hashes_and_no_registry() -> None:
    lock = json.loads((ROOT / "ui_builder/package-lock.json").read_text())
    packages = {place: entry for place, entry in lock["packages"].items() if place}
    assert packages
    assert not [place for place, entry in packages.items() if "resolved" in entry]
    assert not [place for place, entry in packages.items() if not entry.get("integrity")]
