"""Bounds that a catalog draws closer: columns whose rows may hold what could not be saved any more.

Such rows do not refuse a publish: a bound says what is entered from now on, and what was right when it was entered
stays. The plan says how many of them cannot be saved again before somebody brings them within it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.catalog.doctypes import Doctype
from engine.catalog.whole import Catalog
from engine.plan.fills import chain
from engine.plan.held import held
from engine.plan.renames import Renames
from engine.plan.spec import TableSpec

_NUMBERS = ("integer", "decimal")


@dataclass(frozen=True, slots=True)
class Bound:
    """Rows of ``table`` may hold in ``column`` (present names) less than ``least`` or more than ``most``.

    ``scale``: the decimals of the column as it is. ``chain``: the table and those that its rows belong to, up to the
    head; ``stages``: of the documents that can be changed, empty where they have none.
    """

    place: str
    """``Sales Order.items.rate``."""
    table: str
    column: str
    kind: str
    scale: int
    least: Decimal | None
    most: Decimal | None
    chain: tuple[str, ...]
    stages: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """What a plan says of it."""
        return f"{self._said} from now on; rows that hold something else keep it: {self._fate}"

    def held(self, count: int) -> str:
        """What is told of ``count`` rows when it is published."""
        rows = "1 row holds" if count == 1 else f"{count:,} rows hold"
        return f"{self._said} from now on; {rows} something else, which stays: {self._fate}"

    @property
    def _said(self) -> str:
        bounds = (("at least", self.least), ("at most", self.most))
        told = " and ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)
        return f"{self.place}: {told}"

    @property
    def _fate(self) -> str:
        asked = "the next save asks for a value within it"
        left = "; submitted documents are left alone" if self.stages == ("draft",) else ""
        return asked + left


def bounds(
    old: Sequence[TableSpec], catalog: Catalog, before: Catalog | None, moves: Renames
) -> Iterator[Bound]:
    """The bounds of ``catalog`` that are closer than those of before, where rows may be outside of them.

    ``old``: the tables of the database under their present names; ``before``: the catalog that made them, if known.
    """
    specs = {table.name: table for table in old}
    for one in held(old, catalog, before, moves):
        field, column, was = one.field, one.column, one.was
        if column.kind not in _NUMBERS or field.type == "link":
            continue
        least = _closer(field.minimum, was.minimum if was is not None else None, -1)
        most = _closer(field.maximum, was.maximum if was is not None else None, 1)
        if least is None and most is None:
            continue
        tables = tuple(table.name for table in chain(one.doctype, one.table))
        yield Bound(
            one.place, one.table.name, column.name, column.kind, column.scale,
            least, most, tables, _stages(one.doctype, specs),
        )  # fmt: skip


def _closer(now: str | None, then: str | None, sign: int) -> Decimal | None:
    """The bound ``now`` if ``then`` let more pass. ``sign``: 1 for the most, -1 for the least."""
    if now is None:
        return None
    bound = Decimal(now)
    return bound if then is None or bound * sign < Decimal(then) * sign else None


def _stages(doctype: Doctype, specs: Mapping[str, TableSpec]) -> tuple[str, ...]:
    head = specs.get(doctype.head.name)
    if not doctype.submittable or head is None or "stage" not in head.by_name:
        return ()
    return ("draft", "submitted") if doctype.amend == "in_place" else ("draft",)
