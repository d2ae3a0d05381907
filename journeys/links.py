"""The links in the mails that ask: signed, bound to one question, and good for 60 days, to answer and to correct."""

from datetime import timedelta

from accounts import links
from journeys.models import CheckIn, Journey

PURPOSE = "journeys.check_ins"
DAYS = 60


def token_of(check_in: CheckIn) -> str:
    """Wants the author at hand; a tracked journey has one."""
    return links.token_of(check_in.pk, PURPOSE, _mailbox(check_in))


def find(token: str) -> CheckIn | None:
    """The question a link stands for.

    None if it is forged, too old or was sent to a former address, or if nobody follows that process any more.
    """
    asked = CheckIn.objects.select_related("interview__journey__agency", "interview__journey__author")
    check_in = asked.filter(
        pk=links.number_in(token),
        interview__journey__origin=Journey.Origin.TRACKED,
        interview__journey__author__is_active=True,
    ).first()
    age = timedelta(days=DAYS)
    if check_in and links.is_good(token, PURPOSE, _mailbox(check_in), max_age=age):
        return check_in
    return None


def _mailbox(check_in: CheckIn) -> str:
    author = check_in.interview.journey.author
    return author.email if author else ""
