"""Who belongs to an agency: whoever speaks for it, and whoever gets mail at its domain or below."""

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat

from agencies.models import Membership


def insider(*, user: str, agency: str) -> Q:
    """The condition that a row's person belongs to the row's agency; `user` and `agency` are lookups from the row."""
    domain = f"{agency}__domain"
    at, below = Concat(Value("@"), domain), Concat(Value("."), domain)
    mail = Q(**{f"{user}__email__iendswith": at}) | Q(**{f"{user}__email__iendswith": below})
    speaks = Membership.objects.filter(
        agency=OuterRef(agency), user=OuterRef(user), verified_at__isnull=False
    )
    return Q(Exists(speaks)) | (mail & ~Q(**{domain: ""}))
