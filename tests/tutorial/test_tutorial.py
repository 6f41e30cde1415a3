"""docs/tutorial.md does what it says: its pack is published, its requests are sent, its refusals happen."""

from __future__ import annotations

import datetime
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client

from engine.compiler.compile import compile_folder
from engine_runtime.exchange.demo_masters import load_masters

ROOT = Path(__file__).resolve().parents[2]
REQUEST = re.compile(
    r"^curl (?P<options>.*?)'?http://localhost:8000(?P<path>/[^\s']*)'?", re.MULTILINE | re.DOTALL
)


class Browser:
    """Sends the requests of the tutorial with the token that its log-in gave."""

    def __init__(self, tutorial: str) -> None:
        self.client = Client()
        log_in = re.search(r"-d '(\{\"username\".*?)'", tutorial)
        assert log_in
        answer = self.client.post("/api/auth/token", log_in[1], content_type="application/json")
        self.headers = {"Authorization": f"Bearer {answer.json()['token']}"}

    def post(self, path: str, body: str | dict[str, Any]) -> Any:
        return self.client.post(path, body, content_type="application/json", headers=self.headers)

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)


@pytest.fixture
def browser(own_database: None, tutorial: str) -> Browser:
    today = datetime.datetime.now(tz=datetime.UTC).date()
    load_masters(ROOT / "metadata", today - datetime.timedelta(days=90), today)
    return Browser(tutorial)


def requests(tutorial: str) -> list[tuple[str, str | None]]:
    """(path, body) of every curl of the tutorial after the log-in."""
    found = []
    for request in REQUEST.finditer(tutorial):
        body = re.search(r"-d '(.*?)'", request["options"], re.DOTALL)
        found.append((request["path"], body[1] if body else None))
    return found


def test_the_tutorial(browser: Browser, tutorial: str) -> None:
    item, movement, report = requests(tutorial)
    assert browser.post(item[0], item[1] or "").status_code == 201
    given = browser.post(movement[0], movement[1] or "")
    assert given.status_code == 201, given.json()
    assert given.json()["number"].startswith("CR")
    assert _balance(browser, report[0]) == [10]

    line = {"kind": "CRATE-20", "taken_back": 12}
    refused = browser.post(movement[0], {"customer": "C-00001", "crates": [line]})
    assert refused.status_code == 422
    assert "held" in str(refused.json()).lower()
    assert _balance(browser, report[0]) == [10]

    address = f"{urlsplit(movement[0]).path}/{given.json()['id']}"
    effects = browser.get(f"{address}/effects").json()["ledgers"]
    assert [entry["crates"] for entry in effects["Crates"]["entries"]] == [10]
    assert browser.post(f"{address}/cancel", {}).status_code == 200
    assert _balance(browser, report[0]) in ([], [0])


def _balance(browser: Browser, report: str) -> list[int]:
    answer = browser.get(report)
    assert answer.status_code == 200, answer.json()
    return [row["crates"] for row in answer.json()["rows"]]


def test_a_misspelt_field_is_named_with_its_place(metadata_folder: Path, tmp_path: Path) -> None:
    text = (metadata_folder / "crates.yaml").read_text(encoding="utf-8")
    path = tmp_path / "metadata"
    for source in metadata_folder.rglob("*.yaml"):
        copy = path / source.relative_to(metadata_folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    (path / "crates.yaml").write_text(
        text.replace("crates: row.given -", "crates: row.givn -"), encoding="utf-8"
    )
    compiled = compile_folder(path)
    (problem,) = [problem for problem in compiled.problems if problem.severity == "error"]
    assert problem.span.file.endswith("crates.yaml")
    assert "givn" in problem.message
    assert "given" in problem.message + problem.hint


def test_without_a_change_the_pack_compiles(metadata_folder: Path) -> None:
    compiled = compile_folder(metadata_folder)
    assert compiled.catalog is not None
    assert not [str(problem) for problem in compiled.problems]
