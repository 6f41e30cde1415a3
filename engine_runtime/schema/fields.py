"""A model field for numbers that must be exact on both databases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, DecimalField
from django.db.models.expressions import Expression

LARGEST_INTEGER = 2**63 - 1


def largest(precision: int) -> int:
    """The largest scaled integer of a column of ``precision`` digits: what both databases can hold."""
    return min(int(10**precision) - 1, LARGEST_INTEGER)


class IdField(BigIntegerField):  # type: ignore[type-arg]
    """A 64-bit key that the engine gives out itself; on SQLite the row id, which needs no index of its own."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """The column type."""
        return "integer" if connection.vendor == "sqlite" else "bigint"


class ExactDecimalField(DecimalField):  # type: ignore[type-arg]
    """numeric(p, s) on PostgreSQL; on SQLite, whose REAL cannot balance, a 64-bit integer scaled by 10 ** s.

    Values that do not fit are refused, never rounded.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        """The column type."""
        if connection.vendor == "sqlite":
            return "bigint"
        return f"numeric({self.max_digits}, {self.decimal_places})"

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:
        """On SQLite a column takes any type of value: only whole numbers in range are let in."""
        if connection.vendor != "sqlite":
            return None
        limit = largest(int(self.max_digits or 0))
        column = connection.ops.quote_name(str(self.column))
        return f"typeof({column}) IN ('integer', 'null') AND {column} BETWEEN -{limit} AND {limit}"

    def get_db_prep_value(
        self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False
    ) -> Any:
        """The value as the database stores it. Raises ValidationError if it does not fit."""
        if value is None or hasattr(value, "as_sql"):
            return value
        number = self.to_python(value)
        scaled = number.scaleb(int(self.decimal_places or 0))
        if scaled != scaled.to_integral_value() or abs(scaled) > largest(int(self.max_digits or 0)):
            raise ValidationError(
                f"{self.name}: {number} does not fit {self.max_digits} digits, {self.decimal_places} of them decimals."
            )
        return int(scaled) if connection.vendor == "sqlite" else number

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        """As `get_db_prep_value`."""
        return self.get_db_prep_value(value, connection)

    def from_db_value(
        self, value: Any, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Decimal | None:
        """The value as a Decimal of the field's scale."""
        if value is None or isinstance(value, Decimal):
            return value
        return Decimal(value).scaleb(-int(self.decimal_places or 0))

    def get_db_converters(self, connection: BaseDatabaseWrapper) -> list[Any]:
        """Only ours: SQLite's own converter of decimals goes through float."""
        return [self.from_db_value] if connection.vendor == "sqlite" else []

    def get_internal_type(self) -> str:
        """A type of its own, so that no backend treats it as its decimal."""
        return "ExactDecimalField"
