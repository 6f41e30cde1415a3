"""What the worker tells the other processes."""

from django.db import models


class Heartbeat(models.Model):
    """The worker ``name`` was alive at ``at``."""

    name = models.CharField(max_length=120, primary_key=True)
    at = models.DateTimeField()
    memory_mib = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at}"


class BooksCheck(models.Model):
    """The last verification of a company's books, and whether another one was asked for since.

    ``requested_at`` is set when a document posts; a check that began later answers it.
    ``differences`` holds what was found, at most a hundred lines.
    """

    company_id = models.BigIntegerField(primary_key=True)
    requested_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    differences = models.JSONField(default=list)
    error = models.TextField(default="")

    def __str__(self) -> str:
        return f"books of {self.company_id} at {self.checked_at}"
