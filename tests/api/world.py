"""What the fixtures of this folder make."""

from __future__ import annotations

from dataclasses import dataclass

PASSWORD = "correct horse battery"


@dataclass
class World:
    """Ids of what every test finds."""

    north: int
    south: int
    cash: int
    sales: int
    foreign_cash: int
    nails: int
