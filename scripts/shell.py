"""Running other programs: shown, timed, and failing with one clear sentence instead of a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.places import ROOT


class StepFailed(Exception):
    """A step could not be done; the text says what and what to do about it."""


def say(text: str) -> None:
    """Print a line at once, also when the output is a file."""
    print(text, flush=True)


def run(
    command: Sequence[str],
    *,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> None:
    """Run ``command`` in ``folder`` with ``environment`` on top of the present one.

    Quiet output is kept back and shown only when the command fails. Raises StepFailed with the command line.
    """
    done = subprocess.run(
        list(command),
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return
    if quiet and done.stdout:
        sys.stderr.write(done.stdout)
    raise StepFailed(f"`{' '.join(command)}` failed with exit code {done.returncode}.")


def output(command: Sequence[str], environment: Mapping[str, str] | None = None) -> str | None:
    """What ``command`` prints, or None when it is missing or fails."""
    try:
        done = subprocess.run(
            list(command),
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


class Timed:
    """``with Timed("Build the UI"):`` says what is being done and how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> None:
        say(f"· {self.title} …")
        self.started = time.monotonic()

    def __exit__(self, *_exception: object) -> None:
        say(f"  {time.monotonic() - self.started:.1f} s")
