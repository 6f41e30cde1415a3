"""Who acts. An ``Actor`` is passed to every service call; nothing reads the user from a global."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

NO_ROLES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """A user in one company.

    ``companies``: ids of every company the user may enter. ``roles``: company id → role names.
    ``company_id`` is the company in hand; None where the user has none yet.
    ``superuser`` passes every gate but stays inside the company in hand; ``system`` is the engine
    itself (demo loading, schedules) and passes every gate as well.
    """

    user_id: int
    username: str
    company_id: int | None
    companies: frozenset[int]
    roles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    system: bool = False
    superuser: bool = False
    name: str = ""
    catalog: int | None = None
    """The version of the catalog that the call began with; None: the live one."""

    @property
    def unrestricted(self) -> bool:
        """True if no role is asked of this actor."""
        return self.system or self.superuser

    def roles_here(self) -> frozenset[str]:
        """The actor's roles in the company in hand."""
        return self.roles.get(self.company_id, NO_ROLES) if self.company_id else NO_ROLES

    def in_company(self, company_id: int) -> Actor:
        """The same actor with another company in hand (which must be one of ``companies``)."""
        return replace(self, company_id=company_id)


def system_actor(company_id: int | None = None, user_id: int = 0) -> Actor:
    """The engine itself, acting in ``company_id``."""
    companies = frozenset((company_id,)) if company_id else frozenset()
    return Actor(user_id, "system", company_id, companies, system=True, name="System")
