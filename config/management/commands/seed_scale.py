import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from config.scale import database
from config.scale.size import Size


class Command(BaseCommand):
    help = "Make a database of its own, beside the configured one, with synthetic agencies and reviews to measure on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--agencies", type=int, default=10_000)
        parser.add_argument("--reviews", type=int, default=5_000_000)
        parser.add_argument("--drop", action="store_true", help="drop that database instead")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["drop"]:
                self.drop()
            else:
                self.make(Size(options["agencies"], options["reviews"]))
        except (database.Refused, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).splitlines()[0]}") from error

    def drop(self) -> None:
        name = database.own_name()
        self.stdout.write(f"Dropped {name}." if database.remove() else f"There is no database {name}.")

    def make(self, size: Size) -> None:
        begin = time.monotonic()
        database.make(size, say=lambda step: self.stderr.write(f"{time.monotonic() - begin:6.1f} s  {step}"))
        self.stdout.write(
            f"{size.agencies} agencies and {size.reviews} reviews in {time.monotonic() - begin:.0f} s, "
            f"in the database {database.own_name()}. Their scores are marked stale: recompute_scores writes them."
        )
