"""THE table of problem codes, but for those of expressions, which ``engine.expr.codes`` keeps.

E1xx source and shape · E2xx expressions · E3xx names and links · E4xx calculation and rules ·
E5xx ledgers and postings · E6xx forms, permissions, reports · E7xx change over time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from engine.problems import (
    codes_amending,
    codes_calculation,
    codes_change,
    codes_flow,
    codes_meaning,
    codes_names,
    codes_packs,
    codes_posting,
    codes_rules,
    codes_source,
    codes_tests,
    codes_work,
)
from engine.problems.code import Code

_TABLES = (
    codes_source,
    codes_packs,
    codes_names,
    codes_rules,
    codes_meaning,
    codes_amending,
    codes_calculation,
    codes_change,
    codes_flow,
    codes_posting,
    codes_tests,
    codes_work,
)

CODES: Mapping[str, Code] = MappingProxyType(
    {code: meaning for table in _TABLES for code, meaning in table.CODES.items()}
)
