"""Make a catalog the live one: its tables in the database, its sources recorded, this process on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from engine.catalog.whole import Catalog
from engine.plan.difference import worst
from engine.plan.migration import Rewrite, found_of, migration, rewrite
from engine.plan.renames import NO_RENAMES, renames, way_back
from engine.plan.spec import TableSpec
from engine.plan.tables import tables
from engine.plan.workflows import lost_states
from engine.problems.problem import Problem
from engine_runtime.active.catalog import remember
from engine_runtime.active.models import AppliedCatalog
from engine_runtime.active.sources import compile_sources
from engine_runtime.schema import stored
from engine_runtime.schema.counting import entries, with_rows
from engine_runtime.schema.errors import SchemaRefused
from engine_runtime.schema.renaming import inverse_names
from engine_runtime.schema.safety import PhysicalNames
from engine_runtime.schema.versions import Manner, bring, newest
from engine_runtime.schema.workflows import stranded


def apply(
    catalog: Catalog,
    sources: Mapping[str, str],
    *,
    drop_data: bool = False,
    allow_destructive: bool = False,
    said: Callable[[str], None] = lambda text: None,
    notice: float = 0.0,
) -> int:
    """Bring the tables to ``catalog`` and make it the live one; the version number.

    ``sources``: file → text, what every process compiles the catalog from. If it is applied already, nothing changes.
    ``allow_destructive`` lets go what ``drop: true`` names; ``drop_data`` whatever is declared no more.
    ``notice``: seconds that serving processes have to compile it ahead.
    Runs outside any transaction. Raises SchemaRefused, with nothing changed, if rows stand against it.
    """

    def rewriter(old: Sequence[TableSpec], live: AppliedCatalog | None) -> Rewrite:
        before = _catalog_of(live)
        _refuse_stranded(before, catalog)
        found = rewrite(old, catalog, before)
        if found.unfit:
            raise SchemaRefused([told(problem) for problem in found.unfit])
        return found

    version = bring(
        tables(catalog),
        catalog.digest,
        sources,
        drop_data=drop_data,
        allow_destructive=allow_destructive,
        rewriter=rewriter,
        manner=Manner(said, notice),
    )
    _remember(catalog, version)
    return version


def back(said: Callable[[str], None] = lambda text: None, notice: float = 0.0) -> int:
    """Make the catalog of before the live one again, as a new version; its number.

    Columns that were added stay, unseen. Raises SchemaRefused where there is none, where it does not compile with this
    engine, or where rows stand against it.
    """
    live = newest()
    before = _before(live)
    if live is None or before is None:
        raise SchemaRefused(["There is no catalog to go back to."])
    compiled = compile_sources(before.sources)
    if compiled.catalog is None:
        found = "; ".join(problem.message for problem in compiled.problems[:3])
        raise SchemaRefused(
            [f"Catalog {before.version} does not compile with this engine: {found}"]
        )
    catalog = compiled.catalog
    undone = _catalog_of(live)

    def rewriter(old: Sequence[TableSpec], now: AppliedCatalog | None) -> Rewrite:
        """What was renamed from the one to the other, the other way round."""
        if undone is None:
            return found_of(old, catalog, None, NO_RENAMES)
        _refuse_stranded(undone, catalog)
        forth = renames(stored.from_json(before.tables), undone, catalog)
        try:
            backwards = way_back(forth, catalog)
        except ValueError as error:
            raise SchemaRefused([str(error)]) from error
        return found_of(old, catalog, undone, backwards)

    version = bring(
        tables(catalog),
        catalog.digest,
        before.sources,
        rewriter=rewriter,
        restores=before.restores or before.version,
        manner=Manner(said, notice),
    )
    _remember(catalog, version)
    return version


def told(problem: Problem) -> str:
    """``problem`` in one line, with its place."""
    span = problem.span
    place = f"{span.file}:{span.line}:{span.column}: " if span is not None else ""
    return f"{place}{problem.code}: {problem.message} {problem.hint}".strip()


def _remember(catalog: Catalog, version: int) -> None:
    applied = AppliedCatalog.objects.get(version=version)
    remember(catalog, version, applied.tables)


def planned(catalog: Catalog, *, drop_data: bool = False) -> Iterator[str]:
    """What `apply` would do, a line per step: its risk, what happens, and how many rows the table has."""
    live = newest()
    old = stored.from_json(live.tables) if live else ()
    move = migration(old, catalog, _catalog_of(live), drop_data=drop_data)
    for problem in move.rewrite.unfit:
        yield f"{'refused':<12} {told(problem)}"
    names = PhysicalNames(*inverse_names(move.rewrite.renames))
    for reason in entries(move.conversions, names):
        yield f"{'refused':<12} {reason}"
    counted = list(with_rows(move))
    for change, count in counted:
        touched = "" if count is None else f" ({count:,} rows)"
        yield f"{change.risk:<12} {change.text}{touched}"
    yield f"{len(counted)} changes: {worst([change for change, _ in counted])}"


def _refuse_stranded(before: Catalog | None, after: Catalog) -> None:
    """Raise SchemaRefused where documents stand in states that ``after`` takes away."""
    reasons = stranded(lost_states(before, after)) if before is not None else []
    if reasons:
        raise SchemaRefused(reasons)


def _before(live: AppliedCatalog | None) -> AppliedCatalog | None:
    """The version before the live one; before what it restores, if it is itself a way back."""
    if live is None:
        return None
    shown = live.restores or live.version
    earlier = AppliedCatalog.objects.filter(version__lt=shown).exclude(digest=live.digest)
    return earlier.order_by("-version").first()


def _catalog_of(live: AppliedCatalog | None) -> Catalog | None:
    """The catalog of a version, if it compiles with this engine."""
    return compile_sources(live.sources).catalog if live is not None else None
