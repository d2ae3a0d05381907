"""Delete what has reached the end of its retention (settings.RETENTION_DAYS); beat does the same every night."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts import retention


class Command(BaseCommand):
    help = "Delete what has reached the end of its retention."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only count what would be deleted")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        for name, count in retention.purge(dry_run=dry_run).items():
            self.stdout.write(f"{name}: {count}")
