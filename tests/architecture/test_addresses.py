"""The engine knows the addresses that the API keeps for itself, so that no doctype takes one."""

from __future__ import annotations

import re

from engine.spec.common import FIXED_ADDRESSES
from tests.architecture.sources import ROOT

_ROUTE = re.compile(r'path\("([^"]*)"')


def test_no_fixed_address_is_left_out() -> None:
    text = (ROOT / "engine_runtime/api/urls.py").read_text(encoding="utf-8")
    first = {route.split("/")[0] for route in _ROUTE.findall(text)} - {"", "<path:path>"}
    assert set(FIXED_ADDRESSES) == first
