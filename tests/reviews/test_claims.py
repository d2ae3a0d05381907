"""Confirming by mail: one link, one person, and no answer to the question who has an account."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.core.internal.ratelimit import parse_rates
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import retention
from accounts.models import OutgoingMail, User
from agencies.models import Agency
from journeys.models import Journey
from reviews import actions, claims
from reviews.models import Claim, Draft, Review
from reviews.states import Status
from tests.conftest import PASSWORD
from tests.factories import AgencyFactory, ReviewFactory, UserFactory
from tests.reviews.sending import NEWCOMER, answers, link_in, newest_mail, send, the_review

pytestmark = pytest.mark.django_db

WAIT = "/bewertung/gesendet/"


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(name="Probeagentur Nord")


@pytest.fixture
def link(client: Client, agency: Agency) -> str:
    """The link of a review that an address without an account sent."""
    send(client, agency)
    return link_in(newest_mail())


@pytest.fixture
def known_link(client: Client, agency: Agency, candidate: User) -> str:
    """The link of a review that was sent with an address that has an account."""
    send(client, agency, email=candidate.email)
    return link_in(newest_mail())


# ---- a new address -----------------------------------------------------------------------------------------


def test_opening_the_link_only_says_what_will_happen(link: str) -> None:
    page = Client().get(link).content.decode()
    assert "Bewertung bestätigen" in page
    assert "Wir legen ein Konto" in page
    assert the_review().status == Status.UNCONFIRMED
    assert not User.objects.exists()


def test_confirming_makes_an_account_attaches_the_review_and_logs_in(link: str) -> None:
    elsewhere = Client()
    response = elsewhere.post(link)
    person, review = User.objects.get(), the_review()
    assert response["Location"] == reverse("reviews:review-thanks", args=[review.pk])
    assert (review.author, review.journey.author, review.status) == (person, person, Status.SCREENING)
    assert review.voice == review.journey.voice
    assert elsewhere.session["_auth_user_id"] == str(person.pk)


def test_the_new_account_has_a_verified_address_and_no_password(link: str) -> None:
    Client().post(link)
    person = User.objects.get()
    address = EmailAddress.objects.get()
    assert (address.user, address.email, address.verified, address.primary) == (person, NEWCOMER, True, True)
    assert not person.has_usable_password()


def test_the_new_account_speaks_the_language_of_the_page(client: Client, agency: Agency) -> None:
    send(client, agency)
    Client().post(f"/en{link_in(newest_mail())}")
    assert User.objects.get().language == "en"


def test_the_mail_speaks_the_language_of_the_page(client: Client, agency: Agency) -> None:
    client.post(f"/en/agenturen/{agency.slug}/bewerten/", answers())
    client.post(f"/en/agenturen/{agency.slug}/bewerten/vorschau/", {"do": "submit"})
    assert "/en/bewertung/bestaetigen/" in newest_mail().text


def test_after_confirming_the_address_is_no_longer_beside_the_review(link: str) -> None:
    Client().post(link)
    assert Claim.objects.get().email == ""


def test_the_thanks_say_that_a_person_reads_the_first_review(link: str) -> None:
    elsewhere = Client()
    page = elsewhere.post(link, follow=True).content.decode()
    assert "Deine erste Bewertung liest immer ein Mensch." in page


def test_a_second_click_is_friendly_and_logs_nobody_in(link: str) -> None:
    Client().post(link)
    later = Client()
    assert "Schon bestätigt" in later.get(link).content.decode()
    assert "Schon bestätigt" in later.post(link).content.decode()
    assert "_auth_user_id" not in later.session


def test_an_account_nobody_ever_confirmed_loses_its_password(link: str) -> None:
    """Somebody else may have signed up with the address and be waiting for its owner."""
    squatter = UserFactory(email=NEWCOMER)
    squatter.set_password("wer zuerst kommt 2026")
    squatter.save()
    EmailAddress.objects.create(user=squatter, email=NEWCOMER, verified=False, primary=True)
    Client().post(link)
    squatter.refresh_from_db()
    assert the_review().author == squatter
    assert not squatter.has_usable_password()
    assert EmailAddress.objects.get().verified


# ---- an address with an account ----------------------------------------------------------------------------


def test_the_owner_of_an_account_is_asked_to_log_in(known_link: str) -> None:
    page = Client().get(known_link).content.decode()
    assert "Melde dich an" in page
    assert f'/login/?next={quote(known_link)}"' in page


def test_logging_in_leads_back_to_the_link(known_link: str, candidate: User) -> None:
    typed = {"login": candidate.email, "password": PASSWORD, "next": known_link}
    response = Client().post(reverse("account_login"), typed)
    assert response["Location"] == known_link


def test_without_logging_in_nothing_is_attached(known_link: str) -> None:
    somebody = Client()
    assert somebody.post(known_link).status_code == 409
    assert the_review().author is None
    assert "_auth_user_id" not in somebody.session


def test_once_logged_in_the_review_is_attached(
    known_link: str, candidate: User, candidate_client: Client
) -> None:
    response = candidate_client.post(known_link)
    assert response["Location"] == reverse("reviews:review-thanks", args=[the_review().pk])
    assert (the_review().author, the_review().status) == (candidate, Status.SCREENING)


def test_whoever_is_logged_in_as_somebody_else_is_told_so(known_link: str, other_client: Client) -> None:
    page = other_client.get(known_link).content.decode()
    assert "Mit einem anderen Konto angemeldet" in page
    assert other_client.post(known_link).status_code == 409
    assert the_review().author is None


def test_logging_out_as_somebody_else_leads_back_to_the_link(known_link: str, other_client: Client) -> None:
    response = other_client.post(reverse("account_logout"), {"next": known_link})
    assert response["Location"] == known_link
    assert "Melde dich an" in other_client.get(known_link).content.decode()


def test_a_new_address_does_not_attach_to_whoever_is_logged_in(link: str, other_client: Client) -> None:
    assert other_client.post(link).status_code == 409
    assert the_review().author is None


def test_the_review_joins_the_voice_its_author_has_at_the_agency(
    known_link: str, candidate: User, candidate_client: Client, agency: Agency
) -> None:
    earlier = ReviewFactory(agency=agency, author=candidate)
    Journey.objects.filter(pk=earlier.journey_id).update(author=candidate)
    candidate_client.post(known_link)
    later = Review.objects.exclude(pk=earlier.pk).get()
    assert later.voice == later.journey.voice == earlier.voice


# ---- uniform -----------------------------------------------------------------------------------------------


def observe(agency: Agency, email: str) -> tuple[Any, ...]:
    """What a stranger can see and measure of sending a review with this address."""
    client = Client()
    with CaptureQueriesContext(connection) as queries:
        response = send(client, agency, email=email)
    page = client.get(WAIT).content.decode().replace(email, "ADRESSE")
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)
    return response.status_code, response["Location"], page, len(queries)


def test_known_and_unknown_addresses_look_alike(agency: Agency, candidate: User) -> None:
    observe(agency, "aufwaermen@beispiel-post.example")
    before = OutgoingMail.objects.count()
    assert observe(agency, NEWCOMER) == observe(agency, candidate.email)
    assert OutgoingMail.objects.count() == before + 2


@pytest.fixture
def one_mail_a_day(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"review_mail": "1/d/key"}


@pytest.mark.usefixtures("one_mail_a_day")
@pytest.mark.parametrize("email", [NEWCOMER, "kandidatin@beispiel-post.example"])
def test_an_address_that_had_its_share_looks_like_any_other(
    agency: Agency, candidate: User, email: str
) -> None:
    observe(agency, "aufwaermen@beispiel-post.example")
    first = observe(agency, email)
    assert observe(agency, email) == first
    assert OutgoingMail.objects.filter(to=email).count() == 1


def test_exactly_one_mail_goes_out_and_its_words_alone_differ(agency: Agency, candidate: User) -> None:
    send(Client(), agency, email=candidate.email)
    known = OutgoingMail.objects.get()
    send(Client(), agency, email=NEWCOMER)
    unknown = newest_mail()
    assert (known.to, unknown.to) == (candidate.email, NEWCOMER)
    assert known.subject == unknown.subject
    assert "Du hast schon ein Konto" in known.text
    assert "Du hast schon ein Konto" not in unknown.text


def test_the_address_is_compared_in_lower_case(agency: Agency, candidate: User) -> None:
    send(Client(), agency, email=candidate.email.upper())
    assert "Du hast schon ein Konto" in newest_mail().text


# ---- the words of a stranger -------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["proposed", "refused"])
@pytest.mark.parametrize("email", [NEWCOMER, "kandidatin@beispiel-post.example"])
def test_no_mail_carries_the_name_of_a_proposed_agency(candidate: User, email: str, status: str) -> None:
    agency = AgencyFactory(name="Gewinn auf evil.example", status="proposed")
    client = Client()
    send(client, agency, email=email)
    Agency.objects.update(status=status)
    client.post(WAIT, {"do": "resend"})
    for mail in OutgoingMail.objects.all():
        assert "evil.example" not in mail.subject + mail.text + mail.html
        assert "Bewertung zu einer vorgeschlagenen Agentur" in mail.text
        assert "Bewertung zu einer vorgeschlagenen Agentur" in mail.html


def test_the_mail_names_an_agency_of_the_directory(client: Client, link: str) -> None:
    assert "Probeagentur Nord" in newest_mail().text


def test_the_form_says_that_nobody_has_checked_a_proposed_agency(client: Client, agency: Agency) -> None:
    address = reverse("reviews:review-write", args=[agency.slug])
    assert "vorgeschlagen, noch nicht geprüft" not in client.get(address).content.decode()
    Agency.objects.update(status="proposed")
    assert "Probeagentur Nord (vorgeschlagen, noch nicht geprüft)" in client.get(address).content.decode()


# ---- the link itself ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["x", "W10:1:x", "eyJ9", "a" * 500, "\u00fc"])
def test_a_forged_link_is_a_friendly_page(client: Client, token: str) -> None:
    response = client.get(reverse("reviews:claim-confirm", args=[token]))
    assert response.status_code == 410
    assert "Dieser Link gilt nicht mehr" in response.content.decode()


def test_a_link_lives_seven_days(link: str) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert Client().get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert Client().post(link).status_code == 410


def test_the_link_holds_nothing_personal(link: str) -> None:
    assert "neuling" not in link


def test_the_link_page_is_never_stored(client: Client, link: str) -> None:
    assert "no-store" in client.get(link)["Cache-Control"]


# ---- waiting -----------------------------------------------------------------------------------------------


def test_the_waiting_page_names_the_address(client: Client, link: str) -> None:
    assert NEWCOMER in client.get(WAIT).content.decode()


def test_a_stranger_sees_no_waiting_review(link: str) -> None:
    assert NEWCOMER not in Client().get(WAIT).content.decode()


def test_the_mail_can_be_sent_again(client: Client, link: str) -> None:
    client.post(WAIT, {"do": "resend"})
    assert OutgoingMail.objects.count() == 2
    assert Client().post(link_in(newest_mail())).status_code == 302


def test_a_mistyped_address_can_be_corrected_and_the_old_link_is_dead(client: Client, link: str) -> None:
    client.post(WAIT, {"do": "correct", "email": "richtig@beispiel-post.example"})
    mail = newest_mail()
    assert mail.to == "richtig@beispiel-post.example"
    assert Client().post(link).status_code == 410
    assert Client().post(link_in(mail)).status_code == 302
    assert User.objects.get().email == "richtig@beispiel-post.example"


@pytest.mark.parametrize("email", ["", "niemand", "weg@mailinator.com", "a\0b@beispiel-post.example"])
def test_a_corrected_address_is_checked_like_the_first(client: Client, link: str, email: str) -> None:
    response = client.post(WAIT, {"do": "correct", "email": email})
    assert "email" in response.context["form"].errors
    assert OutgoingMail.objects.count() == 1


def test_no_mailbox_is_flooded_through_us(client: Client, link: str) -> None:
    for number in range(8):
        client.post(WAIT, {"do": "correct", "email": f"opfer{number}@beispiel-post.example"})
    assert OutgoingMail.objects.count() == claims.MOST_MAILS
    assert "Mehr Mails schicken wir" in client.get(WAIT).content.decode()


def test_no_mailbox_is_flooded_from_many_places(agency: Agency, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"review_mail": "3/d/key"}
    for number in range(5):
        somewhere = Client(REMOTE_ADDR=f"198.51.100.{number}")
        send(
            somewhere,
            agency,
            email="opfer@beispiel-post.example" if number % 2 else "Opfer@Beispiel-Post.example",
        )
        somewhere.post(WAIT, {"do": "resend"})
        somewhere.post(WAIT, {"do": "correct", "email": f"OPFER+{number}@beispiel-post.example"})
    assert OutgoingMail.objects.filter(to__istartswith="opfer").count() == 3
    send(Client(), agency, email=NEWCOMER)
    assert newest_mail().to == NEWCOMER


def test_the_owner_of_a_full_mailbox_sees_what_everybody_sees(
    client: Client, link: str, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"review_mail": "1/d/key"}
    pages = [client.post(WAIT, {"do": "resend"}, follow=True).content.decode() for _time in range(2)]
    pages = [re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page) for page in pages]
    assert pages[0] == pages[1]
    assert "Mehr als ein paar solche Mails am Tag" in pages[0]
    assert OutgoingMail.objects.count() == 2


def test_one_review_alone_never_uses_up_the_share_of_an_address(settings: Any) -> None:
    [rate] = parse_rates(settings.ACCOUNT_RATE_LIMITS["review_mail"])
    assert rate.amount > claims.MOST_MAILS


def test_sending_again_is_limited_per_place(client: Client, link: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"review_resend": "1/h/ip"}
    client.post(WAIT, {"do": "resend"})
    assert client.post(WAIT, {"do": "resend"}).status_code == 429
    assert OutgoingMail.objects.count() == 2


def test_after_confirming_elsewhere_the_waiting_page_says_so(client: Client, link: str) -> None:
    Client().post(link)
    page = client.get(WAIT).content.decode()
    assert "Deine Bewertung ist bestätigt" in page
    client.post(WAIT, {"do": "resend"})
    assert OutgoingMail.objects.count() == 1


# ---- what is never confirmed -------------------------------------------------------------------------------


def test_unconfirmed_reviews_are_deleted_after_seven_days_with_their_journeys(link: str) -> None:
    kept = ReviewFactory(created_at=timezone.now() - timedelta(days=400))
    assert retention.purge(now=timezone.now() + timedelta(days=6))["unconfirmed_reviews"] == 0
    assert retention.purge(now=timezone.now() + timedelta(days=8))["unconfirmed_reviews"] == 1
    assert list(Review.objects.all()) == [kept]
    assert list(Journey.objects.all()) == [kept.journey]
    assert not Claim.objects.exists()


# ---- at the same moment ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_make_one_review(at_once: Any, agency: Agency, candidate: User) -> None:
    sent = {name: [value] for name, value in answers().items()}
    draft = Draft.objects.create(agency=agency, answers=sent)
    reviews = at_once(4, lambda _n: actions.submit(draft_id=draft.pk, by=candidate, language="de").pk)
    assert len(set(reviews)) == 1
    assert Review.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_reviews_confirmed_at_the_same_moment_share_their_voice(
    at_once: Any, agency: Agency, candidate: User
) -> None:
    for _review in range(4):
        send(Client(), agency, email=candidate.email)
    waiting = list(Claim.objects.select_related("review"))
    at_once(4, lambda n: actions.confirm(claim=waiting[n], by=candidate, language="de"))
    assert Review.objects.values("voice").distinct().count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_the_same_moment_open_one_account(at_once: Any, agency: Agency) -> None:
    send(Client(), agency)
    claim = Claim.objects.select_related("review").get()
    outcomes = at_once(4, lambda _n: _confirmed(claim))
    assert sorted(outcomes) == [False, False, False, True]
    assert User.objects.count() == 1


def _confirmed(claim: Claim) -> bool:
    try:
        actions.confirm(claim=claim, by=None, language="de")
    except actions.NotConfirmable:
        return False
    return True
