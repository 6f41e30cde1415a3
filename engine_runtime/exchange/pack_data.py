"""Records that come with packs: which there are, and how they are found and read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from engine.catalog.doctypes import Doctype
from engine.catalog.packs import DataFile
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.documents import service
from engine_runtime.exchange.records import (
    Record,
    RecordsUnreadable,
    as_record,
    create_in_waves,
    read_rows,
)
from engine_runtime.posting.session import open_session
from engine_runtime.tables.asking import select
from engine_runtime.tables.gateway import gateway
from engine_runtime.tables.query import Condition

COMPANY = "Company"


def data_files(*, per: str, sample: bool = False) -> list[DataFile]:
    """The files that packs bring, in the order of packs and as they are declared in each."""
    return [
        data
        for pack in active().catalog.packs.values()
        for data in pack.data.values()
        if data.per == per and (data.policy == "sample") is sample
    ]


def company_defaults() -> dict[str, str]:
    """What packs say a new company has, unless it says otherwise."""
    found: dict[str, str] = {}
    for pack in active().catalog.packs.values():
        found |= pack.company
    return found


def samples_folder(folder: Path) -> Path:
    """The folder of the sample records of the packs under ``folder``. Raises RecordsUnreadable without any."""
    files = data_files(per="company", sample=True)
    if not files:
        raise RecordsUnreadable(
            "No pack brings sample records: their `data` have the policy sample."
        )
    return (folder / files[0].file).parent


def load_data(actor: Actor, folder: Path, data: DataFile) -> list[Record]:
    """Create or, where the record is there, change the records of one file; as stored, in order.

    ``folder`` holds the metadata. Raises RecordsUnreadable and what the service raises.
    """
    doctype = active().catalog.doctypes[data.doctype]
    rows = [as_record(doctype, row) for row in read_file(folder / data.file)]
    if doctype.name == COMPANY:
        return [_change_company(actor, row) for row in rows]
    known = _known(actor, doctype, data, rows)
    fresh = [row for row in rows if _key(data, row) not in known]
    stored = {_key(data, row): row for row in rows if _key(data, row) in known}
    changed = [{**known[key], **row} for key, row in stored.items()]
    # What stands below a record of another file is refused by the service if that is not there.
    own = {row.get(doctype.name_by or "") for row in rows}
    above = {row.get(doctype.tree) for row in rows} - own if doctype.tree else set()
    created = create_in_waves(actor, doctype, fresh, stored=above)
    return [*created, *(service.save(actor, doctype.name, changed) if changed else [])]


def read_file(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV or YAML file, without empty cells."""
    if file.suffix == ".csv":
        return read_rows(file)
    try:
        rows = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only
    except FileNotFoundError:
        raise RecordsUnreadable(f"There is no file {file.name} in {file.parent.name}.") from None
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise RecordsUnreadable(f"{file.name} is not YAML in UTF-8: {error}.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RecordsUnreadable(f"{file.name} is a list of mappings: - {{code: A, name: First}}.")
    return [{str(name): str(cell) for name, cell in row.items() if cell} for row in rows]


def _change_company(actor: Actor, row: Mapping[str, Any]) -> Record:
    """Records of the company itself, which is there already, are what the pack sets on it."""
    live = active()
    table = live.tables[live.catalog.doctypes[COMPANY].head.name]
    where = [Condition("id", "=", actor.company_id)]
    [[(version,)]] = gateway().fetch_many([select(gateway(), table, ("version",), where=where)])
    return service.save(actor, COMPANY, [{"id": actor.company_id, "version": version, **row}])[0]


def _key(data: DataFile, row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(row.get(name) or "") for name in data.keys)


def _known(
    actor: Actor, doctype: Doctype, data: DataFile, rows: list[Record]
) -> dict[tuple[str, ...], Record]:
    """Key → id and version of the records that are there; only a business key is looked for."""
    if data.keys != (doctype.name_by,) or not rows:
        return {}
    session = open_session(actor)
    key = data.keys[0]
    where = [Condition(key, "in", [row[key] for row in rows if row.get(key)])]
    if doctype.company == "required":
        where.append(Condition("company_id", "=", actor.company_id))
    query = select(session.gateway, session.spec(doctype), ("id", "version", key), where=where)
    return {
        (str(found[2]),): {"id": found[0], "version": found[1]}
        for found in session.gateway.fetch_many([query])[0]
    }


def all_files(folder: Path) -> Iterator[Path]:
    """Every file that a pack declares."""
    for pack in active().catalog.packs.values():
        yield from (folder / data.file for data in pack.data.values())
