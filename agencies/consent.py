"""The links by which recruiters decide about their own profile, without an account.

Each link is signed for one purpose and carries nothing but the recruiter's number. It is bound to what a yes is about:
a yes to one name, position and mail address is none to another.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from accounts import links
from agencies.models import Recruiter

ANSWER_DAYS = 30


class Purpose(StrEnum):
    ANSWER = "agencies.consent.answer"  # say yes or no to a public profile
    HIDE = "agencies.consent.hide"  # never expires, and outlives every change of the profile
    SHOW = "agencies.consent.show"  # undo one hiding; only the mail about that hiding carries it


def token_of(recruiter: Recruiter, purpose: Purpose) -> str:
    return links.token_of(recruiter.pk, purpose, *_bound_to(recruiter, purpose))


def find(token: str, purpose: Purpose) -> Recruiter | None:
    """The recruiter a link stands for; None if it is forged, too old, or made for something else."""
    recruiter = Recruiter.objects.select_related("agency").filter(pk=links.number_in(token)).first()
    max_age = timedelta(days=ANSWER_DAYS) if purpose == Purpose.ANSWER else None
    if recruiter and links.is_good(token, purpose, *_bound_to(recruiter, purpose), max_age=max_age):
        return recruiter
    return None


def _bound_to(recruiter: Recruiter, purpose: Purpose) -> list[str]:
    bound: list[str] = []
    if purpose != Purpose.HIDE:
        bound += [recruiter.name, recruiter.position, recruiter.email]
    if purpose == Purpose.SHOW:
        bound += [recruiter.hidden_at.isoformat() if recruiter.hidden_at else ""]
    return bound


def forget_addresses(before: datetime) -> int:
    """Empty the addresses of people who were asked before `before` and never answered; return how many."""
    return Recruiter.objects.unanswered().filter(asked_at__lt=before).exclude(email="").update(email="")
