"""Pictures beside shared links, of an agency and of a comparison: names, ten dots, and nothing that the pages lack."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.figures import number_of_ten
from agencies.models import Agency
from agencies.models.agency import DEMO
from agencies.templatetags.figures import dots_in_words
from pictures.answers import version_of
from pictures.canvas import Canvas
from reviews import numbers
from reviews.comparison import Column, Comparison


@dataclass(frozen=True)
class AgencyPicture:
    """Its words, in the language of the page, and the states of the ten dots, none where the page has none."""

    name: str
    is_demo: bool
    states: tuple[str, ...]
    sentence: str
    note: str

    @classmethod
    def of(cls, agency: Agency, towns: Iterable[str], waits: numbers.Waits | None) -> "AgencyPicture":
        """`waits` as the page shows it, `towns` of the agency's offices."""
        ten = waits.dots if waits and waits.is_shown else None
        if waits is None or ten is None:
            note = numbers.summary(agency, towns)
            return cls(agency.short_name, agency.is_demo, (), _not_known(waits), note)
        states, sentence = tuple(ten.states), dots_in_words(ten.answered)
        return cls(agency.short_name, agency.is_demo, states, sentence, waits.basis)

    @property
    def version(self) -> str:
        return version_of(*astuple(self))

    @property
    def words(self) -> str:
        """What there is to see, for those who hear it."""
        name = f"{self.name}{DEMO}" if self.is_demo else self.name
        return f"{name}. {self.sentence} {self.note}."

    def url(self, slug: str) -> str:
        return reverse("reviews:agency-picture", args=[slug, self.version])

    def draw(self) -> bytes:
        canvas = Canvas()
        if self.is_demo:
            canvas.kicker(_("Demo, alles erfunden"))
        canvas.headline(self.name, height=126 if self.states else 260)
        if self.states:
            canvas.dots(self.states)
        canvas.sentence(self.sentence)
        canvas.note(self.note)
        canvas.foot(settings.SITE_NAME, _("Bewertungen von Personalberatungen"))
        return canvas.png()


@dataclass(frozen=True)
class ComparisonPicture:
    """Its words, in the language of the page, and for each agency its name, the states of its dots, and their number.

    The same whichever way it was asked for, so that it is drawn once for one comparison.
    """

    slugs: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
    has_demo: bool

    @classmethod
    def of(cls, comparison: Comparison) -> "ComparisonPicture":
        agencies = [column.agency for column in comparison.columns]
        rows = tuple(_row(column) for column in comparison.columns)
        return cls(tuple(agency.slug for agency in agencies), rows, any(one.is_demo for one in agencies))

    @property
    def version(self) -> str:
        return version_of(*astuple(self), self.title)

    @property
    def title(self) -> str:
        return _("Rückmeldung innerhalb von 14 Tagen")

    @property
    def words(self) -> str:
        """What there is to see, for those who hear it."""
        return f"{self.title}. " + " ".join(
            f"{name}: {', '.join(said)}." for name, _states, said in self.rows
        )

    @property
    def url(self) -> str:
        query = urlencode([("a", slug) for slug in self.slugs])
        return f"{reverse('reviews:agency-compare-picture', args=[self.version])}?{query}"

    def draw(self) -> bytes:
        canvas = Canvas()
        demo = f"{_('Demo, alles erfunden')}. " if self.has_demo else ""
        canvas.kicker(f"{demo}{self.title}")
        canvas.rows(self.rows)
        canvas.foot(settings.SITE_NAME, _("Personalberatungen im Vergleich"))
        return canvas.png()


def _row(column: Column) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    waits = column.shown_waits
    ten = waits.dots if waits else None
    if waits is None or ten is None:
        return column.name, (), (column.no_waits.rstrip("."),)
    said = number_of_ten(ten.answered)
    return column.name, tuple(ten.states), (said, f"n {waits.row.waits}")


def _not_known(waits: numbers.Waits | None) -> str:
    """Why there are no dots, as the page says it."""
    if waits is None:
        return _("Noch keine Gespräche eingetragen.")
    return _("Was bis Tag 14 kam, ist noch nicht bekannt.") if waits.is_shown else waits.not_yet
