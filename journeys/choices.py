"""What can happen between a candidate, an agency and its client. Codes are stable, labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    PERMANENT = "permanent", _("Festanstellung")
    TEMP = "temp", _("Zeitarbeit")
    FREELANCE = "freelance", _("Freiberuflich")
    STUDENT = "student", _("Studium oder Ausbildung")


class Contact(models.TextChoices):
    APPLIED = "applied", _("Ich habe mich beworben")
    APPROACHED = "approached", _("Die Agentur hat mich angesprochen")
    RECOMMENDED = "recommended", _("Über eine Empfehlung")
    OTHER = "other", _("Anders")


class Stage(models.TextChoices):
    CV_SENT = "cv", _("Lebenslauf geschickt")
    AGENCY_TALK = "agency", _("Gespräch mit der Agentur")
    PRESENTED = "presented", _("Beim Kunden vorgestellt, ohne Gespräch")
    CLIENT_TALK = "client", _("Gespräch beim Kunden")
    OFFER = "offer", _("Angebot")
    HIRED = "hired", _("Stelle angetreten")


class Outcome(models.TextChoices):
    HIRED = "hired", _("Zusage")
    REJECTED = "rejected", _("Absage")
    SILENT = "silent", _("keine Antwort")
    WITHDRAWN = "withdrawn", _("selbst zurückgezogen")
    CANCELLED = "cancelled", _("Stelle entfallen")
    OPEN = "open", _("läuft noch")


class WaitKind(models.TextChoices):
    INTERVIEW = "interview", _("Gespräch")
    APPLICATION = "application", _("Lebenslauf geschickt, vor jedem Gespräch")


class Party(models.TextChoices):
    AGENCY = "agency", _("mit der Agentur")
    CLIENT = "client", _("mit dem Kunden")


class Response(models.TextChoices):
    NOTHING = "nothing", _("Nein, bis heute nichts")
    HOLDING = "holding", _("Nur eine Vertröstung")
    POSITIVE = "positive", _("Ja, eine Zusage oder ein nächster Schritt")
    NEGATIVE = "negative", _("Ja, eine Absage")
    CANCELLED = "cancelled", _("Ja: Die Stelle ist entfallen")
    WITHDREW = "withdrew", _("Ich habe selbst zurückgezogen")


class Channel(models.TextChoices):
    PHONE = "phone", _("Telefon")
    MAIL = "mail", _("E-Mail")
    VIDEO = "video", _("Video")
    IN_PERSON = "person", _("persönlich")
    PORTAL = "portal", _("Portal oder Messenger")


class Reason(models.TextChoices):
    NONE = "none", _("Ohne Begründung")
    PHRASE = "phrase", _("Eine Floskel, etwa „anderweitig entschieden“")
    CONCRETE = "concrete", _("Ein konkreter Grund")
    HELPFUL = "helpful", _("Ein Grund, der mir weiterhilft")


class SilentParty(models.TextChoices):
    AGENCY = "agency", _("die Agentur")
    CLIENT = "client", _("der Kunde")
    UNCLEAR = "unclear", _("unklar")


class Step(models.TextChoices):
    """What a candidate does for an answer, from the first talk to the last means. Each has its letter."""

    FIRST_TALK = "first", _("Vor dem ersten Gespräch: Rückmeldung vereinbaren")
    CLIENT_TALK = "client", _("Vor dem Gespräch beim Kunden: um Rückmeldung bitten")
    FRIENDLY = "day3", _("Tag 3: freundlich nachfragen")
    SECOND = "day7", _("Tag 7: nach dem Stand fragen")
    FIRM = "day14", _("Tag 14: bestimmt nachfragen")
    ACCESS = "day30", _("Tag 30: Auskunft über deine Daten verlangen")

    @property
    def is_chasing(self) -> bool:
        """Whether it asks for an answer that is already late."""
        return self not in (Step.FIRST_TALK, Step.CLIENT_TALK)


class WaitEnd(models.TextChoices):
    """How a wait ended, in the words of survival analysis."""

    ANSWERED = "answered", _("beantwortet")
    WITHDRAWN = "withdrawn", _("zurückgezogen")
    SILENT = "silent", _("noch still")


WAIT_END: dict[str, WaitEnd] = {
    Response.NOTHING: WaitEnd.SILENT,
    Response.HOLDING: WaitEnd.SILENT,  # a holding message does not end the wait
    Response.POSITIVE: WaitEnd.ANSWERED,
    Response.NEGATIVE: WaitEnd.ANSWERED,
    Response.CANCELLED: WaitEnd.ANSWERED,  # being told that the role is gone is an answer
    Response.WITHDREW: WaitEnd.WITHDRAWN,
}
