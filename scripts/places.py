"""Where things are: the folders that set-up makes and the programs in them. No side effects at import."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
VENV = ROOT / ".venv"
NODE_VENV = ROOT / ".node"
"""A second virtual environment that holds only the Node of PyPI; made where the system has none."""
UI = ROOT / "ui_builder"
LOCK = ROOT / "requirements" / "dev.txt"
NODE_LOCK = ROOT / "requirements" / "node.txt"


def venv_program(name: str) -> str:
    """The path of a program of the project's virtual environment, as text for a subprocess."""
    return str(VENV / "bin" / name)


def wanted_all() -> bool:
    """True when BAHI_REQUIRE=all: then nothing may be skipped."""
    return os.environ.get("BAHI_REQUIRE", "") == "all"
