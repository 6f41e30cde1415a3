"""Company, people, items and partners of the demo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from engine_runtime.access.actor import Actor, system_actor
from engine_runtime.access.members import actor_named
from engine_runtime.exchange.company import (
    add_fiscal_years,
    change,
    found_company,
    load_reference,
)
from engine_runtime.exchange.demo_users import ADMINISTRATOR, DemoUser, create_users
from engine_runtime.exchange.pack_data import data_files, load_data, samples_folder
from engine_runtime.exchange.records import Record, by_key, read_rows

MAIN_BRANCH = "MUM"
GODOWN = "-G"
"""What the code of a branch's godown ends in; its shop ends in ``SHOP``."""
SHOP = "-S"


@dataclass(frozen=True, slots=True)
class Masters:
    """What the story needs to know of the masters."""

    company: int
    users: tuple[DemoUser, ...]

    def actor(self, username: str) -> Actor:
        """The demo user ``username`` at work in the demo company."""
        return actor_named(username, self.company)


def load_masters(folder: Path, first: date, today: date) -> Masters:
    """Load everything that stands before the first document. ``folder`` is the metadata."""
    demo = samples_folder(folder)
    load_reference(system_actor(), folder)
    company = found_company(folder, read_rows(demo / "company.csv")[0])
    users = create_users(demo / "users.csv", company["id"])
    actor = actor_named(ADMINISTRATOR, company["id"])
    company = add_fiscal_years(actor, company, first, today)
    samples = data_files(per="company", sample=True)
    loaded = {data.doctype: load_data(actor, folder, pack, data).records for pack, data in samples}
    _settle(actor, company, by_key(loaded["Branch"]), loaded)
    return Masters(company["id"], tuple(users))


def _settle(
    actor: Actor,
    company: Record,
    branches: dict[str, Record],
    loaded: dict[str, list[Record]],
) -> None:
    """What points the other way round: the godown of a branch, the main branch of the company."""
    warehouses, lists = by_key(loaded["Warehouse"]), by_key(loaded["Price List"])
    for code, branch in branches.items():
        change(actor, "Branch", branch, {"warehouse": warehouses[code + GODOWN]["id"]})
    defaults = {
        "main_branch": branches[MAIN_BRANCH]["id"],
        "selling_price_list": lists["WHOLESALE"]["id"],
        "buying_price_list": lists["BUYING"]["id"],
    }
    change(actor, "Company", company, defaults)
