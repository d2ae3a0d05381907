import hashlib
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from agencies.models import Place
from config.demo import build
from config.translations import compile_catalogues
from reviews.opendata import files


class Command(BaseCommand):
    """Does only what is not done yet, so that a second start is quick. Progress goes to stderr, logins to stdout."""

    help = "Make ready for a start: translations, static files, tables, places and, with DEMO, the demo."
    requires_system_checks = ()  # `make test` makes them; here they would only delay every start

    def handle(self, *args: Any, **options: Any) -> None:
        if compile_catalogues():
            self.say("Compiled the translations")
        self.collect_static()
        try:
            self.fill_database()
        except OperationalError as error:
            raise CommandError(f"The database does not answer: {str(error).splitlines()[0]}") from error

    def fill_database(self) -> None:
        self.migrate()
        if not Place.objects.exists():
            self.say("Loading places and postcodes ...")
            call_command("load_places", stdout=sys.stderr)
        if settings.DEMO:
            self.demo()

    def say(self, line: str) -> None:
        self.stderr.write(line, lambda text: text)

    def collect_static(self) -> None:
        """The stamp is made from what the static files are made from: ours, and the packages in uv.lock."""
        stamp = Path(settings.STATIC_ROOT).with_suffix(".stamp")
        wanted = _fingerprint(settings.BASE_DIR)
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.say("Collecting static files ...")
        call_command("collectstatic", interactive=False, clear=True, verbosity=0)
        stamp.write_text(wanted)

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.say("Migrating the database ...")
            call_command("migrate", interactive=False, verbosity=0)

    def demo(self) -> None:
        """Only into a platform without people: a database that was given to us may be somebody's real one."""
        if not get_user_model().objects.exists():
            self.say("Loading the demo ...")
            call_command("demo", stdout=sys.stderr)
        if build.is_loaded() and build.LOGINS_FILE.exists():
            call_command("demo", logins=True, stdout=self.stdout)
        if files.newest() is None:
            files.publish()


def _fingerprint(base: Path) -> str:
    files = [base / "uv.lock", *sorted((base / "static").rglob("*"))]
    lines = [
        f"{file}:{os.stat(file).st_mtime_ns}:{os.stat(file).st_size}" for file in files if file.is_file()
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
