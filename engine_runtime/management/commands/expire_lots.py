"""``python manage.py expire_lots``: take out what is left of lots whose last day is over, and say what could not be."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from sys import maxsize
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine_runtime.active.catalog import NothingPublished, business_zone
from engine_runtime.jobs.expiry import expire_due

END = time(23, 59, 59)


class Command(BaseCommand):
    """The worker does this by itself; here it is done now, or as at the end of a day, to the last key."""

    help = "Take out what is left of lots whose last day is over, in every company."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, help="as at the end of this day (YYYY-MM-DD)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"]
        try:
            now = timezone.now() if on is None else datetime.combine(on, END, business_zone())
            run = expire_due(now, most=maxsize, again=True)
        except NothingPublished as error:
            raise CommandError(str(error)) from None
        for one in run.refused:
            self.stdout.write(f"{one.ledger}, {one.key}: {one.text} {one.hint}".rstrip())
        self.stdout.write(f"{run.done} key(s) taken out, {len(run.refused)} refused.")
        if run.refused:
            raise CommandError(f"{len(run.refused)} key(s) refused.", returncode=1)
