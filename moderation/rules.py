"""The one table from a reason to the rule behind it, and to the words a moderator starts from.

`clause` is an anchor in the terms (/agb/). The law is named where the text would also be unlawful; the terms
come first, because they are what a decision rests on. Words are lazy: a mail says them in the author's language.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from moderation.models import Decision, Mark

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Reason = Decision.Reason


@dataclass(frozen=True)
class Rule:
    section: int
    clause: str
    law: "_StrPromise | str"
    fact: "_StrPromise"  # what is wrong, said to the author
    advice: "_StrPromise | str" = ""  # what would help, when a change is asked for

    @property
    def url(self) -> str:
        return f"{reverse('terms')}#{self.clause}"

    def __str__(self) -> str:
        terms = _now("Nutzungsbedingungen, Abschnitt %(n)s") % {"n": self.section}
        return f"{terms}; {self.law}" if self.law else terms

    def words_for(self, outcome: str) -> str:
        """The text a moderator starts from."""
        asks = outcome == Decision.Outcome.REQUEST_CHANGES
        return f"{self.fact} {self.advice}".strip() if asks else str(self.fact)


RULES: dict[str, Rule] = {
    Reason.INSULT: Rule(
        3,
        "beleidigung",
        "§ 185 StGB",
        _("Die Stelle beschimpft jemanden, statt zu sagen, was passiert ist."),
        _("Bitte beschreib, was geschehen ist. Scharfe Kritik an der Sache ist erlaubt."),
    ),
    Reason.PERSONAL_DATA: Rule(
        3,
        "namen",
        _("Art. 6 DSGVO"),
        _("Der Text nennt einen Namen oder andere persönliche Daten."),
        _("Bitte lass sie weg: Bewertet wird die Agentur, nicht die Person."),
    ),
    Reason.SPECIAL_CATEGORY: Rule(
        3,
        "geschuetzt",
        _("Art. 9 DSGVO"),
        _("Der Text enthält besonders geschützte Angaben, etwa zu Gesundheit, Religion oder Herkunft."),
        _("Bitte schreib ohne diese Angaben."),
    ),
    Reason.UNTRUE_FACT: Rule(
        3,
        "tatsachen",
        "§ 186 StGB, §§ 823, 1004 BGB",
        _("Der Text behauptet eine Tatsache, ohne dass etwas Nachprüfbares dazu genannt ist."),
        _("Bitte schreib, was du selbst erlebt hast und woran du es festmachst."),
    ),
    Reason.NO_CONTACT: Rule(
        2,
        "kontakt",
        "",
        _("Aus der Bewertung geht kein eigener Kontakt mit der Agentur hervor."),
        _("Bitte beschreib, wie du mit der Agentur zu tun hattest."),
    ),
    Reason.SELF_OR_PAID: Rule(
        2,
        "unabhaengig",
        _("§ 3 Abs. 3 UWG, Anhang Nr. 23c"),
        _("Es gibt deutliche Hinweise, dass die Bewertung von der Agentur selbst kommt oder bezahlt ist."),
        _("Stimmt das nicht, dann beschreib bitte, in welchem Verhältnis du zur Agentur stehst."),
    ),
    Reason.HATE: Rule(
        3,
        "beleidigung",
        "§ 130 StGB, § 1 AGG",
        _("Der Text wertet Menschen wegen eines Merkmals ab, etwa wegen Herkunft, Geschlecht oder Alter."),
        _("Bitte schreib ohne diese Abwertung."),
    ),
    Reason.THREAT: Rule(
        3,
        "beleidigung",
        "§ 241 StGB",
        _("Der Text droht jemandem."),
        _("Bitte nimm die Drohung heraus."),
    ),
    Reason.SECRET: Rule(
        3,
        "bezug",
        "§ 4 GeschGehG",
        _("Der Text nennt Einzelheiten, die erkennbar vertraulich sind."),
        _("Bitte lass sie weg."),
    ),
    Reason.OFF_TOPIC: Rule(
        3,
        "bezug",
        "",
        _("Der Text handelt nicht von einer Erfahrung mit dieser Agentur."),
        _("Bitte beschreib, was du mit dieser Agentur erlebt hast."),
    ),
    Reason.DUPLICATE: Rule(
        2,
        "eine-je-bewerbung",
        "",
        _("Zu derselben Bewerbung gibt es schon eine Bewertung von dir."),
        _("Bitte ändere die vorhandene Bewertung, wenn etwas dazugekommen ist."),
    ),
    Reason.SPAM: Rule(
        3,
        "bezug",
        "",
        _("Der Text wirbt für etwas oder verweist auf andere Seiten."),
        _("Bitte lass Werbung und Internetadressen weg."),
    ),
    Reason.AGENCY_REFUSED: Rule(
        2, "vorschlag", "", _("Die Agentur, die du vorgeschlagen hast, nehmen wir nicht auf.")
    ),
}

# What a mark most often means, as the reason a moderator finds chosen.
LIKELY: dict[str, Reason] = {
    Mark.Code.INSULT: Reason.INSULT,
    Mark.Code.PERSON_NAME: Reason.PERSONAL_DATA,
    Mark.Code.EMAIL: Reason.PERSONAL_DATA,
    Mark.Code.PHONE: Reason.PERSONAL_DATA,
    Mark.Code.URL: Reason.SPAM,
    Mark.Code.OWN_DOMAIN: Reason.SELF_OR_PAID,
    Mark.Code.MEMBER: Reason.SELF_OR_PAID,
}


def rule_of_record(reason: str) -> str:
    """The rule as a decision stores it: in German, whoever decides and reads."""
    with translation.override("de"):
        return str(RULES[reason])
