from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from agencies.imports import BadRows, Refused, import_agencies


class Command(BaseCommand):
    help = (
        "Adds or changes agencies from a CSV file (docs/import.md): all of its rows, or none if one is wrong."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = import_agencies(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        except BadRows as error:
            lines = [_("Nichts wurde geschrieben. Bitte korrigieren:")]
            lines += [_("Zeile %(line)s: %(reason)s") % problem._asdict() for problem in error.problems]
            raise CommandError("\n".join(lines)) from error
        summary = _(
            "%(new)s neu, %(changed)s geändert, %(unchanged)s unverändert, %(merged)s zusammengeführt."
        )
        self.stdout.write(summary % {name: done[name] for name in ("new", "changed", "unchanged", "merged")})
