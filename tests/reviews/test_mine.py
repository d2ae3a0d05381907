"""My reviews: where each stands, changing one, taking one back."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Event, User
from agencies.choices import AgencyStatus
from agencies.models import Agency
from journeys.models import Interview
from moderation.models import Decision
from reviews import moves
from reviews.answers import reading_of_revision
from reviews.models import Review, Revision
from reviews.states import Status
from tests.factories import AgencyFactory, DraftFactory, ReviewFactory
from tests.reviews.sending import answers, errors, months_ago, send, the_review

pytestmark = pytest.mark.django_db

MINE = "/konto/bewertungen/"


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(name="Probeagentur West")


@pytest.fixture
def review(candidate_client: Client, agency: Agency) -> Review:
    """A review that its author sent while logged in; it waits for screening."""
    send(
        candidate_client,
        agency,
        good="Die erste Fassung.",
        talk_0_day=(timezone.localdate() - timedelta(days=20)).isoformat(),
        talk_0_response="nothing",
    )
    return the_review()


@pytest.fixture
def published(review: Review) -> Review:
    moves.publish(moves.lock(review.pk), review.revisions.get(), by=None)
    review.refresh_from_db()
    return review


def decide(review: Review, outcome: str, to: Status, moderator: User) -> None:
    """A moderator's decision, as rows."""
    with transaction.atomic():
        review = moves.lock(review.pk)
        revision = review.revisions.latest("number")
        Decision.objects.create(
            review=review,
            revision=revision,
            outcome=outcome,
            reason=Decision.Reason.PERSONAL_DATA,
            text="Da steht der Name einer Person.",
            passage="Frau Beispiel rief nie zurück.",
            rule="Nutzungsbedingungen, Ziffer 4",
            by=moderator,
        )
        Revision.objects.filter(pk=revision.pk).update(state=Revision.State.REFUSED)
        if review.status == Status.SCREENING:
            moves.move(review, Status.IN_MODERATION, by=None)
        if not review.is_public:
            moves.move(review, to, by=moderator)


def mine(client: Client) -> str:
    return client.get(MINE).content.decode()


def act(name: str, review: Review) -> str:
    return reverse(f"reviews:review-{name}", args=[review.pk])


# ---- the list ----------------------------------------------------------------------------------------------


def test_the_list_is_for_whoever_is_logged_in(client: Client) -> None:
    assert client.get(MINE)["Location"].startswith("/konto/login/")


def test_an_empty_list_says_what_to_do(candidate_client: Client) -> None:
    assert "Noch keine Bewertung" in mine(candidate_client)


def test_a_stranger_does_not_see_my_reviews(review: Review, other_client: Client) -> None:
    assert "Probeagentur West" not in mine(other_client)


@pytest.mark.parametrize("name", ["edit", "withdraw", "thanks"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_for_a_stranger_my_review_does_not_exist(
    review: Review, other_client: Client, name: str, method: str
) -> None:
    assert getattr(other_client, method)(act(name, review), answers()).status_code == 404
    review.refresh_from_db()
    assert review.status == Status.SCREENING
    assert review.revisions.count() == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.SCREENING, "Wird geprüft"),
        (Status.IN_MODERATION, "Liegt bei der Moderation"),
        (Status.PUBLISHED, "Veröffentlicht"),
        (Status.UNDER_CHECK, "der Kontakt wird geprüft"),
        (Status.WITHDRAWN, "Zurückgezogen"),
    ],
)
def test_each_status_has_words(candidate: User, candidate_client: Client, status: Status, words: str) -> None:
    ReviewFactory(author=candidate, status=status)
    assert words in mine(candidate_client)


def test_an_erased_review_is_gone_from_the_list(
    candidate: User, candidate_client: Client, agency: Agency
) -> None:
    ReviewFactory(author=candidate, agency=agency, status=Status.ERASED)
    assert "Probeagentur West" not in mine(candidate_client)


def test_a_request_for_a_change_shows_its_passage_and_reason(
    review: Review, candidate_client: Client, moderator: User
) -> None:
    decide(review, Decision.Outcome.REQUEST_CHANGES, Status.CHANGES_REQUESTED, moderator)
    page = mine(candidate_client)
    assert "Wir bitten dich um eine Änderung" in page
    assert "Frau Beispiel rief nie zurück." in page
    assert "Persönliche Daten oder Namen" in page
    assert "Da steht der Name einer Person." in page


