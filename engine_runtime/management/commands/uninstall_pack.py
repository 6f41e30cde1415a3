"""``python manage.py uninstall_pack NAME``: publish the live catalog without one of its packs; its data stays."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine_runtime.active.catalog import NothingPublished
from engine_runtime.exchange.uninstall import without_pack
from engine_runtime.schema.apply import apply
from engine_runtime.schema.errors import SchemaRefused


class Command(BaseCommand):
    """Says what stays. Publishing the pack again brings everything back."""

    help = "Take a pack out of the live catalog and keep its data."

    def add_arguments(self, parser: CommandParser) -> None:
        """The pack, and whether only to say what would be done."""
        parser.add_argument("name", help="the pack, as its pack.yaml calls it")
        parser.add_argument("--dry-run", action="store_true", help="say what stays, and do nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 and nothing changed where something needs the pack."""
        name = options["name"]
        try:
            removal = without_pack(name)
            for line in removal.stays:
                self.stdout.write(line)
            if options["dry_run"]:
                self.stdout.write("Nothing was done.")
                return
            version = apply(removal.catalog, removal.sources, said=self.stdout.write)
        except NothingPublished as error:
            raise CommandError(str(error)) from None
        except SchemaRefused as error:
            raise CommandError(f"Pack {name} stays:\n{error}") from None
        self.stdout.write(f"Catalog {version} is live, without {name}.")
