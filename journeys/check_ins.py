"""The questions that follow an interview, planned as rows: one for each of journeys.due.DAYS."""

from django.utils import timezone

from accounts.models import User
from journeys.choices import WaitEnd
from journeys.due import DAYS, due_at
from journeys.models import CheckIn, Interview, Journey


def plan(interview: Interview) -> None:
    """Plan what lies ahead, anew when the interview moved; in the caller's transaction.

    A row keeps its number, so a link in an earlier mail still answers. What was asked before and lies ahead after
    the move is asked again; what no longer lies ahead is not.
    """
    author, held_at = interview.journey.author, interview.held_at
    if author is None or held_at is None:  # a recalled one asks nothing
        return
    now = timezone.now()
    moments = {day: due_at(held_at, day, author.zone) for day in DAYS}
    ahead = {day: due for day, due in moments.items() if due > now}
    interview.check_ins.filter(state=CheckIn.State.PLANNED).exclude(day__in=ahead).update(
        state=CheckIn.State.CANCELLED
    )
    CheckIn.objects.bulk_create(
        [CheckIn(interview=interview, day=day, due_at=due) for day, due in ahead.items()],
        update_conflicts=True,
        unique_fields=["interview", "day"],
        update_fields=["due_at", "state", "mail", "response", "answered_at"],
    )


def cancel(interview: Interview) -> None:
    """Ask nothing more about this interview. What is in a mail already looks again before it is sent."""
    interview.check_ins.filter(state=CheckIn.State.PLANNED).update(state=CheckIn.State.CANCELLED)


def mute(journey: Journey) -> None:
    """Ask nothing more about this journey, until its author wants it again."""
    Journey.objects.filter(pk=journey.pk).update(is_reminded=False)


# ---- who is asked about what; looked at when a question is claimed, and again when its mail is sent --------


def may_be_asked(person: User, *, has_consent: bool) -> bool:
    return has_consent and person.is_active and person.bounced_at is None


def is_open(interview: Interview) -> bool:
    """Whether its author still waits, and wants to be asked."""
    return interview.wait_end == WaitEnd.SILENT and interview.journey.is_reminded