def test_a_request_for_a_change_names_the_day_until_which_it_waits(
    review: Review, candidate_client: Client, moderator: User
) -> None:
    decide(review, Decision.Outcome.REQUEST_CHANGES, Status.CHANGES_REQUESTED, moderator)
    Review.objects.update(status_since=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))  # the 22nd in Berlin
    assert "Du hast bis 6. Dezember 2026 Zeit." in mine(candidate_client)


def test_a_request_that_was_answered_is_no_longer_shown(
    review: Review, candidate_client: Client, moderator: User
) -> None:
    decide(review, Decision.Outcome.REQUEST_CHANGES, Status.CHANGES_REQUESTED, moderator)
    candidate_client.post(act("edit", review), answers(good="Ohne Namen."))
    assert "Frau Beispiel rief nie zurück." not in mine(candidate_client)


def test_a_refused_change_of_a_published_review_is_explained(
    published: Review, candidate_client: Client, moderator: User
) -> None:
    candidate_client.post(act("edit", published), answers(good="Mit Namen."))
    decide(published, Decision.Outcome.REJECT, Status.REJECTED, moderator)
    page = mine(candidate_client)
    assert "Die bisherige Fassung bleibt sichtbar." in page
    assert "Da steht der Name einer Person." in page


def test_an_agency_without_a_page_is_no_link(candidate: User, candidate_client: Client) -> None:
    proposed = AgencyFactory(status=AgencyStatus.PROPOSED)
    ReviewFactory(author=candidate, agency=proposed, status=Status.IN_MODERATION)
    assert f'href="{proposed.get_absolute_url()}"' not in mine(candidate_client)


def test_drafts_can_be_continued(candidate: User, candidate_client: Client, agency: Agency) -> None:
    draft = DraftFactory(user=candidate, agency=agency, answers={"good": ["Weiter hier."]})
    page = mine(candidate_client)
    link = f"{reverse('reviews:review-write', args=[agency.slug])}?entwurf={draft.pk}"
    assert f'href="{link}"' in page
    assert "Weiter hier." in candidate_client.get(link, follow=True).content.decode()


def test_the_list_costs_the_same_queries_for_1_and_20(
    candidate: User, candidate_client: Client, django_assert_num_queries: Any
) -> None:
    def add() -> None:
        ReviewFactory(author=candidate)
        DraftFactory(user=candidate)

    add()
    with django_assert_num_queries(6):
        candidate_client.get(MINE)
    for _more in range(19):
        add()
    with django_assert_num_queries(6):
        candidate_client.get(MINE)


def test_personal_pages_are_never_stored(review: Review, candidate_client: Client) -> None:
    for path in (MINE, act("edit", review), act("withdraw", review), act("thanks", review)):
        assert "no-store" in candidate_client.get(path)["Cache-Control"], path


def test_the_thanks_promise_a_person_only_for_the_first_review(
    candidate: User, candidate_client: Client, review: Review
) -> None:
    assert "Deine erste Bewertung" in candidate_client.get(act("thanks", review)).content.decode()
    ReviewFactory(author=candidate)
    assert "Deine erste Bewertung" not in candidate_client.get(act("thanks", review)).content.decode()


def test_the_thanks_for_a_proposed_agency_say_that_both_wait_together(
    candidate: User, candidate_client: Client
) -> None:
    agency = AgencyFactory(name="Neuland Probe", status=AgencyStatus.PROPOSED)
    send(candidate_client, agency)
    page = candidate_client.get(act("thanks", the_review())).content.decode()
    assert "Neuland Probe ist erst vorgeschlagen." in page
    assert "Agentur und Bewertung liegen zusammen bei einem Menschen" in page
    assert "Nehmen wir die Agentur nicht auf, erscheint auch die Bewertung nicht." in page


def test_the_thanks_for_a_listed_agency_say_nothing_of_a_proposal(
    review: Review, candidate_client: Client
) -> None:
    assert "vorgeschlagen" not in candidate_client.get(act("thanks", review)).content.decode()


# ---- changing ----------------------------------------------------------------------------------------------


def test_the_form_starts_from_what_was_sent(review: Review, candidate_client: Client) -> None:
    page = candidate_client.get(act("edit", review)).content.decode()
    assert "Die erste Fassung." in page
    assert 'name="talk-0-response" value="nothing"' in page
    assert 'name="email"' not in page


