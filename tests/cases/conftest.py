"""Every folder here is a pack of its own; `common` is what they all build on, and a case itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
COMMON = "common"
CASES = sorted(path.name for path in HERE.iterdir() if (path / "pack.yaml").exists())


def build(case: str, into: Path) -> Path:
    """A folder with the case's pack and the common one, to be compiled and published together."""
    for name in {COMMON, case}:
        shutil.copytree(HERE / name, into / name, dirs_exist_ok=True)
    return into


@pytest.fixture(scope="session")
def case_folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Case → its folder, made once."""
    root = tmp_path_factory.mktemp("cases")
    return {case: build(case, root / case) for case in CASES}
