"""What a person does with the processes they follow. One transaction each.

Lock order: person, journey, interview, check-in. Whatever is done twice, by a second click or a second tab, finds
what the first one stored.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.events import record
from accounts.models import User
from agencies.models import Agency
from journeys import check_ins, waits
from journeys.choices import WAIT_END, Outcome, Party, Response, Stage, Step, WaitEnd
from journeys.clock import today_of
from journeys.due import local_day
from journeys.models import CheckIn, Interview, Journey, SentLetter, Statement
from journeys.personal import make_recalled
from journeys.voices import voice_of

SAME_CLICK = timedelta(minutes=10)  # the same process again within this time is a second click
MOST_JOURNEYS = 200  # of one person
MOST_INTERVIEWS = 40  # of one journey

CHASING = [step for step in Step if step.is_chasing]
OUTCOMES: dict[str, Outcome] = {
    Response.NEGATIVE: Outcome.REJECTED,
    Response.CANCELLED: Outcome.CANCELLED,
    Response.WITHDREW: Outcome.WITHDRAWN,
}


class TooMany(Exception):
    """No person has that many processes, no process that many interviews."""


class ImpossibleDay(ValueError):
    """An answer before its interview, or in the future."""


class InReview(Exception):
    """The interview stands in a review; it goes only with that."""


# ---- journeys ----------------------------------------------------------------------------------------------


@transaction.atomic
def start_journey(
    *, agency: Agency, title: str = "", client: str = "", note: str = "", contact: str = "", by: User
) -> Journey:
    """Follow a process with this agency from now on. TooMany beyond MOST_JOURNEYS."""
    told = {"agency": agency, "title": title, "client": client, "note": note, "contact": contact}
    voice = voice_of(by, agency)  # locks the person
    mine = Journey.objects.tracked_by(by)
    if same := mine.filter(**told, created_at__gte=timezone.now() - SAME_CLICK).first():
        return same
    if mine.count() >= MOST_JOURNEYS:
        raise TooMany
    return Journey.objects.create(
        **told,
        author=by,
        voice=voice,
        origin=Journey.Origin.TRACKED,
        month=today_of(by).replace(day=1),
        stage=Stage.CV_SENT,
        outcome=Outcome.OPEN,
    )


@transaction.atomic
def change_journey(
    *, journey: Journey, title: str, client: str, note: str, contact: str, is_reminded: bool, by: User
) -> Journey:
    journey = _lock(journey, by)
    journey.title, journey.client, journey.note, journey.contact = title, client, note, contact
    journey.is_reminded = is_reminded
    journey.save(update_fields=["title", "client", "note", "contact", "is_reminded"])
    return journey


@transaction.atomic
def delete_journey(*, journey: Journey, by: User) -> None:
    """Delete it with all that was noted. What a review tells of it stays, and nothing else."""
    journey = _lock(journey, by)
    try:
        journey.delete()
    except ProtectedError:  # a review refers to it
        make_recalled(Journey.objects.filter(pk=journey.pk))


@transaction.atomic
def share(*, journey: Journey, by: User) -> None:
    """Consent that the dates of this process count, without a name, in the agency's measured waits."""
    journey = _lock(journey, by)
    if journey.shared_at is None:
        _set_shared(journey, timezone.now(), by)
        record(verb="share dates", subject=journey, by=by)


@transaction.atomic
def unshare(*, journey: Journey, by: User) -> None:
    """Take the consent back: at the next nightly run the dates no longer count."""
    journey = _lock(journey, by)
    if journey.shared_at is not None:
        _set_shared(journey, None, by)
        record(verb="unshare dates", subject=journey, by=by)


def _set_shared(journey: Journey, moment: datetime | None, person: User) -> None:
    journey.shared_at = moment
    journey.save(update_fields=["shared_at"])
    interviews = list(journey.interviews.select_for_update())
    for interview in interviews:
        interview.entry_day = _entry_day(interview, journey, person)
    Interview.objects.bulk_update(interviews, ["entry_day"])


def _entry_day(interview: Interview, journey: Journey, person: User) -> int:
    """From which day on the wait is watched: whoever logs it, or consents, only later tells of survivors."""
    watched_since = max(filter(None, [interview.logged_at, journey.shared_at]))
    return max(0, (local_day(watched_since, person.zone) - interview.held_on).days)


