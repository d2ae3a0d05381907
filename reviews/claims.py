"""Claims: the link in the mail that ties an unconfirmed review to the person who reads that mailbox.

The token is a signed (claim, nonce) and lives seven days; a new nonce, drawn when the address is corrected, kills
older links. Whether an address has an account decides only which words the mail carries: page, status, number of
mails and the work of the request are the same.
"""

from datetime import datetime, timedelta
from enum import Enum, auto

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.core import signing
from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts import limits
from accounts.mail import queue_mail
from accounts.models import OutgoingMail, User
from journeys.models import Journey
from reviews.models import CLAIM_DAYS, Claim, Review
from reviews.states import Status

SALT = "reviews.claims"
MOST_MAILS = 5  # of one claim, to whichever addresses; the limit "review_mail" counts those to one address


# ---- the link ----------------------------------------------------------------------------------------------


def token_of(claim: Claim) -> str:
    return signing.dumps([claim.pk, claim.nonce], salt=SALT)


def find(token: str) -> Claim | None:
    """The claim a link stands for; None if the link is forged, too old or replaced by a newer one."""
    try:
        pk, nonce = signing.loads(token, salt=SALT, max_age=timedelta(days=CLAIM_DAYS))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Claim.objects.select_related("review__agency").filter(pk=pk, nonce=nonce).first()


def send(claim: Claim, *, language: str) -> None:
    """Write the mail with the link, in the caller's transaction.

    An address that has had its share of such mails, of whichever claims, gets none: in silence and after the same
    work, because whoever sees a difference learns that somebody wrote a review with this address.
    """
    Claim.objects.filter(pk=claim.pk).update(mails=F("mails") + 1)
    mail = queue_mail(
        kind="claim_known" if is_known(claim.email) else "claim_confirm",
        to=claim.email,
        language=language,
        context={"agency": claim.review.agency.name_in_mails, "token": token_of(claim), "days": CLAIM_DAYS},
    )
    surplus = 0 if limits.allowed_for(claim.email, "review_mail") else mail.pk
    OutgoingMail.objects.filter(pk=surplus).delete()  # asked in any case, so that it takes equally long


def may_send(claim: Claim) -> bool:
    return claim.mails < MOST_MAILS


# ---- whose address it is -----------------------------------------------------------------------------------


def is_known(email: str) -> bool:
    """Whether the address has an owner who must log in. A sign-up that nobody confirmed does not make it known."""
    proven = Q(emailaddress__email=email, emailaddress__verified=True)
    used = Q(email=email) & ~Q(last_login=None, is_staff=False)
    return User.objects.filter(proven | used).exists()  # one query, whatever the answer


def owns(user: User, email: str) -> bool:
    return bool(EmailAddress.objects.filter(user=user, email=email, verified=True).exists())


def has_proven_address(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, verified=True).exists())


class Situation(Enum):
    """What opening the link leads to."""

    DONE = auto()  # the review was confirmed before
    NEW = auto()  # nobody owns the address yet: an account is made
    LOG_IN = auto()  # its owner has to log in
    READY = auto()  # its owner is logged in
    OTHER_PERSON = auto()  # somebody else is


def situation(claim: Claim, user: User | AnonymousUser) -> Situation:
    if claim.review.status != Status.UNCONFIRMED:
        return Situation.DONE
    if isinstance(user, User):
        return Situation.READY if owns(user, claim.email) else Situation.OTHER_PERSON
    return Situation.LOG_IN if is_known(claim.email) else Situation.NEW


# ---- what is never confirmed -------------------------------------------------------------------------------


def purge(before: datetime) -> int:
    """Delete reviews that nobody confirmed since `before`; return how many."""
    return discard(Review.objects.filter(status=Status.UNCONFIRMED, created_at__lt=before))


@transaction.atomic
def discard(unconfirmed: QuerySet[Review]) -> int:
    """Delete reviews that belong to nobody yet, with their journeys; return how many."""
    rows = list(unconfirmed.select_for_update(of=("self",)).values_list("pk", "journey_id"))
    Review.objects.filter(pk__in=[pk for pk, _journey in rows]).delete()
    Journey.objects.filter(pk__in=[journey for _pk, journey in rows]).delete()
    return len(rows)
