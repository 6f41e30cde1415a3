"""Records that come with packs: which there are, and how they are found and read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import yaml

from engine.catalog.packs import DataFile
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.exchange.fixtures import Loaded, bring
from engine_runtime.exchange.records import (
    RecordsUnreadable,
    as_record,
    read_rows,
)
from engine_runtime.tables.gateway import gateway


def data_files(*, per: str, sample: bool = False) -> list[tuple[str, DataFile]]:
    """(pack, file) of what packs bring, in the order of packs and as they are declared in each."""
    return [
        (pack.name, data)
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
    return (folder / files[0][1].file).parent


def load_data(actor: Actor, folder: Path, pack: str, data: DataFile) -> Loaded:
    """Bring the records of one file of ``pack``, all or none of them; ``folder`` holds the metadata.

    Raises RecordsUnreadable and what the service raises.
    """
    doctype = active().catalog.doctypes[data.doctype]
    rows = [as_record(doctype, row) for row in read_file(folder / data.file)]
    with gateway().transaction():
        return bring(actor, pack, data, rows)


def read_file(file: Path) -> list[dict[str, str]]:
    """The rows of a CSV or YAML file, without empty cells."""
    if file.suffix.lower() == ".csv":
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


def all_files(folder: Path) -> Iterator[Path]:
    """Every file that a pack declares."""
    for pack in active().catalog.packs.values():
        yield from (folder / data.file for data in pack.data.values())
