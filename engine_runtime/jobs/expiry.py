"""Lots whose last day is over, in every company: key by key, each in a transaction of its own.

What there is to do stands in the balances themselves (``open_until``, with an index): nothing is scanned, and nothing
is remembered of a run. Whoever is killed leaves the rest to the next one, and of several at once each takes what the
others have left. A key that is refused is noted with the reason, and tried again after a while.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.utils import OperationalError

from engine.catalog.ledgers import Ledger
from engine.kernel.entries import balance_key
from engine.plan.tables import OPEN_UNTIL
from engine_runtime.access.actor import system_actor
from engine_runtime.active.catalog import CatalogChanged
from engine_runtime.documents.errors import DocumentError, Locked
from engine_runtime.documents.expiring import expire
from engine_runtime.jobs.models import ExpiryFailure
from engine_runtime.ledgers.moment import today
from engine_runtime.ledgers.stored import dimension_values
from engine_runtime.posting.session import Session, at, open_session
from engine_runtime.tables.query import Condition, Order, Select

log = logging.getLogger("bahi.jobs")

BATCH = 200
MOST_KEYS = 1000
"""How many keys one run of the worker takes; the next one goes on."""
LATER = timedelta(hours=1)
"""After so long a key that was refused is tried again."""

Key = Mapping[str, Any]


@dataclass(slots=True)
class Run:
    """What one run came to: keys that were looked at, of which something was taken out, and that were refused."""

    tried: int = 0
    done: int = 0
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A key (of ``lots.by``) of which nothing was taken out, and why; ``hint`` says what to do."""

    ledger: str
    key: str
    error: Exception
    text: str
    hint: str = ""


def expire_due(
    now: datetime, *, ledger: str | None = None, most: int = MOST_KEYS, again: bool = False
) -> Run:
    """Take out what is over by the day of ``now``, in ``ledger`` or in all; at most ``most`` keys.

    ``again``: those too that were refused a short while ago.
    """
    session = open_session(system_actor())
    run = Run()
    for name, book in session.catalog.ledgers.items():
        if book.by_lot and ledger in (None, name):
            _run(session, run, book, now, most, again=again)
    return run


def _run(
    session: Session, run: Run, ledger: Ledger, now: datetime, most: int, *, again: bool
) -> None:
    """One ledger, as far as ``most`` keys go."""
    failures = ExpiryFailure.objects.filter(ledger=ledger.name)
    failed = dict(failures.values_list("key", "at"))
    over: set[str] = set()
    for text, key in _keys(session, ledger, today(now, session.zone)):
        over.add(text)
        if not again and text in failed and failed[text] > now - LATER:
            continue
        if run.tried == most:
            return
        run.tried += 1
        _try(run, ledger, text, key, now)
    # What is not over any more was settled in another way: its document was cancelled.
    if not over.issuperset(failed):
        failures.filter(key__in=failed.keys() - over).delete()


def _try(run: Run, ledger: Ledger, text: str, key: Key, now: datetime) -> None:
    """Take out one key, or note why it cannot be."""
    try:
        with at(now):
            run.done += bool(expire(system_actor(key["company"]), ledger.name, key))
    except Locked:
        return  # the next run finds it
    except (CatalogChanged, OperationalError):
        raise
    except DocumentError as error:
        log.warning("lots of %s, %s: %s", ledger.name, text, error.detail)
        hint = next((problem.hint for problem in error.problems if problem.hint), "")
        refused = Refusal(ledger.name, text, error, error.detail, hint)
    except Exception as error:
        # One key must not keep all the others from expiring.
        log.exception("lots of %s, %s", ledger.name, text)
        told = f"{type(error).__name__}: it was not taken out. Tell your administrator."
        refused = Refusal(ledger.name, text, error, told)
    else:
        ExpiryFailure.objects.filter(ledger=ledger.name, key=text).delete()
        return
    noted = {"error": refused.text, "hint": refused.hint, "at": now}
    ExpiryFailure.objects.update_or_create(ledger=ledger.name, key=text, defaults=noted)
    run.refused.append(refused)


def _keys(session: Session, ledger: Ledger, day: date) -> Iterator[tuple[str, Key]]:
    """The keys that have something left of lots which were over before ``day``, those over longest first."""
    assert ledger.lots is not None
    seen: set[str] = set()
    for lot in _lots(session, ledger, day):
        key = {name: lot[name] for name in ledger.lots.by} | {"company": lot["company"]}
        text = balance_key(ledger.lots.by, lot["company"], lot)
        if text not in seen:
            seen.add(text)
            yield text, key


def _lots(session: Session, ledger: Ledger, day: date) -> Iterator[dict[str, Any]]:
    """Lots with something left, batch by batch; a row's newest entry tells which lot it is."""
    balances, entries = session.tables[f"{ledger.table}__balance"], session.tables[ledger.table]
    names, after = tuple(column.name for column in entries.columns), None
    while True:
        asked = Select(
            balances, (OPEN_UNTIL, "id", "last_entry"), (Condition(OPEN_UNTIL, "<", day),),
            (Order(OPEN_UNTIL), Order("id")), after, BATCH,
        )  # fmt: skip
        [rows] = session.gateway.select([asked], session.tables)
        if not rows:
            return
        after = tuple(rows[-1][:2])
        known = session.gateway.by_id(entries, names, [row[2] for row in rows])
        for _, _, number in rows:
            entry = known[number]
            yield dimension_values(ledger, entry) | {"company": entry["company_id"]}
