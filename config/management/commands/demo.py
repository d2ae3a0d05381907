"""Load the demo once, or print its logins."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from agencies.models import Agency, Place
from agencies.search import refresh_search
from config.demo import build, followed
from reviews.recompute import count_outcomes, recompute_all, write_snapshots


class Command(BaseCommand):
    help = "Load invented agencies, people and reviews (once; a second call changes nothing)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--logins", action="store_true", help="print the demo logins instead")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["logins"]:
            self.print_logins()
        elif build.is_loaded():
            self.stdout.write("The demo is already loaded.")
        else:
            self.load()

    def load(self) -> None:
        if not Place.objects.exists():
            raise CommandError("Load the places first: manage.py load_places")
        with transaction.atomic():
            counts = build.build() | {"processes": followed.build()}
        refresh_search(list(Agency.objects.values_list("pk", flat=True)))
        recompute_all()
        count_outcomes()
        write_snapshots()
        self.stdout.write("Loaded " + ", ".join(f"{count} {what}" for what, count in counts.items()) + ".")

    def print_logins(self) -> None:
        if not build.LOGINS_FILE.exists():
            raise CommandError("There are no demo logins; load the demo first.")
        for login in json.loads(build.LOGINS_FILE.read_text(encoding="utf-8")):
            totp = f"  TOTP {login['totp']}" if "totp" in login else ""
            self.stdout.write(f"{login['role']:<24} {login['email']}  {login['password']}{totp}")
