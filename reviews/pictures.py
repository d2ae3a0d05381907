"""The picture of an agency beside a shared link: its name and ten dots, and nothing that its page would not show."""

from dataclasses import astuple, dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from agencies.figures import Tenths
from agencies.models import Agency
from agencies.models.agency import DEMO
from agencies.templatetags.figures import dots_in_words
from pictures.answers import version_of
from pictures.canvas import Canvas
from reviews import numbers


@dataclass(frozen=True)
class AgencyPicture:
    """Its words, in the language of the page, and the states of the ten dots, none where the page has none."""

    name: str
    is_demo: bool
    states: tuple[str, ...]
    sentence: str
    note: str

    @classmethod
    def of(cls, agency: Agency, waits: numbers.Waits | None) -> "AgencyPicture":
        """`waits` as the page shows it. Wants offices prefetched."""
        ten = waits.dots if waits and waits.is_shown else None
        if waits is None or ten is None:
            return cls(agency.short_name, agency.is_demo, (), _not_known(waits), numbers.summary(agency))
        dots = Tenths(ten.answered, ten.late, ten.withdrawn).dots()
        states = tuple(dot.state for dot in dots)
        return cls(agency.short_name, agency.is_demo, states, dots_in_words(ten.answered), waits.basis)

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


def _not_known(waits: numbers.Waits | None) -> str:
    """Why there are no dots, as the page says it."""
    if waits is None:
        return _("Noch keine Gespräche eingetragen.")
    return _("Was bis Tag 14 kam, ist noch nicht bekannt.") if waits.is_shown else waits.not_yet
