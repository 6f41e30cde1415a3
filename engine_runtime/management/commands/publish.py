"""``python manage.py publish [folder]``: compile a folder of metadata and make it the live catalog.

Servers go on answering: they have the new catalog within seconds, and no request fails of it. ``--back`` makes the
catalog of before the live one again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from engine.catalog.whole import Catalog
from engine.kernel.pack_records import check_records
from engine.kernel.proof import unbalanced_postings
from engine.problems.problem import Problem
from engine.problems.render import Sources, as_text
from engine.source.load import Unreadable
from engine.testing.run import run_tests
from engine_runtime.active.sources import compile_sources, read_folder
from engine_runtime.documents.errors import DocumentError
from engine_runtime.exchange.company import refresh
from engine_runtime.exchange.records import RecordsUnreadable
from engine_runtime.schema.apply import apply, back, planned
from engine_runtime.schema.errors import SchemaRefused

NOTICE = 2.0


class Command(BaseCommand):
    """Prints every problem and changes nothing if there is an error; else says which version is live."""

    help = "Compile metadata and bring the database to it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The folder, and the permission to drop data."""
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.METADATA_DIR,
            help="default: BAHI_METADATA, or metadata/",
        )
        parser.add_argument(
            "--allow-destructive", action="store_true", help="let go what the metadata says to drop"
        )
        parser.add_argument(
            "--drop-data",
            action="store_true",
            help="drop whatever tables and columns are declared no more",
        )
        parser.add_argument(
            "--back", action="store_true", help="make the catalog of before the live one again"
        )
        parser.add_argument(
            "--notice",
            type=float,
            default=NOTICE,
            help=f"seconds that running servers have to get ready before the switch ({NOTICE:g})",
        )
        parser.add_argument(
            "--without-tests",
            action="store_true",
            help="publish without playing the tests that the packs carry",
        )
        parser.add_argument(
            "--plan", action="store_true", help="say what would be done, and do nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit code 1 and nothing changed on an error."""
        started = time.monotonic()
        if options["back"]:
            version = self._done(lambda: back(self._say, options["notice"]))
            self.stdout.write(f"Catalog {version} is live: what was live before.")
            return
        folder: Path = options["folder"]
        try:
            sources = read_folder(folder)
        except (FileNotFoundError, Unreadable) as error:
            raise CommandError(str(error)) from None
        compiled = compile_sources(sources)
        self._print(compiled.problems, sources)
        if compiled.catalog is None:
            raise CommandError(f"{folder} has errors; nothing was published.")
        catalog = compiled.catalog
        self._prove(catalog, folder, sources)
        if not options["plan"]:
            self._play(catalog, skip=options["without_tests"])
        if options["plan"]:
            for line in planned(catalog, drop_data=options["drop_data"]):
                self.stdout.write(line)
            return
        version = self._done(
            lambda: apply(
                catalog,
                sources,
                drop_data=options["drop_data"],
                allow_destructive=options["allow_destructive"],
                said=self._say,
                notice=options["notice"],
            )
        )
        self._load(folder, version)
        seconds = time.monotonic() - started
        self.stdout.write(f"Catalog {version} is live ({len(sources)} files, {seconds:.1f} s).")

    def _prove(self, catalog: Catalog, folder: Path, sources: Mapping[str, str]) -> None:
        """Refuse what is seen without a database: postings that do not balance, records that cannot be loaded."""
        unbalanced = unbalanced_postings(catalog)
        self._print(unbalanced, sources)
        if unbalanced:
            raise CommandError(f"{folder} has postings that do not balance; nothing was published.")
        records = check_records(catalog, folder)
        self._print(records, sources)
        if any(problem.severity == "error" for problem in records):
            raise CommandError(
                f"{folder} has records that cannot be loaded; nothing was published."
            )

    def _play(self, catalog: Catalog, *, skip: bool) -> None:
        """Play the stories of the packs in memory; nothing is published when one goes another way."""
        if skip:
            self._say(f"{len(catalog.tests)} tests were not played.")
            return
        played = list(run_tests(catalog))
        failures = [failure for one in played for failure in one.failures]
        for failure in failures:
            self.stderr.write(str(failure))
        if failures:
            raise CommandError(
                f"{sum(bool(one.failures) for one in played)} of {len(played)} tests failed; "
                "nothing was published. --without-tests publishes all the same."
            )
        if played:
            self._say(f"{len(played)} tests passed.")

    def _load(self, folder: Path, version: int) -> None:
        """Bring the records of the packs; all of them or none."""
        try:
            loaded = refresh(folder)
        except (RecordsUnreadable, DocumentError) as error:
            found = [f"  {p.path}: {p.message}" for p in getattr(error, "problems", ())]
            text = "\n".join([str(error), *found])
            raise CommandError(
                f"Catalog {version} is live, and no record of its packs was loaded or changed:\n{text}\n"
                "Correct the file and publish again."
            ) from None
        for one in loaded:
            for line in one.told():
                self._say(line)

    @staticmethod
    def _done(work: Callable[[], int]) -> int:
        try:
            return work()
        except SchemaRefused as error:
            raise CommandError(f"Nothing was published:\n{error}") from None

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _print(self, problems: Iterable[Problem], sources: Mapping[str, str]) -> None:
        lines = Sources(sources)
        for problem in problems:
            self.stderr.write(as_text(problem, lines))
