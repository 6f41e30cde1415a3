"""What the database broke off is tried again, in a transaction of its own and not for ever."""

from __future__ import annotations

import psycopg
import pytest
from django.db import transaction
from django.db.utils import OperationalError

from engine_runtime.documents.errors import Locked
from engine_runtime.documents.retry import TIMES, retried
from tests.runtime.documents.world import World


def broken(cause: type[Exception]) -> OperationalError:
    """What Django makes of an error of the driver."""
    error = OperationalError("broken off")
    error.__cause__ = cause("broken off")
    return error


class Flaky:
    """Fails ``times`` times, then answers."""

    def __init__(self, times: int, error: OperationalError) -> None:
        self.left, self.calls, self.error = times, 0, error

    def __call__(self) -> str:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "done"


@pytest.mark.parametrize(
    "cause", [psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure]
)
def test_a_deadlock_is_tried_again(world: World, cause: type[Exception]) -> None:
    flaky = Flaky(TIMES - 1, broken(cause))
    assert retried(flaky)() == "done"
    assert flaky.calls == TIMES


def test_but_not_for_ever(world: World) -> None:
    flaky = Flaky(100, broken(psycopg.errors.DeadlockDetected))
    with pytest.raises(Locked, match="Try again in a moment"):
        retried(flaky)()
    assert flaky.calls == TIMES


def test_nor_what_will_fail_again(world: World) -> None:
    flaky = Flaky(1, broken(psycopg.errors.AdminShutdown))
    with pytest.raises(OperationalError):
        retried(flaky)()
    assert flaky.calls == 1


def test_nor_inside_a_transaction_that_is_broken_with_it(world: World) -> None:
    flaky = Flaky(1, broken(psycopg.errors.DeadlockDetected))
    with pytest.raises(OperationalError), transaction.atomic():
        retried(flaky)()
    assert flaky.calls == 1
