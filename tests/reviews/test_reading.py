"""What the public reads of a review: durations and quarters in words, never days or people."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone, translation

from agencies.models import Office, Recruiter
from journeys.models import Journey
from reviews.models import Review
from reviews.published import readings
from reviews.reading import Reading
from reviews.states import Status
from tests.factories import InterviewFactory, JourneyFactory, OfficeFactory, RecruiterFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def reading(journey: dict[str, Any] | None = None, *waits: dict[str, Any], **fields: Any) -> Reading:
    review = ReviewFactory(**fields)
    for name, value in (journey or {}).items():
        setattr(review.journey, name, value)
    review.journey.save()
    for wait in waits:
        InterviewFactory(journey=review.journey, **wait)
    (shown,) = readings([review.pk])
    return shown


def facts(*waits: dict[str, Any], **journey: Any) -> list[str]:
    return [fact.text for fact in reading(journey, *waits).facts][1:]  # the first is the stage


def test_a_person_is_a_role() -> None:
    assert (
        reading({"role": "permanent", "field": "it"}).role == "Bewerber:in, IT und Software, Festanstellung"
    )
    assert reading().role == "Bewerber:in"


@pytest.mark.parametrize(("month", "quarter"), [(1, 1), (3, 1), (4, 2), (9, 3), (10, 4), (12, 4)])
def test_the_contact_is_a_quarter(month: int, quarter: int) -> None:
    assert reading({"month": date(2026, month, 1)}).contact == f"Kontakt im {quarter}. Quartal 2026"


def test_the_publication_is_a_month() -> None:
    assert reading(published_on=date(2026, 3, 17)).published == "März 2026"


def test_the_overall_value_is_the_mean_of_what_was_answered() -> None:
    assert reading(ratings={"feedback": 1, "respect": 4, "terms": 5}).overall == "3,3"


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        ({"wait_days": 0}, "Antwort am selben Tag"),
        ({"wait_days": 1}, "Antwort nach 1 Tag"),
        ({"wait_days": 6}, "Antwort nach 6 Tagen"),
        ({"wait_days": 6, "is_exact": False}, "Antwort nach etwa 6 Tagen"),
        ({"wait_days": 21, "is_exact": False}, "Antwort nach etwa 3 Wochen"),
        ({"wait_days": 34, "response": "nothing", "wait_end": "silent"}, "Keine Antwort nach 34 Tagen"),
        (
            {"wait_days": 9, "response": "holding", "wait_end": "silent"},
            "Nur vertröstet, keine Antwort nach 9 Tagen",
        ),
        ({"wait_days": 3, "response": "cancelled"}, "Stelle entfallen, gesagt nach 3 Tagen"),
        (
            {"wait_days": 3, "response": "withdrew", "wait_end": "withdrawn"},
            "Selbst zurückgezogen nach 3 Tagen",
        ),
    ],
)
def test_a_wait_is_a_duration(wait: dict[str, Any], words: str) -> None:
    assert facts(wait)[0] == words


def test_several_waits_say_which_is_which() -> None:
    told = facts(
        {"kind": "application", "wait_days": 40, "response": "nothing", "wait_end": "silent"},
        {"round": 1, "party": "agency", "wait_days": 20},
        {"round": 2, "party": "client", "wait_days": 2},
    )
    assert "Lebenslauf geschickt: keine Antwort nach 40 Tagen" in told
    assert "Gespräch 1 bei der Agentur: Antwort nach 20 Tagen" in told
    assert "Gespräch 2 beim Kunden: Antwort nach 2 Tagen" in told


def test_an_answer_says_its_way_and_its_reason() -> None:
    assert "Absage per Telefon, mit konkretem Grund" in facts({"channel": "phone", "reason": "concrete"})


def test_chasing_and_who_was_silent_are_told() -> None:
    silent = {"response": "nothing", "wait_end": "silent", "chased": 3, "silent_party": "client"}
    assert facts(silent)[1:] == ["3 Mal nachgefragt", "still war: der Kunde"]


def test_the_headline_takes_its_duration_from_the_last_wait_only_if_that_ended_so() -> None:
    answered = {"wait_days": 6, "reason": "helpful"}
    assert reading({"outcome": "rejected"}, answered).headline == (
        "Absage nach 6 Tagen, mit einem Grund, der weiterhilft"
    )
    assert reading({"outcome": "hired"}, answered).headline == "Zusage"
    assert reading({"outcome": "silent"}).headline == "Keine Antwort"


def test_an_office_is_a_place() -> None:
    office = OfficeFactory()
    assert "Büro Hamburg" in facts(office=office)


def test_a_recruiter_is_named_only_while_their_profile_is_public() -> None:
    recruiter = RecruiterFactory(name="Testa Beispielfrau", confirmed_at=timezone.now())
    assert "Berater:in: Testa Beispielfrau" in facts(recruiter=recruiter)
    recruiter.hidden_at = timezone.now()
    recruiter.save()
    assert not [fact for fact in facts(recruiter=recruiter) if "Testa" in fact]


def test_a_replaced_review_says_so() -> None:
    assert reading(is_current=False).is_replaced
    assert not reading().is_replaced


def test_a_review_under_check_says_so() -> None:
    assert reading(status=Status.UNDER_CHECK).is_under_check


def test_any_number_of_reviews_is_read_in_two_queries(django_assert_num_queries: Any) -> None:
    journeys = JourneyFactory.create_batch(3, office=OfficeFactory(), recruiter=RecruiterFactory())
    for journey in journeys:
        InterviewFactory.create_batch(3, journey=journey)
    numbers = [ReviewFactory(journey=journey, agency=journey.agency).pk for journey in journeys]
    with django_assert_num_queries(2):
        assert [one.pk for one in readings(numbers[::-1])] == numbers[::-1]


def test_what_is_not_published_is_not_read() -> None:
    assert readings([ReviewFactory(status=Status.IN_MODERATION).pk, ReviewFactory().pk + 1]) == []


@pytest.mark.parametrize("kept", ["journey", "office", "recruiter", "wait", "text", "proof"])
def test_a_change_of_anything_that_is_shown_is_seen_at_once(kept: str) -> None:
    """Words are kept for the values they were made of, and for nothing else."""
    office, recruiter = OfficeFactory(place="Kiel"), RecruiterFactory(confirmed_at=timezone.now())
    journey = JourneyFactory(office=office, recruiter=recruiter, outcome="silent")
    wait = InterviewFactory(journey=journey, response="nothing", wait_end="silent", wait_days=20)
    review = ReviewFactory(journey=journey, agency=journey.agency)
    (before,) = readings([review.pk])
    match kept:
        case "journey":
            Journey.objects.update(outcome="hired")
        case "office":
            Office.objects.filter(pk=office.pk).update(place="Celle")
        case "recruiter":
            Recruiter.objects.filter(pk=recruiter.pk).update(hidden_at=timezone.now())
        case "wait":
            type(wait).objects.update(wait_days=21)
        case "text":
            revision = review.revisions.create(number=2, good="Neu")
            Review.objects.update(public_revision=revision)
        case "proof":
            Review.objects.update(proof="contact")
    (after,) = readings([review.pk])
    assert after != before


def test_a_review_can_be_read_in_english() -> None:
    with translation.override("en"):
        assert reading(published_on=date(2026, 3, 17)).published == "March 2026"
