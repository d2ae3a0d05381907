"""Recompute every published number from the open data set, as anybody can who has the file. Asks no database."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.opendata.verify import Damaged, verify

MOST_SHOWN = 20


class Command(BaseCommand):
    help = "Recompute every number of an open data set (/daten/agenturen.jsonl.gz) from the file alone."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="the downloaded file, packed or unpacked")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = verify(options["file"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror or error}") from error
        except Damaged as error:
            raise CommandError(f"{options['file']}: {error}") from error
        for difference in report.differences[:MOST_SHOWN]:
            self.stdout.write(str(difference))
        said = f"{report.numbers} numbers of {report.agencies} agencies recomputed"
        if report.differences:
            raise CommandError(f"{said}, {len(report.differences)} of them differ.")
        self.stdout.write(f"{said}; none differs by more than 1e-9.")