def test_a_change_is_a_new_version_and_the_public_one_stays(
    published: Review, candidate_client: Client
) -> None:
    candidate_client.post(act("edit", published), answers(good="Die zweite Fassung.", feedback="5"))
    published.refresh_from_db()
    assert published.status == Status.PUBLISHED
    assert published.public_revision is not None
    assert published.public_revision.good == "Die erste Fassung."
    assert published.feedback == 2
    assert published.revisions.get(number=2).state == Revision.State.PENDING
    assert "Deine Änderung wird geprüft." in mine(candidate_client)


def test_an_accepted_change_brings_its_facts_and_stars(published: Review, candidate_client: Client) -> None:
    sent = answers(
        feedback="5", outcome="hired", talk_0_month=f"{months_ago(1):%Y-%m}", talk_0_response="positive"
    )
    candidate_client.post(act("edit", published), sent | {"talk-0-after": "3"})
    with transaction.atomic():
        review = moves.lock(published.pk)
        moves.publish(review, review.revisions.get(number=2), by=None)
    published = Review.objects.get()
    assert (published.feedback, published.journey.outcome) == (5, "hired")
    wait = Interview.objects.get()
    assert (wait.response, wait.wait_days) == ("positive", 3)


def test_an_accepted_change_marks_the_score_stale_after_its_stars_are_written(
    published: Review, candidate_client: Client
) -> None:
    candidate_client.post(act("edit", published), answers(feedback="5"))
    published.agency.score.__class__.objects.update(stale_since=None)
    with transaction.atomic():
        review = moves.lock(published.pk)
        moves.publish(review, review.revisions.get(number=2), by=None)
    published.agency.score.refresh_from_db()
    assert published.agency.score.stale_since is not None


def test_what_was_silent_is_silent_until_the_day_of_the_change(
    published: Review, candidate_client: Client
) -> None:
    sent = dict(Revision.objects.get().answers)
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        assert published.author
        candidate_client.force_login(published.author)
        candidate_client.post(act("edit", published), sent | {"better": ["Immer noch nichts."]})
    with transaction.atomic():
        review = moves.lock(published.pk)
        moves.publish(review, review.revisions.get(number=2), by=None)
    assert Interview.objects.get().wait_days == 30


def test_an_office_that_is_gone_does_not_stop_an_accepted_change(published: Review) -> None:
    told = Revision.objects.get().answers | {"office": ["987654321"], "respect": ["5"]}
    revision = Revision.objects.create(review=published, number=2, answers=told)
    with transaction.atomic():
        moves.publish(moves.lock(published.pk), revision, by=None)
    review = Review.objects.get()
    assert (review.respect, review.journey.office) == (5, None)


def test_a_moderator_sees_a_change_as_it_will_be_public(published: Review, candidate_client: Client) -> None:
    candidate_client.post(act("edit", published), answers(good="So nun.", outcome="hired", feedback="5"))
    reading = reading_of_revision(published.revisions.get(number=2))
    assert (reading.good, reading.headline, dict(reading.ratings)["Feedbackverhalten"]) == (
        "So nun.",
        "Zusage",
        "5 von 5",
    )


def test_a_requested_change_goes_back_to_screening(
    review: Review, candidate_client: Client, moderator: User
) -> None:
    decide(review, Decision.Outcome.REQUEST_CHANGES, Status.CHANGES_REQUESTED, moderator)
    response = candidate_client.post(act("edit", review), answers(good="Ohne Namen."))
    assert response["Location"] == MINE
    review.refresh_from_db()
    assert review.status == Status.SCREENING
    assert review.revisions.get(state=Revision.State.PENDING).number == 2


def test_a_change_replaces_one_that_still_waits(review: Review, candidate_client: Client) -> None:
    candidate_client.post(act("edit", review), answers(good="Zweite."))
    candidate_client.post(act("edit", review), answers(good="Dritte."))
    assert list(review.revisions.values_list("number", "state")) == [
        (1, "replaced"),
        (2, "replaced"),
        (3, "pending"),
    ]


def test_my_list_names_a_replaced_version_so_and_not_refused(
    review: Review, candidate_client: Client
) -> None:
    assert "1 Fassung" not in mine(candidate_client)
    candidate_client.post(act("edit", review), answers(good="Zweite."))
    page = mine(candidate_client)
    today = date_format(timezone.localdate(), "DATE_FORMAT")
    assert "2 Fassungen" in page
    assert f"Fassung 2 vom {today}: offen" in page
    assert f"Fassung 1 vom {today}: ersetzt" in page
    assert "nicht angenommen" not in page


