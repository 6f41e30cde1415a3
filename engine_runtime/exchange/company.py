"""Reference data that every Indian company needs, and the first steps of a new company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.exchange.records import Record, by_key, load_file, read_rows
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import gateway

REFERENCE = (
    ("Currency", "currencies.csv"),
    ("State", "states.csv"),
    ("Unit", "units.csv"),
    ("Unit Conversion", "unit_conversions.csv"),
    ("HSN", "hsn.csv"),
    ("GST Rate", "gst_rates.csv"),
)
"""Doctype and file, in the order in which they need one another."""

_APRIL = 4


def load_reference(actor: Actor, folder: Path) -> None:
    """Create States, units, HSN codes and GST rates from the files in ``folder``."""
    for doctype, file in REFERENCE:
        load_file(actor, doctype, folder / file)


def has_reference() -> bool:
    """Whether reference data was loaded before. Raises NothingPublished."""
    live, database = active(), gateway()
    table = live.tables[live.catalog.doctypes[REFERENCE[0][0]].head.name]
    return bool(database.fetch_many([select(database, table, ("id",), limit=1)])[0])


def found_company(folder: Path, company: Mapping[str, Any]) -> Record:
    """Create a company with the chart of accounts in ``folder`` and its default accounts.

    ``folder`` holds ``accounts.csv`` and ``company_accounts.csv`` (field of Company, account code).
    Returns the company as stored.
    """
    created = service.create(system_actor(), "Company", [dict(company)])[0]
    actor = system_actor(created["id"])
    accounts = by_key(load_file(actor, "Account", folder / "accounts.csv"))
    wanted = read_rows(folder / "company_accounts.csv")
    defaults = {row["field"]: accounts[row["account"]]["id"] for row in wanted}
    return change(actor, "Company", created, defaults)


def change(actor: Actor, doctype: str, record: Record, fields: Mapping[str, Any]) -> Record:
    """Save ``fields`` on a stored record."""
    version = {"id": record["id"], "version": record["version"]}
    return service.save(actor, doctype, [{**version, **fields}])[0]


def add_fiscal_years(actor: Actor, company: Record, first: date, last: date) -> Record:
    """Create the fiscal years, April to March, that ``first`` to ``last`` touch; the last is the current one.

    Returns ``company`` with its books open from the first of them on.
    """
    years = range(_starting_year(first), _starting_year(last) + 1)
    rows = [
        {
            "code": f"{year}-{(year + 1) % 100:02}",
            "start_date": date(year, _APRIL, 1),
            "end_date": date(year + 1, _APRIL - 1, 31),
        }
        for year in years
    ]
    created = service.create(actor, "Fiscal Year", rows)
    open_books = {"books_from": rows[0]["start_date"], "current_year": created[-1]["id"]}
    return change(actor, "Company", company, open_books)


def _starting_year(day: date) -> int:
    return day.year if day.month >= _APRIL else day.year - 1