def _lock(journey: Journey, by: User) -> Journey:
    """Journey.DoesNotExist if it is not followed by this person, or no longer."""
    return Journey.objects.tracked_by(by).select_for_update(of=("self",)).get(pk=journey.pk)


def _follow(journey: Journey) -> None:
    """Let stage, outcome and month follow from the interviews, until a review has told them."""
    interviews = list(journey.interviews.all())
    months = [interview.held_on.replace(day=1) for interview in interviews]
    Journey.objects.filter(pk=journey.pk, review=None).update(
        stage=_stage(interviews),
        outcome=OUTCOMES.get(interviews[-1].response, Outcome.OPEN) if interviews else Outcome.OPEN,
        month=min([journey.month, *months]),
    )


def _stage(interviews: list[Interview]) -> Stage:
    if not interviews:
        return Stage.CV_SENT
    met_client = any(interview.party == Party.CLIENT for interview in interviews)
    return Stage.CLIENT_TALK if met_client else Stage.AGENCY_TALK


# ---- interviews --------------------------------------------------------------------------------------------


@transaction.atomic
def log_interview(
    *,
    journey: Journey,
    held_at: datetime,
    round: int,
    party: str = "",
    note: str = "",
    by: User,
    most: int | None = MOST_INTERVIEWS,
) -> Interview:
    """Note an interview, past or to come (`held_at` in UTC), and plan its check-ins.

    Nothing was said about an answer yet, so the wait is known up to its own day only. TooMany beyond `most`.
    """
    journey = _lock(journey, by)
    told = {"held_at": held_at, "round": round, "party": party}
    if same := journey.interviews.filter(**told).first():
        return same
    if most is not None and journey.interviews.count() >= most:
        raise TooMany
    interview = Interview(journey=journey, note=note, response=Response.NOTHING, **told)
    interview.held_on = interview.told_on = local_day(held_at, by.zone)
    interview.wait_days, interview.wait_end = 0, WaitEnd.SILENT
    interview.entry_day = _entry_day(interview, journey, by)
    interview.save()
    check_ins.plan(interview)
    _follow(journey)
    return interview


@transaction.atomic
def change_interview(
    *, interview: Interview, held_at: datetime, round: int, party: str, note: str, by: User
) -> Interview:
    """Correct an interview or move it. ImpossibleDay if its answer would then come before it.

    A new day of one that had taken place, or that then has, makes its dates remembered ones: they are measured no
    longer. Else a talk noted far ahead would be moved to a day whose outcome is known.
    """
    interview = _lock_interview(interview, by)
    interview.round, interview.party, interview.note = round, party, note
    is_moved = held_at != interview.held_at
    if is_moved:
        _move(interview, held_at, by)
    interview.save()
    if is_moved and interview.wait_end == WaitEnd.SILENT:
        check_ins.plan(interview)
    _follow(interview.journey)
    return interview


def _move(interview: Interview, held_at: datetime, person: User) -> None:
    before, day = interview.held_on, local_day(held_at, person.zone)
    ended_on = before + timedelta(days=interview.wait_days) if interview.wait_end != WaitEnd.SILENT else None
    if ended_on and ended_on < day:
        raise ImpossibleDay
    today = today_of(person)
    interview.was_moved |= day != before and (before <= today or day < today)
    interview.held_at, interview.held_on = held_at, day
    interview.told_on = max(day, interview.told_on) if interview.statements.exists() else day
    interview.wait_days = ((ended_on or interview.told_on) - day).days
    interview.entry_day = _entry_day(interview, interview.journey, person)


@transaction.atomic
def delete_interview(*, interview: Interview, by: User) -> None:
    """InReview if a review tells of it."""
    interview = _lock_interview(interview, by)
    if interview.in_review:
        raise InReview
    interview.delete()
    _follow(interview.journey)


@transaction.atomic
def state(
    *,
    interview: Interview,
    response: str,
    on: date,
    channel: str = "",
    reason: str = "",
    chased: int | None = None,
    silent_party: str = "",
    by: User | None,
    check_in: CheckIn | None = None,
) -> Interview:
    """Say what came after an interview; again to correct it. Pages and the links in mails all come through here.

    `on` is the day of the answer or the withdrawal, in the author's zone; where all is silent it is the day up to
    which it was. `chased` is counted from the letters sent if nothing is said. `by` is None for a link in a mail,
    which proves who holds it; `check_in` is the question it answers. ImpossibleDay as its name says.
    """
    interview = _lock_interview(interview, by)
    if not interview.held_on <= on <= _today(interview):
        raise ImpossibleDay
    was_settled = interview.wait_end != WaitEnd.SILENT
    _set_answer(interview, response, on)
    _set_details(interview, channel=channel, reason=reason, silent_party=silent_party)
    interview.chased = chased if chased is not None else _chased(interview, on)
    interview.save()
    _append_statement(interview, response, on)
    _answer_check_ins(interview, check_in, was_settled=was_settled)
    _follow(interview.journey)
    return interview


