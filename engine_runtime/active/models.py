"""Every catalog that was ever applied: what an entry's `catalog` column points to."""

from django.db import models


class AppliedCatalog(models.Model):
    """One published catalog. Rows are only added; the highest version is live.

    ``tables`` of the newest also has what a publish is making."""

    version = models.IntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    sources = models.JSONField()
    """File → text, from which the catalog is compiled again by any process."""
    tables = models.JSONField()
    """The physical tables it made, as `schema/stored.py` writes them: a newer engine might derive others."""
    applied_at = models.DateTimeField()
    restores = models.IntegerField(null=True)
    """The earlier version whose sources these are, if the publish went back."""

    class Meta:
        ordering = ("version",)

    def __str__(self) -> str:
        return f"catalog {self.version}"


class ComingCatalog(models.Model):
    """What a publish on its way will make live: processes compile it ahead, so that the switch waits for nobody."""

    digest = models.CharField(max_length=64, primary_key=True)
    sources = models.JSONField()
    since = models.DateTimeField()

    def __str__(self) -> str:
        return f"coming {self.digest[:12]}"
