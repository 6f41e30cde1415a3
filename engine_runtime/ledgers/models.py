"""Closed periods."""

from django.db import models


class PeriodLock(models.Model):
    """Nothing is dated on or before ``locked_until`` in the ledgers of ``area`` of a company."""

    company_id = models.BigIntegerField()
    area = models.CharField(max_length=40)
    locked_until = models.DateField()
    changed_by = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()
    reason = models.TextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("company_id", "area"), name="period_lock_once"),
        )

    def __str__(self) -> str:
        return f"{self.area} of {self.company_id} until {self.locked_until}"