def test_a_version_that_was_decided_about_is_not_replaced_by_the_next(
    review: Review, candidate_client: Client, moderator: User
) -> None:
    decide(review, Decision.Outcome.REQUEST_CHANGES, Status.CHANGES_REQUESTED, moderator)
    candidate_client.post(act("edit", review), answers(good="Ohne Namen."))
    assert review.revisions.get(number=1).state == Revision.State.REFUSED


def test_a_double_click_makes_one_version(review: Review, candidate_client: Client) -> None:
    for _click in range(2):
        candidate_client.post(act("edit", review), answers(good="Zweite."))
    assert review.revisions.count() == 2


@pytest.mark.parametrize(
    "status",
    [Status.REJECTED, Status.REMOVED, Status.HIDDEN, Status.WITHDRAWN],
    ids=lambda status: status.value,
)
def test_what_is_decided_or_withdrawn_cannot_be_changed(
    review: Review, candidate_client: Client, status: Status, moderator: User
) -> None:
    decide(review, Decision.Outcome.REJECT, Status.REJECTED, moderator)
    Review.objects.filter(pk=review.pk).update(status=status)
    assert candidate_client.get(act("edit", review))["Location"] == MINE
    candidate_client.post(act("edit", review), answers(good="Doch."))
    assert review.revisions.count() == 1


def test_a_refused_change_keeps_what_was_typed(review: Review, candidate_client: Client) -> None:
    response = candidate_client.post(act("edit", review), answers(month=None, good="Noch da."))
    assert list(errors(response)) == ["month"]
    assert "Noch da." in response.content.decode()
    assert review.revisions.count() == 1


def test_one_more_interview_can_be_added_while_changing(review: Review, candidate_client: Client) -> None:
    page = candidate_client.post(
        act("edit", review), answers(good="Noch da.") | {"do": "add"}
    ).content.decode()
    assert 'id="talk-1"' in page
    assert "Noch da." in page
    assert review.revisions.count() == 1


def test_an_experience_may_be_told_better_long_after_it_was_told_first(
    review: Review, candidate: User, candidate_client: Client
) -> None:
    """The contact lay within 24 months when the review was written; that it does not any more is no one's fault."""
    with time_machine.travel(timezone.now() + timedelta(days=800)):
        candidate_client.force_login(candidate)
        candidate_client.post(
            act("edit", review), answers(month=f"{review.journey.month:%Y-%m}", good="Spät.")
        )
    assert review.revisions.count() == 2


def test_a_failed_csrf_check_keeps_a_change(review: Review, candidate: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(candidate)
    response = client.post(act("edit", review), answers(good="Aus dem alten Fenster."))
    assert response.status_code == 403
    assert "Aus dem alten Fenster." in response.content.decode()
    assert review.revisions.count() == 1


def test_too_many_changes_are_refused_with_their_text(
    review: Review, candidate_client: Client, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"review_submit": "1/d/ip"}
    candidate_client.post(act("edit", review), answers(good="Zweite."))
    response = candidate_client.post(act("edit", review), answers(good="Dritte."))
    assert response.status_code == 429
    assert int(response["Retry-After"]) > 0
    assert "Dritte." in response.content.decode()


# ---- taking back -------------------------------------------------------------------------------------------


def test_taking_back_asks_first(published: Review, candidate_client: Client) -> None:
    page = candidate_client.get(act("withdraw", published)).content.decode()
    assert "nicht rückgängig" in page
    published.refresh_from_db()
    assert published.status == Status.PUBLISHED


def test_a_review_taken_back_no_longer_counts_and_is_logged(
    published: Review, candidate: User, candidate_client: Client
) -> None:
    candidate_client.post(act("withdraw", published))
    published.refresh_from_db()
    assert (published.status, published.is_current) == (Status.WITHDRAWN, False)
    event = Event.objects.about(published).last()
    assert event is not None
    assert (event.before, event.after, event.actor_id) == ("published", "withdrawn", candidate.pk)


def test_a_change_that_waits_is_taken_back_with_the_review(
    published: Review, candidate_client: Client
) -> None:
    candidate_client.post(act("edit", published), answers(good="Zweite."))
    candidate_client.post(act("withdraw", published))
    assert not published.revisions.filter(state=Revision.State.PENDING).exists()


def test_taking_back_is_final(published: Review, candidate_client: Client) -> None:
    candidate_client.post(act("withdraw", published))
    page = candidate_client.post(act("withdraw", published), follow=True).content.decode()
    assert "schon zurückgezogen" in page
    assert act("edit", published) not in page
