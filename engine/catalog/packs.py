"""Packs, as resolved: what a catalog is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.problems.problem import Span


@dataclass(frozen=True, slots=True)
class DataFile:
    """Records that come with a pack.

    ``file``: from the folder of the metadata, with ``/``. ``policy``: ``owned`` (the pack has the last word on the
    fields it brings), ``default`` (whoever changed the record since), ``sample`` (demos and tests only).
    ``keys``: the fields that tell one record from another. ``per``: once per database, or per company.
    """

    key: str
    doctype: str
    file: str
    policy: Literal["owned", "default", "sample"]
    keys: tuple[str, ...]
    per: Literal["database", "company"] = "database"


@dataclass(frozen=True, slots=True)
class Pack:
    """One pack. ``requires``: name → range as written; ``reaches``: itself and all that it stands on."""

    name: str
    version: str
    span: Span
    title: str = ""
    scope: str = ""
    requires: Mapping[str, str] = field(default_factory=dict)
    reaches: frozenset[str] = frozenset()
    company: Mapping[str, str] = field(default_factory=dict)
    """Field of Company → what a new one has unless it says otherwise."""
    data: Mapping[str, DataFile] = field(default_factory=dict)
