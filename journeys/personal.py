"""What the tracker knows about a person, for their export; and their way out (Art. 15, 17, 20 GDPR)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.personal import Part
from journeys.models import CheckIn, Interview, Journey, SentLetter, Statement

UNTOLD = {"title": "", "client": "", "note": "", "shared_at": None, "origin": Journey.Origin.RECALLED}
TOLD = ("response", "channel", "reason", "chased", "silent_party", "told_on", "wait_days", "wait_end")
UNTRACKED = {"note": "", "held_at": None, "settled_at": None, "entry_day": 0, "was_moved": False}


def collect(user: User) -> dict[str, Any]:
    """Every journey that is followed, in the order it was begun, with all that was noted."""
    journeys = Journey.objects.tracked_by(user).for_export().order_by("pk")
    return {"journeys": [_journey(journey) for journey in journeys]}


def _journey(journey: Journey) -> dict[str, Any]:
    return {
        "agency": journey.agency.name,
        "title": journey.title,
        "client": journey.client,
        "note": journey.note,
        "contact": journey.contact,
        "begun": journey.created_at,
        "dates_count_since": journey.shared_at,
        "reminders": journey.is_reminded,
        "interviews": [_interview(interview) for interview in journey.interviews.all()],
        "letters": [{"step": letter.step, "sent_on": letter.sent_on} for letter in journey.letters.all()],
    }


def _interview(interview: Interview) -> dict[str, Any]:
    return {
        "kind": interview.kind,
        "held_at": interview.held_at,
        "held_on": interview.held_on,
        "round": interview.round,
        "party": interview.party,
        "note": interview.note,
        "response": interview.response,
        "days": interview.wait_days,
        "ended": interview.wait_end,
        "channel": interview.channel,
        "reason": interview.reason,
        "chased": interview.chased,
        "silent_party": interview.silent_party,
        "logged": interview.logged_at,
        "statements": [
            {"response": one.response, "on": one.on, "told": one.told_at}
            for one in interview.statements.all()
        ],
        "questions": [
            {"day": one.day, "due": one.due_at, "state": one.state, "response": one.response}
            for one in interview.check_ins.all()
        ],
    }


def erase(user: User, keep_reviews: bool) -> None:
    """Journeys that stand in a review were unlinked with it; the others go, whatever happens to the reviews."""
    Journey.objects.filter(author=user).delete()


def make_recalled(journeys: QuerySet[Journey]) -> None:
    """Leave of these journeys what a review tells of them: no names, notes, letters, statements or exact times."""
    interviews = Interview.objects.filter(journey__in=journeys)
    interviews.filter(journey__origin=Journey.Origin.TRACKED, in_review=False).delete()
    for journey in journeys.select_related("review__public_revision"):
        _keep_what_is_public(journey)
    for rows in (Statement, CheckIn):
        rows.objects.filter(interview__in=interviews).delete()
    SentLetter.objects.filter(journey__in=journeys).delete()
    interviews.update(**UNTRACKED)
    journeys.update(**UNTOLD)


def _keep_what_is_public(journey: Journey) -> None:
    """An answer that came after the public version of its review was written was never told to anybody."""
    version = journey.review.public_revision if hasattr(journey, "review") else None
    if version is None or journey.origin != Journey.Origin.TRACKED:
        return
    written_on = timezone.localdate(version.created_at, timezone.get_default_timezone())
    for interview in journey.interviews.all():
        known = interview.as_known_on(written_on)
        told = {name: getattr(known, name) for name in TOLD}
        Interview.objects.filter(pk=interview.pk).update(**told)


PART = Part(collect=collect, erase=erase)
