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
    author = interview.journey.author
    if author is None or interview.held_at is None:  # a recalled one asks nothing
        return
    now = timezone.now()
    moments = {day: due_at(interview.held_on, day, author.zone) for day in DAYS}
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


def follow_zone(person: User) -> None:
    """Ask at six where the person lives now; in the transaction that changed their zone.

    What was put off is planned as if it had not been, so it may be late now: the dispatcher knows what to do with it.
    """
    planned = CheckIn.objects.filter(state=CheckIn.State.PLANNED, interview__journey__author=person)
    questions = list(planned.select_related("interview").select_for_update(of=("self",)))
    for question in questions:
        question.due_at = due_at(question.interview.held_on, question.day, person.zone)
    CheckIn.objects.bulk_update(questions, ["due_at"])


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
