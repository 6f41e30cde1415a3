"""Checked kinds of text: identifiers of Indian tax law, and addresses of people and machines.

``check_text(kind, value)`` answers None where the value is right, else one sentence that says what
is wrong. Values are taken as they are: whoever reads input trims and upper-cases it first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Shapes that the GST portal publishes, in the order in which they are tried.
_GSTIN_SHAPES: Final[Mapping[str, re.Pattern[str]]] = MappingProxyType(
    {
        "tds": re.compile(r"[0-9]{2}[A-Z]{4}[A-Z0-9][0-9]{4}[A-Z][1-9A-Z]D[0-9A-Z]"),
        "tcs": re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z]C[0-9A-Z]"),
        "regular": re.compile(r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][1-9A-Z][Z1-9ABD-J][0-9A-Z]"),
        "government": re.compile(r"[0-9]{2}[A-Z]{4}[0-9]{5}[A-Z][0-9]Z[0-9]"),
        "oidar": re.compile(r"99[0-9]{2}[A-Z]{3}[0-9]{5}OS[0-9A-Z]"),
        "uin": re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}[UO]N[A-Z0-9]"),
        "non_resident": re.compile(r"[0-9]{4}[A-Z]{3}[0-9]{5}NR[0-9A-Z]"),
    }
)
_WITH_PAN: Final = frozenset({"regular", "tcs", "tds"})

# First two digits of a registration: States 01-24, 26, 27, 29-38, other territory 97, centre 99;
# 25 and 28 stand on documents from before those States were merged and divided.
_STATE_CODES: Final = frozenset({f"{code:02}" for code in range(1, 39)} | {"97", "99"})

_PAN: Final = re.compile(r"[A-Z]{3}[ABCFGHJKLPT][A-Z](?!0000)[0-9]{4}[A-Z]")
_HSN: Final = re.compile(r"[0-9]{4}(?:[0-9]{2}){0,2}|[0-9]{2}")
_PINCODE: Final = re.compile(r"[1-9][0-9]{5}")
_PHONE: Final = re.compile(r"\+?[0-9][0-9 ()-]{4,18}[0-9]")
_EMAIL: Final = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+"
    r"[A-Za-z]{2,63}"
)
_URL: Final = re.compile(
    r"https?://[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?(?:[/?#]\S*)?"
)


def gstin_check_character(first: str) -> str:
    """The 15th character for the first 14 of a GSTIN (upper case letters and digits)."""
    total = 0
    for position, character in enumerate(first):
        product = _ALPHABET.index(character) * (1 + position % 2)
        total += product // 36 + product % 36
    return _ALPHABET[-total % 36]


def gstin_kind(value: str) -> str | None:
    """Which kind of registration has the shape of ``value``; None for no shape at all."""
    return next((kind for kind, shape in _GSTIN_SHAPES.items() if shape.fullmatch(value)), None)


def gstin_fault(value: str) -> str | None:
    """The first check that ``value`` fails: length, format, state_code or check_digit; None if right."""
    if len(value) != 15:
        return "length"
    if gstin_kind(value) is None:
        return "format"
    if value[:2] not in _STATE_CODES:
        return "state_code"
    if gstin_check_character(value[:14]) != value[14]:
        return "check_digit"
    return None


def gstin_pan(value: str) -> str | None:
    """The PAN inside a right GSTIN, for the kinds that carry one."""
    return value[2:12] if gstin_kind(value) in _WITH_PAN else None


def _gstin(value: str) -> str | None:
    fault = gstin_fault(value)
    if fault == "length":
        return f"a GSTIN has 15 characters, '{value}' has {len(value)}."
    if fault == "format":
        return f"'{value}' is not shaped like a GSTIN (27AAPFU0939F1ZV is)."
    if fault == "state_code":
        return f"a GSTIN begins with a State code, and {value[:2]} is none."
    if fault == "check_digit":
        return f"the check character of '{value}' is wrong; one of its characters is mistyped."
    return None


def _shaped(shape: re.Pattern[str], like: str) -> Callable[[str], str | None]:
    def check(value: str) -> str | None:
        return None if shape.fullmatch(value) else f"'{value}' is not {like}."

    return check


_CHECKS: Final[Mapping[str, Callable[[str], str | None]]] = MappingProxyType(
    {
        "gstin": _gstin,
        "pan": _shaped(_PAN, "a PAN (ten characters such as AAPFU0939F)"),
        "hsn": _shaped(_HSN, "an HSN or SAC code (2, 4, 6 or 8 digits)"),
        "pincode": _shaped(_PINCODE, "a PIN code (six digits, the first not 0)"),
        "phone": _shaped(_PHONE, "a telephone number (such as +91 98200 12345)"),
        "email": _shaped(_EMAIL, "an e-mail address"),
        "url": _shaped(_URL, "a web address (such as https://example.in/)"),
    }
)

CHECKED: Final = frozenset(_CHECKS)
"""The field types whose texts are checked."""


def check_text(kind: str, value: str) -> str | None:
    """What is wrong with ``value`` as a ``kind`` (one of ``CHECKED``), as a sentence; None if nothing."""
    return _CHECKS[kind](value)
