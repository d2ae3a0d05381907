"""The questions that follow an interview, planned as rows: one for each of journeys.due.DAYS."""

from django.utils import timezone

from journeys.due import DAYS, due_at
from journeys.models import CheckIn, Interview


def plan(interview: Interview) -> None:
    """Plan what lies ahead, anew when the interview moved. What is in a mail already stays there."""
    author, held_at = interview.journey.author, interview.held_at
    if author is None or held_at is None:  # a recalled one asks nothing
        return
    interview.check_ins.exclude(state=CheckIn.State.CLAIMED).delete()
    moments = {day: due_at(held_at, day, author.zone) for day in DAYS}
    now = timezone.now()
    CheckIn.objects.bulk_create(
        [CheckIn(interview=interview, day=day, due_at=due) for day, due in moments.items() if due > now],
        ignore_conflicts=True,
    )


def cancel(interview: Interview) -> None:
    """Ask nothing more about this interview."""
    interview.check_ins.filter(state=CheckIn.State.PLANNED).update(state=CheckIn.State.CANCELLED)
