"""Checking a name and a password, with a lock-out after repeated failures.

Failures are kept in a table, per user name and address, and not in a cache: the default installation has
several server processes and no shared cache, so a cache in each process would multiply the number of guesses.
"""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth import authenticate
from django.db.models import F
from django.utils import timezone

from engine_runtime.access.errors import CredentialsRefused, LockedOut
from engine_runtime.access.models import LoginFailure

FAILURES_ALLOWED = 5
LOCKED_FOR = timedelta(minutes=15)
NAME_LENGTH = 150


def log_in(username: str, password: str, address: str) -> int:
    """The id of the user with this name and password.

    Raises ``LockedOut`` (also for the right password, while the lock lasts) and ``CredentialsRefused``.
    """
    name = username[:NAME_LENGTH].lower()
    _refuse_if_locked(name, address)
    user = authenticate(username=username, password=password) if "\x00" not in username else None
    if user is None:
        _count(name, address)
        raise CredentialsRefused
    LoginFailure.objects.filter(username=name, address=address).delete()
    return int(user.pk)


def _refuse_if_locked(name: str, address: str) -> None:
    failure = LoginFailure.objects.filter(username=name, address=address).first()
    if failure is None or failure.failures < FAILURES_ALLOWED:
        return
    left = failure.last_at + LOCKED_FOR - timezone.now()
    if left.total_seconds() > 0:
        raise LockedOut(int(left.total_seconds()) + 1)
    failure.delete()


def _count(name: str, address: str) -> None:
    """One failure more; an old row starts again at one."""
    now = timezone.now()
    LoginFailure.objects.filter(last_at__lt=now - LOCKED_FOR).delete()
    failure, made = LoginFailure.objects.get_or_create(
        username=name, address=address, defaults={"failures": 1, "last_at": now}
    )
    if not made:
        LoginFailure.objects.filter(pk=failure.pk).update(failures=F("failures") + 1, last_at=now)
