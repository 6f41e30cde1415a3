"""What the rows of a document took of the balances of a ledger: the next of them finds that much less there."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from engine.catalog.calculation import RowsStep
from engine.catalog.sources import LedgerSource
from engine.kernel.calculation import Calculation, stored_key
from engine.kernel.rows import Row, rows_at
from engine.kernel.sources import matched

TAKEN = "taken"
ZERO = Decimal(0)
_Key = tuple[Any, ...]


class Taken:
    """Of every balance that ``step`` takes from: how much the rows of the document took already.

    Balances are told apart by what the source matches, and by the fields that tell made rows apart.
    Rows that are not made now (``rows`` are) or that a person chose count from the beginning.
    """

    def __init__(self, calculation: Calculation, step: RowsStep, rows: Sequence[Row]) -> None:
        self._calculation = calculation
        self._step = step
        self._name = step.into.rpartition(".")[2]
        self._fields = calculation.doctype.tables[step.into].fields
        self._amount = next((n for n, e in step.set.items() if e.source.strip() == TAKEN), None)
        self._sums: dict[_Key, Decimal] = {}
        made = {id(row) for row in rows}
        for row in rows_at(calculation.document, step.each):
            chosen = step.editable and any(below["typed"] for below in row[self._name])
            if chosen or id(row) not in made:
                self.note(row)

    def note(self, parent: Row) -> None:
        """Count what stands below ``parent``."""
        match = self._match(parent)
        if match is None or self._amount is None:
            return
        for row in parent[self._name]:
            key = (match, stored_key(self._fields, self._step.identity, row))
            self._sums[key] = self._sums.get(key, ZERO) + (row[self._amount] or ZERO)

    def of(self, parent: Row, values: dict[str, Any]) -> Decimal:
        """How much was taken of the balance that gives ``values`` to a row below ``parent``."""
        match = self._match(parent) if self._sums else None
        if match is None:
            return ZERO
        key = (match, stored_key(self._fields, self._step.identity, values))
        return self._sums.get(key, ZERO)

    def _match(self, parent: Row) -> _Key | None:
        """What the source asks for on behalf of ``parent``; None where nothing is shared."""
        source, step = self._step.source, self._step
        if not isinstance(source, LedgerSource) or step.want is None or self._amount is None:
            return None
        asked = matched(source.match, self._calculation.frame(parent))
        return tuple((name, str(asked[name])) for name in sorted(asked))
