"""What documents need beside their own tables: counters, idempotency keys, history of changes."""

from django.db import models


class NumberSeries(models.Model):
    """A counter. ``last`` is the number given last; it is taken in the transaction that uses it, so none is lost."""

    key = models.CharField(max_length=200, unique=True)
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}: {self.last}"


class IdempotencyKey(models.Model):
    """The answer to a request that carried a key: the same request again gets the same answer, and does nothing."""

    id = models.BigIntegerField(primary_key=True)
    company_id = models.BigIntegerField(null=True)
    actor = models.BigIntegerField()
    key = models.CharField(max_length=200)
    body_hash = models.CharField(max_length=64)
    answer = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("actor", "key"), name="idempotency_key_once"),
        )
        indexes = (models.Index(fields=("created_at",), name="idempotency_key_age"),)

    def __str__(self) -> str:
        return self.key


class MadeOnce(models.Model):
    """An effect that makes at most one document for the values in ``key`` has made ``document_id``."""

    key = models.CharField(max_length=300, primary_key=True)
    doctype = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.key}: {self.doctype} {self.document_id}"


class PackRecord(models.Model):
    """A record that a pack has brought, and how it was when it was loaded last (``engine.kernel.fixtures.Mark``)."""

    pack = models.CharField(max_length=80)
    data = models.CharField(max_length=80)
    """The key of its file in the pack."""
    company_id = models.BigIntegerField(default=0)
    """0: of no company."""
    key = models.CharField(max_length=400)
    """The fields that tell it from others, as JSON."""
    doctype = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    shipped = models.CharField(max_length=64)
    stored = models.CharField(max_length=64)
    fields = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("pack", "data", "company_id", "key"), name="pack_record_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pack}/{self.data} {self.key}"


class Version(models.Model):
    """One change of one document: who, when, what from and to. Append-only by trigger."""

    id = models.BigIntegerField(primary_key=True)
    doctype = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True)
    user_id = models.BigIntegerField(null=True)
    action = models.CharField(max_length=40)
    changes = models.JSONField()
    at = models.DateTimeField()
    reason = models.TextField(default="")

    class Meta:
        indexes = (models.Index(fields=("document_id",), name="version_document"),)

    def __str__(self) -> str:
        return f"{self.action} {self.doctype} {self.document_id}"
