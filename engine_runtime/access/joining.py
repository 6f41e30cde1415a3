"""Making people members of companies."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from engine_runtime.access.models import Membership
from engine_runtime.active.catalog import active


class RoleUnknown(Exception):
    """The published pack has no such role; the text names those that there are."""


def all_roles() -> frozenset[str]:
    """The roles of the published pack. Raises NothingPublished."""
    return frozenset(active().catalog.roles)


def join(user: int, company: int, roles: Collection[str]) -> list[str]:
    """Give ``user`` the ``roles`` in ``company``; returns those that are new. Raises RoleUnknown."""
    known = all_roles()
    for role in roles:
        if role not in known:
            there_are = ", ".join(sorted(known))
            raise RoleUnknown(f"There is no role '{role}'. There are: {there_are}.")
    has = Membership.objects.filter(user_id=user, company_id=company).values_list("role", flat=True)
    fresh = sorted(_new(roles, has))
    Membership.objects.bulk_create(
        Membership(user_id=user, company_id=company, role=role) for role in fresh
    )
    return fresh


def _new(roles: Iterable[str], has: Iterable[str]) -> set[str]:
    return set(roles) - set(has)
