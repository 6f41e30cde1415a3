"""``python manage.py run_schedules``: run what is due, and say what failed."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from engine_runtime.active.catalog import NothingPublished, business_zone
from engine_runtime.jobs.models import ScheduleRow
from engine_runtime.jobs.schedules import run_due

END = time(23, 59, 59)


class Command(BaseCommand):
    """The worker does this by itself; here it is done now, or as at the end of a day."""

    help = "Run every schedule that is due, missed runs included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--on", type=date.fromisoformat, help="as at the end of this day (YYYY-MM-DD)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        on = options["on"]
        newest = ScheduleRow.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        try:
            now = timezone.now() if on is None else datetime.combine(on, END, business_zone())
            runs = run_due(now)
        except NothingPublished as error:
            raise CommandError(str(error)) from None
        tried = ScheduleRow.objects.filter(pk__gt=newest).select_related("run").order_by("pk")
        failed = [row for row in tried if row.error]
        for row in failed:
            self.stdout.write(f"{row.run.schedule}, {row.row}: {row.error} {row.hint}".rstrip())
        done = len(tried) - len(failed)
        self.stdout.write(f"{runs} run(s), {done} row(s) done, {len(failed)} failed.")
        if failed:
            raise CommandError(f"{len(failed)} row(s) failed.", returncode=1)
