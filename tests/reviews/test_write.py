"""The form: what it asks, what it refuses, what it keeps, and what comes of it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.limits import RETRY_AFTER
from accounts.models import Event, User
from agencies.choices import AgencyStatus
from agencies.models import Agency
from journeys.choices import Response, WaitEnd, WaitKind
from reviews.models import Claim, Draft, Review, Revision
from reviews.states import Status
from tests.factories import AgencyFactory, OfficeFactory, RecruiterFactory
from tests.reviews.sending import answers, errors, months_ago, send, the_review, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory(name="Probeagentur Süd")


def address(agency: Agency, name: str = "review-write") -> str:
    return reverse(f"reviews:{name}", args=[agency.slug])


def day(days_ago: int) -> str:
    return (timezone.localdate() - timedelta(days=days_ago)).isoformat()


# ---- the page ----------------------------------------------------------------------------------------------


def test_anybody_may_write_before_any_sign_up(client: Client, agency: Agency) -> None:
    page = client.get(address(agency)).content.decode()
    assert "Was kam nach dem Gespräch?" in page
    assert 'name="email"' in page


def test_whoever_is_logged_in_is_not_asked_for_an_address(candidate_client: Client, agency: Agency) -> None:
    assert 'name="email"' not in candidate_client.get(address(agency)).content.decode()


def test_the_page_is_never_stored(client: Client, agency: Agency) -> None:
    assert "no-store" in client.get(address(agency))["Cache-Control"]


def test_a_proposed_agency_can_be_rated(client: Client) -> None:
    assert client.get(address(AgencyFactory(status=AgencyStatus.PROPOSED))).status_code == 200


def test_a_refused_agency_cannot_be_rated(client: Client) -> None:
    assert client.get(address(AgencyFactory(status=AgencyStatus.REFUSED))).status_code == 404


def test_a_merged_agency_sends_on_to_its_successor_with_the_form(client: Client, agency: Agency) -> None:
    merged = AgencyFactory(status=AgencyStatus.MERGED, merged_into=agency)
    response = client.post(address(merged), answers())
    assert response.status_code == 308
    assert response["Location"] == address(agency)


def test_a_draft_about_a_merged_agency_goes_on_at_its_successor(client: Client, agency: Agency) -> None:
    merged = AgencyFactory()
    write(client, merged, good="Der Rückruf kam pünktlich.", do="save")
    Draft.objects.update(agency=agency)
    Agency.objects.filter(pk=merged.pk).update(status=AgencyStatus.MERGED, merged_into=agency)
    assert "Der Rückruf kam pünktlich." in client.get(address(merged), follow=True).content.decode()


def test_only_profiles_that_the_person_confirmed_can_be_chosen(client: Client, agency: Agency) -> None:
    RecruiterFactory(agency=agency, name="Unbestätigt Beispiel")
    RecruiterFactory(agency=agency, name="Bestätigt Beispiel", confirmed_at=timezone.now())
    RecruiterFactory(
        agency=agency, name="Verborgen Beispiel", confirmed_at=timezone.now(), hidden_at=timezone.now()
    )
    RecruiterFactory(name="Woanders Beispiel", confirmed_at=timezone.now())
    page = client.get(address(agency)).content.decode()
    assert "Bestätigt Beispiel" in page.replace("Unbestätigt Beispiel", "")
    assert not [name for name in ("Unbestätigt", "Verborgen", "Woanders") if f"{name} Beispiel" in page]


def test_the_form_costs_the_same_queries_however_much_was_typed(
    client: Client, agency: Agency, django_assert_max_num_queries: Any
) -> None:
    write(client, agency, do="save", talks="8", **{f"talk_{i}_response": "nothing" for i in range(8)})
    with django_assert_max_num_queries(9):
        client.get(address(agency))


def test_what_is_folded_away_opens_when_it_holds_a_value(client: Client, agency: Agency) -> None:
    write(client, agency, do="save", support="3")
    page = client.get(address(agency)).content.decode()
    opened = re.findall(r"<details[^>]* open><summary>.*?</summary>", page, re.DOTALL)
    assert any("Sechs weitere Kriterien" in summary for summary in opened)
    assert not any("In eigenen Worten" in summary for summary in opened)


# ---- what must be answered ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["month", "stage", "outcome", "feedback", "own_experience", "not_employed", "is_16", "email"]
)
def test_each_required_answer_is_missed_at_its_field(client: Client, agency: Agency, name: str) -> None:
    missing: dict[str, Any] = {name: None}
    response = write(client, agency, **missing)
    assert list(errors(response)) == [name]


def test_nothing_else_is_required(client: Client, agency: Agency) -> None:
    assert write(client, agency)["Location"] == address(agency, "review-preview")


def test_feedback_alone_is_not_enough(client: Client, agency: Agency) -> None:
    response = write(client, agency, respect="", reachability=None)
    assert errors(response) == {
        "reachability": ["Bewerte noch 2 weitere Kriterien. Welche, entscheidest du."]
    }


def test_any_two_other_criteria_do(client: Client, agency: Agency) -> None:
    assert write(client, agency, respect="", reachability=None, terms="5", support="1").status_code == 302


def test_an_invalid_form_says_so_on_top_and_links_to_the_field(client: Client, agency: Agency) -> None:
    page = write(client, agency, month=None).content.decode()
    summary = page[page.index('class="errors"') : page.index("<form")]
    assert 'tabindex="-1" autofocus' in summary
    assert 'href="#id_month"' in summary
    assert "<title>Fehler:" in page


def test_the_summary_of_errors_follows_the_page(client: Client, agency: Agency) -> None:
    wrong: dict[str, Any] = {
        "month": None,
        "feedback": None,
        "honesty": "6",
        "respect": "6",
        "support": "0",
        "better": "x" * 2001,
    }
    wrong |= {"field": "moon", "email": "niemand", "is_16": None, "talks": "2", "talk_1_chased": "viele"}
    wrong |= {"talk_0_response": "nothing", "talk_1_response": "nothing", "cv_response": "nothing"}
    page = write(client, agency, **wrong).content.decode()
    summary, form = page.split("<form", 1)
    links = re.findall(r'href="#(id_[\w-]+)"', summary)
    assert len(links) == 13
    assert links == sorted(links, key=lambda link: form.index(f'id="{link}"'))


def test_an_error_in_a_block_alone_is_named_in_the_title_too(client: Client, agency: Agency) -> None:
    page = write(client, agency, talk_0_day=day(-1), talk_0_response="nothing").content.decode()
    assert "<title>Fehler:" in page
    assert "Gespräch 1: Wann war es?" in page


@pytest.mark.parametrize(
    ("prefix", "sentence"),
    [("", "Das sind 2.100 Zeichen. Platz ist für 2.000"), ("/en", "2,100 characters")],
)
def test_long_numbers_are_written_as_people_read_them(
    client: Client, agency: Agency, prefix: str, sentence: str
) -> None:
    page = client.post(f"{prefix}{address(agency)}", answers(good="x" * 2100) | {"do": "preview"})
    assert sentence in page.content.decode()


# ---- what is refused ---------------------------------------------------------------------------------------

NONSENSE = {
    "no stars": ({"feedback": "0"}, "feedback"),
    "six stars": ({"respect": "6"}, "respect"),
    "half a star": ({"respect": "2.5"}, "respect"),
    "a month to come": ({"month": f"{months_ago(-1):%Y-%m}"}, "month"),
    "a month more than two years ago": ({"month": f"{months_ago(25):%Y-%m}"}, "month"),
    "a month five years ago": ({"month": f"{months_ago(61):%Y-%m}"}, "month"),
    "no month at all": ({"month": "Herbst"}, "month"),
    "a stage nobody knows": ({"stage": "moon"}, "stage"),
    "a text that is too long": ({"good": "x" * 2001}, "good"),
    "NUL in a text": ({"better": "still\0 und leise"}, "better"),
    "an office of nowhere": ({"office": "99999999"}, "office"),
    "an office that is no number": ({"office": "1; DROP TABLE"}, "office"),
    "an office beyond every number": ({"office": "9" * 40}, "office"),
    "an address that is none": ({"email": "niemand"}, "email"),
    "an address with NUL": ({"email": "a\0b@beispiel-post.example"}, "email"),
    "a throw-away address": ({"email": "weg@mailinator.com"}, "email"),
    "a throw-away subdomain": ({"email": "weg@post.mailinator.com"}, "email"),
    "hired and rejected": ({"stage": "hired", "outcome": "rejected"}, "outcome"),
    "an interview tomorrow": ({"talk_0_day": day(-1), "talk_0_response": "nothing"}, "talk-0-day"),
    "an interview long ago": ({"talk_0_day": day(900), "talk_0_response": "nothing"}, "talk-0-day"),
    "an interview before the contact": ({"talk_0_day": day(120), "talk_0_response": "nothing"}, "talk-0-day"),
    "a remembered interview before the contact": (
        {"talk_0_month": f"{months_ago(5):%Y-%m}", "talk_0_response": "nothing"},
        "talk-0-month",
    ),
    "a day that does not exist": ({"talk_0_day": "2026-02-31", "talk_0_response": "nothing"}, "talk-0-day"),
    "a day and a month": (
        {"talk_0_day": day(9), "talk_0_month": f"{months_ago(0):%Y-%m}", "talk_0_response": "nothing"},
        "talk-0-day",
    ),
    "an interview without a day": ({"talk_0_response": "nothing"}, "talk-0-day"),
    "an interview without a response": ({"talk_0_day": day(9)}, "talk-0-response"),
    "an answer without a day": ({"talk_0_day": day(9), "talk_0_response": "negative"}, "talk-0-after"),
    "pulling out without a day": ({"talk_0_day": day(9), "talk_0_response": "withdrew"}, "talk-0-after"),
    "an answer before its interview": (
        {"talk_0_day": day(9), "talk_0_response": "negative", "talk_0_answered_on": day(12)},
        "talk-0-answered_on",
    ),
    "an answer tomorrow": (
        {"talk_0_day": day(9), "talk_0_response": "negative", "talk_0_answered_on": day(-1)},
        "talk-0-answered_on",
    ),
    "an answer that took longer than time did": (
        {"talk_0_day": day(9), "talk_0_response": "negative", "talk_0_after": "10"},
        "talk-0-after",
    ),
    "so in weeks": (
        {"talk_0_day": day(9), "talk_0_response": "negative", "talk_0_after": "2", "talk_0_unit": "weeks"},
        "talk-0-after",
    ),
    "an answer on two days": (
        {
            "talk_0_day": day(9),
            "talk_0_response": "negative",
            "talk_0_after": "2",
            "talk_0_answered_on": day(5),
        },
        "talk-0-after",
    ),
    "minus two days": (
        {"talk_0_day": day(9), "talk_0_response": "negative", "talk_0_after": "-2"},
        "talk-0-after",
    ),
    "a few days": (
        {"talk_0_day": day(9), "talk_0_response": "negative", "talk_0_after": "ein paar"},
        "talk-0-after",
    ),
    "a reason without an answer": (
        {"talk_0_day": day(9), "talk_0_response": "nothing", "talk_0_reason": "concrete"},
        "talk-0-reason",
    ),
    "a day of the answer that never came": (
        {"talk_0_day": day(9), "talk_0_response": "nothing", "talk_0_after": "3"},
        "talk-0-after",
    ),
    "somebody silent who answered": (
        {
            "talk_0_day": day(9),
            "talk_0_response": "negative",
            "talk_0_after": "3",
            "talk_0_silent_party": "client",
        },
        "talk-0-silent_party",
    ),
    "a response nobody knows": ({"talk_0_day": day(9), "talk_0_response": "smoke"}, "talk-0-response"),
    "chased a thousand times": (
        {"talk_0_day": day(9), "talk_0_response": "nothing", "talk_0_chased": "1000"},
        "talk-0-chased",
    ),
    "an interview where only the CV was sent": (
        {"stage": "cv", "talk_0_day": day(9), "talk_0_response": "nothing"},
        "talk-0-day",
    ),
    "the client where nobody met the client": (
        {"stage": "agency", "talk_0_day": day(9), "talk_0_response": "nothing", "talk_0_party": "client"},
        "talk-0-party",
    ),
    "a CV sent tomorrow": ({"cv_day": day(-1), "cv_response": "nothing"}, "cv-day"),
}


@pytest.mark.parametrize(("changes", "field"), NONSENSE.values(), ids=NONSENSE.keys())
def test_nonsense_is_refused_with_a_sentence_at_the_field(
    client: Client, agency: Agency, changes: dict[str, str], field: str
) -> None:
    response = write(client, agency, **changes)
    assert response.status_code == 200
    assert list(errors(response)) == [field]
    assert not Review.objects.exists()


def test_a_refused_form_keeps_everything_else(client: Client, agency: Agency) -> None:
    typed = {
        "good": "Der Anruf danach.",
        "better": "Weniger <b>Druck</b>.",
        "respect": "6",
        "talk_0_day": day(9),
        "talk_0_response": "negative",
        "talk_0_after": "4",
        "talk_0_reason": "helpful",
        "support": "5",
    }
    page = write(client, agency, **typed).content.decode()
    assert "Der Anruf danach." in page
    assert "Weniger &lt;b&gt;Druck&lt;/b&gt;." in page
    assert f'value="{day(9)}"' in page
    for name, value in [("talk-0-response", "negative"), ("talk-0-reason", "helpful"), ("support", "5")]:
        assert re.search(rf'name="{name}" value="{value}"[^>]* checked', page), name


def test_a_text_that_is_too_long_is_shown_again_in_full(client: Client, agency: Agency) -> None:
    text = "ä" * 30_000
    assert text in write(client, agency, good=text).content.decode()


def test_a_line_break_is_one_character(client: Client, agency: Agency) -> None:
    assert write(client, agency, good="a\r\n" * 1000).status_code == 302


def test_bad_utf_8_is_no_fault(client: Client, agency: Agency) -> None:
    body = b"good=%ff%fe%ed%a0%80&month=%c3%28&talks=%ff&talk-0-day=%80"
    response = client.post(address(agency), body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 200
    assert Draft.objects.get().answers["good"] == ["\ufffd" * len(Draft.objects.get().answers["good"][0])]


@pytest.mark.parametrize("talks", ["0", "-3", "9", "99999999999999", "viele", "", "½", "²"])
def test_a_nonsensical_number_of_blocks_is_no_fault(client: Client, agency: Agency, talks: str) -> None:
    assert write(client, agency, talks=talks, month=None).status_code == 200


# ---- blocks ------------------------------------------------------------------------------------------------


def test_one_more_interview_keeps_what_was_typed(client: Client, agency: Agency) -> None:
    response = write(client, agency, do="add", talk_0_day=day(9), good="Noch nicht fertig")
    assert response["Location"] == f"{address(agency)}#talk-1"
    page = client.get(address(agency)).content.decode()
    assert 'id="talk-1"' in page
    assert f'value="{day(9)}"' in page
    assert "Noch nicht fertig" in page


def test_there_are_at_most_eight_interviews(client: Client, agency: Agency) -> None:
    write(client, agency, do="add", talks="8")
    page = client.get(address(agency)).content.decode()
    assert 'id="talk-7"' in page
    assert 'id="talk-8"' not in page
    assert 'value="add"' not in page


def test_removing_an_interview_moves_the_later_ones_up(client: Client, agency: Agency) -> None:
    write(client, agency, do="remove-0", talks="2", talk_0_chased="1", talk_1_chased="7")
    kept = Draft.objects.get().answers
    assert kept["talks"] == ["1"]
    assert kept["talk-0-chased"] == ["7"]
    assert "talk-1-chased" not in kept


def test_removing_the_only_interview_empties_it(client: Client, agency: Agency) -> None:
    write(client, agency, do="remove-0", talk_0_chased="1")
    assert "talk-0-chased" not in Draft.objects.get().answers


def test_an_empty_block_says_nothing(candidate_client: Client, agency: Agency) -> None:
    send(candidate_client, agency, talks="3", talk_2_day=day(9), talk_2_response="nothing")
    assert the_review().journey.interviews.count() == 1


# ---- preview -----------------------------------------------------------------------------------------------


def preview(client: Client, agency: Agency) -> str:
    return client.get(address(agency, "review-preview")).content.decode()


def test_the_preview_shows_durations_and_never_days_or_people(
    candidate_client: Client, candidate: User, agency: Agency
) -> None:
    held = timezone.localdate() - timedelta(days=9)
    write(
        candidate_client,
        agency,
        role="permanent",
        field="it",
        good="Ein ehrliches Gespräch.",
        talk_0_day=held.isoformat(),
        talk_0_response="negative",
        talk_0_after="6",
        talk_0_reason="concrete",
    )
    page = preview(candidate_client, agency)
    card = page[page.index('<article class="review"') : page.index("</article>")]
    assert "Bewerber:in, IT und Software, Festanstellung" in card
    assert "Absage nach 6 Tagen, mit konkretem Grund" in card
    assert f"Kontakt im {(months_ago(2).month + 2) // 3}. Quartal {months_ago(2).year}" in card
    assert "Ein ehrliches Gespräch." in card
    assert str(held.year) not in card.replace(f"Quartal {months_ago(2).year}", "")
    assert candidate.pseudonym not in page
    assert candidate.email not in card


def test_html_is_just_text(client: Client, agency: Agency) -> None:
    write(client, agency, good="<script>alert(1)</script>")
    page = preview(client, agency)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_preview_without_a_draft_leads_back_to_the_form(client: Client, agency: Agency) -> None:
    assert client.get(address(agency, "review-preview"))["Location"] == address(agency)


def test_a_preview_of_an_incomplete_draft_shows_what_is_missing(client: Client, agency: Agency) -> None:
    write(client, agency, month=None, do="save")
    assert "Wähle den Monat, in dem der Kontakt begann." in preview(client, agency)


# ---- sending -----------------------------------------------------------------------------------------------


def test_who_is_logged_in_goes_straight_to_screening(
    candidate_client: Client, candidate: User, agency: Agency
) -> None:
    response = send(candidate_client, agency)
    review = the_review()
    assert response["Location"] == reverse("reviews:review-thanks", args=[review.pk])
    assert (review.status, review.author, review.journey.author) == (Status.SCREENING, candidate, candidate)
    assert not Claim.objects.exists()


def test_without_an_account_the_review_belongs_to_nobody_yet(client: Client, agency: Agency) -> None:
    response = send(client, agency)
    review = the_review()
    assert response["Location"] == reverse("reviews:claim-wait")
    assert (review.status, review.author, review.journey.author) == (Status.UNCONFIRMED, None, None)


def test_everything_that_was_told_is_stored(candidate_client: Client, agency: Agency) -> None:
    office = OfficeFactory(agency=agency)
    recruiter = RecruiterFactory(agency=agency, confirmed_at=timezone.now())
    send(
        candidate_client,
        agency,
        office=str(office.pk),
        recruiter=str(recruiter.pk),
        role="temp",
        field="health",
        contact="approached",
        good="Gut.",
        better="Besser.",
        recommendation="5",
        talks="2",
        talk_0_day=day(30),
        talk_0_response="negative",
        talk_0_answered_on=day(26),
        talk_0_party="agency",
        talk_0_channel="phone",
        talk_0_reason="helpful",
        talk_0_chased="2",
        talk_1_month=f"{months_ago(1):%Y-%m}",
        talk_1_response="holding",
        talk_1_party="client",
        talk_1_silent_party="client",
        talk_1_round="2",
        cv_day=day(40),
        cv_response="nothing",
    )
    review = the_review()
    journey = review.journey
    assert (journey.month, journey.stage, journey.outcome) == (months_ago(2), "client", "rejected")
    assert (journey.office, journey.recruiter) == (office, recruiter)
    assert (journey.role, journey.field, journey.contact) == ("temp", "health", "approached")
    assert review.ratings == {"feedback": 2, "reachability": 3, "respect": 4, "recommendation": 5}
    first = journey.interviews.get(round=1, kind=WaitKind.INTERVIEW)
    assert (first.wait_days, first.wait_end, first.response) == (4, WaitEnd.ANSWERED, Response.NEGATIVE)
    assert (first.party, first.channel, first.reason, first.chased) == ("agency", "phone", "helpful", 2)
    second = journey.interviews.get(round=2)
    assert (second.wait_end, second.silent_party, second.is_exact) == (WaitEnd.SILENT, "client", False)
    cv = journey.interviews.get(kind=WaitKind.APPLICATION)
    assert (cv.wait_days, cv.wait_end, cv.held_on.isoformat()) == (40, WaitEnd.SILENT, day(40))
    revision = Revision.objects.get()
    assert (revision.number, revision.good, revision.better) == (1, "Gut.", "Besser.")


@time_machine.travel("2026-11-22 12:00 +01:00")
def test_roughly_three_weeks_after_a_remembered_month_is_21_days(
    candidate_client: Client, agency: Agency
) -> None:
    send(
        candidate_client,
        agency,
        talk_0_month="2026-10",
        talk_0_response="positive",
        talk_0_after="3",
        talk_0_unit="weeks",
    )
    interview = the_review().journey.interviews.get()
    assert (interview.held_on, interview.is_exact) == (date(2026, 10, 15), False)
    assert (interview.wait_days, interview.wait_end) == (21, WaitEnd.ANSWERED)


def test_the_revision_never_holds_the_address(client: Client, agency: Agency) -> None:
    send(client, agency)
    assert "email" not in Revision.objects.get().answers


def test_sending_is_logged_without_anything_personal(client: Client, agency: Agency) -> None:
    send(client, agency)
    event = Event.objects.about(the_review()).get()
    assert (event.verb, event.actor_id, event.data) == ("submit", None, {})


def test_a_double_click_makes_one_review(client: Client, agency: Agency) -> None:
    draft = _draft_id(client, agency)
    write(client, agency, draft=draft)
    for _click in range(2):
        response = client.post(address(agency, "review-preview"), {"do": "submit", "draft": draft})
        assert response["Location"] == reverse("reviews:claim-wait")
    assert Review.objects.count() == 1


def test_two_tabs_make_one_review(candidate_client: Client, agency: Agency) -> None:
    first = second = _draft_id(candidate_client, agency)
    send(candidate_client, agency, draft=first)
    response = write(candidate_client, agency, draft=second, good="aus dem zweiten Fenster")
    assert response["Location"] == reverse("reviews:review-thanks", args=[the_review().pk])
    assert not Draft.objects.exists()


def test_the_next_experience_is_a_review_of_its_own(candidate_client: Client, agency: Agency) -> None:
    send(candidate_client, agency, month=f"{months_ago(8):%Y-%m}")
    send(candidate_client, agency, draft=_draft_id(candidate_client, agency))
    first, second = Review.objects.order_by("pk")
    assert first.journey_id != second.journey_id
    assert first.voice == second.voice


def test_two_people_never_share_a_voice(
    candidate_client: Client, other_client: Client, agency: Agency
) -> None:
    send(candidate_client, agency)
    send(other_client, agency)
    assert Review.objects.values("voice").distinct().count() == 2


def test_one_person_has_another_voice_at_another_agency(candidate_client: Client, agency: Agency) -> None:
    send(candidate_client, agency)
    send(candidate_client, AgencyFactory())
    assert Review.objects.values("voice").distinct().count() == 2


def _draft_id(client: Client, agency: Agency) -> str:
    return str(client.get(address(agency)).context["draft_id"])


# ---- limits and failed checks ------------------------------------------------------------------------------


def test_too_many_reviews_from_one_place_are_refused_and_the_draft_stays(
    candidate_client: Client, agency: Agency, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"review_submit": "1/d/ip"}
    send(candidate_client, agency)
    response = send(candidate_client, AgencyFactory(), good="Bleibt liegen.")
    assert response.status_code == 429
    assert response["Retry-After"] == str(RETRY_AFTER)
    assert Review.objects.count() == 1
    assert Draft.objects.get().answers["good"] == ["Bleibt liegen."]


def test_a_form_that_comes_too_often_is_shown_again_with_its_text(
    client: Client, agency: Agency, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"draft_save": "1/m/ip"}
    write(client, agency)
    response = write(client, agency, good="Zu schnell getippt.")
    assert response.status_code == 429
    assert response["Retry-After"] == str(RETRY_AFTER)
    assert "Zu schnell getippt." in response.content.decode()


def test_a_failed_csrf_check_shows_the_form_again_and_changes_nothing(agency: Agency) -> None:
    client = Client(enforce_csrf_checks=True)
    response = write(client, agency, good="Aus dem alten Fenster.")
    assert response.status_code == 403
    assert "Aus dem alten Fenster." in response.content.decode()
    assert "nicht mehr aktuell" in response.content.decode()
    assert not Draft.objects.exists()


def test_a_failed_csrf_check_on_the_preview_sends_nothing(agency: Agency) -> None:
    client = Client()
    write(client, agency)
    client.handler.enforce_csrf_checks = True
    response = client.post(address(agency, "review-preview"), {"do": "submit"})
    assert response.status_code == 403
    assert "Genau das hier werden andere lesen" in response.content.decode()
    assert not Review.objects.exists()
