"""One person is one voice at one agency, whether they follow a process there or write a review."""

import uuid

from accounts.models import User
from agencies.models import Agency
from journeys.models import Journey


def voice_of(author: User, agency: Agency) -> uuid.UUID:
    """The author's one voice at this agency. Locks the person, so that two things written at once share it."""
    User.objects.select_for_update().get(pk=author.pk)
    known = (
        Journey.objects.filter(agency=agency, author=author).order_by("pk").values_list("voice", flat=True)
    )
    return known.first() or uuid.uuid4()
