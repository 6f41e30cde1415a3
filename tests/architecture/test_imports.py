"""The import contracts of pyproject.toml hold: rooms import one way, the engine imports no Django."""

import subprocess
import sys

from tests.architecture.sources import ROOT


def test_import_contracts_hold() -> None:
    code = "from importlinter.cli import lint_imports; import sys; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout
