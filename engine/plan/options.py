"""Options that a catalog takes away: columns whose rows may hold what is no option any more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.catalog.whole import Catalog
from engine.plan.held import held
from engine.plan.renames import Renames
from engine.plan.spec import ColumnSpec, TableSpec, converts


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Rows of ``table`` may hold in ``column`` (present names) what is not among ``known``.

    ``known``: the options, and former ones that are renamed. ``gone``: the options that were taken out; empty where
    the catalog of before does not tell what rows hold, because it had no such field, or one that was no choice.
    """

    place: str
    """``Sales Order.items.kind``."""
    table: str
    column: str
    known: frozenset[str]
    gone: tuple[str, ...]

    @property
    def text(self) -> str:
        """What a plan says of it."""
        if not self.gone:
            return f"{self.place}: rows that hold what is none of its options refuse the publish"
        words = ", ".join(f"'{one}'" for one in self.gone)
        said = "is no option any more" if len(self.gone) == 1 else "are no options any more"
        return f"{self.place}: {words} {said}; rows that hold it refuse the publish. {way_out(self.gone)}"

    def held(self, value: str, count: int) -> str:
        """Why rows refuse a publish."""
        rows = "1 row holds" if count == 1 else f"{count:,} rows hold"
        return f"{self.place}: {rows} '{value}', which is no option there. {way_out((value,))}"


def way_out(values: Sequence[str]) -> str:
    """What may be done about ``values`` that are options no more."""
    pairs = ", ".join(f"{one}: …" for one in values)
    return (
        f"Say what it becomes (renamed_options: {{{pairs}}}), keep the option, "
        "or give these rows another value first."
    )


def narrowed(
    old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None, moves: Renames
) -> Iterator[Narrowed]:
    """The choices of ``catalog`` that may not know what rows hold.

    ``old``: the tables of the database under their present names; ``before``: the catalog that made them, if known.
    """
    for one in held(old, catalog, before, moves):
        field, was = one.field, one.was
        place = (one.table.name, one.column.name)
        if field.type != "choice" or not _is_kept(one.column):
            continue
        renamed = {word for name, column, word, _ in moves.options if (name, column) == place}
        known = renamed.union(field.options)
        gone = () if was is None else tuple(word for word in was.options if word not in known)
        if gone or was is None or was.type != "choice":
            yield Narrowed(one.place, *place, frozenset(known), gone)


def _is_kept(column: ColumnSpec) -> bool:
    """Whether values that ``column`` holds will be those of a choice."""
    return column.kind in ("text", "long_text") or converts(column.kind, "text")
