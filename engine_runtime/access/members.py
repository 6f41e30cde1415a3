"""From a user to an ``Actor``: one query for the user and the memberships, one more for superusers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import get_user_model
from django.db import connection
from django.utils.crypto import salted_hmac

from engine_runtime.access.actor import Actor
from engine_runtime.access.companies import company_ids
from engine_runtime.access.errors import CompanyRefused
from engine_runtime.access.models import Membership


@dataclass(frozen=True, slots=True)
class Member:
    """A user as the database knows them now."""

    user_id: int
    username: str
    name: str
    fingerprint: str
    """Changes with the password; tokens carry it."""
    active: bool
    superuser: bool
    roles: dict[int, frozenset[str]]


def fingerprint(user_id: int, password_hash: str) -> str:
    """A short keyed digest of the password hash: it proves nothing about the password."""
    digest = salted_hmac("bahi.token", f"{user_id}:{password_hash}", algorithm="sha256")
    return digest.hexdigest()[:16]


_STATEMENT = (
    "SELECT u.username, u.first_name, u.last_name, u.password, u.is_active, u.is_superuser,"
    " m.company_id, m.role FROM auth_user u LEFT JOIN access_membership m ON m.user_id = u.id"
    " WHERE u.id = %s"
)
"""Every request runs it: plain text, because building it with the ORM costs more than running it."""


def member(user_id: int) -> Member | None:
    """The user ``user_id`` with roles per company; None if there is no such user."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, [user_id])
        rows = cursor.fetchall()
    if not rows:
        return None
    username, first, last, password, active, superuser, _, _ = rows[0]
    roles: dict[int, set[str]] = defaultdict(set)
    for row in rows:
        if row[6] is not None:
            roles[row[6]].add(row[7])
    return Member(
        user_id=user_id,
        username=username,
        name=f"{first} {last}".strip() or username,
        fingerprint=fingerprint(user_id, password),
        active=bool(active),
        superuser=bool(superuser),
        roles={company: frozenset(names) for company, names in roles.items()},
    )


def actor_of(found: Member, company: int | None) -> Actor:
    """The actor of a member with ``company`` in hand (default: the first). Raises ``CompanyRefused``."""
    companies = frozenset(company_ids()) if found.superuser else frozenset(found.roles)
    if company is not None and company not in companies:
        raise CompanyRefused(str(company))
    return Actor(
        user_id=found.user_id,
        username=found.username,
        company_id=company if company is not None else min(companies, default=None),
        companies=companies,
        roles=found.roles,
        superuser=found.superuser,
        name=found.name,
    )


def actor_named(username: str, company: int | None = None) -> Actor:
    """The actor of a user by name, for commands and tests. Raises ``User.DoesNotExist``."""
    users = get_user_model()
    user = users.objects.only("id").get(username=username)
    found = member(user.pk)
    if found is None:
        raise users.DoesNotExist(username)
    return actor_of(found, company)


def roles_in(
    usernames: Iterable[str], company: int | None
) -> dict[str, tuple[int, frozenset[str]]]:
    """The active users of these names: (id, roles in ``company``)."""
    users = get_user_model().objects.filter(username__in=list(usernames), is_active=True)
    found = {name: (number, set[str]()) for number, name in users.values_list("pk", "username")}
    wanted = {number for number, _ in found.values()} if company is not None else set()
    rows = Membership.objects.filter(user_id__in=wanted, company_id=company or 0)
    for name, role in rows.values_list("user__username", "role"):
        found[name][1].add(role)
    return {name: (number, frozenset(roles)) for name, (number, roles) in found.items()}
