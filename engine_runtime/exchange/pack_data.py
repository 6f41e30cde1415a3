"""Records that come with packs: which there are, and how they are found and read."""

from __future__ import annotations

from pathlib import Path

from engine.catalog.packs import DataFile
from engine.kernel.pack_records import as_record
from engine_runtime.access.actor import Actor
from engine_runtime.active.catalog import active
from engine_runtime.exchange.fixtures import Loaded, bring
from engine_runtime.exchange.records import RecordsUnreadable, read_rows
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
    rows = [as_record(doctype, row) for row in read_rows(folder / data.file)]
    with gateway().transaction():
        return bring(actor, pack, data, rows)
