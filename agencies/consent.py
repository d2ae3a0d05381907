"""The links by which recruiters decide about their own profile, without an account.

Each link is signed for one purpose and carries nothing but the recruiter's number. What a yes is about is part of
the salt: a yes to one name, position and mail address is none to another.
"""

import json
import re
from datetime import datetime, timedelta
from enum import StrEnum

from django.core.signing import BadSignature, TimestampSigner

from agencies.models import Recruiter

ANSWER_DAYS = 30


class Purpose(StrEnum):
    ANSWER = "answer"  # say yes or no to a public profile
    HIDE = "hide"  # never expires, and outlives every change of the profile
    SHOW = "show"  # undo one hiding; only the mail about that hiding carries it


def token_of(recruiter: Recruiter, purpose: Purpose) -> str:
    return _signer(recruiter, purpose).sign(str(recruiter.pk))


def find(token: str, purpose: Purpose) -> Recruiter | None:
    """The recruiter a link stands for; None if it is forged, too old, or made for something else."""
    number = re.match(r"[0-9]{1,18}:", token)
    recruiter = number and Recruiter.objects.select_related("agency").filter(pk=number[0][:-1]).first()
    if not recruiter:
        return None
    max_age = timedelta(days=ANSWER_DAYS) if purpose == Purpose.ANSWER else None
    try:
        _signer(recruiter, purpose).unsign(token, max_age=max_age)
    except BadSignature:
        return None
    return recruiter


def _signer(recruiter: Recruiter, purpose: Purpose) -> TimestampSigner:
    bound: list[str] = []
    if purpose != Purpose.HIDE:
        bound += [recruiter.name, recruiter.position, recruiter.email]
    if purpose == Purpose.SHOW:
        bound += [recruiter.hidden_at.isoformat() if recruiter.hidden_at else ""]
    return TimestampSigner(salt=json.dumps(["agencies.consent", purpose, *bound]))


def forget_addresses(before: datetime) -> int:
    """Empty the addresses of people who were asked before `before` and never answered; return how many."""
    return Recruiter.objects.unanswered().filter(asked_at__lt=before).exclude(email="").update(email="")
