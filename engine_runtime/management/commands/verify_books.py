"""``python manage.py verify_books``: proves the books, or prints what differs and exits 1.

Numbers of tills that have not arrived are told as well; they are no difference.
"""

from __future__ import annotations

import time
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from engine_runtime.access.companies import companies, company_ids
from engine_runtime.active.catalog import NothingPublished
from engine_runtime.ledgers.verify import not_arrived, verify


class Command(BaseCommand):
    """Reads only. What somebody posts between two of its questions may show as a difference: run it again."""

    help = "Prove that ledgers, sub-ledgers, balances, cost layers and numbers agree."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", help="code of one company; without it all")
        parser.add_argument("--at", type=date.fromisoformat, help="up to this day (YYYY-MM-DD)")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        try:
            company = _company(options["company"])
            differences = verify(company, options["at"])
        except NothingPublished as error:
            raise CommandError(str(error)) from None
        for difference in differences:
            self.stdout.write(str(difference))
        for waiting in not_arrived(company) if options["at"] is None else ():
            self.stdout.write(str(waiting))
        if differences:
            raise CommandError(f"{len(differences)} difference(s).", returncode=1)
        self.stdout.write(f"The books agree ({time.monotonic() - started:.1f} s).")


def _company(code: str | None) -> int | None:
    if code is None:
        return None
    found = [company for company in companies(company_ids()) if company.code == code]
    if not found:
        raise CommandError(f"There is no company '{code}'.", returncode=2)
    return found[0].id
