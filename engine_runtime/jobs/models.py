"""What the worker tells the other processes."""

from typing import Any

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


class Job(models.Model):
    """An action with documents, done in the background. ``results``: one per document that is done, in order."""

    id = models.BigIntegerField(primary_key=True)
    actor = models.BigIntegerField()
    system = models.BooleanField(default=False)
    company_id = models.BigIntegerField(null=True)
    doctype = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    documents = models.JSONField()
    asked = models.JSONField(default=dict)
    results = models.JSONField(default=list)
    error = models.TextField(default="")
    created_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("finished_at", "created_at"), name="job_waiting"),)

    def __str__(self) -> str:
        return f"job {self.id}: {self.action}"

    @property
    def address(self) -> str:
        """Where its progress is told."""
        return f"/api/jobs/{self.id}"

    def as_json(self) -> dict[str, Any]:
        """How far it is."""
        state = "finished" if self.finished_at else "running" if self.taken_at else "waiting"
        return {
            "id": self.id,
            "address": self.address,
            "action": self.action,
            "state": "failed" if self.error else state,
            "total": len(self.documents),
            "done": len(self.results),
            "failed": sum(1 for result in self.results if not result["ok"]),
            "results": self.results,
            "error": self.error,
        }


class ScheduleRun(models.Model):
    """One time at which a schedule was due in one company, and how far its rows are.

    ``rows`` is None until it is known how many there are; ``finished_at`` until all were tried.
    """

    schedule = models.CharField(max_length=80)
    company_id = models.BigIntegerField()
    due = models.DateTimeField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    rows = models.IntegerField(null=True)
    error = models.TextField(default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("schedule", "company_id", "due"), name="schedule_once"),
        )

    def __str__(self) -> str:
        return f"{self.schedule} of {self.due} in {self.company_id}"


class ScheduleRow(models.Model):
    """A row of a run that was done, or failed: then ``error`` says why and ``hint`` what to do."""

    run = models.ForeignKey(ScheduleRun, on_delete=models.CASCADE, related_name="tried")
    row = models.CharField(max_length=200)
    error = models.TextField(default="")
    hint = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "row"), name="schedule_row_once"),)

    def __str__(self) -> str:
        return f"{self.row} of run {self.run_id}: {self.error or 'done'}"


class ExpiryFailure(models.Model):
    """What is left of the lots of ``key`` (of its ``lots.by``) could not be taken out: ``error`` says why."""

    ledger = models.CharField(max_length=80)
    key = models.CharField(max_length=2000)
    error = models.TextField()
    hint = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("ledger", "key"), name="expiry_once"),)

    def __str__(self) -> str:
        return f"{self.ledger}, {self.key}: {self.error}"
