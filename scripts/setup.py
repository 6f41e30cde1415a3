"""`make setup`: the virtual environment and the built browser application, each made only when out of date.

Packages come from wherever pip, uv and npm of this machine are configured to fetch them, in the locked versions.
"""

from __future__ import annotations

import os
import re
import shutil
import sys

from scripts import stamps
from scripts.places import LOCK, NODE_LOCK, NODE_VENV, ROOT, UI, VAR, VENV
from scripts.shell import StepFailed, Timed, output, run, say

NODE_MINIMUM = (20, 19)
UI_SOURCES = ("src", "dev", "public", "index.html", "package.json", "package-lock.json")


def main() -> int:
    try:
        make_venv()
        build_ui()
    except StepFailed as failure:
        say(f"\nSet-up stopped: {failure}")
        return 1
    return 0


def make_venv() -> None:
    """Make .venv and install the locked packages, unless that was done for this lock and this Python."""
    wanted = stamps.digest([LOCK], sys.version.split()[0])
    stamp = VENV / ".bahi-lock"
    if stamps.is_fresh(stamp, wanted):
        return
    VAR.mkdir(exist_ok=True)
    with Timed(f"Install the locked Python packages into {VENV.name}"):
        _new_venv(VENV)
        _install(VENV, LOCK)
    stamps.write(stamp, wanted)


def _new_venv(folder: os.PathLike[str]) -> None:
    python = f"{folder}/bin/python"
    version = output([python, "-c", "import sys; print(*sys.version_info[:2])"])
    here = f"{sys.version_info.major} {sys.version_info.minor}"
    if version == here and output([python, "-m", "pip", "--version"]):
        return
    shutil.rmtree(folder, ignore_errors=True)
    try:
        run([sys.executable, "-m", "venv", str(folder)], quiet=True)
    except StepFailed as failure:
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        raise StepFailed(
            f"{failure}\nThis Python cannot make virtual environments. On Debian and Ubuntu: "
            f"sudo apt install {name}"
        ) from failure


def _install(folder: os.PathLike[str], lock: os.PathLike[str]) -> None:
    """With uv where it is installed (seconds), else or if that fails with pip."""
    python = f"{folder}/bin/python"
    if shutil.which("uv") and output(["uv", "--version"]):
        try:
            run(
                ["uv", "pip", "sync", "--python", python, "--require-hashes", str(lock)], quiet=True
            )
            run([python, "-m", "ensurepip", "--upgrade"], quiet=True)
            return
        except StepFailed:
            say("  uv could not install the lock (it reads no pip configuration); trying pip")
    run([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(lock)])


def build_ui() -> None:
    """Fetch the locked npm packages and build ui_builder/dist, each only when its inputs changed."""
    if not (UI / "package.json").exists():
        say("· No ui_builder/package.json: the browser application is not built")
        return
    sources = (
        [UI / name for name in UI_SOURCES]
        + sorted(UI.glob("*.ts"))
        + sorted(UI.glob("tsconfig*.json"))
    )
    built = stamps.digest(sources)
    stamp = UI / "dist" / ".bahi-sources"
    modules_fresh = install_node_packages(dry=True)
    if modules_fresh and stamps.is_fresh(stamp, built):
        return
    install_node_packages()
    with Timed("Build the browser application"):
        run(
            [*npm(), "run", "--silent", "build"],
            folder=UI,
            environment=node_environment(),
            quiet=True,
        )
    stamps.write(stamp, built)


def install_node_packages(*, dry: bool = False) -> bool:
    """`npm ci` unless node_modules was made from this lock. Returns whether they were up to date."""
    wanted = stamps.digest([UI / "package-lock.json", UI / "package.json"])
    stamp = UI / "node_modules" / ".bahi-lock"
    if stamps.is_fresh(stamp, wanted):
        return True
    if not dry:
        with Timed("Install the locked npm packages"):
            command = "ci" if (UI / "package-lock.json").exists() else "install"
            run(
                [*npm(), command, "--no-audit", "--no-fund"],
                folder=UI,
                environment=node_environment(),
                quiet=True,
            )
        stamps.write(stamp, wanted)
    return False


def node_environment() -> dict[str, str]:
    """The PATH on which a fitting `node` comes first; makes the PyPI one when the system has none."""
    if _system_node():
        return {}
    wanted = stamps.digest([NODE_LOCK], sys.version.split()[0])
    stamp = NODE_VENV / ".bahi-lock"
    if not stamps.is_fresh(stamp, wanted):
        with Timed("No Node 20.19 or later with npm: fetch the one that PyPI carries"):
            _new_venv(NODE_VENV)
            _install(NODE_VENV, NODE_LOCK)
        stamps.write(stamp, wanted)
    return {"PATH": f"{NODE_VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def npm() -> list[str]:
    """The command that runs npm: the system's, or the one beside the Node of PyPI."""
    node_environment()
    return ["npm"] if _system_node() else [str(NODE_VENV / "bin" / "npm")]


def _system_node() -> bool:
    version = output(["node", "--version"]) or ""
    found = re.match(r"v(\d+)\.(\d+)", version)
    if not found or not shutil.which("npm"):
        return False
    return (int(found.group(1)), int(found.group(2))) >= NODE_MINIMUM


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
