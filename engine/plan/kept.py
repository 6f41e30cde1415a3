"""Balances that a catalog keeps and the one before did not: they are summed up from the entries that stand.

A limit, or lots that expire, may be declared for a ledger in use; and who adds a dimension tells lots apart anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.catalog.ledgers import Ledger
from engine.catalog.whole import Catalog
from engine.plan.renames import Renames
from engine.plan.spec import TableSpec


@dataclass(frozen=True, slots=True)
class Recount:
    """The balances of ``ledger`` by each of ``fresh`` are summed up anew; those by none of its keepers go."""

    ledger: Ledger
    fresh: tuple[tuple[str, ...], ...]


def recounts(
    old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None, moves: Renames
) -> Iterator[Recount]:
    """The ledgers whose balances are kept by something else than ``before`` did.

    ``old``: the tables of the database under their present names. Of a ledger that ``before`` did not know (or nobody
    knows what was before) and that has a table all are summed up.
    """
    there = {table.name for table in old}
    known = {} if before is None else {one.table: one for one in before.ledgers.values()}
    formerly = {new: former for former, new in moves.tables.items()}
    for ledger in catalog.ledgers.values():
        if ledger.table not in there:
            continue  # it is new, and has no entries
        was = known.get(formerly.get(ledger.table, ledger.table))
        names = {former: new for table, former, new in moves.dimensions if table == ledger.table}
        kept = {tuple(names.get(name, name) for name in by) for by in was.keepers} if was else set()
        # What is carried at a cost has layers as well, which no sum tells.
        carried = ledger.valuation.by if ledger.valuation is not None else None
        fresh = tuple(by for by in ledger.keepers if by not in kept and by != carried)
        if fresh or (kept - set(ledger.keepers) and ledger.keepers):
            yield Recount(ledger, fresh)
