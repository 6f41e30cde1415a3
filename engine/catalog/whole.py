"""The language AS RESOLVED: what the compiler returns and everything else reads.

Every value here is immutable. Names are resolved, expressions are checked and compiled,
`like` and defaults are worked in, so a reader never looks back at YAML.

Words: a *doctype* owns one or more *tables*: its head (path ``""``) and its child tables
(``"items"``, ``"items.taxes"``). A *row* is a plain ``dict`` of one table: field name → typed
value, plus ``id``, ``index`` (1-based) and ``parent`` (the dict it belongs to) on child rows;
child tables hang in it as lists under the table field's name.
A link holds the id of its target (``int``; ids are unique over the whole database).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.catalog.change import UNRENAMED, Former
from engine.catalog.doctypes import Doctype, FactPlan
from engine.catalog.ledgers import Ledger
from engine.catalog.packs import Pack
from engine.catalog.reports import Report
from engine.catalog.rules import RuleSet
from engine.catalog.schedules import Schedule
from engine.catalog.tests import Test
from engine.catalog.text_types import TextType
from engine.expr.country import Country


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    key: str
    label: str
    help: str = ""
    former: Former = UNRENAMED


@dataclass(frozen=True, slots=True)
class MenuItem:
    label: str
    kind: Literal["doctype", "report"]
    target: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything a set of packs declares. ``digest`` is the SHA-256 of the sources, in hex."""

    digest: str
    doctypes: Mapping[str, Doctype]
    """By name; children and abstract ones included."""
    ledgers: Mapping[str, Ledger]
    rules: Mapping[str, RuleSet]
    reports: Mapping[str, Report]
    roles: Mapping[str, Role]
    menu: Mapping[str, tuple[MenuItem, ...]]
    by_key: Mapping[str, str]
    """snake key → doctype name."""
    tests: Mapping[str, Test] = field(default_factory=dict)
    packs: Mapping[str, Pack] = field(default_factory=dict)
    """In the order in which they are applied: what stands on nothing first."""
    owners: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(kind, name) of a construct → the pack that declares it."""
    schedules: Mapping[str, Schedule] = field(default_factory=dict)
    lot_facts: Mapping[str, FactPlan] = field(default_factory=dict)
    """Ledger whose lots expire → what must be known of the records that an entry names to take one out."""
    text_types: Mapping[str, TextType] = field(default_factory=dict)
    """Checked kinds of text by name."""
    country: Country = field(default_factory=Country)
