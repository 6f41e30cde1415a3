"""Licences of everything that is installed with the project, against a list of those that fit Apache-2.0.

What is shipped (requirements/base.txt, npm `dependencies`) may be permissive, MPL or LGPL; tools of developers must
not be proprietary or GPL either. Prints each package that does not fit and exits 1.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import metadata
from pathlib import Path

from scripts.places import LOCK, UI
from scripts.shell import say

ALLOWED = frozenset(
    {
        *(
            "0BSD",
            "Apache-2.0",
            "BlueOak-1.0.0",
            "BSD-2-Clause",
            "BSD-3-Clause",
            "CC0-1.0",
            "CC-BY-4.0",
        ),
        *("HPND", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Python-2.0", "Unlicense", "Zlib"),
        *("MPL-2.0", "LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later"),
    }
)
OLD_NAMES = {
    "apache 2": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache license": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "isc": "ISC",
    "lesser general public": "LGPL-3.0-only",
    "lgpl": "LGPL-3.0-only",
    "mit": "MIT",
    "mozilla public license 2": "MPL-2.0",
    "mpl": "MPL-2.0",
    "python software foundation": "PSF-2.0",
    "unlicense": "Unlicense",
}
"""Parts of licence texts from before SPDX expressions → their identifier."""


def main() -> int:
    problems = [f"{name}: {licence}" for name, licence in python_licences() if not fits(licence)]
    problems += [
        f"{name} (npm): {licence}" for name, licence in npm_licences() if not fits(licence)
    ]
    for problem in problems:
        say(f"Not on the list of licences in scripts/licences.py: {problem}")
    return 1 if problems else 0


def fits(licence: str) -> bool:
    """Whether an SPDX expression can be met: one of the sides of OR, all sides of AND."""
    plain = re.sub(r"[()]", "", licence)
    choices = re.split(r"\s+OR\s+", plain)
    return any(
        all(part.split(" WITH ")[0].strip() in ALLOWED for part in re.split(r"\s+AND\s+", choice))
        for choice in choices
    )


def python_licences() -> list[tuple[str, str]]:
    """(package, SPDX expression) of every locked package that is installed here."""
    names = re.findall(r"^([A-Za-z0-9_.-]+)==", LOCK.read_text(), flags=re.MULTILINE)
    found = []
    for name in names:
        try:
            described = dict(metadata.metadata(name).json)
            found.append((name, _of(described)))
        except metadata.PackageNotFoundError:
            continue  # for another platform
    return found


def _of(described: dict[str, str | list[str]]) -> str:
    expression = described.get("license_expression")
    if expression:
        return str(expression)
    classifiers = [
        line.rsplit("::", 1)[-1].strip()
        for line in described.get("classifier", [])
        if line.startswith("License ::") and not line.endswith("OSI Approved")
    ]
    texts = classifiers or [(str(described.get("license") or "unknown")).splitlines()[0]]
    return " OR ".join(_identifier(text) for text in texts)


def _identifier(text: str) -> str:
    if text in ALLOWED:
        return text
    low = text.lower()
    return next((known for part, known in OLD_NAMES.items() if part in low), text)


def npm_licences() -> list[tuple[str, str]]:
    """(package, licence) of every installed npm package, as its own package.json says."""
    lock = UI / "package-lock.json"
    if not lock.exists():
        return []
    found = []
    for place in json.loads(lock.read_text())["packages"]:
        described = UI / place / "package.json"
        if place and described.exists():
            found.append((place.rsplit("node_modules/", 1)[-1], _npm(described)))
    return found


def _npm(described: Path) -> str:
    licence = json.loads(described.read_text()).get("license", "unknown")
    return licence.get("type", "unknown") if isinstance(licence, dict) else str(licence)


if __name__ == "__main__":
    sys.exit(main())
