"""Consent to mails that are no service mails: asked with an unticked box, confirmed by mail, withdrawn by one click.

Both links prove who reads the mailbox, so neither needs a login. That of the withdrawal never ends: it stands in every
such mail, and works for a later consent to the same kind as well.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import links
from accounts.events import record
from accounts.mail import queue_mail
from accounts.models import Consent, User

CONFIRM, WITHDRAW = "accounts.consents.confirm", "accounts.consents.withdraw"  # salts
HOURS = 72  # in which the link of the mail confirms
AGAIN = timedelta(minutes=10)  # a second mail comes no sooner


class Wording(NamedTuple):
    """What a person agrees to, as it stands beside the box. `version` is stored with the consent."""

    version: str
    sentence: Promise | str


# A new sentence is a new version: the old one is what people have agreed to.
WORDINGS: dict[str, Wording] = {
    Consent.Kind.CHECK_INS: Wording(
        "2026-11",
        _(
            "Fragt mich 3, 7, 14, 30 und 45 Tage nach einem Gespräch per Mail, ob eine Antwort kam, "
            "höchstens einmal am Tag. Ich kann das jederzeit mit einem Klick beenden."
        ),
    )
}


class Standing(NamedTuple):
    """One kind of mail in a person's account: asked for and confirmed, or not."""

    kind: Consent.Kind
    sentence: Promise | str
    consent: Consent | None  # the open one, if there is


def standings(user: User) -> list[Standing]:
    mine = {one.kind: one for one in Consent.objects.filter(user=user, withdrawn_at=None)}
    return [
        Standing(Consent.Kind(kind), wording.sentence, mine.get(kind)) for kind, wording in WORDINGS.items()
    ]


def is_open(user: User, kind: str) -> bool:
    """Whether there is something to withdraw, confirmed or not."""
    return Consent.objects.filter(user=user, kind=kind, withdrawn_at=None).exists()


def has_given(user: User, kind: str) -> bool:
    return Consent.objects.given().filter(user=user, kind=kind).exists()


class Asked(NamedTuple):
    """What became of a ticked box. `is_sent`: a mail went out now, and not a moment ago."""

    consent: Consent
    is_sent: bool

    @property
    def words(self) -> str:
        """What to say to the person, with times on their own clock."""
        if self.consent.confirmed_at:
            return _now("Das ist schon eingeschaltet.")
        if self.is_sent:
            return _now(
                "Wir haben dir eine Mail geschickt. Erst der Link darin schaltet die Erinnerungen ein."
            )
        asked_at = self.consent.asked_at.astimezone(ZoneInfo(self.consent.user.zone))
        again_at = asked_at + AGAIN + timedelta(minutes=1)  # a clock without seconds rounds down
        return _now(
            "Die Mail von %(sent)s Uhr ist schon unterwegs, eine zweite haben wir nicht geschickt. "
            "Kommt sie nicht an, kannst du ab %(again)s Uhr eine neue anfordern."
        ) % {"sent": date_format(asked_at, "TIME_FORMAT"), "again": date_format(again_at, "TIME_FORMAT")}


@transaction.atomic
def ask(*, user: User, kind: str) -> Asked:
    """Note that the person ticked the box, and send the mail that confirms it; once in ten minutes at most.

    A consent that is given already stays as it is. Who took back their wish a moment ago has its mail already.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)  # two clicks make one consent and one mail
    consent = Consent.objects.filter(user=user, kind=kind, withdrawn_at=None).first()
    consent = consent or _wish_again(user, kind)
    if consent and (consent.confirmed_at or consent.asked_at > timezone.now() - AGAIN):
        return Asked(consent, is_sent=False)
    consent = consent or Consent(user=user, kind=kind)
    consent.text_version, consent.asked_at = WORDINGS[kind].version, timezone.now()
    consent.save()
    record(verb="ask consent", subject=consent, by=user, version=consent.text_version)
    _send(consent)
    return Asked(consent, is_sent=True)


def _wish_again(user: User, kind: str) -> Consent | None:
    """What was asked within AGAIN and withdrawn unconfirmed, open again."""
    recent = Consent.objects.filter(
        user=user, kind=kind, confirmed_at=None, asked_at__gt=timezone.now() - AGAIN
    )
    consent = recent.order_by("-pk").first()
    if consent:
        consent.withdrawn_at = None
        consent.save(update_fields=["withdrawn_at"])
        record(verb="ask consent", subject=consent, by=user, version=consent.text_version)
    return consent


def _send(consent: Consent) -> None:
    user = consent.user
    context = {"token": confirm_token(consent), "sentence": WORDINGS[consent.kind].sentence, "hours": HOURS}
    queue_mail(kind="consent_confirm", to=user.email, language=user.language, context=context, user=user)


@transaction.atomic
def confirm(*, consent: Consent) -> None:
    """Give the consent; a second click changes nothing. It is not given if it was withdrawn meanwhile."""
    given = Consent.objects.filter(pk=consent.pk, confirmed_at=None, withdrawn_at=None)
    if given.update(confirmed_at=timezone.now()):
        record(verb="give consent", subject=consent, by=consent.user, version=consent.text_version)


@transaction.atomic
def withdraw(*, user: User, kind: str) -> None:
    """No more mails of this kind, at once; harmless where there is no consent."""
    for consent in Consent.objects.select_for_update().filter(user=user, kind=kind, withdrawn_at=None):
        consent.withdrawn_at = timezone.now()
        consent.save(update_fields=["withdrawn_at"])
        record(verb="withdraw consent", subject=consent, by=user)


# ---- links -------------------------------------------------------------------------------------------------


def confirm_token(consent: Consent) -> str:
    return links.token_of(consent.pk, CONFIRM, consent.user.email)


def withdraw_token(consent: Consent) -> str:
    return signing.Signer(salt=WITHDRAW, sep=".").sign(str(consent.pk))


def find_to_confirm(token: str) -> Consent | None:
    """None if the link is forged, too old or was sent to a former address, or the consent was withdrawn since."""
    consent = (
        Consent.objects.select_related("user").filter(pk=links.number_in(token), withdrawn_at=None).first()
    )
    hours = timedelta(hours=HOURS)
    if consent and links.is_good(token, CONFIRM, consent.user.email, max_age=hours):
        return consent
    return None


def find_to_withdraw(token: str) -> Consent | None:
    """The consent that a mail was sent under, withdrawn or not: it says whose and which kind."""
    try:
        pk = signing.Signer(salt=WITHDRAW, sep=".").unsign(token)
    except signing.BadSignature:
        return None
    return Consent.objects.select_related("user").filter(pk=pk).first()


# ---- retention ---------------------------------------------------------------------------------------------


def purge_unconfirmed(before: datetime) -> int:
    return Consent.objects.filter(confirmed_at=None, asked_at__lt=before).delete()[0]


def purge_withdrawn(before: datetime) -> int:
    """The proof of a consent is kept as long as somebody may ask for it."""
    return Consent.objects.filter(withdrawn_at__lt=before).delete()[0]
