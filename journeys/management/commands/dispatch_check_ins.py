"""Put the questions that are due into mails; beat does the same every minute."""

from typing import Any

from django.core.management.base import BaseCommand

from journeys import dispatch


class Command(BaseCommand):
    help = "Put the questions that are due into mails."

    def handle(self, *args: Any, **options: Any) -> None:
        for verdict, count in dispatch.dispatch().items():
            self.stdout.write(f"{verdict}: {count}")
