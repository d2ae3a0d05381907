"""The nine criteria, feedback first: codes from the formula, words for people."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Criterion:
    code: str
    label: "_StrPromise"
    question: "_StrPromise"


CRITERIA = (
    Criterion(
        "feedback",
        _("Feedbackverhalten"),
        _("Kam nach Gesprächen eine Antwort, rechtzeitig und mit Gründen?"),
    ),
    Criterion("reachability", _("Erreichbarkeit"), _("Ruft zurück, beantwortet Mails.")),
    Criterion(
        "honesty",
        _("Ehrlichkeit zur Stelle"),
        _("Stelle, Kunde, Gehalt und Chancen waren, wie sie gesagt wurden."),
    ),
    Criterion("expertise", _("Fachkenntnis und Passung"), _("Versteht das Fach, schlägt vor, was passt.")),
    Criterion(
        "support", _("Vorbereitung und Begleitung"), _("Bereitet auf das Gespräch vor und bleibt dabei.")
    ),
    Criterion("respect", _("Wertschätzung"), _("Umgangston, Pünktlichkeit, kein Druck.")),
    Criterion(
        "discretion", _("Umgang mit meinen Daten"), _("Gibt den Lebenslauf nur mit Zustimmung weiter.")
    ),
    Criterion("terms", _("Konditionen wie besprochen"), _("Unterschrieben wurde, was versprochen war.")),
    Criterion("recommendation", _("Weiterempfehlung"), _("Würdest du sie weiterempfehlen?")),
)
CODES = tuple(criterion.code for criterion in CRITERIA)
LABELS = {criterion.code: criterion.label for criterion in CRITERIA}
STAR_WORDS = {1: _("mangelhaft"), 2: _("ausreichend"), 3: _("befriedigend"), 4: _("gut"), 5: _("sehr gut")}
