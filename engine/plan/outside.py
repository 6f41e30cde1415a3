"""What outsiders lose with a new catalog: addresses, fields, reports and roles that they know by name.

Inside a pack nothing is lost unseen: every name in it is checked when it is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import child_path
from engine.catalog.whole import Catalog


def lost_names(old: Catalog, new: Catalog) -> tuple[str, ...]:
    """A sentence for each, with the way to keep it where there is one."""
    return (*_doctypes(old, new), *_others(old, new))


def _doctypes(old: Catalog, new: Catalog) -> Iterator[str]:
    present = {d.name: d for d in new.doctypes.values()}
    former = {name: d for d in new.doctypes.values() for name in d.former.names}
    answered = {d.api for d in _served(new)}
    answered |= {route for d in _served(new) if d.former.answers for route in d.former.routes}
    for doctype in _served(old):
        now = present.get(doctype.name) or former.get(doctype.name)
        if doctype.api not in answered:
            hint = "" if now is None else f"; it is /api/{now.api} now. {_KEEP}"
            yield f"/api/{doctype.api} answers no more{hint}"
        if now is not None:
            yield from _fields(doctype, now)


_KEEP = "With 'renamed_from: {name: …, until: …}' it answers until then."


def _served(catalog: Catalog) -> Iterator[Doctype]:
    return (d for d in catalog.doctypes.values() if not d.abstract and not d.child)


def _fields(old: Doctype, new: Doctype) -> Iterator[str]:
    for path, table in old.tables.items():
        now = new.tables.get(path)
        if now is None:
            continue
        for name in table.fields:
            if name in now.fields or name in now.formerly:
                continue
            place = child_path(path, name)
            present = next((f.name for f in now.fields.values() if name in f.former.names), None)
            hint = "" if present is None else f"; it is '{present}' now. {_KEEP}"
            yield f"{new.name} has no field '{place}' any more{hint}"


def _others(old: Catalog, new: Catalog) -> Iterator[str]:
    for name in old.reports:
        if name not in new.reports:
            yield f"the report '{name}' is there no more"
    renamed = {former for role in new.roles.values() for former in role.former.names}
    for name in old.roles:
        if name not in new.roles and name not in renamed:
            yield f"the role '{name}' is there no more: whoever has it loses what it allowed"
