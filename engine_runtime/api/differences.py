"""What rederiving a document would do, as JSON."""

from __future__ import annotations

from typing import Any

from engine_runtime.api.effects import entries_told
from engine_runtime.api.present import Presenter
from engine_runtime.documents.comparing import FieldChange
from engine_runtime.documents.rederiving import Difference


def difference_json(found: Difference) -> dict[str, Any]:
    """Fields with old and new values, rows that come and go, entries by ledger, and ``seen``: what is sent to do it."""
    presenter = Presenter(found.catalog, found.kind)
    fields: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for change in found.changes:
        if isinstance(change, FieldChange):
            old, new = (
                presenter.value(change.table, change.field.name, value, found.titles)
                for value in (change.old, change.new)
            )
            shown = {"path": change.place, "label": change.field.label, "old": old, "new": new}
            fields.append(shown)
        else:
            (row,) = presenter.children(change.table, [change.row], found.titles)
            rows.append(
                {"path": change.place, "is": "new" if change.is_new else "gone", "row": row}
            )
    return {
        "id": found.id,
        "version": found.version,
        "seen": found.seen,
        "nothing": found.is_nothing,
        "fields": fields,
        "rows": rows,
        "ledgers": entries_told(found.catalog, found.entries, found.titles),
        "withheld": found.withheld,
    }
