"""Who consented to what, what waits for whom, and who stands in for whom."""

from django.db import models


class Given(models.Model):
    """A consent: ``person`` (a log-in name) consents to ``transition`` of a document; ``by`` gave it in their place.

    ``fingerprint`` is that of the document as it was: the consent counts as long as it is the same.
    """

    id = models.BigIntegerField(primary_key=True)
    company_id = models.BigIntegerField(null=True)
    doctype = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    version = models.IntegerField()
    transition = models.CharField(max_length=80)
    need = models.CharField(max_length=80)
    person = models.CharField(max_length=150)
    by = models.CharField(max_length=150)
    rows = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=32)
    reason = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("document_id",), name="given_document"),)

    def __str__(self) -> str:
        return f"{self.person}: {self.transition} {self.doctype} {self.document_id}"


class Task(models.Model):
    """A consent that a document waits for: of ``person``, or of anybody with ``role``; ``rows`` are theirs.

    ``place``: the person who was late, where a timer asked ``person`` in their place.
    """

    id = models.BigIntegerField(primary_key=True)
    company_id = models.BigIntegerField(null=True)
    doctype = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    state = models.CharField(max_length=80)
    transition = models.CharField(max_length=80)
    need = models.CharField(max_length=80)
    person = models.CharField(max_length=150, default="")
    role = models.CharField(max_length=80, default="")
    rows = models.JSONField(default=list)
    place = models.CharField(max_length=150, default="")
    timer = models.CharField(max_length=80, default="")
    since = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("document_id",), name="task_document"),
            models.Index(fields=("person",), name="task_person"),
            models.Index(fields=("role",), name="task_role"),
            models.Index(fields=("since",), name="task_since"),
        )

    def __str__(self) -> str:
        return f"{self.transition} {self.doctype} {self.document_id}: {self.person or self.role}"


class StandIn(models.Model):
    """``person`` names ``stand_in`` to act in their place from one day to another, both included."""

    id = models.BigIntegerField(primary_key=True)
    person = models.CharField(max_length=150)
    stand_in = models.CharField(max_length=150)
    from_date = models.DateField()
    to_date = models.DateField()

    class Meta:
        indexes = (models.Index(fields=("stand_in", "to_date"), name="stand_in_now"),)

    def __str__(self) -> str:
        return f"{self.stand_in} for {self.person} until {self.to_date}"
