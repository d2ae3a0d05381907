"""The mail that asks: one for each person and day, about every interview whose question is due.

It names the agency and the day of the interview, never the role, the client or a note: mailboxes are read by others,
on the lock screen of a phone for one.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation

from accounts import consents
from accounts.mail import Later, Rendered, render
from accounts.models import Consent, OutgoingMail, User
from journeys import links
from journeys.check_ins import is_open, may_be_asked
from journeys.dispatch import KIND
from journeys.due import awake_from, local_day
from journeys.models import CheckIn

WANTED = ("interview__journey__agency", "interview__journey__author")


@dataclass(frozen=True, slots=True)
class Question:
    agency: str
    held_on: date
    days: int  # since then
    token: str


def compose(mails: list[OutgoingMail]) -> dict[int, Rendered | Later]:
    """Render these mails for their readers, in three queries; what is no longer wanted is cancelled and left out.

    A mail that no server took all evening waits for the morning, under its Message-ID.
    """
    people = User.objects.in_bulk([mail.user_id for mail in mails if mail.user_id])
    given = Consent.objects.given().filter(kind=Consent.Kind.CHECK_INS, user__in=people)
    consent_of = {consent.user_id: consent for consent in given}
    asked, unwanted = _look_again(mails, people, set(consent_of))
    if unwanted:
        still_claimed = CheckIn.objects.filter(pk__in=unwanted, state=CheckIn.State.CLAIMED)
        still_claimed.update(state=CheckIn.State.CANCELLED)
    now = timezone.now()
    return {
        mail.pk: _in_daylight(asked[mail.pk], people[mail.user_id], consent_of[mail.user_id], now)
        for mail in mails
        if mail.user_id and asked[mail.pk]
    }


def _in_daylight(check_ins: list[CheckIn], reader: User, consent: Consent, now: datetime) -> Rendered | Later:
    at = awake_from(now, reader.zone)
    return Later(at) if at > now else mail_about(check_ins, reader, consent)


def _look_again(
    mails: list[OutgoingMail], people: dict[int, User], consenting: set[int]
) -> tuple[dict[int, list[CheckIn]], list[int]]:
    """The questions of each mail that are still wanted, and the numbers of those that are not."""
    asked, unwanted = defaultdict(list), []
    for check_in in _claimed(mails):
        person = people.get(check_in.interview.journey.author_id or 0)
        may = person is not None and may_be_asked(person, has_consent=person.pk in consenting)
        if may and is_open(check_in.interview) and check_in.mail_id:
            asked[check_in.mail_id].append(check_in)
        else:
            unwanted.append(check_in.pk)
    return asked, unwanted


def _claimed(mails: list[OutgoingMail]) -> list[CheckIn]:
    claimed = CheckIn.objects.filter(mail__in=mails, state=CheckIn.State.CLAIMED)
    return list(claimed.select_related(*WANTED).order_by("interview__held_on", "pk"))


def mail_about(check_ins: list[CheckIn], reader: User, consent: Consent) -> Rendered:
    """The mail as it goes out now. RFC 8058: the address of List-Unsubscribe acts when a mail program posts to it."""
    today = local_day(timezone.now(), reader.zone)
    with translation.override(reader.language):
        leave = settings.SITE_URL + reverse(
            "accounts:consent-withdraw", args=[consents.withdraw_token(consent)]
        )
    context = {
        "questions": [_question(check_in, today) for check_in in check_ins],
        "leave": leave,
        "since": consent.confirmed_at,
        "link_days": links.DAYS,
    }
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return Rendered(reader.email, render(kind=KIND, language=reader.language, context=context), headers)


def _question(check_in: CheckIn, today: date) -> Question:
    interview = check_in.interview
    return Question(
        agency=interview.journey.agency.name,
        held_on=interview.held_on,
        days=(today - interview.held_on).days,
        token=links.token_of(check_in),
    )
