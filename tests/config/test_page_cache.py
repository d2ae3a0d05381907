"""Pages for everybody are made once for each state of the data, and never given to whoever has one of their own."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from agencies.models import Agency, data_version
from agencies.models.version import PublicChange, settle
from journeys.models import Journey
from moderation.actions import publish
from reviews.models import Review
from reviews.recompute import recompute_stale
from reviews.states import Status
from tests.factories import AgencyFactory, InterviewFactory, JourneyFactory, ReviewFactory

pytestmark = pytest.mark.django_db

DIRECTORY = "/agenturen/"
# What no page for everybody shows. Places do not change while the site runs.
PRIVATE = {"Place", "PlaceName", "Postcode", "Membership", "PublicChange", "Revision", "Draft", "Claim"}


@pytest.fixture(autouse=True)
def page_cache(settings: Settings) -> Iterator[None]:
    settings.PAGE_CACHE = True
    yield
    caches["pages"].clear()


def read(path: str, client: Client | None = None) -> str:
    response = (client or Client()).get(path)
    assert response.status_code == 200
    return response.content.decode()


# ---- what is kept ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", DIRECTORY, "/agenturen/probe/", "/vergleich/?a=probe&a=andere"])
def test_a_page_is_made_once(path: str, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    AgencyFactory(slug="probe")
    AgencyFactory(slug="andere")
    first = read(path)
    with django_assert_num_queries(1):  # the version
        assert read(path) == first


def test_a_decision_shows_with_its_commit(moderator: User) -> None:
    review = ReviewFactory(status=Status.IN_MODERATION, good="Ein neuer Satz.")
    path = review.agency.get_absolute_url()
    assert "Ein neuer Satz." not in read(path)
    publish(review_id=review.pk, revision_id=review.revisions.get().pk, by=moderator)
    assert "Ein neuer Satz." in read(path)
    recompute_stale()
    assert "Noch 4 Bewertungen bis zum Wert" in read(path)


def test_what_was_rolled_back_never_shows(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    before, version = read(DIRECTORY), data_version()
    with transaction.atomic():
        AgencyFactory(name="Nie gewesen (Demo)")
        transaction.set_rollback(True)
    assert data_version() == version
    with django_assert_num_queries(1):
        assert read(DIRECTORY) == before


def test_languages_and_filters_are_pages_of_their_own() -> None:
    AgencyFactory(name="Nordlicht (Demo)", kinds=["temp"])
    assert 'lang="de"' in read(DIRECTORY)
    assert 'lang="en"' in read(f"/en{DIRECTORY}")
    assert "Nordlicht" in read(f"{DIRECTORY}?form=temp")
    assert "Nordlicht" not in read(f"{DIRECTORY}?form=rpo")


def test_a_fragment_is_not_taken_for_its_page() -> None:
    whole = read(DIRECTORY)
    assert "<html" in whole
    assert "<html" not in Client().get(DIRECTORY, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in read(DIRECTORY)


@pytest.mark.parametrize("header", ["HX-Request", "HX-Target", "HX-Trigger-Name"])
def test_no_header_of_htmx_alone_brings_a_fragment_before_others(header: str) -> None:
    AgencyFactory(name="Nordlicht (Demo)")
    for target in ("orte", "vorschlaege"):
        Client().get(DIRECTORY, headers={header: target})
    whole = read(DIRECTORY)
    assert "<html" in whole
    assert "Nordlicht" in whole


def test_an_address_that_nobody_shares_is_not_kept(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    path = f"{DIRECTORY}?q={'a' * 600}"
    read(path)
    with pytest.raises(pytest.fail.Exception), django_assert_num_queries(1):
        read(path)


# ---- whose page it is --------------------------------------------------------------------------------------


def test_nobody_sees_the_page_of_somebody_who_is_logged_in(candidate_client: Client) -> None:
    assert "Meine Prozesse" in read(DIRECTORY, candidate_client)
    assert "Meine Prozesse" not in read(DIRECTORY)
    assert "Meine Prozesse" in read(DIRECTORY, candidate_client)


def test_who_has_a_session_gets_a_page_of_their_own() -> None:
    visitor = Client()
    session = visitor.session
    session["note"] = "typed something"
    session.save()
    visitor.cookies["session"] = session.session_key or ""
    response = visitor.get(DIRECTORY)
    assert "ETag" not in response


def test_a_page_that_sets_a_cookie_is_not_kept() -> None:
    path = reverse("account_login")
    assert Client().get(path).cookies
    assert Client().get(path).cookies


def test_a_host_that_is_not_ours_is_refused_also_for_a_page_that_is_kept() -> None:
    read(DIRECTORY)
    assert Client().get(DIRECTORY, headers={"host": "elsewhere.example"}).status_code == 400


def test_an_answer_that_is_no_page_is_not_kept() -> None:
    path = "/agenturen/erst-spaeter/"
    assert Client().get(path).status_code == 404
    AgencyFactory(slug="erst-spaeter")
    assert Client().get(path).status_code == 200


# ---- browsers that have it ---------------------------------------------------------------------------------


def test_a_browser_that_has_the_page_is_told_so() -> None:
    first = Client().get(DIRECTORY)
    second = Client().get(DIRECTORY, headers={"if-none-match": first["ETag"]})
    assert (second.status_code, second.content) == (304, b"")
    assert second["Cache-Control"] == "public, no-cache"


def test_a_browser_with_an_old_page_gets_the_new_one() -> None:
    first = Client().get(DIRECTORY)
    AgencyFactory(name="Nordlicht (Demo)")
    second = Client().get(DIRECTORY, headers={"if-none-match": first["ETag"]})
    assert second.status_code == 200
    assert "Nordlicht" in second.content.decode()


def test_headers_are_the_same_from_the_cache() -> None:
    first, second = Client().get(DIRECTORY), Client().get(DIRECTORY)
    assert dict(first.headers) == dict(second.headers)
    assert "default-src 'none'" in second["Content-Security-Policy"]


# ---- the version -------------------------------------------------------------------------------------------


def public_models() -> list[type[Model]]:
    models = [*apps.get_app_config("agencies").get_models(), *apps.get_app_config("reviews").get_models()]
    return [model for model in models if model.__name__ not in PRIVATE]


def test_every_table_behind_a_public_page_is_watched() -> None:
    watched = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'public_change'"
    with connection.cursor() as cursor:
        cursor.execute(watched)
        tables = {row[0] for row in cursor}
    assert {model._meta.db_table for model in public_models()} == tables


def test_each_kind_of_change_is_a_new_version() -> None:
    versions = [data_version()]
    agency = AgencyFactory()
    versions.append(data_version())
    Agency.objects.filter(pk=agency.pk).update(description="Neu.")
    versions.append(data_version())
    agency.score.delete()
    agency.delete()
    versions.append(data_version())
    assert versions == sorted(set(versions), key=int)


def test_what_people_note_for_themselves_is_no_public_change() -> None:
    journey = JourneyFactory()
    version = data_version()
    Journey.objects.filter(pk=journey.pk).update(note="Nur für mich.")
    InterviewFactory(journey=journey)
    assert data_version() == version


def test_what_a_review_tells_of_is_a_public_change() -> None:
    review: Review = ReviewFactory()
    version = data_version()
    interview = InterviewFactory(journey=review.journey)
    after_insert = data_version()
    interview.delete()
    assert int(version) < int(after_insert) < int(data_version())


def test_adding_up_the_rows_of_gone_connections_keeps_the_version() -> None:
    PublicChange.objects.create(backend=-1, changed_at=17)
    PublicChange.objects.create(backend=-2, changed_at=4)
    version = data_version()
    settle(timezone.now())
    assert data_version() == version
    assert not PublicChange.objects.filter(backend__lt=0).exists()
