"""Reference data that every company needs, and the first steps of a new company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.expr.library import fiscal_year
from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.access.companies import company_ids
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.exchange.fixtures import COMPANY, Loaded
from engine_runtime.exchange.pack_data import company_defaults, data_files, load_data
from engine_runtime.exchange.records import Record
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import gateway


def load_reference(actor: Actor, folder: Path) -> None:
    """Create what packs bring once for all companies, from their files below ``folder``, the metadata."""
    for pack, data in data_files(per="database"):
        load_data(actor, folder, pack, data)


def refresh(folder: Path) -> list[Loaded]:
    """Bring what the packs ship now, once for all and for every company, in one transaction.

    Samples are left out. A second time nothing changes. Raises RecordsUnreadable and what the service raises.
    """
    with gateway().transaction():
        found = [
            load_data(system_actor(), folder, pack, data)
            for pack, data in data_files(per="database")
        ]
        for company in company_ids():
            found += [
                load_data(system_actor(company), folder, pack, data)
                for pack, data in data_files(per="company")
            ]
    return found


def has_reference() -> bool:
    """Whether reference data was loaded before; packs that bring none have. Raises NothingPublished."""
    live, database = active(), gateway()
    files = data_files(per="database")
    if not files:
        return True
    table = live.tables[live.catalog.doctypes[files[0][1].doctype].head.name]
    return bool(database.fetch_many([select(database, table, ("id",), limit=1)])[0])


def found_company(folder: Path, company: Mapping[str, Any]) -> Record:
    """Create a company with the records that packs bring for every company: its accounts, which of them is for what.

    ``folder`` holds the metadata. Returns the company as stored.
    """
    fields = {**company_defaults(), **company}
    created = service.create(system_actor(), COMPANY, [fields])[0]
    actor = system_actor(created["id"])
    for pack, data in data_files(per="company"):
        loaded = load_data(actor, folder, pack, data)
        if data.doctype == COMPANY:
            created = loaded.records[-1]
    return created


def change(actor: Actor, doctype: str, record: Record, fields: Mapping[str, Any]) -> Record:
    """Save ``fields`` on a stored record."""
    version = {"id": record["id"], "version": record["version"]}
    return service.save(actor, doctype, [{**version, **fields}])[0]


def add_fiscal_years(actor: Actor, company: Record, first: date, last: date) -> Record:
    """Create the fiscal years that ``first`` to ``last`` touch; the last is the current one.

    They begin in the month that the packs say. Returns ``company`` with its books open from the first of them on.
    """
    month = active().catalog.country.first_month
    years = [fiscal_year(first, month)]
    while years[-1] is not None and years[-1].end < last:
        years.append(fiscal_year(years[-1].end + timedelta(days=1), month))
    rows = [
        {"code": year.label, "start_date": year.start, "end_date": year.end}
        for year in years
        if year is not None
    ]
    created = service.create(actor, "Fiscal Year", rows)
    open_books = {"books_from": rows[0]["start_date"], "current_year": created[-1]["id"]}
    return change(actor, COMPANY, company, open_books)
