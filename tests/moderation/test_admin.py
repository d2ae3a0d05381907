"""Agencies, people and records in the admin: what can be done there, what is shown, what nobody can do."""

from typing import Any

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import Client, RequestFactory

from accounts.models import Event, User
from agencies.choices import AgencyStatus
from agencies.models import Agency, AgencyScore, Office
from agencies.search import refresh_search
from moderation.actions import publish
from reviews.models import Draft, Review, Revision
from reviews.states import Status
from tests.factories import AgencyFactory, OfficeFactory, RecruiterFactory, ReviewFactory

pytestmark = pytest.mark.django_db
AGENCIES = "/admin/agencies/agency/"
MANY = 30


def page(response: Any) -> str:
    return str(response.content.decode())


def act(agency: Agency, name: str) -> str:
    return f"{AGENCIES}{agency.pk}/entscheiden/{name}/"


def offices(*rows: dict[str, str], initial: int = 0) -> dict[str, str]:
    """The inline formset of offices as a browser sends it."""
    sent = {"offices-TOTAL_FORMS": str(len(rows)), "offices-INITIAL_FORMS": str(initial)}
    for number, row in enumerate(rows):
        sent |= {f"offices-{number}-{name}": value for name, value in ({"country": "DE"} | row).items()}
    return sent


def facts(**fields: Any) -> dict[str, Any]:
    return {"name": "Nordlicht Probe", "kinds": ["placement"], "fields": ["it"], **offices(), **fields}


# ---- nobody edits a text ---------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Review, Revision])
def test_not_even_a_superuser_can_change_what_was_written(
    model: Any, admin_user: User, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = admin_user
    shown = admin.site._registry.get(model)
    if shown is not None:
        assert not shown.has_add_permission(request)
        assert not shown.has_change_permission(request)
        assert not shown.has_delete_permission(request)


def test_a_forged_change_of_a_review_is_refused(admin_client: Client) -> None:
    review = ReviewFactory(good="So war es.")
    path = f"/admin/reviews/review/{review.pk}/change/"
    sent = {
        "status": "rejected",
        "revisions-0-good": "Alles bestens.",
        "revisions-0-id": review.public_revision_id,
    }
    assert admin_client.post(path, sent).status_code == 403
    review.refresh_from_db()
    assert (review.status, review.public_revision.good) == (Status.PUBLISHED, "So war es.")
    assert 'name="revisions-0-good"' not in page(admin_client.get(path))


@pytest.mark.parametrize("path", ["/admin/moderation/decision/", "/admin/accounts/event/"])
def test_decisions_and_the_log_cannot_be_edited(path: str, admin_client: Client, moderator: User) -> None:
    review = ReviewFactory(status=Status.IN_MODERATION)
    publish(review_id=review.pk, revision_id=review.revisions.get().pk, by=moderator)
    row = Event.objects.latest("pk").pk if "event" in path else review.decisions.get().pk
    assert admin_client.get(f"{path}{row}/change/").status_code == 200
    assert admin_client.post(f"{path}{row}/change/", {}).status_code == 403
    assert admin_client.get(f"{path}add/").status_code == 403
    assert admin_client.post(f"{path}{row}/delete/", {"post": "yes"}).status_code == 403


# ---- lists -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        AGENCIES,
        "/admin/agencies/recruiter/",
        "/admin/reviews/review/",
        "/admin/moderation/decision/",
        "/admin/accounts/event/",
        "/admin/accounts/user/",
    ],
)
def test_every_list_asks_as_often_for_twenty_as_for_one(
    path: str, moderator_client: Client, moderator: User, django_assert_max_num_queries: Any
) -> None:
    def add() -> None:
        review = ReviewFactory(status=Status.IN_MODERATION)
        RecruiterFactory(agency=review.agency)
        publish(review_id=review.pk, revision_id=review.revisions.get().pk, by=moderator)

    add()
    moderator_client.get(path)  # the first page of a session notes when it began
    with django_assert_max_num_queries(MANY) as one:
        moderator_client.get(path)
    for _ in range(19):
        add()
    with django_assert_max_num_queries(MANY) as twenty:
        moderator_client.get(path)
    assert len(one) == len(twenty)


def test_the_log_names_people_by_pseudonym(moderator_client: Client, moderator: User) -> None:
    review = ReviewFactory(status=Status.IN_MODERATION)
    publish(review_id=review.pk, revision_id=review.revisions.get().pk, by=moderator)
    assert moderator.pseudonym in page(moderator_client.get("/admin/accounts/event/"))


# ---- people ----------------------------------------------------------------------------------------------


