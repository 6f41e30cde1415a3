"""``python manage.py load_demo``: the demo company, into an empty database."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from engine_runtime.active.catalog import NothingPublished, business_zone
from engine_runtime.documents.errors import DocumentError
from engine_runtime.exchange.demo import DatabaseInUse, Demo, load_demo
from engine_runtime.exchange.records import RecordsUnreadable
from engine_runtime.ledgers.moment import today


class Command(BaseCommand):
    """Loads masters and a quarter of trade, and prints the log-ins."""

    help = "Load the demo company into an empty database."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        folder = Path(settings.METADATA_DIR)
        try:
            demo = load_demo(folder, today(datetime.now(UTC), business_zone()), self.stdout.write)
        except DatabaseInUse as error:
            raise CommandError(
                f"{error} The demo needs an empty one: make demo RESET=1 starts over."
            ) from None
        except NothingPublished:
            raise CommandError(
                "Nothing is published yet. Run first: python manage.py publish metadata/"
            ) from None
        except RecordsUnreadable as error:
            raise CommandError(str(error)) from None
        except DocumentError as error:
            raise CommandError(_explained(error)) from error
        self._report(demo, time.monotonic() - started)

    def _report(self, demo: Demo, seconds: float) -> None:
        for name, count in demo.counts.items():
            self.stdout.write(f"  {count:>4}  {name}")
        self.stdout.write(f"Loaded in {seconds:.1f} s. Log-ins, for the demo only:")
        for user in demo.users:
            self.stdout.write(f"  {user.username:<12}{user.password:<24}{', '.join(user.roles)}")


def _explained(error: DocumentError) -> str:
    found = [f"  {problem.path}: {problem.message}" for problem in error.problems]
    return "\n".join([error.detail, *found])
