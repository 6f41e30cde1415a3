"""Working out what a change reaches gives what working everything out gives, and runs little."""

from __future__ import annotations

import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from engine.catalog.doctypes import Doctype
from engine.catalog.fields import Field, Table
from engine.catalog.graph import Graph
from engine.catalog.whole import Catalog
from engine.kernel import recalculate as module
from engine.kernel.calculate import calculate
from engine.kernel.calculation import Calculation
from engine.kernel.recalculate import Change, recalculate
from engine.kernel.rows import Row, append_row, rows_at
from tests.kernel.programs import document
from tests.kernel.test_sources import World, catalog, stock

D = Decimal
DAY = date(2026, 5, 4)
STOCK = [stock(item, batch, 400) for item in (1, 2) for batch in (11, 12)]


def case(row: Row, doctype: str, found: Catalog) -> Calculation:
    world = World({"Stock": STOCK}, {})
    items = {n: {"id": n, "code": str(n), "is_stocked": n == 1} for n in (1, 2)}
    batches = {11: {"id": 11, "expiry": date(2027, 1, 1)}, 12: {"id": 12, "expiry": date(2026, 7, 1)}}  # fmt: skip
    facts = {"Item": items, "Batch": batches}
    made = Calculation(found, found.doctypes[doctype], row, facts, {})
    made.read = world.read
    return made


def plain(doctype: Doctype, row: Row, path: str = "") -> Row:
    """The values of a row and the rows below, to compare."""
    table = doctype.tables[path]
    found = {
        name: row[name]
        for name, field in table.fields.items()
        if field.type not in ("table", "back")
    }
    for child in table.children:
        name = child.rpartition(".")[2]
        found[name] = [plain(doctype, one, child) for one in row[name]]
    return found


def value(field: Field, chance: random.Random) -> Any:
    """A value that a person may type."""
    if chance.random() < 0.1 and not field.required:
        return None
    match field.type:
        case "money" | "rate" | "quantity" | "decimal":
            return D(chance.randint(-2000, 9000)).scaleb(-2)
        case "percent":
            return D(chance.choice([0, 5, 12, 18]))
        case "integer":
            return chance.randint(0, 4)
        case "boolean":
            return chance.random() < 0.5
        case "date":
            return DAY + timedelta(days=chance.randint(0, 90))
        case "link":
            return chance.choice([1, 2])
    return chance.choice(["a", "b", "c"])


def typable(table: Table) -> list[Field]:
    return [
        field
        for field in table.fields.values()
        if (field.writer == "person" or field.editable)
        and field.type not in ("table", "back")
        and field.link in ((), ("Item",))
    ]


def edited(
    doctype: Doctype, row: Row, chance: random.Random, tables: list[str]
) -> Iterator[Change]:
    """One thing that a person does: type a value (or take it back), add a row, take one away."""
    path = chance.choice(["", *tables])
    rows = rows_at(row, path)
    if path and (not rows or chance.random() < 0.25):
        parent_path, _, name = path.rpartition(".")
        parent = chance.choice(rows_at(row, parent_path))
        if parent[name] and chance.random() < 0.4:
            parent[name].pop(chance.randrange(len(parent[name])))
            for index, one in enumerate(parent[name], 1):
                one["index"] = index
        else:
            fresh = append_row(parent, name, doctype.tables[path])
            for field in typable(doctype.tables[path]):
                if field.writer == "person":
                    fresh[field.name] = value(field, chance)
        yield parent_path, parent, name
        return
    one = chance.choice(rows)
    field = chance.choice(typable(doctype.tables[path]))
    one[field.name] = value(field, chance)
    if field.editable:
        typed = set(filter(None, one["typed"].split(",")))
        typed = typed | {field.name} if one[field.name] is not None else typed - {field.name}
        one["typed"] = ",".join(sorted(typed))
    yield path, one, field.name


@pytest.mark.parametrize(
    ("doctype", "tables"),
    [("Bill", ["lines"]), ("Whole Bill", ["lines"]), ("Sale", ["items"])],
)
@pytest.mark.parametrize("seed", range(25))
def test_a_change_gives_what_everything_gives(doctype: str, tables: list[str], seed: int) -> None:
    chance = random.Random(seed)
    found = catalog()
    kind = found.doctypes[doctype]
    graph = Graph(kind)
    shelf = {"warehouse": 5} if doctype == "Sale" else {}
    row = document(found, doctype, {"on_date": DAY, **shelf})
    for _ in range(4):
        list(edited(kind, row, chance, tables))
    calculate(case(row, doctype, found))
    for turn in range(25):
        changes = list(edited(kind, row, chance, tables))
        fresh = deepcopy(row)
        recalculate(case(row, doctype, found), graph, changes)
        calculate(case(fresh, doctype, found))
        assert plain(kind, row) == plain(kind, fresh), (turn, changes[0][0], changes[0][2])


def test_one_cell_runs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    found = catalog()
    lines = [{"item": 2, "quantity": D(1), "price": D(n)} for n in range(1, 201)]
    row = document(found, "Sale", {"on_date": DAY, "warehouse": 5, "items": lines})
    calculate(case(row, "Sale", found))
    ran: list[tuple[str, int]] = []
    plainly = module.run_step

    def noting(calculation: Calculation, step: Any, rows: Any) -> None:
        rows = list(rows)
        ran.append((type(step).__name__, len(rows)))
        plainly(calculation, step, rows)

    monkeypatch.setattr(module, "run_step", noting)
    line = row["items"][7]
    line["price"] = D(5)
    recalculate(case(row, "Sale", found), Graph(found.doctypes["Sale"]), [("items", line, "price")])
    assert ran == [("FormulaStep", 1), ("RowsStep", 1), ("FormulaStep", 1)]
    assert row["total"] == sum(one["amount"] for one in row["items"])
