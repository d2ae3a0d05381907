"""What is due goes into mails: once, one a day for each person, and only for who still wants it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import consents, mail
from accounts.models import Consent, OutgoingMail, User
from journeys.choices import Response, WaitEnd
from journeys.dispatch import KIND, MOST, Verdict, dispatch
from journeys.models import CheckIn, Interview
from tests.factories import UserFactory
from tests.journeys.asking import agree, asked, due, waiting

pytestmark = pytest.mark.django_db

State = CheckIn.State
EVENING = datetime(2026, 11, 6, 17, 0, 30, tzinfo=UTC)  # half a minute past six in Berlin


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(EVENING, tick=False) as clock:
        yield clock


def mails() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=KIND).order_by("pk"))


def state_of(check_in: CheckIn) -> str:
    check_in.refresh_from_db()
    return check_in.state


# ---- one mail ----------------------------------------------------------------------------------------------


def test_what_is_due_is_written_into_a_mail_to_its_author(candidate: User) -> None:
    check_in = asked(candidate)
    assert dispatch()[Verdict.ASK] == 1
    (written,) = mails()
    assert (written.to, written.user, written.text) == (candidate.email, candidate, "")
    assert state_of(check_in) == State.CLAIMED
    assert check_in.mail == written


def test_what_is_not_due_waits(candidate: User) -> None:
    agree(candidate)
    check_in = due(waiting(candidate), ago=timedelta(days=-1))
    assert dispatch()[Verdict.ASK] == 0
    assert state_of(check_in) == State.PLANNED


def test_a_second_run_writes_nothing_again(candidate: User) -> None:
    asked(candidate)
    dispatch()
    assert dispatch().total() == 0
    assert len(mails()) == 1


def test_all_that_is_due_for_a_person_comes_in_one_mail(candidate: User) -> None:
    questions = [asked(candidate) for _ in range(3)]
    dispatch()
    (written,) = mails()
    assert {(state_of(one), one.mail) for one in questions} == {(State.CLAIMED, written)}


def test_what_comes_due_later_today_is_in_the_same_mail(candidate: User) -> None:
    asked(candidate)
    later_today = due(waiting(candidate), ago=-timedelta(hours=5))
    tomorrow = due(waiting(candidate), ago=-timedelta(hours=7))
    dispatch()
    assert (state_of(later_today), state_of(tomorrow)) == (State.CLAIMED, State.PLANNED)


def test_a_full_mail_leaves_the_rest_for_tomorrow(candidate: User) -> None:
    for _ in range(MOST + 2):
        asked(candidate)
    met = dispatch()
    assert (met[Verdict.ASK], met[Verdict.PUT_OFF], len(mails())) == (MOST, 2, 1)


def test_each_person_gets_a_mail_of_their_own(candidate: User, other_candidate: User) -> None:
    asked(candidate)
    asked(other_candidate)
    dispatch()
    assert {written.to for written in mails()} == {candidate.email, other_candidate.email}


# ---- at most one a day -------------------------------------------------------------------------------------


def test_who_got_a_mail_today_waits_until_tomorrow_at_six(candidate: User, clock: Any) -> None:
    asked(candidate)
    dispatch()
    OutgoingMail.objects.update(sent_at=timezone.now())
    second = asked(candidate)
    assert dispatch()[Verdict.PUT_OFF] == 1
    assert (state_of(second), second.due_at) == (State.PLANNED, datetime(2026, 11, 7, 17, tzinfo=UTC))
    clock.shift(timedelta(days=1))
    assert dispatch()[Verdict.ASK] == 1


def test_nobody_gets_two_mails_on_the_day_a_dead_mail_server_returns(candidate: User, clock: Any) -> None:
    asked(candidate)
    dispatch()
    clock.shift(timedelta(days=1))
    asked(candidate)
    assert dispatch()[Verdict.PUT_OFF] == 1
    assert len(mails()) == 1


def test_a_day_is_that_of_the_candidates_clock(candidate: User, clock: Any) -> None:
    candidate.zone = "America/New_York"
    candidate.save()
    asked(candidate)
    dispatch()
    OutgoingMail.objects.update(sent_at=timezone.now())
    clock.shift(timedelta(hours=8))  # 01:00 in Berlin, still the evening before in New York
    asked(candidate)
    assert dispatch()[Verdict.PUT_OFF] == 1


# ---- a missed run ------------------------------------------------------------------------------------------


def test_after_days_without_a_run_only_the_newest_question_of_an_interview_is_asked(candidate: User) -> None:
    agree(candidate)
    interview = waiting(candidate, days=8)
    old = due(interview, day=3, ago=timedelta(days=5))
    new = due(interview, day=7, ago=timedelta(days=1))
    dispatch()
    assert (state_of(old), state_of(new)) == (State.MISSED, State.CLAIMED)
    assert len(mails()) == 1


def test_what_is_weeks_late_is_not_asked_any_more(candidate: User) -> None:
    agree(candidate)
    check_in = due(waiting(candidate, days=70), day=45, ago=timedelta(days=25))
    assert dispatch()[Verdict.STALE] == 1
    assert state_of(check_in) == State.MISSED


def test_a_mail_that_was_given_up_asked_nothing(candidate: User, clock: Any) -> None:
    check_in = asked(candidate)
    dispatch()
    clock.shift(timedelta(days=3, minutes=1))
    assert dispatch()["given up"] == 1
    assert state_of(check_in) == State.MISSED


NIGHT = datetime(2026, 11, 7, 2, 30, tzinfo=UTC)  # half past three in Berlin
MORNING = datetime(2026, 11, 7, 7, tzinfo=UTC)


def test_what_is_late_waits_for_the_morning_and_then_comes_in_one_mail(candidate: User, clock: Any) -> None:
    late = [asked(candidate) for _ in range(2)]
    clock.move_to(NIGHT)
    assert dispatch()[Verdict.PUT_OFF] == 2
    assert {(state_of(one), one.due_at) for one in late} == {(State.PLANNED, MORNING)}
    assert dispatch().total() == 0
    clock.move_to(MORNING)
    assert dispatch()[Verdict.ASK] == 2
    assert len(mails()) == 1


def test_late_in_the_evening_is_night_too(candidate: User, clock: Any) -> None:
    late = asked(candidate)
    clock.move_to(datetime(2026, 11, 6, 20, tzinfo=UTC))  # nine in Berlin
    dispatch()
    assert (state_of(late), late.due_at) == (State.PLANNED, MORNING)


def test_it_is_night_where_the_candidate_lives(candidate: User, other_candidate: User, clock: Any) -> None:
    User.objects.filter(pk=candidate.pk).update(zone="America/New_York")
    asked(User.objects.get(pk=candidate.pk))
    asked(other_candidate)
    clock.move_to(datetime(2026, 11, 7, 0, tzinfo=UTC))  # seven in the evening there
    assert dispatch() == {"given up": 0, Verdict.ASK: 1, Verdict.PUT_OFF: 1}
    assert [written.to for written in mails()] == [candidate.email]


def test_a_night_run_leaves_what_comes_due_in_the_evening_where_it_is(candidate: User, clock: Any) -> None:
    asked(candidate)
    evening = NIGHT.replace(hour=17)
    later = due(waiting(candidate), ago=datetime(2026, 11, 6, 17, 0, 30, tzinfo=UTC) - evening)
    clock.move_to(NIGHT)
    dispatch()
    assert (state_of(later), later.due_at) == (State.PLANNED, evening)


def test_what_nobody_wants_any_more_need_not_wait_for_the_morning(candidate: User, clock: Any) -> None:
    asked(candidate, is_reminded=False)
    clock.move_to(NIGHT)
    assert dispatch()[Verdict.SETTLED] == 1


# ---- who is not asked --------------------------------------------------------------------------------------


def test_nobody_is_asked_without_a_confirmed_consent(candidate: User) -> None:
    consents.ask(user=candidate, kind=Consent.Kind.CHECK_INS)
    check_in = due(waiting(candidate))
    assert dispatch()[Verdict.UNWANTED] == 1
    assert state_of(check_in) == State.CANCELLED
    assert mails() == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"bounced_at": EVENING}])
def test_nobody_is_asked_without_account_or_mailbox(candidate: User, change: dict[str, Any]) -> None:
    check_in = asked(candidate)
    User.objects.filter(pk=candidate.pk).update(**change)
    assert dispatch()[Verdict.UNWANTED] == 1
    assert state_of(check_in) == State.CANCELLED


def test_a_withdrawn_consent_counts_at_once(candidate: User) -> None:
    asked(candidate)
    consents.withdraw(user=candidate, kind=Consent.Kind.CHECK_INS)
    assert dispatch()[Verdict.UNWANTED] == 1


def test_a_muted_process_is_not_asked_about(candidate: User) -> None:
    asked(candidate, is_reminded=False)
    assert dispatch()[Verdict.SETTLED] == 1


def test_what_was_answered_is_not_asked_about(candidate: User) -> None:
    check_in = asked(candidate)
    Interview.objects.update(wait_end=WaitEnd.ANSWERED, response=Response.NEGATIVE)
    assert dispatch()[Verdict.SETTLED] == 1
    assert state_of(check_in) == State.CANCELLED


def test_the_questions_of_one_say_nothing_about_those_of_another(candidate: User) -> None:
    asked(candidate, is_reminded=False)
    asked(candidate)
    assert dispatch() == {"given up": 0, Verdict.SETTLED: 1, Verdict.ASK: 1}


# ---- how -------------------------------------------------------------------------------------------------


def test_the_command_says_what_became_of_the_questions(
    candidate: User, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(candidate)
    call_command("dispatch_check_ins")
    assert "asked: 1" in capsys.readouterr().out


@pytest.mark.parametrize("people", [1, 20])
def test_a_batch_takes_the_same_number_of_queries_for_one_and_for_twenty(
    people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for user in UserFactory.create_batch(people):
        asked(user)
    with django_assert_num_queries(12):
        dispatch()


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_share_the_people_between_them(candidate: User, other_candidate: User) -> None:
    asked(candidate)
    asked(other_candidate)
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM accounts_user WHERE id = %s FOR NO KEY UPDATE", [candidate.pk])
            assert dispatch()[Verdict.ASK] == 1  # does not wait for the one the other has
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert [written.to for written in mails()] == [other_candidate.email]
    assert dispatch()[Verdict.ASK] == 1


def test_a_crash_while_claiming_leaves_everything_as_it_was(
    candidate: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_in = asked(candidate)
    monkeypatch.setattr(mail, "_message_id", lambda: "x" * 200)  # longer than the column: the insert fails
    with pytest.raises(Exception, match="too long"), transaction.atomic():
        dispatch()
    assert state_of(check_in) == State.PLANNED
    assert mails() == []
