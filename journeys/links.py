"""The links in the mails that ask: signed, bound to one question, and good for 60 days, to answer and to correct."""

from datetime import timedelta

from django.core import signing

from journeys.models import CheckIn, Journey

SALT = "journeys.check_ins"
DAYS = 60


def token_of(check_in: CheckIn) -> str:
    return signing.dumps([check_in.pk], salt=SALT)


def find(token: str) -> CheckIn | None:
    """The question a link stands for; None if it is forged or too old, or if nobody follows that process any more."""
    try:
        [pk] = signing.loads(token, salt=SALT, max_age=timedelta(days=DAYS))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    asked = CheckIn.objects.select_related("interview__journey__agency", "interview__journey__author")
    return asked.filter(
        pk=pk,
        interview__journey__origin=Journey.Origin.TRACKED,
        interview__journey__author__is_active=True,
    ).first()
