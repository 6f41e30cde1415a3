"""Loading the demo company into an empty database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.contrib.auth import get_user_model

from engine_runtime.access.companies import company_ids
from engine_runtime.exchange.demo_masters import load_masters
from engine_runtime.exchange.demo_trade import DAYS, open_story, tell
from engine_runtime.exchange.demo_users import DemoUser
from engine_runtime.exchange.pack_data import samples_folder


class DatabaseInUse(Exception):
    """There is a company or a user already; the demo goes into an empty database only."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What was loaded."""

    company: int
    users: tuple[DemoUser, ...]
    counts: dict[str, int]


def load_demo(folder: Path, today: date, announce: Callable[[str], None]) -> Demo:
    """Load masters and a quarter of trade that ends ``today``; ``folder`` is the metadata.

    Raises DatabaseInUse before anything is written.
    """
    if company_ids():
        raise DatabaseInUse("This database has a company already.")
    if get_user_model().objects.exists():
        raise DatabaseInUse("This database has users already.")
    first = today - timedelta(days=DAYS - 1)
    announce("Masters: rates, accounts, items, customers, suppliers …")
    masters = load_masters(folder, first, today)
    announce(f"Trade from {first:%d-%m-%Y} to {today:%d-%m-%Y} …")
    counts = tell(open_story(samples_folder(folder), masters, first, today))
    return Demo(masters.company, masters.users, counts)
