"""The people of the demo company. Their passwords are printed and are for the demo only."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth import get_user_model

from engine_runtime.access.models import Membership
from engine_runtime.exchange.records import read_rows

ADMINISTRATOR = "admin"


@dataclass(frozen=True, slots=True)
class DemoUser:
    """A log-in for the demo."""

    username: str
    password: str
    name: str
    roles: tuple[str, ...]


def create_users(file: Path, company: int) -> list[DemoUser]:
    """Create the users of ``file`` (username, name, roles parted by ``;``) as members of ``company``."""
    users = [_described(row) for row in read_rows(file)]
    for user in users:
        _create(user, company)
    return users


def _described(row: dict[str, str]) -> DemoUser:
    roles = tuple(role.strip() for role in row["roles"].split(";"))
    return DemoUser(row["username"], f"{row['username']}-demo-2026", row["name"], roles)


def _create(user: DemoUser, company: int) -> None:
    first, _, last = user.name.partition(" ")
    users = get_user_model()
    account = users.objects.create_user(
        user.username, password=user.password, first_name=first, last_name=last
    )
    Membership.objects.bulk_create(
        Membership(user=account, company_id=company, role=role) for role in user.roles
    )
