"""Gather changes/*.md into CHANGELOG.md at a release: `python -m scripts.changelog 0.2.0`."""

from __future__ import annotations

import datetime
import sys
from dataclasses import dataclass
from pathlib import Path

from scripts.places import ROOT
from scripts.shell import say

KINDS = ("Added", "Changed", "Fixed", "Removed", "Security")
TITLE = "# Changes\n"


@dataclass(frozen=True, slots=True)
class Change:
    """One change file: its kind, and its sentences on one line."""

    kind: str
    text: str


def read(path: Path) -> Change:
    """The change in ``path``. Raises ValueError, naming the file, when it has not the form of changes/README.md."""
    head, _, body = path.read_text(encoding="utf-8").partition("\n")
    key, _, kind = head.partition(":")
    if key != "kind" or kind.strip() not in KINDS:
        raise ValueError(
            f"{path.name}: the first line must be `kind: ` and one of {', '.join(KINDS)}"
        )
    text = " ".join(body.split())
    if not text:
        raise ValueError(f"{path.name} says nothing after its kind")
    if not text.endswith("."):
        raise ValueError(f"{path.name}: write a whole sentence, with a full stop")
    return Change(kind.strip(), text)


def release(root: Path, version: str, date: str) -> None:
    """Put all change files under a heading for ``version`` on top of CHANGELOG.md, and remove them."""
    paths = [path for path in sorted((root / "changes").glob("*.md")) if path.name != "README.md"]
    changes = [read(path) for path in paths]
    lines = [f"## {version} ({date})"]
    for kind in KINDS:
        of_kind = [f"- {change.text}" for change in changes if change.kind == kind]
        if of_kind:
            lines += ["", f"### {kind}", *of_kind]
    changelog = root / "CHANGELOG.md"
    before = changelog.read_text(encoding="utf-8").removeprefix(TITLE) if changelog.exists() else ""
    changelog.write_text(TITLE + "\n" + "\n".join(lines) + "\n" + before, encoding="utf-8")
    for path in paths:
        path.unlink()


def main() -> int:
    if len(sys.argv) != 2:
        say("Usage: python -m scripts.changelog VERSION")
        return 2
    try:
        release(ROOT, sys.argv[1], datetime.datetime.now(tz=datetime.UTC).date().isoformat())
    except ValueError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
