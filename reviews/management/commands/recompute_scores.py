"""Recompute scores from the reviews: of some agencies, of all, or of those that are marked stale."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.models import Agency
from reviews import recompute


def ids_of(slugs: list[str]) -> list[int]:
    """The agencies' ids. CommandError names the slugs that no agency has."""
    found = dict(Agency.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    if unknown := sorted(set(slugs) - found.keys()):
        raise CommandError(f"No such agency: {', '.join(unknown)}")
    return list(found.values())


class Command(BaseCommand):
    help = "Recompute the scores of the agencies SLUG..., of all with --all, or of those marked stale."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group()
        which.add_argument("slugs", nargs="*", default=[], metavar="SLUG")
        which.add_argument("--all", action="store_true", help="every agency and the market; drift is logged")

    def handle(self, *args: Any, **options: Any) -> None:
        also = ""
        if options["all"]:
            count, also = recompute.recompute_all(), ", and the numbers of all together"
        elif options["slugs"]:
            count = recompute.recompute(ids_of(options["slugs"]))
        else:
            count = recompute.recompute_stale()
        self.stdout.write(f"Agencies recomputed: {count}{also}")
