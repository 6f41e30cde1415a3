"""Addresses of people and machines: the checked kinds of text that every country has.

Those that packs declare are checked by ``engine.catalog.text_check``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()-]{4,18}[0-9]")
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]{2,63}"
)
_URL: Final = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#]\S*)?"
)

_CHECKS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = MappingProxyType(
    {
        "phone": (_PHONE, "a telephone number (such as +44 20 7946 0958)"),
        "email": (_EMAIL, "an e-mail address"),
        "url": (_URL, "a web address (such as https://example.org/)"),
    }
)

CHECKED: Final = frozenset(_CHECKS)
"""The types of the language itself whose texts are checked."""


def check_text(kind: str, value: str) -> str | None:
    """What is wrong with ``value`` as a ``kind`` (one of ``CHECKED``), as a sentence; None if nothing."""
    shape, like = _CHECKS[kind]
    return None if shape.fullmatch(value) else f"'{value}' is not {like}."