def test_moderators_see_no_addresses(moderator_client: Client, candidate: User) -> None:
    for path in ("/admin/accounts/user/", f"/admin/accounts/user/{candidate.pk}/change/"):
        shown = page(moderator_client.get(path))
        assert candidate.pseudonym in shown
        assert candidate.email not in shown


def test_moderators_cannot_find_people_by_address(moderator_client: Client, candidate: User) -> None:
    shown = page(moderator_client.get("/admin/accounts/user/", {"q": candidate.email}))
    assert candidate.pseudonym not in shown


@pytest.mark.parametrize("column", ["email__startswith", "password__startswith", "sessions__session_key"])
def test_moderators_cannot_spell_out_what_the_list_does_not_show(
    column: str, moderator_client: Client, candidate: User
) -> None:
    assert moderator_client.get("/admin/accounts/user/", {column: "k"}).status_code == 400


@pytest.mark.parametrize("path", ["/admin/reviews/review/", "/admin/moderation/queueentry/"])
@pytest.mark.parametrize("column", ["feedback", "stars", "overall__gte", "author"])
def test_no_list_of_reviews_can_be_asked_for_stars_or_an_author(
    path: str, column: str, moderator_client: Client
) -> None:
    assert moderator_client.get(path, {column: "1"}).status_code == 400


def test_the_filters_a_list_shows_still_work(moderator_client: Client, candidate: User) -> None:
    path = "/admin/accounts/user/"
    assert candidate.pseudonym in page(moderator_client.get(path, {"is_staff__exact": "0"}))
    assert candidate.pseudonym not in page(moderator_client.get(path, {"is_staff__exact": "1"}))


def test_moderators_cannot_make_anybody_staff(moderator_client: Client, candidate: User) -> None:
    assert (
        moderator_client.post(f"/admin/accounts/user/{candidate.pk}/change/", {"is_staff": "on"}).status_code
        == 403
    )
    candidate.refresh_from_db()
    assert not candidate.is_staff


def test_a_superuser_sees_addresses_and_may_change_roles_which_is_logged(
    admin_client: Client, admin_user: User, candidate: User
) -> None:
    assert candidate.email in page(admin_client.get("/admin/accounts/user/"))
    path = f"/admin/accounts/user/{candidate.pk}/change/"
    assert admin_client.post(path, {"is_active": "on", "is_staff": "on"}).status_code == 302
    candidate.refresh_from_db()
    event = Event.objects.about(candidate).get()
    assert candidate.is_staff
    assert (event.verb, event.actor_id, event.data) == (
        "change account",
        admin_user.pk,
        {"fields": ["is_staff"]},
    )


# ---- agencies --------------------------------------------------------------------------------------------


@pytest.fixture
def places(db: None) -> None:
    call_command("load_places")


@pytest.mark.usefixtures("places")
def test_an_agency_that_staff_enters_is_listed_found_and_logged(
    moderator_client: Client, moderator: User
) -> None:
    sent = facts(
        website="https://www.nordlicht.example/", **offices({"place": "Hamburg", "postcode": "20095"})
    )
    response = moderator_client.post(f"{AGENCIES}add/", sent)
    assert response.status_code == 302, page(response)
    agency = Agency.objects.get()
    assert (agency.status, agency.slug, agency.domain) == ("listed", "nordlicht-probe", "nordlicht.example")
    assert AgencyScore.objects.filter(agency=agency).exists()
    assert "hamburg" in agency.search_words
    assert agency.offices.get().latitude == pytest.approx(53.55, abs=0.1)
    assert Event.objects.about(agency).get().actor_id == moderator.pk


@pytest.mark.usefixtures("places")
def test_a_changed_name_or_office_is_found_at_once(moderator_client: Client) -> None:
    agency = AgencyFactory()
    office = OfficeFactory(agency=agency)
    rows = ({"id": str(office.pk), "place": "Bremen", "postcode": "28195", "is_main": "on"},)
    sent = facts(name="Südwind Probe", **offices(*rows, initial=1))
    response = moderator_client.post(f"{AGENCIES}{agency.pk}/change/", memberless(sent))
    assert response.status_code == 302, page(response)
    agency.refresh_from_db()
    assert "suedwind" in agency.search_words
    assert "bremen" in agency.search_words
    assert Event.objects.about(agency).get().data["fields"] == ["name", "offices", "website"]


