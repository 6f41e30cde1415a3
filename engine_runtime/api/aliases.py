"""Former names that outsiders may still use for a declared time: of doctypes in addresses, of fields in documents."""

from __future__ import annotations

from collections.abc import Mapping

from rest_framework.request import Request

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Table
from engine.catalog.whole import Catalog


def former_keys(catalog: Catalog) -> Mapping[str, str]:
    """Former key of a doctype → its present name."""
    return {key: d.name for d in catalog.doctypes.values() for key in d.former.keys}


def former_routes(catalog: Catalog) -> Mapping[str, Doctype]:
    """Former address → doctype, as long as it answers there."""
    return {
        route: doctype
        for doctype in catalog.doctypes.values()
        if doctype.former.answers and not doctype.abstract and not doctype.child
        for route in doctype.former.routes
    }


def uses_former_names(doctype: Doctype, request: Request) -> bool:
    """Whether a request asks for fields, or sends some, by their former names."""
    if not any(table.formerly for table in doctype.tables.values()):
        return False
    asked = request.query_params.get("fields", "")
    names = {name.strip().partition(".")[0] for name in asked.split(",")}
    sent = request.data if request.method in ("POST", "PATCH") else ()
    documents = sent if isinstance(sent, list) else [sent]
    return bool(names & doctype.head.formerly.keys()) or any(
        _holds_former(doctype, doctype.head, document) for document in documents
    )


def _holds_former(doctype: Doctype, table: Table, row: object) -> bool:
    if not isinstance(row, Mapping):
        return False
    if table.formerly.keys() & row.keys():
        return True
    for path in table.children:
        rows = row.get(path.rpartition(".")[2])
        if isinstance(rows, list) and any(
            _holds_former(doctype, doctype.tables[path], child) for child in rows
        ):
            return True
    return False
