"""``python manage.py add_member USERNAME COMPANY ROLE…``: lets a user work in a company."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from engine_runtime.access.companies import companies, company_ids
from engine_runtime.access.joining import RoleUnknown, join
from engine_runtime.active.catalog import NothingPublished


class Command(BaseCommand):
    """Adds roles, takes none away; what the user has already stays."""

    help = "Let a user work in a company, with these roles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("company", help="its code")
        parser.add_argument("roles", nargs="+", metavar="role")
        parser.add_argument(
            "--create",
            action="store_true",
            help="make the user, with a password that is asked for (or is the first line of the input)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        company = company_coded(options["company"])
        try:
            with transaction.atomic():
                user = _user(options["username"], create=options["create"])
                added = join(user, company, options["roles"])
        except (RoleUnknown, NothingPublished) as error:
            raise CommandError(str(error), returncode=2) from None
        words = ", ".join(added) or "nothing that was not there already"
        self.stdout.write(f"{options['username']} in {options['company']}: added {words}.")


def company_coded(code: str) -> int:
    """The id of the company with that code. Raises CommandError."""
    found = companies(company_ids())
    for company in found:
        if company.code == code:
            return company.id
    there_are = ", ".join(company.code for company in found) or "none"
    raise CommandError(f"There is no company '{code}'. There are: {there_are}.", returncode=2)


def _user(username: str, *, create: bool) -> int:
    users = get_user_model()
    found = users.objects.filter(username=username).first()
    if found is not None:
        return int(found.pk)
    if not create:
        raise CommandError(f"There is no user '{username}'. --create makes it.", returncode=2)
    made = users(username=username)
    password = _password()
    try:
        validate_password(password, made)
        made.set_password(password)
        made.full_clean()
    except ValidationError as error:
        raise CommandError(" ".join(error.messages), returncode=2) from None
    made.save()
    return int(made.pk)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass()
    if getpass("Password (again): ") != password:
        raise CommandError("The two passwords differ.", returncode=2)
    return password
