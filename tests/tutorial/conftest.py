"""The pack of the tutorial: metadata/ with the YAML blocks of docs/tutorial.md in a file of their own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def tutorial() -> str:
    return (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def metadata_folder(tmp_path_factory: pytest.TempPathFactory, tutorial: str) -> Path:
    folder = tmp_path_factory.mktemp("tutorial") / "my-metadata"
    shutil.copytree(ROOT / "metadata", folder)
    blocks = re.findall(r"^```yaml\n(.*?)^```", tutorial, flags=re.MULTILINE | re.DOTALL)
    (folder / "crates.yaml").write_text("---\n".join(blocks), encoding="utf-8")
    return folder
