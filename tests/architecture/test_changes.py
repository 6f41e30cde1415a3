"""Every change brings a file in changes/ (see changes/README.md); this test keeps their form."""

from __future__ import annotations

import pytest

from scripts.changelog import KINDS, read, release
from tests.architecture.sources import ROOT


def test_every_change_file_can_be_read() -> None:
    changes = [
        read(path) for path in sorted((ROOT / "changes").glob("*.md")) if path.name != "README.md"
    ]
    assert changes, "changes/ holds no change file: add one for what this branch does"
    assert {change.kind for change in changes} <= set(KINDS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind: Novel\n\nA sentence.\n", "kind"),
        ("A sentence.\n", "kind"),
        ("kind: Added\n\n\n", "says nothing"),
        ("kind: Added\n\nno full stop\n", "sentence"),
    ],
)
def test_a_malformed_change_file_is_refused(tmp_path, text: str, said: str) -> None:
    path = tmp_path / "0002-something.md"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        read(path)


def test_release_moves_changes_into_the_changelog(tmp_path) -> None:
    changes = tmp_path / "changes"
    changes.mkdir()
    (changes / "README.md").write_text("How it works.\n")
    (changes / "0002-trade.md").write_text("kind: Added\n\nA company keeps its books.\n")
    (changes / "0003-round.md").write_text("kind: Fixed\n\nHalf a paisa goes up.\n")
    release(tmp_path, "0.2.0", "2026-12-01")
    text = (tmp_path / "CHANGELOG.md").read_text()
    assert text.index("## 0.2.0 (2026-12-01)") < text.index("### Added") < text.index("### Fixed")
    assert "- A company keeps its books." in text
    assert sorted(path.name for path in changes.iterdir()) == ["README.md"]
