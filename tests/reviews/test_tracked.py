"""A review of a journey that its author follows: filled in from it, referring to it, leaving it to its author."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agencies.models import Agency
from journeys import actions as tracker
from journeys.choices import Channel, Party, Reason, Response, SilentParty, WaitEnd, WaitKind
from journeys.models import Interview, Journey, Statement
from reviews import actions, moves
from reviews.models import Draft, Review
from reviews.published import readings
from reviews.recompute import age_scores, recompute
from reviews.states import Status
from tests.factories import AgencyFactory
from tests.journeys.tracking import days_ago, followed, interviewed
from tests.reviews.sending import answers, months_ago

pytestmark = pytest.mark.django_db


def ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


def address(agency: Agency, name: str = "review-write") -> str:
    return reverse(f"reviews:{name}", args=[agency.slug])


def form_from(client: Client, journey: Journey) -> Any:
    return client.get(address(journey.agency), {"prozess": journey.pk})


def filled_in(client: Client, journey: Journey) -> dict[str, str]:
    """What a browser would send of the form as it was filled in."""
    form = form_from(client, journey).context["form"]
    typed = {
        bound.html_name: str(bound.value())
        for one in (form, *form.waits)
        for bound in one
        if bound.value() not in (None, "")
    }
    days = {name: value[:10] for name, value in typed.items() if name.endswith(("-day", "-answered_on"))}
    return typed | days | {"talks": str(len(form.talks))}


def send_from(client: Client, journey: Journey, **changes: Any) -> Any:
    """Take the form as it is filled in, add the stars, change what is said, send it."""
    typed = answers(email=None, month=None, stage=None, outcome=None) | filled_in(client, journey)
    sent = answers(**changes)
    typed |= {name: sent[name] for name in sent if name in {_name(key) for key in changes}}
    for name in [_name(key) for key, value in changes.items() if value is None]:
        typed.pop(name, None)
    client.post(address(journey.agency), typed | {"do": "preview"})
    return client.post(address(journey.agency, "review-preview"), {"do": "submit"})


def _name(key: str) -> str:
    return key.replace("talk_0_", "talk-0-").replace("talk_1_", "talk-1-")


def answered(person: User, days_ago: int = 20, after: int = 6, **details: Any) -> Interview:
    interview = interviewed(person, days_ago)
    day = interview.held_on + timedelta(days=after)
    return tracker.state(interview=interview, response=Response.NEGATIVE, on=day, by=person, **details)


def publish(review: Review) -> None:
    moves.publish(moves.lock(review.pk), review.revisions.latest("number"), by=None)


def facts(review: Review) -> list[str]:
    (shown,) = readings([review.pk])
    return [fact.text for fact in shown.facts]


# ---- filling in ------------------------------------------------------------------------------------------


def test_the_form_is_filled_in_from_the_journey(candidate: User, candidate_client: Client) -> None:
    details: dict[str, Any] = {"channel": Channel.PHONE, "reason": Reason.CONCRETE, "chased": 2}
    journey = answered(candidate, **details).journey
    silent = interviewed(candidate, 9, journey)
    tracker.state(
        interview=silent,
        response=Response.HOLDING,
        on=ago(2),
        silent_party=SilentParty.CLIENT,
        by=candidate,
    )
    typed = filled_in(candidate_client, journey)
    told = {name: value for name, value in typed.items() if name.startswith("talk-")}
    assert told == {
        "talk-0-about": str(journey.interviews.order_by("held_on")[0].pk),
        "talk-0-day": ago(20).isoformat(),
        "talk-0-response": "negative",
        "talk-0-answered_on": ago(14).isoformat(),
        "talk-0-channel": "phone",
        "talk-0-reason": "concrete",
        "talk-0-chased": "2",
        "talk-0-round": "1",
        "talk-1-about": str(silent.pk),
        "talk-1-day": ago(9).isoformat(),
        "talk-1-response": "holding",
        "talk-1-silent_party": "client",
        "talk-1-chased": "0",
        "talk-1-round": "2",
    }
    assert (typed["stage"], typed["outcome"]) == ("agency", "open")


def test_a_long_silence_is_suggested_as_the_outcome(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 35)
    assert filled_in(candidate_client, interview.journey)["outcome"] == "silent"


def test_an_interview_that_lies_ahead_is_not_told(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, -3)
    assert "talk-0-day" not in filled_in(candidate_client, interview.journey)


def test_a_journey_of_somebody_else_fills_in_nothing(
    candidate: User, other_client: Client, client: Client
) -> None:
    journey = answered(candidate).journey
    for stranger in (other_client, client):
        page = form_from(stranger, journey)
        assert page.status_code == 200
        assert ago(20).isoformat() not in page.content.decode()


def test_a_journey_with_another_agency_fills_in_nothing(candidate: User, candidate_client: Client) -> None:
    journey = answered(candidate).journey
    page = candidate_client.get(address(AgencyFactory()), {"prozess": journey.pk})
    assert ago(20).isoformat() not in page.content.decode()


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 40, "²", "1\0"])
def test_nonsense_for_a_journey_opens_the_empty_form(candidate_client: Client, nonsense: str) -> None:
    assert candidate_client.get(address(AgencyFactory()), {"prozess": nonsense}).status_code == 200


def test_opening_the_form_stores_nothing_and_coming_back_finds_what_was_typed(
    candidate: User, candidate_client: Client
) -> None:
    journey = answered(candidate).journey
    typed = filled_in(candidate_client, journey)
    assert not Draft.objects.exists()
    saved = typed | {"good": "Der Rückruf kam pünktlich.", "do": "save"}
    candidate_client.post(address(journey.agency), saved)
    form_from(candidate_client, followed(candidate, journey.agency))
    assert "Der Rückruf kam pünktlich." in form_from(candidate_client, journey).content.decode()
    assert Draft.objects.count() == 1


def test_a_draft_without_the_journey_is_left_alone(candidate: User, candidate_client: Client) -> None:
    journey = answered(candidate).journey
    candidate_client.post(address(journey.agency), answers(good="Früher begonnen.") | {"do": "save"})
    assert "Früher begonnen." not in form_from(candidate_client, journey).content.decode()
    assert Draft.objects.get().answers["good"] == ["Früher begonnen."]


# ---- sending ---------------------------------------------------------------------------------------------


def test_the_review_refers_to_the_journey_itself(candidate: User, candidate_client: Client) -> None:
    interview = answered(candidate)
    before = Interview.objects.values().get()
    send_from(candidate_client, interview.journey)
    review = Review.objects.get()
    assert (review.journey_id, review.voice) == (interview.journey_id, interview.journey.voice)
    assert (Journey.objects.count(), Interview.objects.count()) == (1, 1)
    assert Interview.objects.values().get() == before | {"in_review": True}
    assert Journey.objects.get().origin == Journey.Origin.TRACKED


def test_a_number_of_somebody_elses_journey_makes_a_review_of_its_own(
    candidate: User, other_client: Client
) -> None:
    journey = answered(candidate).journey
    typed = answers(email=None, journey=str(journey.pk), talk_0_day=ago(20).isoformat())
    typed |= {"talk-0-response": "nothing", "talk-0-about": str(journey.interviews.get().pk)}
    other_client.post(address(journey.agency), typed | {"do": "preview"})
    other_client.post(address(journey.agency, "review-preview"), {"do": "submit"})
    assert Review.objects.get().journey_id != journey.pk
    assert journey.interviews.get().wait_end == WaitEnd.ANSWERED


def test_what_the_form_says_is_said_about_the_interview(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 20)
    changes = {"response": "negative", "after": "8", "reason": "helpful", "channel": "mail", "chased": "1"}
    send_from(
        candidate_client,
        interview.journey,
        talk_0_party="agency",
        **{f"talk_0_{k}": v for k, v in changes.items()},
    )
    told = Interview.objects.get()
    assert (told.response, told.wait_days, told.reason, told.channel, told.chased) == (
        "negative",
        8,
        "helpful",
        "mail",
        1,
    )
    assert (told.party, told.was_moved, told.logged_at) == (Party.AGENCY, False, interview.logged_at)
    assert told.settled_at is not None
    assert Statement.objects.get().on == ago(12)
    assert not told.check_ins.filter(state="planned").exists()


def test_nothing_until_today_is_a_statement_of_today(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 20)
    send_from(candidate_client, interview.journey)
    assert Interview.objects.get().wait_days == 20


@pytest.mark.parametrize(("days", "answer"), [(25, 14), (18, 14), (10, 5)])
def test_another_day_of_the_interview_makes_it_remembered(
    candidate: User, candidate_client: Client, days: int, answer: int
) -> None:
    interview = answered(candidate)
    send_from(
        candidate_client,
        interview.journey,
        month=f"{months_ago(2):%Y-%m}",
        talk_0_day=ago(days).isoformat(),
        talk_0_answered_on=ago(answer).isoformat(),
    )
    told = Interview.objects.get()
    assert (told.held_on, told.wait_days, told.was_moved) == (ago(days), days - answer, True)
    assert told.logged_at == interview.logged_at


def test_a_day_that_is_only_roughly_known_is_not_measured(candidate: User, candidate_client: Client) -> None:
    interview = answered(candidate)
    send_from(
        candidate_client, interview.journey, talk_0_answered_on=None, talk_0_after="2", talk_0_unit="weeks"
    )
    told = Interview.objects.get()
    assert (told.wait_days, told.is_exact, told.was_moved) == (14, False, True)


def test_an_interview_that_only_the_review_tells_of_is_remembered(
    candidate: User, candidate_client: Client
) -> None:
    interview = answered(candidate)
    send_from(
        candidate_client,
        interview.journey,
        talks="2",
        talk_1_day=ago(12).isoformat(),
        talk_1_response="nothing",
        talk_1_round="2",
    )
    added = Interview.objects.exclude(pk=interview.pk).get()
    assert (added.journey_id, added.wait_days, added.was_moved) == (interview.journey_id, 12, True)
    assert added.in_review


def test_an_interview_that_is_left_out_stays_private(candidate: User, candidate_client: Client) -> None:
    first = answered(candidate)
    second = interviewed(candidate, 5, first.journey)
    left_out = {f"talk_1_{name}": None for name in ("day", "response", "about", "round", "chased")}
    send_from(candidate_client, first.journey, talks="1", **left_out)
    review = Review.objects.get()
    publish(review)
    assert list(Interview.objects.filter(in_review=True)) == [first]
    assert second in Interview.objects.all()
    assert not any("Gespräch 2" in fact for fact in facts(review))


def test_a_cv_that_went_out_is_told_once(candidate: User, candidate_client: Client) -> None:
    journey = answered(candidate).journey
    typed = answers(email=None, month=None, stage=None, outcome=None) | filled_in(candidate_client, journey)
    sent_on = journey.month.isoformat()
    typed |= {"cv-day": sent_on, "cv-response": "positive", "cv-after": "1"}
    candidate_client.post(address(journey.agency), typed | {"do": "preview"})
    candidate_client.post(address(journey.agency, "review-preview"), {"do": "submit"})
    waits = Interview.objects.filter(kind=WaitKind.APPLICATION)
    assert [(wait.wait_days, wait.in_review) for wait in waits] == [(1, True)]


# ---- one review per journey ------------------------------------------------------------------------------


def test_a_second_attempt_leads_to_changing_the_first(candidate: User, candidate_client: Client) -> None:
    journey = answered(candidate).journey
    typed = filled_in(candidate_client, journey)
    send_from(candidate_client, journey)
    review = Review.objects.get()
    edit = reverse("reviews:review-edit", args=[review.pk])
    assert form_from(candidate_client, journey)["Location"] == edit
    late_tab = answers(email=None) | typed
    candidate_client.post(address(journey.agency), late_tab | {"do": "preview"})
    sent = candidate_client.post(address(journey.agency, "review-preview"), {"do": "submit"})
    assert sent["Location"] == edit
    assert Review.objects.count() == 1
    assert Draft.objects.exists()  # nothing that was typed is lost


def test_two_drafts_of_one_journey_sent_at_once_make_one_review(
    candidate: User, candidate_client: Client
) -> None:
    journey = answered(candidate).journey
    typed = answers(email=None) | filled_in(candidate_client, journey)
    kept = {name: [value] for name, value in typed.items()}
    first, second = (
        Draft.objects.create(user=candidate, agency=journey.agency, answers=kept) for _ in range(2)
    )
    review = actions.submit(draft_id=first.pk, by=candidate, language="de")
    with pytest.raises(actions.AlreadyReviewed) as refused:
        actions.submit(draft_id=second.pk, by=candidate, language="de")
    assert refused.value.review == review


# ---- changing and taking back ----------------------------------------------------------------------------


def revise(review: Review, author: User, **changes: str) -> None:
    sent = review.revisions.latest("number").answers | {name: [value] for name, value in changes.items()}
    actions.revise(review=review, sent=sent, by=author)


def test_an_accepted_change_is_said_about_the_interview(candidate: User, candidate_client: Client) -> None:
    interview = answered(candidate)
    send_from(candidate_client, interview.journey)
    review = Review.objects.get()
    publish(review)
    revise(review, candidate, **{"talk-0-answered_on": ago(12).isoformat(), "feedback": "1"})
    interview.refresh_from_db()
    assert interview.wait_days == 6  # what is public stays until the change is accepted
    publish(review)
    interview.refresh_from_db()
    assert (interview.wait_days, interview.was_moved, Interview.objects.count()) == (8, False, 1)


def test_what_the_author_said_since_is_not_overwritten_by_an_older_version(
    candidate: User, candidate_client: Client
) -> None:
    interview = interviewed(candidate, 20)
    tracker.state(interview=interview, response=Response.NOTHING, on=ago(6), by=candidate)
    send_from(candidate_client, interview.journey)
    review = Review.objects.get()
    publish(review)
    revise(review, candidate, feedback="1")
    Interview.objects.filter(pk=interview.pk).update(told_on=ago(-1), wait_days=7, chased=4)
    publish(review)
    assert Interview.objects.get().chased == 4


def test_what_is_logged_after_the_review_stays_private(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 20)
    send_from(candidate_client, interview.journey)
    review = Review.objects.get()
    publish(review)
    before = facts(review)
    assert "Gespräch 1: keine Antwort nach 20 Tagen" in before or "Keine Antwort nach 20 Tagen" in before
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        today, told = timezone.localdate(), Interview.objects.get()
        tracker.state(
            interview=told, response=Response.NEGATIVE, on=today, reason=Reason.CONCRETE, by=candidate
        )
        interviewed(candidate, 1, interview.journey)
        assert facts(review) == before


def test_withdrawing_the_review_leaves_the_journey_to_its_author(
    candidate: User, candidate_client: Client
) -> None:
    interview = answered(candidate)
    send_from(candidate_client, interview.journey)
    review = Review.objects.get()
    publish(review)
    actions.withdraw(review=review, by=candidate)
    journey = Journey.objects.tracked_by(candidate).get()
    told = tracker.state(
        interview=journey.interviews.get(), response=Response.POSITIVE, on=ago(13), by=candidate
    )
    assert told.wait_days == 7
    assert Review.objects.get().status == Status.WITHDRAWN


def test_a_published_review_counts_its_waits_once(candidate: User, candidate_client: Client) -> None:
    User.objects.filter(pk=candidate.pk).update(date_joined=timezone.now() - timedelta(days=90))
    interview = interviewed(candidate, 20)
    tracker.share(journey=interview.journey, by=candidate)
    Journey.objects.update(shared_at=timezone.now() - timedelta(days=30))
    Interview.objects.update(entry_day=0)
    send_from(candidate_client, interview.journey)
    publish(Review.objects.get())
    agency = interview.journey.agency
    age_scores()
    recompute([agency.pk])
    counted = {curve.source: curve.waits for curve in agency.curves.filter(kind="interview")}
    assert counted == {"measured": 1, "recalled": 0}
    tracker.unshare(journey=interview.journey, by=candidate)
    age_scores()
    counted = {curve.source: curve.waits for curve in agency.curves.filter(kind="interview")}
    assert counted == {"measured": 0, "recalled": 1}


def test_public_facts_show_durations_and_no_dates(candidate: User, candidate_client: Client) -> None:
    interview = answered(candidate)
    send_from(candidate_client, interview.journey)
    review = Review.objects.get()
    publish(review)
    page = candidate_client.get(interview.journey.agency.get_absolute_url()).content.decode()
    assert "nach 6 Tagen" in page
    assert not any(str(day) in page for day in (interview.held_on, interview.held_on + timedelta(days=6)))


def test_a_full_process_can_be_reviewed(candidate: User, candidate_client: Client) -> None:
    journey = interviewed(candidate, 20).journey
    for days in range(21, 20 + tracker.MOST_INTERVIEWS):
        tracker.log_interview(journey=journey, held_at=days_ago(candidate, days), round=1, by=candidate)
    send_from(candidate_client, journey, talk_0_about=None, talk_0_day=ago(11).isoformat())
    assert Review.objects.filter(journey=journey).exists()
    assert journey.interviews.count() == tracker.MOST_INTERVIEWS + 1


def test_a_day_that_has_not_begun_where_the_author_lives_is_their_today(
    candidate: User, candidate_client: Client
) -> None:
    User.objects.filter(pk=candidate.pk).update(zone="America/New_York")
    candidate.refresh_from_db()
    with time_machine.travel(datetime(2026, 11, 23, 1, tzinfo=UTC), tick=False):  # the 22nd in New York
        journey = interviewed(candidate, 20).journey
        told = {"talk_0_day": "2026-11-23", "talk_0_response": "nothing"}
        send_from(candidate_client, journey, talk_0_about=None, talk_0_answered_on=None, **told)
    assert journey.interviews.latest("held_on").held_on == date(2026, 11, 22)
