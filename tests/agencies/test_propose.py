"""Proposing an agency that is missing, and going on to rate it."""

import threading
from html import unescape

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import Event, User
from agencies.actions import create_agency, propose_agency
from agencies.models import Agency, AgencyScore
from agencies.slugs import free_slug
from tests.agencies.listing import listed
from tests.factories import AgencyFactory

pytestmark = pytest.mark.django_db

PROPOSE = "/agenturen/neu/"
MISSING = {"name": "Zaunkönig Personal", "website": "zaunkoenig.example", "place": "20095 Hamburg"}
HTMX = {"HX-Request": "true", "HX-Target": "aehnliche"}


def text(response: object) -> str:
    return unescape(response.content.decode())  # type: ignore[attr-defined]


# ---- the way through -----------------------------------------------------------------------------------------


def test_a_missing_agency_is_stored_as_proposed_and_leads_to_its_review(gazetteer_loaded: None) -> None:
    response = Client().post(PROPOSE, MISSING | {"kinds": ["temp"], "areas": ["it", "hr"]})
    agency = Agency.objects.get()
    assert response.status_code == 302
    assert response["Location"] == reverse("reviews:review-write", args=["zaunkoenig-personal"])
    assert (agency.status, agency.domain, agency.proposed_by) == ("proposed", "zaunkoenig.example", None)
    assert (agency.kinds, agency.fields) == (["temp"], ["it", "hr"])
    office = agency.offices.get()
    assert (office.place, office.postcode, office.country, office.is_main) == ("Hamburg", "20095", "DE", True)
    assert office.latitude
    assert AgencyScore.objects.filter(agency=agency).exists()
    assert "zaunkoenig" in agency.search_words
    assert Event.objects.about(agency).get().verb == "create agency"
    assert Client().get(response["Location"]).status_code == 200


def test_whoever_is_logged_in_is_remembered_as_the_proposer(
    candidate_client: Client, candidate: User
) -> None:
    candidate_client.post(PROPOSE, MISSING)
    assert Agency.objects.get().proposed_by == candidate


def test_a_proposed_agency_is_neither_listed_nor_has_it_a_page() -> None:
    Client().post(PROPOSE, MISSING)
    agency = Agency.objects.get()
    assert "0 Agenturen gefunden" in text(Client().get("/agenturen/?q=zaunkönig"))
    assert Client().get(agency.get_absolute_url()).status_code == 404


def test_a_town_that_we_do_not_know_is_kept_as_it_was_typed() -> None:
    Client().post(PROPOSE, MISSING | {"place": "Hintertupfing"})
    assert Agency.objects.get().offices.get().place == "Hintertupfing"


def test_an_agency_without_a_website_can_be_proposed() -> None:
    assert Client().post(PROPOSE, MISSING | {"website": ""}).status_code == 302
    assert Agency.objects.get().domain == ""


def test_the_form_begins_with_what_was_searched_in_vain() -> None:
    assert 'value="Zaunkönig"' in text(Client().get(PROPOSE, {"name": "Zaunkönig"}))


# ---- is it one of these? -------------------------------------------------------------------------------------


def test_likely_duplicates_are_shown_while_typing() -> None:
    listed("Zaunkönig & Partner GmbH", slug="zaunkoenig-partner")
    fragment = text(Client().get(PROPOSE, {"name": "Zaunkoenig Pers"}, headers=HTMX))
    assert "Ist es eine von diesen?" in fragment
    assert "/agenturen/zaunkoenig-partner/bewerten/" in fragment
    assert "<html" not in fragment
    assert "Ist es" not in text(Client().get(PROPOSE, {"name": "Rotkehlchen"}, headers=HTMX))


def test_likely_duplicates_are_asked_about_before_anything_is_stored() -> None:
    listed("Zaunkönig & Partner")
    response = Client().post(PROPOSE, MISSING)
    page = text(response)
    assert response.status_code == 200
    assert "Ist es eine von diesen?" in page
    assert "Nein, sie fehlt wirklich" in page
    assert 'value="Zaunkönig Personal"' in page
    assert Agency.objects.count() == 1


def test_who_says_that_it_is_none_of_these_goes_on() -> None:
    listed("Zaunkönig & Partner")
    assert Client().post(PROPOSE, MISSING | {"new": "1"}).status_code == 302
    assert Agency.objects.count() == 2


@pytest.mark.parametrize(
    "website",
    ["https://www.zaunkoenig.example/ueber-uns", "ZAUNKOENIG.example", "http://zaunkoenig.example:80"],
)
def test_the_same_domain_leads_to_the_agency_that_is_there(website: str) -> None:
    listed("Ganz anderer Name", slug="da", domain="zaunkoenig.example")
    page = text(Client().post(PROPOSE, MISSING | {"website": website, "new": "1"}))
    assert "Diese Website gehört schon zu einer Agentur." in page
    assert "/agenturen/da/bewerten/" in page
    assert Agency.objects.count() == 1


def test_a_proposal_with_the_same_domain_is_offered_for_rating_without_its_name() -> None:
    AgencyFactory(name="Von Fremden getippt", slug="wartet", domain="zaunkoenig.example", status="proposed")
    page = text(Client().post(PROPOSE, MISSING))
    assert "Von Fremden getippt" not in page
    assert "/agenturen/wartet/bewerten/" in page


def test_a_refused_or_merged_domain_may_be_proposed_again() -> None:
    AgencyFactory(domain="zaunkoenig.example", status="refused")
    assert Client().post(PROPOSE, MISSING).status_code == 302


def test_a_double_click_creates_one_agency() -> None:
    for told in (MISSING, {**MISSING, "website": ""}):
        first, second = (propose_agency(**told, by=None) for _click in range(2))
        assert first == second