def memberless(sent: dict[str, Any]) -> dict[str, Any]:
    return sent | {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


@pytest.mark.usefixtures("places")
def test_the_main_office_can_move(moderator_client: Client) -> None:
    agency = AgencyFactory()
    old = OfficeFactory(agency=agency)
    new = OfficeFactory(agency=agency, place="Bremen", postcode="28195", is_main=False)
    rows = (
        {"id": str(new.pk), "place": "Bremen", "postcode": "28195", "is_main": "on"},
        {"id": str(old.pk), "place": "Hamburg", "postcode": "20095"},
    )
    response = moderator_client.post(
        f"{AGENCIES}{agency.pk}/change/", memberless(facts(**offices(*rows, initial=2)))
    )
    assert response.status_code == 302, page(response)
    assert list(agency.offices.filter(is_main=True)) == [new]


def test_an_unchanged_main_office_stays_the_main_one(moderator_client: Client) -> None:
    office = OfficeFactory()
    row = {"id": str(office.pk), "place": office.place, "postcode": office.postcode, "is_main": "on"}
    sent = memberless(facts(**offices(row, initial=1)))
    assert moderator_client.post(f"{AGENCIES}{office.agency_id}/change/", sent).status_code == 302
    office.refresh_from_db()
    assert office.is_main


@pytest.mark.usefixtures("places")
def test_two_main_offices_are_refused(moderator_client: Client) -> None:
    rows = (
        {"place": "Hamburg", "postcode": "20095", "is_main": "on"},
        {"place": "Bremen", "postcode": "28195", "is_main": "on"},
    )
    response = moderator_client.post(f"{AGENCIES}add/", facts(**offices(*rows)))
    assert "Nur ein Büro kann der Hauptsitz sein." in page(response)
    assert not Office.objects.exists()


@pytest.mark.usefixtures("places")
def test_an_address_that_does_not_exist_is_refused(moderator_client: Client) -> None:
    response = moderator_client.post(
        f"{AGENCIES}add/", facts(**offices({"place": "Hamburg", "postcode": "80331"}))
    )
    assert response.status_code == 200
    assert not Agency.objects.exists()


def test_a_website_belongs_to_one_agency(moderator_client: Client) -> None:
    AgencyFactory(domain="nordlicht.example")
    response = moderator_client.post(f"{AGENCIES}add/", facts(website="https://www.nordlicht.example/de/"))
    assert "Diese Website gehört schon zu einer Agentur." in page(response)


def test_staff_cannot_enter_a_misleading_website_either(moderator_client: Client) -> None:
    sent = facts(website="https://bank.example@evil.example/")
    answer = page(moderator_client.post(f"{AGENCIES}add/", sent))
    assert answer.count("ohne Benutzernamen, Port oder IP-Adresse") == 1
    assert not Agency.objects.exists()


def test_status_and_address_cannot_be_typed(moderator_client: Client) -> None:
    agency = AgencyFactory()
    sent = memberless(facts(status="closed", slug="anders"))
    assert moderator_client.post(f"{AGENCIES}{agency.pk}/change/", sent).status_code == 302
    agency.refresh_from_db()
    assert (agency.status, agency.slug) != ("closed", "anders")
    assert agency.status == AgencyStatus.LISTED


def test_an_agency_cannot_be_deleted(admin_client: Client) -> None:
    agency = AgencyFactory()
    assert admin_client.post(f"{AGENCIES}{agency.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Agency.objects.filter(pk=agency.pk).exists()


# ---- acts on an agency -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "possible"),
    [
        (AgencyStatus.PROPOSED, {"aufnehmen", "ablehnen", "zusammenfuehren"}),
        (AgencyStatus.LISTED, {"zusammenfuehren", "schliessen"}),
        (AgencyStatus.CLOSED, {"aufnehmen", "zusammenfuehren"}),
        (AgencyStatus.REFUSED, set()),
    ],
)
def test_only_what_is_possible_is_offered(
    status: AgencyStatus, possible: set[str], moderator_client: Client
) -> None:
    agency = AgencyFactory(status=status)
    shown = page(moderator_client.get(f"{AGENCIES}{agency.pk}/change/"))
    for name in ("aufnehmen", "ablehnen", "zusammenfuehren", "schliessen"):
        assert (act(agency, name) in shown) is (name in possible)
        assert moderator_client.get(act(agency, name)).status_code == (200 if name in possible else 404)


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("aufnehmen", AgencyStatus.PROPOSED, AgencyStatus.LISTED),
        ("schliessen", AgencyStatus.LISTED, AgencyStatus.CLOSED),
        ("aufnehmen", AgencyStatus.CLOSED, AgencyStatus.LISTED),
    ],
)
def test_listing_and_closing_take_a_look_and_a_click(
    name: str, before: AgencyStatus, after: AgencyStatus, moderator_client: Client
) -> None:
    agency = AgencyFactory(status=before)
    moderator_client.get(act(agency, name))
    agency.refresh_from_db()
    assert agency.status == before
    assert moderator_client.post(act(agency, name)).status_code == 302
    agency.refresh_from_db()
    assert agency.status == after


