"""Who may act where: a user's roles, company by company."""

from django.conf import settings
from django.db import models


class Membership(models.Model):
    """A user has a role in a company. A user without a membership in a company cannot enter it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    company_id = models.BigIntegerField()
    role = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user", "company_id", "role"), name="membership_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} is {self.role} in {self.company_id}"


class LoginFailure(models.Model):
    """Failed log-ins of one user name from one address; gone after a success or when the lock has run out."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=64)
    failures = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("username", "address"), name="login_failure_once"),
        )

    def __str__(self) -> str:
        return f"{self.username} from {self.address}: {self.failures}"
