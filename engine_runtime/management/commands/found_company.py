"""``python manage.py found_company --code X --name Y``: a company with accounts and fiscal years, ready for books."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError

from engine_runtime.access.actor import system_actor
from engine_runtime.access.joining import all_roles, join
from engine_runtime.active.catalog import NothingPublished, business_zone
from engine_runtime.documents.errors import DocumentError
from engine_runtime.exchange.company import (
    add_fiscal_years,
    found_company,
    has_reference,
    load_reference,
)
from engine_runtime.exchange.records import Record, RecordsUnreadable
from engine_runtime.ledgers.moment import today
from engine_runtime.tables.gateway import gateway


class Command(BaseCommand):
    """Everything or nothing. What packs bring (currencies, units, rates …) is loaded with the first company."""

    help = "Make a company with its chart of accounts and fiscal years."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--code", required=True, help="short, unique: it is part of log-ins and lists"
        )
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", help="its code; without it what the packs say")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            metavar="FIELD=VALUE",
            help="any other field of the company; may be given several times",
        )
        parser.add_argument(
            "--books-from",
            type=date.fromisoformat,
            help="a day of the first fiscal year (default: today)",
        )
        parser.add_argument("--user", help="who gets every role in it (else: manage.py add_member)")

    def handle(self, *args: Any, **options: Any) -> None:
        user = _user(options["user"])
        try:
            now = today(datetime.now(UTC), business_zone())
        except NothingPublished as error:
            raise CommandError(str(error)) from None
        first = options["books_from"] or now
        if first > now:
            raise CommandError("--books-from is not after today.", returncode=2)
        fields = {name: options[name] for name in ("code", "name", "currency")}
        fields |= dict(_setting(text) for text in options["set"])
        try:
            company = _found({k: v for k, v in fields.items() if v is not None}, first, now, user)
        except (NothingPublished, RecordsUnreadable) as error:
            raise CommandError(str(error)) from None
        except DocumentError as error:
            found = [f"  {problem.path}: {problem.message}" for problem in error.problems]
            raise CommandError("\n".join([error.detail, *found])) from None
        self.stdout.write(
            f"{company['name']} ({company['code']}) keeps books from {company['books_from']}."
        )
        if user is None:
            self.stdout.write(
                f"Nobody works in it yet: manage.py add_member USER {company['code']} ROLE…"
            )


def _user(username: str | None) -> int | None:
    if username is None:
        return None
    found = get_user_model().objects.filter(username=username).first()
    if found is None:
        hint = "manage.py add_member --create makes one, once the company is there."
        raise CommandError(f"There is no user '{username}'. {hint}", returncode=2)
    return int(found.pk)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise CommandError(f"--set takes FIELD=VALUE, not '{text}'.", returncode=2)
    return name, value


def _found(fields: Record, first: date, last: date, user: int | None) -> Record:
    folder = Path(settings.METADATA_DIR)
    with gateway().transaction():
        if not has_reference():
            load_reference(system_actor(), folder)
        company = found_company(folder, fields)
        company = add_fiscal_years(system_actor(company["id"]), company, first, last)
        if user is not None:
            join(user, company["id"], all_roles())
    return company
