"""The queue and the decision screen, as moderators and others meet them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery, current_app
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import OutgoingMail, User
from agencies.choices import AgencyStatus
from moderation.actions import publish, reject, request_changes, screen
from moderation.dossier import segments
from moderation.models import Decision, Mark, QueueEntry
from moderation.permissions import grant
from reviews.models import Review, Revision
from reviews.states import Status
from tests.conftest import logged_in, person
from tests.factories import AgencyFactory, InterviewFactory, MembershipFactory, ReviewFactory

pytestmark = pytest.mark.django_db
QUEUE = "/admin/moderation/queueentry/"
SAID = "Frau Müller war nett, 0171 2345678."
MANY = 20  # queries of a page; what matters is that they do not grow with the rows


def waiting(*, hours: int = 1, text: str = SAID, **fields: Any) -> Review:
    """A screened review that came to moderation some hours ago."""
    review = ReviewFactory(status=Status.SCREENING, good=text, **fields)
    InterviewFactory(journey=review.journey)
    screen(review.pk)
    Review.objects.filter(pk=review.pk).update(status_since=timezone.now() - timedelta(hours=hours))
    review.refresh_from_db()
    return review


def url(review: Review) -> str:
    return f"{QUEUE}{review.pk}/"


def answer(review: Review, outcome: str = "publish", **fields: str) -> dict[str, str]:
    return {"outcome": outcome, "revision": str(review.revisions.latest("number").pk)} | fields


def page(response: Any) -> str:
    return str(response.content.decode())


def new_version(review: Review, text: str) -> Revision:
    review.revisions.filter(state=Revision.State.PENDING).update(state=Revision.State.REPLACED)
    return Revision.objects.create(
        review=review, number=review.revisions.count() + 1, good=text, answers=ANSWERS
    )


ANSWERS = {
    "month": [f"{timezone.localdate() - timedelta(days=40):%Y-%m}"],
    "stage": ["client"],
    "outcome": ["rejected"],
    "feedback": ["2"],
    "respect": ["3"],
    "recommendation": ["1"],
}


# ---- who gets in -----------------------------------------------------------------------------------------


PAGES = [QUEUE, "/admin/", "/admin/agencies/agency/", "/admin/reviews/review/", "/admin/accounts/event/"]


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_sent_to_the_one_login(path: str, client: Client) -> None:
    assert client.get(path, follow=True).redirect_chain[-1][0].startswith(reverse("account_login"))


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("who", ["candidate_client", "owner_client"])
def test_only_staff_gets_in(path: str, who: str, request: pytest.FixtureRequest) -> None:
    response = request.getfixturevalue(who).get(path, follow=True)
    assert response.status_code == 403
    assert 'id="content-main"' not in page(response)


def test_staff_without_a_second_factor_is_sent_to_get_one() -> None:
    response = logged_in(person("neu@my-recruiter.example", is_staff=True, is_superuser=True)).get(QUEUE)
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_activate_totp"))


def test_staff_without_the_permission_sees_no_queue() -> None:
    client = logged_in(person("technik@my-recruiter.example", is_staff=True, second_factor=True))
    review = waiting()
    assert client.get(QUEUE).status_code == 403
    assert client.post(url(review), answer(review)).status_code == 403
    assert not Decision.objects.exists()


def test_who_may_only_look_cannot_decide(moderator: User, moderator_client: Client) -> None:
    review = waiting()
    Group.objects.get(name="Moderation").permissions.remove(Permission.objects.get(codename="add_decision"))
    assert 'name="outcome"' not in page(moderator_client.get(url(review)))
    moderator_client.post(url(review), answer(review))
    assert not Decision.objects.exists()


# ---- the list --------------------------------------------------------------------------------------------


def test_the_oldest_comes_first_with_what_was_marked(moderator_client: Client) -> None:
    waiting(hours=1, agency=AgencyFactory(name="Die Jüngere"), text="Gut.")
    waiting(hours=30, agency=AgencyFactory(name="Die Ältere"))
    shown = page(moderator_client.get(QUEUE))
    assert shown.index("Die Ältere") < shown.index("Die Jüngere")
    for word in ("Name einer Person", "Telefonnummer", "erste Bewertung dieses Kontos", "wartet 1 Tag"):
        assert word in shown.replace("\xa0", " ")


def test_what_is_decided_or_not_yet_confirmed_does_not_wait(moderator_client: Client) -> None:
    for status in (Status.PUBLISHED, Status.UNCONFIRMED, Status.WITHDRAWN):
        ReviewFactory(status=status, agency=AgencyFactory(name="Unsichtbar"))
    ReviewFactory(status=Status.SCREENING, agency=AgencyFactory(name="Unsichtbar"))  # in a moment
    assert "Unsichtbar" not in page(moderator_client.get(QUEUE))


def test_a_marked_new_version_of_a_published_review_waits_too(moderator_client: Client) -> None:
    review = ReviewFactory(good="Gut.")
    new_version(review, SAID)
    screen(review.pk)
    assert "neue Fassung 2 einer veröffentlichten Bewertung" in page(moderator_client.get(QUEUE))


def test_what_screening_left_lying_waits_for_a_person(moderator_client: Client) -> None:
    review = ReviewFactory(status=Status.SCREENING)
    Review.objects.filter(pk=review.pk).update(status_since=timezone.now() - timedelta(minutes=11))
    assert "Automatische Prüfung steht aus" in page(moderator_client.get(QUEUE))
    moderator_client.post(url(review), answer(review))
    review.refresh_from_db()
    assert review.status == Status.PUBLISHED


def test_own_reviews_and_those_of_the_own_agency_are_not_offered(
    moderator: User, moderator_client: Client
) -> None:
    own = waiting(author=moderator, agency=AgencyFactory(name="Selbst"))
    employer = AgencyFactory(name="Arbeitgeber")
    MembershipFactory(agency=employer, user=moderator)
    theirs = waiting(agency=employer)
    shown = page(moderator_client.get(QUEUE))
    assert "Selbst" not in shown
    assert "Arbeitgeber" not in shown
    for review in (own, theirs):
        assert moderator_client.post(url(review), answer(review)).status_code == 302
    assert not Decision.objects.exists()


def test_the_list_asks_as_often_for_twenty_as_for_one(
    moderator_client: Client, django_assert_max_num_queries: Any
) -> None:
    waiting()
    moderator_client.get(QUEUE)  # the first page of a session notes when it began
    with django_assert_max_num_queries(MANY) as one:
        moderator_client.get(QUEUE)
    for _ in range(19):
        waiting()
    with django_assert_max_num_queries(MANY) as twenty:
        moderator_client.get(QUEUE)
    assert len(one) == len(twenty)


def test_the_start_page_says_what_waits(moderator_client: Client) -> None:
    waiting(hours=3)
    AgencyFactory(status=AgencyStatus.PROPOSED)
    shown = page(moderator_client.get("/admin/")).replace("\xa0", " ")
    assert "1 Bewertung wartet, 3 Stunden." in shown
    assert "1 vorgeschlagene Agentur wartet." in shown


# ---- the screen ------------------------------------------------------------------------------------------


def test_the_screen_shows_text_marks_facts_and_history(moderator_client: Client) -> None:
    shown = page(moderator_client.get(url(waiting())))
    assert '<mark title="Name einer Person">Frau Müller' in shown
    assert '<mark title="Telefonnummer">0171 2345678' in shown
    assert "Antwort nach 6 Tagen" in shown  # a fact
    assert "bei der Moderation" in shown  # the log


def test_stars_are_folded_away(moderator_client: Client) -> None:
    shown = page(moderator_client.get(url(waiting())))
    assert shown.index("<details>") < shown.index("4 von 5") < shown.index("</details>")


def test_no_address_of_the_author_is_shown(moderator_client: Client) -> None:
    review = waiting()
    shown = page(moderator_client.get(url(review)))
    assert review.author.email not in shown
    assert review.author.pseudonym in shown


def test_the_authors_other_reviews_are_numbers_only(moderator_client: Client) -> None:
    review = waiting()
    ReviewFactory(author=review.author, agency=AgencyFactory(name="Ganz Andere"))
    shown = page(moderator_client.get(url(review)))
    assert "1 veröffentlicht" in shown
    assert "Ganz Andere" not in shown


def test_what_is_public_stands_beside_its_new_version(moderator_client: Client) -> None:
    review = ReviewFactory(good="Die alte Fassung.")
    new_version(review, SAID)
    screen(review.pk)
    shown = page(moderator_client.get(url(review)))
    assert "Was jetzt veröffentlicht ist" in shown
    assert "Die alte Fassung." in shown


def test_moderators_read_that_an_earlier_version_was_replaced(moderator_client: Client) -> None:
    review = waiting(text="Die erste, 0171 2345678.")
    new_version(review, SAID)
    screen(review.pk)
    assert "Fassung 1, ersetzt" in page(moderator_client.get(url(review)))
    record = page(moderator_client.get(f"/admin/reviews/review/{review.pk}/change/"))
    assert "ersetzt" in record
    assert "nicht angenommen" not in record


def test_the_text_is_shown_as_text(moderator_client: Client) -> None:
    shown = page(moderator_client.get(url(waiting(text='<script>alert("x")</script> Frau Müller'))))
    assert "<script>alert" not in shown
    assert "&lt;script&gt;" in shown


def test_the_screen_has_no_inline_script_or_style(moderator_client: Client) -> None:
    shown = page(moderator_client.get(url(waiting())))
    assert " style=" not in shown
    assert "<script>" not in shown
    assert "onclick" not in shown


@pytest.mark.parametrize("events", [0, 8])
def test_the_screen_asks_as_often_with_a_long_history(
    events: int, moderator_client: Client, moderator: User, django_assert_max_num_queries: Any
) -> None:
    review = waiting()
    for _ in range(events):
        new_version(review, SAID)
        screen(review.pk)
    with django_assert_max_num_queries(22) as queries:
        moderator_client.get(url(review))
    assert len(queries) <= 22


def test_overlapping_marks_share_a_piece() -> None:
    marks = [
        Mark(code=Mark.Code.PERSON_NAME, part="good", start=0, end=10),
        Mark(code=Mark.Code.INSULT, part="good", start=5, end=12),
    ]
    assert [(piece.text, piece.why) for piece in segments("Frau Idiot da", marks)] == [
        ("Frau ", "Name einer Person"),
        ("Idiot", "Name einer Person, mögliche Beleidigung"),
        (" d", "mögliche Beleidigung"),
        ("a", ""),
    ]


# ---- deciding --------------------------------------------------------------------------------------------


def test_after_a_decision_comes_the_next_in_the_queue(moderator_client: Client) -> None:
    first, second = waiting(hours=9), waiting(hours=5)
    assert moderator_client.post(url(first), answer(first))["Location"] == url(second)
    first.refresh_from_db()
    assert first.status == Status.PUBLISHED


def test_after_the_last_decision_comes_the_empty_queue(moderator_client: Client) -> None:
    review = waiting()
    response = moderator_client.post(url(review), answer(review), follow=True)
    assert "Es wartet nichts. Alles ist entschieden." in page(response)


def test_skipping_goes_round(moderator_client: Client) -> None:
    first, middle, last = waiting(hours=9), waiting(hours=5), waiting(hours=1)
    for here, there in ((first, middle), (middle, last), (last, first)):
        assert f'href="{url(there)}" data-skip' in page(moderator_client.get(url(here)))


@pytest.mark.parametrize(
    ("outcome", "status"), [("changes", Status.CHANGES_REQUESTED), ("reject", Status.REJECTED)]
)
def test_a_restriction_with_its_reasons(outcome: str, status: Status, moderator_client: Client) -> None:
    review = waiting()
    fields = {
        "reason": "personal_data",
        "text": "Bitte ohne Namen.",
        "passage": "Frau Müller\r\n0171 2345678",
    }
    assert moderator_client.post(url(review), answer(review, outcome, **fields)).status_code == 302
    review.refresh_from_db()
    decision = Decision.objects.get()
    assert review.status == status
    assert (decision.passage, decision.source) == ("Frau Müller\n0171 2345678", "screening")
    assert "Bitte ohne Namen." in OutgoingMail.objects.get().text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"outcome": ""}, "Wähle eine der drei Entscheidungen."),
        ({"reason": ""}, "Wähle den Grund."),
        ({"text": "  "}, "Schreib einen Satz dazu."),
        ({"passage": ""}, "Nenne die Stelle"),
        ({"passage": "Herr Meier"}, "„Herr Meier“ steht so nicht im Text."),
        ({"text": "a" * 5001}, "5000"),
        ({"reason": "agency_refused"}, 'href="#id_reason"'),
    ],
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    fields: dict[str, str], sentence: str, moderator_client: Client
) -> None:
    review = waiting()
    typed = {"reason": "insult", "text": "Meine Begründung.", "passage": "war nett"} | fields
    response = moderator_client.post(url(review), answer(review, **({"outcome": "changes"} | typed)))
    assert response.status_code == 200
    assert sentence in page(response)
    assert "Meine Begründung." in page(response) or "text" in fields
    assert not Decision.objects.exists()


def test_a_newer_version_stops_the_decision_and_keeps_what_was_typed(moderator_client: Client) -> None:
    review = waiting()
    sent = answer(review, "reject", reason="insult", text="Meine Begründung.")
    new_version(review, "Jetzt ohne Namen.")
    response = moderator_client.post(url(review), sent)
    for words in ("Inzwischen gibt es eine neue Fassung.", "Jetzt ohne Namen.", "Meine Begründung."):
        assert words in page(response)
    assert not Decision.objects.exists()
    moderator_client.post(url(review), answer(review))  # having read it
    assert Decision.objects.get().revision.number == 2


def test_what_a_colleague_decided_is_not_decided_again(moderator_client: Client, admin_user: User) -> None:
    review = waiting()
    sent = answer(review, "reject", reason="insult", text="Nein.")
    publish(review_id=review.pk, revision_id=int(sent["revision"]), by=admin_user)
    response = moderator_client.post(url(review), sent, follow=True)
    assert "wartet nicht oder nicht mehr auf dich" in page(response)
    assert Decision.objects.get().by == admin_user


def test_a_failed_csrf_check_keeps_what_was_typed(moderator: User) -> None:
    client, review = Client(enforce_csrf_checks=True), waiting()
    client.force_login(moderator)
    response = client.post(url(review), answer(review, "reject", reason="insult", text="Meine Begründung."))
    assert response.status_code == 403
    assert "Meine Begründung." in page(response)
    assert not Decision.objects.exists()


def test_a_review_of_a_proposed_agency_leads_to_the_agency_first(moderator_client: Client) -> None:
    review = waiting(agency=AgencyFactory(status=AgencyStatus.PROPOSED))
    assert "Diese Agentur ist erst vorgeschlagen." in page(moderator_client.get(url(review)))
    response = moderator_client.post(url(review), answer(review))
    assert "Entscheide zuerst, ob sie aufgenommen wird." in page(response)


def test_nothing_is_decided_by_looking(moderator_client: Client) -> None:
    review = waiting()
    moderator_client.get(f"{url(review)}?outcome=publish&revision={review.revisions.get().pk}")
    assert not Decision.objects.exists()


@pytest.mark.parametrize("address", [f"{QUEUE}4711/", f"{QUEUE}0/"])
def test_what_does_not_exist_leads_back_to_the_queue(address: str, moderator_client: Client) -> None:
    assert moderator_client.get(address)["Location"] == QUEUE


@pytest.fixture
def dead_broker() -> Iterator[None]:
    """A Celery application whose broker nobody answers for."""
    before = current_app._get_current_object()
    dead = Celery("dead", set_as_current=True)
    dead.config_from_object("django.conf:settings", namespace="CELERY")
    dead.conf.broker_url = "redis://127.0.0.1:1/0"
    yield
    before.set_current()


@pytest.mark.usefixtures("dead_broker")
def test_decisions_work_while_broker_and_worker_are_down(
    moderator_client: Client,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    review = waiting()
    with django_capture_on_commit_callbacks(execute=True):
        assert moderator_client.post(url(review), answer(review)).status_code == 302
    review.refresh_from_db()
    assert review.status == Status.PUBLISHED
    assert OutgoingMail.objects.filter(sent_at=None).count() == 1
    assert review.agency.score.stale_since is not None
    assert "broker unreachable" in caplog.text


def test_restrictions_through_the_form_satisfy_the_database(
    moderator_client: Client, moderator: User
) -> None:
    for act in (request_changes, reject):
        review = waiting()
        revision = review.revisions.get().pk
        act(review_id=review.pk, revision_id=revision, by=moderator, reason="insult", text="Nein.")
    connection.check_constraints()


def test_granting_twice_grants_once(moderator: User) -> None:
    before = set(Group.objects.get(name="Moderation").permissions.values_list("codename", flat=True))
    grant(apps)
    assert set(Group.objects.get(name="Moderation").permissions.values_list("codename", flat=True)) == before
    assert QueueEntry._meta.label_lower == "moderation.queueentry"
