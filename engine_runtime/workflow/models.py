"""Who consented to what, what waits for whom, which limits were passed, and who stands in for whom."""

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
    """What waits for ``person``, or for anybody with ``role``: a consent (``rows`` are theirs), or a breach.

    ``place``: the person who was late, where a timer asked ``person`` in their place. ``breach``: the id of the limit
    that was passed and is to be seen to; such a task has no ``state`` and no ``transition``.
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
    breach = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("document_id",), name="task_document"),
            models.Index(fields=("person",), name="task_person"),
            models.Index(fields=("role",), name="task_role"),
            models.Index(fields=("since",), name="task_since"),
            models.Index(fields=("breach",), name="task_breach"),
        )

    def __str__(self) -> str:
        return f"{self.transition} {self.doctype} {self.document_id}: {self.person or self.role}"


class BreachRecord(models.Model):
    """A limit that a document passed, though it may not: it had happened already (``engine.kernel.breaches``).

    ``brought_by``: who brought the document. ``done_by``: who saw to it, and ``note``: how.
    """

    id = models.BigIntegerField(primary_key=True)
    company_id = models.BigIntegerField(null=True)
    doctype = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    limit = models.CharField(max_length=80)
    ledger = models.CharField(max_length=80, default="")
    name = models.CharField(max_length=200)
    key = models.TextField(default="")
    measured = models.CharField(max_length=60)
    allowed = models.CharField(max_length=60)
    said = models.TextField()
    brought_by = models.CharField(max_length=150)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=150, default="")
    note = models.TextField(default="")

    class Meta:
        indexes = (models.Index(fields=("document_id",), name="breach_document"),)

    def __str__(self) -> str:
        return f"{self.name} {self.key}: {self.measured} against {self.allowed}"


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