def _set_answer(interview: Interview, response: str, on: date) -> None:
    """The wait and the day up to which it is known. Silence once stated is not unsaid by an earlier silence."""
    end = WAIT_END[Response(response)]
    known = [interview.told_on] if end == interview.wait_end == WaitEnd.SILENT else []
    interview.told_on = max([on, *known]) if end == WaitEnd.SILENT else _today(interview)
    start = waits.on_day(interview.held_on)
    wait = waits.wait(response, start, told_on=interview.told_on, days=waits.days_until(start, on))
    interview.response, interview.wait_days, interview.wait_end = response, wait.days, wait.end
    if end != WaitEnd.SILENT:
        interview.settled_at = interview.settled_at or timezone.now()


def _set_details(interview: Interview, *, channel: str, reason: str, silent_party: str) -> None:
    """Only what makes sense for this end of the wait; a message that puts off has a channel, too."""
    has_message = interview.wait_end == WaitEnd.ANSWERED or interview.response == Response.HOLDING
    interview.channel = channel if has_message else ""
    interview.reason = reason if interview.wait_end == WaitEnd.ANSWERED else ""
    interview.silent_party = silent_party if interview.wait_end == WaitEnd.SILENT else ""


def _chased(interview: Interview, on: date) -> int:
    """How often the author asked by then. An answer of the same day comes after the question."""
    return interview.letters.filter(step__in=CHASING, sent_on__lte=on).count()


def _append_statement(interview: Interview, response: str, on: date) -> None:
    last = interview.statements.last()
    if last is None or (last.response, last.on) != (response, on):
        Statement.objects.create(interview=interview, response=response, on=on)


def _answer_check_ins(interview: Interview, check_in: CheckIn | None, *, was_settled: bool) -> None:
    """No question is asked any more after an answer, nor one whose day had come by a statement of silence."""
    if check_in is not None:
        interview.check_ins.filter(pk=check_in.pk).update(
            response=interview.response, answered_at=timezone.now()
        )
    if interview.wait_end != WaitEnd.SILENT:
        check_ins.cancel(interview)
        return
    if was_settled:
        check_ins.plan(interview)
    reached = interview.check_ins.filter(state=CheckIn.State.PLANNED, day__lte=interview.wait_days)
    reached.update(state=CheckIn.State.CANCELLED)


def _lock_interview(interview: Interview, by: User | None) -> Interview:
    """The interview, its journey locked with it. Interview.DoesNotExist if `by` does not follow it."""
    tracked = Interview.objects.filter(journey__origin=Journey.Origin.TRACKED)
    mine = tracked if by is None else tracked.filter(journey__author=by)
    journey_id = mine.values_list("journey_id", flat=True).get(pk=interview.pk)
    Journey.objects.select_for_update(of=("self",)).get(pk=journey_id)
    rows = mine.select_for_update(of=("self",)).select_related("journey__author")
    return rows.get(pk=interview.pk)


def _today(interview: Interview) -> date:
    author = interview.journey.author
    assert author is not None  # noqa: S101 - a tracked journey has one
    return today_of(author)


# ---- letters -----------------------------------------------------------------------------------------------


@transaction.atomic
def mark_sent(
    *, journey: Journey, step: str, on: date, interview: Interview | None = None, by: User
) -> SentLetter:
    """Note that a letter was sent, or a call made, on that day. ImpossibleDay if it lies ahead."""
    journey = _lock(journey, by)
    if on > today_of(by):
        raise ImpossibleDay
    letter, _created = SentLetter.objects.get_or_create(
        journey=journey, interview=interview, step=step, sent_on=on
    )
    return letter


@transaction.atomic
def unmark_sent(*, letter: SentLetter, by: User) -> None:
    journey = _lock(letter.journey, by)
    journey.letters.filter(pk=letter.pk).delete()
