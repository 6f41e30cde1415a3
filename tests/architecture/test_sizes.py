"""Files stay at 600 lines and functions at 70. What is longer stands in ratchet.txt with its length, which may only
shrink; once it fits, its line is removed."""

from __future__ import annotations

from tests.architecture.sources import ROOT, files, functions, name

FILE_MAXIMUM = 600
FUNCTION_MAXIMUM = 70
ROOMS = ("engine", "engine_runtime", "bench", "scripts", "tests")


def ratchet() -> dict[str, int]:
    """`path` or `path::function` → the length it had when it was listed."""
    lines = (ROOT / "tests/architecture/ratchet.txt").read_text().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {place: int(length) for place, length in pairs}


def lengths() -> dict[str, tuple[int, int]]:
    """Every file and function → (its length, its maximum)."""
    found: dict[str, tuple[int, int]] = {}
    for path in files(*ROOMS):
        found[name(path)] = (len(path.read_text().splitlines()), FILE_MAXIMUM)
        for function, _line, length in functions(path):
            found[f"{name(path)}::{function}"] = (length, FUNCTION_MAXIMUM)
    for path in files("ui_builder/src", suffixes=(".ts", ".tsx")):
        found[name(path)] = (len(path.read_text().splitlines()), FILE_MAXIMUM)
    return found


def test_nothing_is_longer_than_its_maximum() -> None:
    allowed = ratchet()
    too_long = [
        f"{place}: {length} lines, at most {allowed.get(place, maximum)}"
        for place, (length, maximum) in lengths().items()
        if length > allowed.get(place, maximum)
    ]
    assert not too_long, "\n".join(["Split these:", *too_long])


def test_the_ratchet_list_only_shrinks() -> None:
    now = lengths()
    stale = [
        place
        for place, length in ratchet().items()
        if place not in now or now[place][0] < length or length <= now[place][1]
    ]
    assert not stale, (
        f"Shorter now: lower or remove these lines of tests/architecture/ratchet.txt: {stale}"
    )
