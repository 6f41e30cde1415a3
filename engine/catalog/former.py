"""What something is called in another catalog, an earlier or a later one: names change, the thing stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.whole import Catalog
from engine.catalog.workflow import Workflow


def counterpart(doctype: Doctype, other: Catalog) -> Doctype | None:
    """``doctype`` as it is in ``other``; None where there is no such thing."""
    for name in (doctype.name, *reversed(doctype.former.names)):
        if name in other.doctypes:
            return other.doctypes[name]
    return once_called(doctype.name, other)


def once_called(name: str, catalog: Catalog) -> Doctype | None:
    """The doctype of ``catalog`` that was called ``name`` in an earlier one, by its name or key."""
    found = catalog.doctypes.values()
    return next((d for d in found if name in (*d.former.names, *d.former.keys)), None)


def field_in(field: Field, table: Table) -> Field | None:
    """``field`` as it is in ``table`` of another catalog; None where it is not there."""
    for name in (field.name, *reversed(field.former.names)):
        if name in table.fields:
            return table.fields[name]
    return next((f for f in table.fields.values() if field.name in f.former.names), None)


def table_in(was: Doctype, path: str, now: Doctype) -> Table | None:
    """The table at ``path`` of ``was`` as it is in ``now``, the same doctype of another catalog."""
    here, there = "", ""
    for name in path.split(".") if path else ():
        step = was.tables[here].fields.get(name) if here in was.tables else None
        table = now.tables.get(there)
        found = field_in(step, table) if step is not None and table is not None else None
        if found is None:
            return None
        here, there = f"{here}.{name}".strip("."), f"{there}.{found.name}".strip(".")
    return now.tables.get(there)


def role_names(then: Catalog, now: Catalog) -> Mapping[str, str]:
    """What roles of ``then`` are called in ``now``, where that is another name."""
    forth = {former: r.name for r in now.roles.values() for former in r.former.names}
    back = {r.name: former for r in then.roles.values() for former in r.former.names}
    gone = [name for name in then.roles if name not in now.roles]
    found = ((name, forth.get(name) or back.get(name)) for name in gone)
    return {name: other for name, other in found if other in now.roles and other is not None}


def with_roles(workflow: Workflow, names: Mapping[str, str]) -> Workflow:
    """``workflow`` with the roles that ``names`` has under their names there."""
    if not names:
        return workflow

    def of(roles: Sequence[str]) -> tuple[str, ...]:
        return tuple(names.get(role, role) for role in roles)

    ways = {
        key: replace(
            way,
            people=replace(way.people, roles=of(way.people.roles)),
            needs={k: replace(need, roles=of(need.roles)) for k, need in way.needs.items()},
        )
        for key, way in workflow.transitions.items()
    }
    return replace(workflow, transitions=ways)
