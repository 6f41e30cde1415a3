"""What may go wrong when an expression runs. Bad expressions never run: they are problems."""

from __future__ import annotations

from collections.abc import Mapping


class RoleUnresolved(Exception):
    """A role's chain yields nothing. ``givens`` are the values that it was asked with."""

    def __init__(self, role: str, givens: Mapping[str, object]) -> None:
        super().__init__(f"The role '{role}' yields no account.")
        self.role = role
        self.givens = dict(givens)


class NotOneOff(Exception):
    """The expression uses what the one-off evaluator does not have (roles, balances)."""
