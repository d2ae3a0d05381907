from typing import Any

from django.core.management.base import BaseCommand

from agencies import gazetteer


class Command(BaseCommand):
    help = "Fills the tables of places and postcodes from agencies/data/. May run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = gazetteer.load()
        self.stdout.write(
            f"{counts.places} places under {counts.spellings} spellings, {counts.postcodes} postcodes."
        )
