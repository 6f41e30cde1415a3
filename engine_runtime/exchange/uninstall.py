"""Taking a pack out of the live catalog: what stands on it, what needs it, and what stays in the database unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.catalog.whole import Catalog
from engine.plan.tables import column_name, tables
from engine.problems.problem import Problem
from engine.source.load import load_text
from engine.source.packs import name_packs
from engine_runtime.active.catalog import active
from engine_runtime.active.sources import compile_sources
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.schema.versions import newest
from engine_runtime.tables.gateway import Gateway, gateway
from engine_runtime.tables.query import Aggregate, Condition, Select, build


@dataclass(frozen=True, slots=True)
class Removal:
    """The catalog without the pack, its sources, and what stays: sentences."""

    catalog: Catalog
    sources: Mapping[str, str]
    stays: tuple[str, ...]


def without_pack(name: str) -> Removal:
    """What would be live without pack ``name``. Raises SchemaRefused with every reason against it."""
    live, record = active(), newest()
    before = live.catalog
    if record is None or name not in before.packs:
        known = ", ".join(before.packs) or "none"
        raise SchemaRefused([f"There is no pack '{name}' here; there are: {known}."])
    reasons = [
        f"Pack {other.name} requires {name}."
        for other in before.packs.values()
        if other.name != name and name in other.reaches
    ]
    if reasons:
        raise SchemaRefused(reasons)
    sources = _others(record.sources, name)
    compiled = compile_sources(sources)
    if compiled.catalog is None:
        raise SchemaRefused([f"{_place(p)} needs it: {p.message}" for p in compiled.problems])
    reasons = list(_in_flight(before, compiled.catalog))
    if reasons:
        raise SchemaRefused(reasons)
    return Removal(compiled.catalog, sources, tuple(_stays(before, compiled.catalog)))


def _place(problem: Problem) -> str:
    span = problem.span
    return f"{span.file}:{span.line}" if span is not None else "The catalog"


def _others(sources: Mapping[str, str], name: str) -> dict[str, str]:
    """The files of the other packs. Raises SchemaRefused for a file that the pack shares with another."""
    constructs = [one for file, text in sources.items() for one in load_text(text, file)[0]]
    name_packs(constructs)
    packs: dict[str, set[str]] = {}
    for one in constructs:
        packs.setdefault(one.file, set()).add(one.pack)
    shared = sorted(file for file, of in packs.items() if name in of and len(of) > 1)
    if shared:
        raise SchemaRefused(
            [f"{file} holds other packs, too. Part them and publish first." for file in shared]
        )
    return {file: text for file, text in sources.items() if packs.get(file) != {name}}


def _in_flight(before: Catalog, after: Catalog) -> Iterator[str]:
    """Documents that are not finished and whose doctype, or whose state, would be gone."""
    database = gateway()
    for doctype in before.doctypes.values():
        if doctype.abstract or doctype.child or not doctype.submittable:
            continue
        left = after.doctypes.get(doctype.name)
        if left is None:
            where = [Condition("stage", "=", "draft")]
            what = "wait as drafts"
        else:
            gone = sorted(doctype.workflow.states.keys() - left.workflow.states.keys())
            where = [Condition("state", "in", gone)] if gone else []
            what = f"are in a state of the pack ({', '.join(gone)})"
        count = _count(database, doctype.head.name, where) if where else 0
        if count:
            yield f"{count} of {doctype.plural} {what}: finish or delete them first."


def _stays(before: Catalog, after: Catalog) -> Iterator[str]:
    """What is in the database and out of sight, with the number of rows."""
    database = gateway()
    kept = {table.name for table in tables(after)}
    for table in tables(before):
        if table.name not in kept and not table.name.endswith("__balance"):
            count = _count(database, table.name, [])
            yield f"table {table.name} with {count:,} rows stays, unseen"
            if count and "origin_id" in table.by_name:
                yield f"documents with entries in {table.name} cannot be cancelled until the pack is back"
    for doctype in before.doctypes.values():
        left = after.doctypes.get(doctype.name)
        if left is None or doctype.abstract or doctype.child:
            continue
        for field in doctype.head.columns:
            if field.name not in left.head.fields and field.stored:
                yield f"column {column_name(field)} of {doctype.plural} stays, unseen"


def _count(database: Gateway, table: str, where: list[Condition]) -> int:
    known = active().tables
    asked = Select(known[table], (Aggregate("count"),), tuple(where))
    [[count]] = database.fetch_many([build(asked, known, database.vendor)])[0]
    return int(count)