def test_refusing_needs_reasons(moderator_client: Client) -> None:
    review = ReviewFactory(agency=AgencyFactory(status=AgencyStatus.PROPOSED), status=Status.IN_MODERATION)
    path = act(review.agency, "ablehnen")
    assert "1 bei der Moderation" in page(moderator_client.get(path))
    assert moderator_client.post(path, {"reasons": " "}).status_code == 200
    assert moderator_client.post(path, {"reasons": "Das ist eine Jobbörse."}).status_code == 302
    assert Draft.objects.get().user == review.author


@pytest.mark.parametrize(
    "said",
    [
        "Nordlicht Neu",
        "nordlicht neu",
        "nordlicht-neu",
        "http://localhost:8000/agenturen/nordlicht-neu/",
        "https://www.nordlicht.example/ueber-uns",
        "nordlicht.example",
    ],
)
def test_merging_by_name_website_or_address(said: str, moderator_client: Client) -> None:
    source = ReviewFactory().agency
    target = AgencyFactory(name="Nordlicht Neu", slug="nordlicht-neu", domain="nordlicht.example")
    assert moderator_client.post(act(source, "zusammenfuehren"), {"target": said}).status_code == 302
    source.refresh_from_db()
    assert source.merged_into == target


@pytest.mark.parametrize("status", [AgencyStatus.PROPOSED, AgencyStatus.REFUSED])
def test_merging_into_what_has_no_page_is_refused(status: AgencyStatus, moderator_client: Client) -> None:
    target = AgencyFactory(status=status)
    response = moderator_client.post(act(AgencyFactory(), "zusammenfuehren"), {"target": target.slug})
    assert "So heißt keine Agentur, die gelistet oder geschlossen ist." in page(response)


def test_of_two_agencies_with_one_name_the_address_decides(moderator_client: Client) -> None:
    source = AgencyFactory()
    AgencyFactory(name="Nordlicht")
    meant = AgencyFactory(name="Nordlicht", slug="nordlicht-2")
    assert "mehrere" in page(moderator_client.post(act(source, "zusammenfuehren"), {"target": "Nordlicht"}))
    assert moderator_client.post(act(source, "zusammenfuehren"), {"target": meant.slug}).status_code == 302


def test_a_double_is_offered(moderator_client: Client) -> None:
    listed = AgencyFactory(name="Nordlicht Personal")
    refresh_search([listed.pk])
    proposal = AgencyFactory(name="Nordlicht Personal GmbH", status=AgencyStatus.PROPOSED)
    shown = page(moderator_client.get(act(proposal, "zusammenfuehren")))
    assert f'<option value="{listed.slug}">Nordlicht Personal</option>' in shown


def done(client: Client, agency: Agency, name: str, **sent: str) -> str:
    """What the moderator reads afterwards."""
    (message,) = client.post(act(agency, name), sent, follow=True).context["messages"]
    return str(message)


def test_after_listing_and_closing_it_says_what_was_done(moderator_client: Client) -> None:
    agency = AgencyFactory(name="Nordlicht", status=AgencyStatus.PROPOSED)
    assert done(moderator_client, agency, "aufnehmen") == "„Nordlicht“ steht jetzt im Verzeichnis."
    assert done(moderator_client, agency, "schliessen").startswith("„Nordlicht“ ist geschlossen")


def test_after_refusing_it_says_how_many_reviews_went_back(moderator_client: Client) -> None:
    agency = AgencyFactory(name="Nordlicht", status=AgencyStatus.PROPOSED)
    ReviewFactory(agency=agency, status=Status.IN_MODERATION)
    said = done(moderator_client, agency, "ablehnen", reasons="Das ist eine Jobbörse.")
    assert said == "„Nordlicht“ ist nicht aufgenommen. 1 Bewertung ging als Entwurf zurück."


def test_after_merging_it_names_both_and_what_moved(moderator_client: Client) -> None:
    source, target = AgencyFactory(name="Nordlicht Alt"), AgencyFactory(name="Nordlicht Neu")
    for _review in range(2):
        ReviewFactory(agency=source)
    said = done(moderator_client, source, "zusammenfuehren", target=target.slug)
    assert said == "„Nordlicht Alt“ ist jetzt Teil von „Nordlicht Neu“. 2 Bewertungen sind umgezogen."


def test_merging_with_itself_is_refused_with_a_sentence(moderator_client: Client) -> None:
    agency = AgencyFactory()
    response = moderator_client.post(act(agency, "zusammenfuehren"), {"target": agency.slug})
    assert "nicht mit sich selbst" in page(response)


def test_a_candidate_cannot_act_on_an_agency(candidate_client: Client) -> None:
    agency = AgencyFactory(status=AgencyStatus.PROPOSED)
    candidate_client.post(act(agency, "aufnehmen"))
    agency.refresh_from_db()
    assert agency.status == AgencyStatus.PROPOSED