@pytest.mark.django_db(transaction=True)
def test_two_proposals_at_the_same_moment_create_one_agency() -> None:
    ready = threading.Barrier(4)

    def click() -> None:
        ready.wait()
        propose_agency(**MISSING, by=None)
        connection.close()

    clicks = [threading.Thread(target=click) for _number in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert Agency.objects.count() == 1


@pytest.mark.parametrize(
    "name", ["zaunkoenig.example", "„Zaunkoenig.example“ GmbH", "Zaun & Co.KG", "St.Gallen Personal e.K."]
)
def test_a_name_may_hold_dots_and_the_agencys_own_domain(name: str) -> None:
    assert Client().post(PROPOSE, MISSING | {"name": name}).status_code == 302


def test_a_name_is_stored_on_one_line() -> None:
    Client().post(PROPOSE, MISSING | {"name": "Zaunkönig\r\nBcc: alle\u202e\u2028Personal"})
    assert Agency.objects.get().name == "Zaunkönig Bcc: alle Personal"


# ---- bad input -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "Wie heißt die Agentur?"),
        ("name", " . ", "mindestens zwei Buchstaben"),
        ("name", "x" * 121, "120"),
        ("name", "Zaun\0könig", "nicht speichern können"),
        ("name", "Gewinn auf evil.example", "enthält eine Internetadresse"),
        ("name", "Zaunkönig www.EVIL.example", "enthält eine Internetadresse"),
        ("name", "Zaunkönig (https://evil.example)", "enthält eine Internetadresse"),
        ("name", "chef@zaunkoenig.example", "enthält eine Internetadresse"),
        ("name", "zaunkoenig.example/gewinn", "enthält eine Internetadresse"),
        ("website", "nein danke", "keine Adresse einer Website"),
        ("website", "javascript:alert(1)", "keine Adresse einer Website"),
        ("website", "ftp://zaunkoenig.example", "keine Adresse einer Website"),
        ("website", "https://www.linkedin.com/company/zaunkoenig", "nicht die Website der Agentur"),
        ("website", "https://zaunkoenig.example/" + "x" * 300, "300"),
        ("website", "https://bank.example@evil.example", "ohne Benutzernamen, Port oder IP-Adresse"),
        ("website", "127.0.0.1", "ohne Benutzernamen, Port oder IP-Adresse"),
        ("place", "", "Ein Ort oder eine Postleitzahl genügt"),
        ("place", "???", "Gib einen Ort oder eine Postleitzahl an."),
        ("kinds", "zauberei", "zauberei"),
        ("areas", "<b>", "<b>"),
    ],
)
def test_nonsense_is_refused_with_a_sentence_and_the_rest_is_kept(
    field: str, value: str, sentence: str
) -> None:
    page = text(Client().post(PROPOSE, MISSING | {field: value}))
    assert sentence in page
    for other, kept in MISSING.items():
        assert other == field or f'value="{kept}"' in page
    assert not Agency.objects.exists()


def test_invisible_characters_do_not_get_into_a_name() -> None:
    Client().post(PROPOSE, MISSING | {"name": "Zaun\u202ekönig \u200f  Personal\t"})
    assert Agency.objects.get().name == "Zaun könig Personal"


def test_markup_in_a_name_is_shown_as_text() -> None:
    response = Client().post(PROPOSE, MISSING | {"name": "<script>alert(1)</script>"})
    page = Client().get(response["Location"]).content.decode()
    assert "<script>alert" not in page


def test_a_failed_csrf_check_keeps_what_was_typed_and_stores_nothing() -> None:
    response = Client(enforce_csrf_checks=True).post(PROPOSE, MISSING)
    assert response.status_code == 403
    assert 'value="Zaunkönig Personal"' in text(response)
    assert "nicht mehr aktuell" in text(response)
    assert not Agency.objects.exists()


def test_the_eleventh_proposal_of_a_day_is_refused_and_its_text_kept() -> None:
    client = Client()
    for number in range(10):
        told = {
            "name": f"{'abcdefghij'[number] * 6} {number}",
            "website": f"nummer{number}.example",
            "place": "Kiel",
        }
        assert client.post(PROPOSE, told | {"new": "1"}).status_code == 302
    response = client.post(PROPOSE, MISSING)
    assert response.status_code == 429
    assert 'value="Zaunkönig Personal"' in text(response)
    assert Agency.objects.count() == 10


def test_asking_for_alike_names_is_limited_like_a_search() -> None:
    client = Client()
    answers = [client.get(PROPOSE, {"name": "Zaun"}, headers=HTMX).status_code for _number in range(61)]
    assert answers == [200] * 60 + [204]


# ---- addresses -----------------------------------------------------------------------------------------------


def test_a_second_agency_of_the_same_name_gets_a_number() -> None:
    for number in range(2):
        Client().post(
            PROPOSE, MISSING | {"website": f"zaun{number}.example", "place": f"Ort {number}", "new": "1"}
        )
    assert set(Agency.objects.values_list("slug", flat=True)) == {
        "zaunkoenig-personal",
        "zaunkoenig-personal-2",
    }


@pytest.mark.parametrize(
    ("name", "slug"),
    [("Neu", "neu-2"), ("Straße & Söhne", "strasse-soehne"), ("Привет", "agentur"), ("Élan", "elan")],
)
def test_an_address_is_plain_and_never_one_of_our_pages(name: str, slug: str) -> None:
    assert free_slug(name) == slug


def test_an_agency_comes_with_all_that_is_born_with_it_or_not_at_all() -> None:
    AgencyFactory(domain="zaunkoenig.example")
    with pytest.raises(IntegrityError):
        create_agency(agency=Agency(name="Zwilling", website="https://zaunkoenig.example"), by=None)
    assert not Agency.objects.filter(name="Zwilling").exists()
