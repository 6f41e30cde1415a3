"""docs/diagnostics.md shows what `python -m engine check` really says: its input is run, its output compared."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.cli import main
from engine.compiler.codes import CODES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "diagnostics.md").read_text(encoding="utf-8")
_INPUT = re.compile(r"^```yaml\n# (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"^```\n\$ python -m engine check shop\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TOOK = re.compile(r" \(\d+\.\d\d s\)")


@pytest.fixture
def shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> str:
    """What the check of the input of the page prints, without the time it took."""
    for name, text in _INPUT.findall(PAGE):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"# {name}\n{text}", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check", "shop"]) == 1
    return _TOOK.sub("", capsys.readouterr().out)


def test_the_page_shows_what_is_printed(shown: str) -> None:
    (output,) = _OUTPUT.findall(PAGE)
    assert output == shown


def test_the_row_of_the_table_names_the_codes_that_were_given(shown: str) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith("| **Bahi**"))
    named = set(re.findall(r"E\d{3}", row))
    assert named <= set(re.findall(r"E\d{3}", shown))
    assert named <= CODES.keys()


def test_every_mistake_is_one_problem(shown: str) -> None:
    """Each of the ten mistakes of the input stands on a line of its own."""
    places = re.findall(r"^(shop/\w+\.yaml:\d+):\d+: E\d{3}: ", shown, flags=re.MULTILINE)
    assert len(places) == len(set(places)) == 10
