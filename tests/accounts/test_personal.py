"""Everything we know about a person can be taken along, and goes when they go."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import personal
from accounts.events import record
from accounts.mail import queue_rendered
from accounts.models import Event, OutgoingMail, User
from accounts.sessions import Session
from agencies.models import Agency
from moderation.models import Decision
from reviews.models import Claim, Review, Revision
from reviews.states import Status
from tests.accounts.entering import logged_in_properly
from tests.conftest import PASSWORD
from tests.factories import AgencyFactory, DraftFactory, JourneyFactory, MembershipFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def taken_along(user: User) -> dict[str, Any]:
    response = logged_in_properly(user).post(reverse("accounts:export"))
    assert response["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(response.content))
    return {name.removesuffix(".json"): json.loads(archive.read(name)) for name in archive.namelist()}


def restrict(review: Review, **more: Any) -> Decision:
    texts: dict[str, Any] = {
        "reason": "insult",
        "text": "Bitte ohne Beleidigung.",
        "rule": "Regeln, Nummer 3",
    } | more
    return Decision.objects.create(
        review=review, revision=review.revisions.get(number=1), outcome="changes", **texts
    )


# ---- taking along


def test_the_export_holds_the_account(candidate: User) -> None:
    queue_rendered(kind="test", to=candidate.email, subject="Hallo", text="Hallo")
    account = taken_along(candidate)["account"]
    assert account["email"] == candidate.email
    assert account["pseudonym"] == candidate.pseudonym
    assert account["addresses"] == [{"email": candidate.email, "verified": True, "primary": True}]
    assert [mail["kind"] for mail in account["mails"]] == ["test"]


def test_the_export_holds_what_every_app_knows(candidate: User) -> None:
    review = ReviewFactory(author=candidate, good="Ein gutes Gespräch.", status=Status.IN_MODERATION)
    restrict(review, passage="gutes")
    AgencyFactory(name="Vorgeschlagene Probeagentur", proposed_by=candidate)
    MembershipFactory(user=candidate, agency__name="Eigene Probeagentur")
    JourneyFactory(author=candidate, origin="tracked", title="Stelle in eigenen Worten")
    everything = taken_along(candidate)
    assert set(everything) == {"account", "agencies", "journeys", "reviews", "moderation"}
    assert "Stelle in eigenen Worten" in json.dumps(everything["journeys"])
    assert everything["reviews"]["reviews"][0]["versions"][0]["good"] == "Ein gutes Gespräch."
    assert everything["moderation"][0]["text"] == "Bitte ohne Beleidigung."
    assert everything["agencies"]["proposed"][0]["name"] == "Vorgeschlagene Probeagentur"
    assert everything["agencies"]["speaks_for"][0]["agency__name"] == "Eigene Probeagentur"


def test_the_export_holds_nothing_of_anybody_else(
    candidate: User, other_candidate: User, moderator: User
) -> None:
    theirs = ReviewFactory(author=other_candidate, good="Das Gespräch einer anderen Person.")
    restrict(theirs)
    DraftFactory(user=other_candidate, answers={"good": ["Fremder Entwurf."]})
    AgencyFactory(name="Fremder Vorschlag", proposed_by=other_candidate)
    queue_rendered(kind="fremd", to=other_candidate.email, subject="Hallo", text="Hallo")
    restrict(ReviewFactory(author=candidate), by=moderator)
    text = json.dumps(taken_along(candidate))
    for foreign in ("anderen Person", "Fremder", "fremd", other_candidate.email, moderator.pseudonym):
        assert foreign not in text


def test_the_export_is_not_for_strangers() -> None:
    response = Client().post(reverse("accounts:export"))
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("page", ["accounts:export", "accounts:delete"])
def test_whoever_finds_an_open_browser_can_neither_take_nor_delete(candidate: User, page: str) -> None:
    client = logged_in_properly(candidate)
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        answers = {"reviews": "erase", "email": candidate.email}
        response = client.post(reverse(page), answers)
        assert response["Location"].startswith(reverse("account_reauthenticate"))
        assert User.objects.filter(pk=candidate.pk).exists()
        after = client.post(response["Location"], {"password": PASSWORD})  # goes on with what was sent
    went_on = after.get("Content-Type") == "application/zip" or after["Location"] == reverse("start")
    assert went_on


def test_the_export_is_limited(candidate: User) -> None:
    client = logged_in_properly(candidate)
    statuses = [client.post(reverse("accounts:export")).status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]


# ---- going


def test_deleting_takes_the_person_and_ends_every_session(candidate: User) -> None:
    here, elsewhere = logged_in_properly(candidate), logged_in_properly(candidate)
    response = here.post(reverse("accounts:delete"), {"reviews": "erase", "email": candidate.email})
    assert response["Location"] == reverse("start")
    assert not User.objects.filter(pk=candidate.pk).exists()
    assert not Session.objects.filter(user=candidate.pk).exists()
    assert elsewhere.get(reverse("accounts:settings")).status_code == 302


@pytest.mark.parametrize("choice", ["keep", "erase"])
def test_the_author_chooses_what_becomes_of_published_reviews(candidate: User, choice: str) -> None:
    ReviewFactory(author=candidate, good="Ein gutes Gespräch.")
    here = logged_in_properly(candidate)
    here.post(reverse("accounts:delete"), {"reviews": choice, "email": candidate.email})
    review = Review.objects.get()
    assert review.author is None
    assert review.is_public == (choice == "keep")


@pytest.mark.parametrize(
    "answers",
    [
        {"reviews": "erase", "email": "falsch@example.org"},
        {"reviews": "erase", "email": ""},
        {"email": "kandidatin@beispiel-post.example"},
        {"reviews": "beides", "email": "kandidatin@beispiel-post.example"},
    ],
)
def test_without_a_clear_answer_nothing_is_deleted(candidate: User, answers: dict[str, str]) -> None:
    response = logged_in_properly(candidate).post(reverse("accounts:delete"), answers)
    assert response.context["form"].errors
    assert User.objects.filter(pk=candidate.pk).exists()


def test_mails_of_the_person_go_and_those_of_others_stay(candidate: User, other_candidate: User) -> None:
    for to in (candidate.email, candidate.email.upper(), other_candidate.email):
        queue_rendered(kind="test", to=to, subject="Hallo", text="Hallo")
    personal.erase(user=candidate, keep_reviews=True)
    assert [mail.to for mail in OutgoingMail.objects.all()] == [other_candidate.email]


def test_the_log_stays_as_it_was(candidate: User) -> None:
    before = record(verb="test", subject=candidate, by=candidate)
    number = candidate.pk
    personal.erase(user=candidate, keep_reviews=False)
    assert Event.objects.get(pk=before.pk).actor_id == number
    assert Event.objects.latest("pk").verb == "erase account"
    call_command("verify_log")


def test_of_kept_reviews_only_what_visitors_read_stays(candidate: User) -> None:
    review = ReviewFactory(author=candidate, good="Öffentlich.")
    Revision.objects.create(review=review, number=2, good="Noch nicht geprüft.", answers={"good": ["x"]})
    Claim.objects.create(review=review, email="")
    quoted = restrict(review, passage="Noch nicht")
    personal.erase(user=candidate, keep_reviews=True)
    assert list(review.revisions.values_list("good", flat=True)) == ["Öffentlich.", ""]
    assert not Claim.objects.exists()
    quoted.refresh_from_db()
    assert (quoted.text, quoted.passage) == ("Bitte ohne Beleidigung.", "")


def test_what_waits_for_a_confirmation_by_the_address_goes_too(candidate: User) -> None:
    waiting = ReviewFactory(author=None, status=Status.UNCONFIRMED)
    Claim.objects.create(review=waiting, email=candidate.email)
    elsewhere = ReviewFactory(author=None, status=Status.UNCONFIRMED)
    Claim.objects.create(review=elsewhere, email="andere@beispiel-post.example")
    personal.erase(user=candidate, keep_reviews=True)
    assert list(Review.objects.all()) == [elsewhere]


def test_proposed_agencies_stay_without_the_person(candidate: User) -> None:
    agency = AgencyFactory(proposed_by=candidate)
    personal.erase(user=candidate, keep_reviews=False)
    assert Agency.objects.get(pk=agency.pk).proposed_by is None
