"""The outbox: what must happen outside once a transaction has committed, written inside it."""

from django.db import models


class Event(models.Model):
    """Something that happened to a document. Delivered at least once, in order per document."""

    id = models.BigIntegerField(primary_key=True)
    name = models.CharField(max_length=80)
    doctype = models.CharField(max_length=80)
    document_id = models.BigIntegerField()
    company_id = models.BigIntegerField(null=True)
    body = models.JSONField()
    created_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    attempts = models.IntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        indexes = (
            # Only what still has to go out is ever searched for.
            models.Index(
                fields=("created_at", "id"),
                name="event_pending",
                condition=models.Q(delivered_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.doctype} {self.document_id}"
