"""My processes: the list, the timeline, the forms, and what a stranger gets."""

from datetime import time, timedelta
from typing import Any

import pytest
import time_machine
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import consents
from accounts.models import Consent, OutgoingMail, User
from agencies.choices import AgencyStatus
from agencies.models import Agency, WaitCurve
from journeys import actions
from journeys.choices import Party, Response, Step, WaitEnd, WaitKind
from journeys.clock import today_of
from journeys.models import Interview, Journey, SentLetter
from journeys.views.own import private
from tests.factories import AgencyFactory, InterviewFactory, OfficeFactory, ReviewFactory
from tests.journeys.tracking import days_ago, followed, interviewed

pytestmark = pytest.mark.django_db

LIST = "/prozesse/"
NEW = "/prozesse/neu/"


def url(name: str, pk: int) -> str:
    return reverse(f"journeys:{name}", args=[pk])


def text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def timeline(client: Client, journey: Journey) -> str:
    return text(client, url("journey-detail", journey.pk))


def typed(person: User, **told: Any) -> dict[str, Any]:
    """The form of an interview as a browser sends it untouched."""
    return {"day": today_of(person).isoformat(), "at": "10:00", "party": "", "round": "1", "note": ""} | told


def test_nobody_writes_faster_than_people_do(
    candidate: User, candidate_client: Client, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"track": "1/d/user"}
    shared = url("journey-share", followed(candidate).pk)
    assert [candidate_client.post(shared).status_code for _ in range(2)] == [302, 429]
    assert candidate_client.get(LIST).status_code == 200


def test_what_another_tab_has_deleted_meanwhile_is_not_found(candidate: User, rf: RequestFactory) -> None:
    interview = interviewed(candidate, 3)
    request = rf.post("/")
    request.user = candidate

    @private
    def deleting(request: HttpRequest) -> HttpResponse:
        for _tab in range(2):
            actions.delete_interview(interview=interview, by=candidate)
        return HttpResponse()

    with pytest.raises(Http404):
        deleting(request)


# ---- who sees what -----------------------------------------------------------------------------------------

OF_JOURNEY = ["journey-detail", "journey-change", "journey-delete", "interview-log"]
OF_INTERVIEW = ["interview-change", "interview-delete", "interview-state", "interview-ics"]
POSTED = ["journey-share", "journey-remind", "letter-mark"]


@pytest.mark.parametrize("path", [LIST, NEW, "/prozesse.csv", "/prozesse.json", "/prozesse/1/"])
def test_the_tracker_is_for_whoever_is_logged_in(client: Client, path: str) -> None:
    assert client.get(path)["Location"].startswith("/konto/login/")


@pytest.mark.parametrize("name", [*OF_JOURNEY, *OF_INTERVIEW])
def test_for_a_stranger_my_process_does_not_exist(candidate: User, other_client: Client, name: str) -> None:
    interview = interviewed(candidate, 3)
    pk = interview.pk if name in OF_INTERVIEW else interview.journey_id
    assert other_client.get(url(name, pk)).status_code == 404
    assert other_client.post(url(name, pk), typed(candidate)).status_code in {404, 405}
    assert Interview.objects.count() == 1


@pytest.mark.parametrize("name", POSTED)
def test_a_stranger_changes_nothing(candidate: User, other_client: Client, name: str) -> None:
    journey = followed(candidate)
    assert other_client.post(url(name, journey.pk), {"step": "day3"}).status_code == 404


@pytest.mark.parametrize("name", POSTED)
def test_nothing_changes_by_looking(candidate: User, candidate_client: Client, name: str) -> None:
    assert candidate_client.get(url(name, followed(candidate).pk)).status_code == 405


def test_a_moderator_does_not_see_it_either(candidate: User, moderator_client: Client) -> None:
    assert moderator_client.get(url("journey-detail", followed(candidate).pk)).status_code == 404


def test_a_recalled_journey_is_no_process(candidate: User, candidate_client: Client) -> None:
    review = ReviewFactory(author=candidate)
    assert candidate_client.get(url("journey-detail", review.journey_id)).status_code == 404
    assert "Noch kein Prozess" in text(candidate_client, LIST)


# ---- the list ----------------------------------------------------------------------------------------------


def test_an_empty_list_says_what_to_do(candidate_client: Client) -> None:
    page = text(candidate_client, LIST)
    assert "Noch kein Prozess" in page
    assert NEW in page


def test_what_is_due_comes_first(candidate: User, candidate_client: Client) -> None:
    for days, title in ((1, "Gerade eben"), (8, "Eine Woche"), (40, "Lange her")):
        interviewed(candidate, days, followed(candidate, title=title))
    followed(candidate, title="Noch nichts")
    page = text(candidate_client, LIST)
    found = sorted(("Gerade eben", "Eine Woche", "Lange her", "Noch nichts"), key=page.index)
    assert found == ["Lange her", "Eine Woche", "Noch nichts", "Gerade eben"]
    assert "2 Fragen sind heute offen." in page


def test_the_list_costs_the_same_for_one_process_and_twenty(
    candidate: User, candidate_client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def add() -> None:
        interview = interviewed(candidate, 5)
        actions.state(interview=interview, response=Response.NOTHING, on=today_of(candidate), by=candidate)
        actions.mark_sent(
            journey=interview.journey,
            interview=interview,
            step=Step.FRIENDLY,
            on=today_of(candidate),
            by=candidate,
        )

    add()
    with django_assert_num_queries(6):  # session, person, journeys, interviews, statements, letters
        candidate_client.get(LIST)
    for _one in range(19):
        add()
    with django_assert_num_queries(6):
        candidate_client.get(LIST)


# ---- beginning one -----------------------------------------------------------------------------------------


def test_an_agency_is_found_as_it_is_typed(candidate_client: Client) -> None:
    agency = AgencyFactory(name="Eichhorn Steuerköpfe")
    refresh(agency)
    page = text(candidate_client, f"{NEW}?q=eichhrn")
    assert f"{NEW}?agentur={agency.slug}" in page
    fragment = candidate_client.get(f"{NEW}?q=eichhorn", headers={"HX-Request": "true"}).content.decode()
    assert agency.slug in fragment
    assert "<html" not in fragment


def refresh(agency: Agency) -> None:
    from agencies.search import refresh_search

    refresh_search([agency.pk])


def test_a_process_may_begin_without_a_word(candidate: User, candidate_client: Client) -> None:
    agency = AgencyFactory()
    answer = candidate_client.post(f"{NEW}?agentur={agency.slug}")
    journey = Journey.objects.tracked_by(candidate).get()
    assert answer["Location"] == url("journey-detail", journey.pk)
    assert (journey.agency, journey.shared_at) == (agency, None)
    assert not Consent.objects.exists()


def test_neither_consent_is_ticked_beforehand(candidate_client: Client) -> None:
    page = text(candidate_client, f"{NEW}?agentur={AgencyFactory().slug}")
    assert 'name="shares_dates"' in page
    assert 'name="wants_reminders"' in page
    assert "checked" not in page


def test_each_consent_stands_for_itself(candidate: User, candidate_client: Client) -> None:
    candidate_client.post(f"{NEW}?agentur={AgencyFactory().slug}", {"shares_dates": "on"})
    assert Journey.objects.get().shared_at is not None
    assert not Consent.objects.exists()
    candidate_client.post(f"{NEW}?agentur={AgencyFactory().slug}", {"wants_reminders": "on"})
    assert Journey.objects.filter(shared_at=None).count() == 1
    assert Consent.objects.get().confirmed_at is None, "the link in the mail gives it"
    assert OutgoingMail.objects.filter(user=candidate).count() == 1


def test_a_merged_agency_leads_to_the_one_it_became(candidate_client: Client) -> None:
    successor = AgencyFactory()
    merged = AgencyFactory(status=AgencyStatus.MERGED, merged_into=successor)
    candidate_client.post(f"{NEW}?agentur={merged.slug}")
    assert Journey.objects.get().agency == successor


@pytest.mark.parametrize("slug", ["gibt-es-nicht", "%00"])
def test_an_unknown_agency_is_not_found(candidate_client: Client, slug: str) -> None:
    assert candidate_client.get(f"{NEW}?agentur={slug}").status_code == 404


def test_a_missing_agency_is_proposed_and_followed_at_once(candidate_client: Client) -> None:
    answer = candidate_client.post(
        f"{NEW}agentur/", {"name": "Neue Probeagentur", "place": "Kiel", "website": ""}
    )
    agency = Agency.objects.get(name="Neue Probeagentur")
    assert agency.status == AgencyStatus.PROPOSED
    assert answer["Location"] == f"{NEW}?agentur={agency.slug}"
    candidate_client.post(answer["Location"])
    assert Journey.objects.get().agency == agency
    assert "Neue Probeagentur" in timeline(candidate_client, Journey.objects.get())


def test_a_likely_duplicate_is_asked_about_first(candidate_client: Client) -> None:
    known = AgencyFactory(website="https://schon-da.example/", domain="schon-da.example")
    OfficeFactory(agency=known)
    told = {"name": "Ganz anders", "place": "Kiel", "website": "schon-da.example"}
    page = candidate_client.post(f"{NEW}agentur/", told).content.decode()
    assert f"{NEW}?agentur={known.slug}" in page
    assert Agency.objects.count() == 1


# ---- interviews --------------------------------------------------------------------------------------------


def test_today_now_and_the_next_round_stand_there_already(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 3)
    with time_machine.travel(days_ago(candidate, 0, time(14, 37)), tick=False):
        candidate_client.force_login(candidate)
        page = text(candidate_client, url("interview-log", interview.journey_id))
    assert f'value="{today_of(candidate):%Y-%m-%d}"' in page
    assert 'value="14:30"' in page
    assert 'name="round" value="2"' in page


def test_an_untouched_form_notes_an_interview(candidate: User, candidate_client: Client) -> None:
    journey = followed(candidate)
    candidate_client.post(url("interview-log", journey.pk), typed(candidate))
    interview = journey.interviews.get()
    assert interview.held_at == days_ago(candidate, 0, time(10))
    candidate_client.post(url("interview-log", journey.pk), typed(candidate))
    assert journey.interviews.count() == 1, "a second click notes nothing more"


def test_times_are_those_of_ones_own_clock(candidate: User, candidate_client: Client) -> None:
    candidate.zone = "America/New_York"
    candidate.save()
    journey = followed(candidate)
    candidate_client.post(url("interview-log", journey.pk), typed(candidate, at="09:15"))
    assert journey.interviews.get().held_at == days_ago(candidate, 0, time(9, 15))
    assert "09:15 Uhr" in timeline(candidate_client, journey)


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"day": "2019-05-02"}, "mehr als zwei Jahre zurück"),
        ({"day": "2031-05-02"}, "mehr als ein Jahr in der Zukunft"),
        ({"day": "morgen"}, "Schreib den Tag als Datum"),
        ({"day": ""}, "An welchem Tag"),
        ({"at": "halb drei"}, "Schreib die Uhrzeit so"),
        ({"day": "2027-03-28", "at": "02:30"}, "Sommerzeit"),
        ({"round": "99"}, "Schreib eine Zahl bis 20"),
    ],
)
def test_a_refused_interview_says_why_and_keeps_what_was_typed(
    candidate: User, candidate_client: Client, told: dict[str, str], sentence: str
) -> None:
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False):
        candidate_client.force_login(candidate)
        journey = followed(candidate)
        data = typed(candidate, note="Frau Muster war nett.", **told)
        page = candidate_client.post(url("interview-log", journey.pk), data).content.decode()
    assert sentence in page
    assert "Frau Muster war nett." in page
    assert not Interview.objects.exists()


def test_an_old_page_keeps_what_was_typed(candidate: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(candidate)
    journey = followed(candidate)
    answer = client.post(url("interview-log", journey.pk), typed(candidate, note="Das soll bleiben."))
    assert answer.status_code == 403
    assert "Das soll bleiben." in answer.content.decode()
    assert not Interview.objects.exists()


def test_an_interview_is_changed_and_deleted(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 3)
    candidate_client.post(url("interview-change", interview.pk), typed(candidate, party=Party.CLIENT))
    interview.refresh_from_db()
    assert (interview.held_on, interview.party) == (today_of(candidate), Party.CLIENT)
    candidate_client.post(url("interview-delete", interview.pk))
    assert not Interview.objects.exists()


def test_moving_an_interview_behind_its_answer_is_refused(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 9)
    on = interview.held_on + timedelta(days=4)
    actions.state(interview=interview, response=Response.NEGATIVE, on=on, by=candidate)
    answer = candidate_client.post(url("interview-change", interview.pk), typed(candidate))
    assert "läge die Rückmeldung vor dem Gespräch" in answer.content.decode()


# ---- what came ---------------------------------------------------------------------------------------------


def test_one_click_says_that_nothing_came(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    assert "Heute, Tag 14: Hast du etwas gehört?" in timeline(candidate_client, interview.journey)
    candidate_client.post(url("interview-state", interview.pk), {"response": "nothing"})
    page = timeline(candidate_client, interview.journey)
    assert "Hast du etwas gehört?" not in page
    assert "Still" in page
    interview.refresh_from_db()
    assert interview.told_on == today_of(candidate)


def test_an_answer_is_told_with_its_day_and_reason(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    on = interview.held_on + timedelta(days=4)
    told = {"response": "negative", "on": on.isoformat(), "channel": "phone", "reason": "concrete"}
    candidate_client.post(url("interview-state", interview.pk), told)
    page = timeline(candidate_client, interview.journey)
    assert "Antwort nach 4 Tagen" in page
    assert "Telefon. Ein konkreter Grund" in page
    again = text(candidate_client, url("interview-state", interview.pk))
    assert f'value="{on:%Y-%m-%d}"' in again, "to be corrected"


@pytest.mark.parametrize(
    ("days", "sentence"), [(-1, "Das liegt vor dem Gespräch."), (15, "Dieser Tag liegt in der Zukunft.")]
)
def test_an_impossible_day_is_refused_with_a_sentence(
    candidate: User, candidate_client: Client, days: int, sentence: str
) -> None:
    interview = interviewed(candidate, 14)
    on = interview.held_on + timedelta(days=days)
    told = {"response": "negative", "on": on.isoformat()}
    page = candidate_client.post(url("interview-state", interview.pk), told).content.decode()
    assert sentence in page
    assert not interview.statements.exists()


def test_nothing_is_asked_about_an_interview_that_lies_ahead(
    candidate: User, candidate_client: Client
) -> None:
    interview = interviewed(candidate, -3)
    candidate_client.post(url("interview-state", interview.pk), {"response": "nothing"})
    assert not interview.statements.exists()


# ---- the timeline ------------------------------------------------------------------------------------------


def test_the_timeline_tells_what_happened_in_its_order(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    for response, days in ((Response.HOLDING, 3), (Response.NOTHING, 7)):
        on = interview.held_on + timedelta(days=days)
        actions.state(interview=interview, response=response, on=on, by=candidate)
    on = interview.held_on + timedelta(days=8)
    actions.mark_sent(journey=interview.journey, interview=interview, step=Step.FRIENDLY, on=on, by=candidate)
    page = timeline(candidate_client, interview.journey).partition('class="timeline"')[2]
    told = ("Gespräch geführt", "Vertröstet", "Still", "Freundlich nachgefragt", "deine Antwort fehlt")
    places = [page.index(words) for words in (*told, "Nächste Frage", "Letzte Frage")]
    assert places == sorted(places)


def test_a_corrected_answer_is_not_told_any_more(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    for response, days in ((Response.NEGATIVE, 3), (Response.POSITIVE, 5)):
        on = interview.held_on + timedelta(days=days)
        actions.state(interview=interview, response=response, on=on, by=candidate)
    page = timeline(candidate_client, interview.journey)
    assert "Zusage oder nächster Schritt" in page
    assert "Absage</h3>" not in page


def test_silence_stated_twice_on_one_day_is_one_entry(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    for response in (Response.NOTHING, Response.HOLDING, Response.NOTHING, Response.HOLDING):
        actions.state(interview=interview, response=response, on=today_of(candidate), by=candidate)
    page = timeline(candidate_client, interview.journey)
    assert page.count("Vertröstet</h3>") == 1, "what was said last"
    assert "Still</h3>" not in page


def test_an_answer_corrected_back_and_forth_is_one_entry(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    on = interview.held_on + timedelta(days=4)
    for response in (Response.NEGATIVE, Response.POSITIVE, Response.NEGATIVE):
        actions.state(interview=interview, response=response, on=on, by=candidate)
    page = timeline(candidate_client, interview.journey)
    assert page.count("Absage</h3>") == 1


def test_silence_on_two_days_is_two_entries(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    for days in (3, 7):
        on = interview.held_on + timedelta(days=days)
        actions.state(interview=interview, response=Response.NOTHING, on=on, by=candidate)
    assert timeline(candidate_client, interview.journey).count("Still</h3>") == 2


def with_application(person: User, **told: Any) -> Interview:
    """A wait after the CV went out, as a review leaves it beside the interviews of its journey."""
    journey = followed(person)
    ReviewFactory(journey=journey, agency=journey.agency, author=person, voice=journey.voice)
    day = today_of(person) - timedelta(days=30)
    values: dict[str, Any] = {"held_on": day, "told_on": today_of(person), "wait_days": 9}
    return InterviewFactory(journey=journey, kind=WaitKind.APPLICATION, was_moved=True, **values | told)


def test_a_wait_after_the_cv_went_out_is_not_called_an_interview(
    candidate: User, candidate_client: Client
) -> None:
    wait = with_application(candidate, response=Response.NEGATIVE, wait_end=WaitEnd.ANSWERED)
    page = timeline(candidate_client, wait.journey)
    told = page.partition('class="timeline"')[2].partition("</ol>")[0]
    assert "Lebenslauf geschickt" in told
    assert "Absage" in told
    assert "Gespräch" not in told
    assert "noch kein Gespräch" in page, "no interview waits"
    rows = candidate_client.get("/prozesse.csv").content.decode("utf-8-sig")
    assert "Lebenslauf geschickt, vor jedem Gespräch" in rows


def test_nobody_is_asked_about_it_and_it_is_changed_in_its_review_only(
    candidate: User, candidate_client: Client
) -> None:
    wait = with_application(candidate, response=Response.NOTHING, wait_end=WaitEnd.SILENT, wait_days=30)
    page = timeline(candidate_client, wait.journey)
    assert "Hast du etwas gehört?" not in page
    assert url("interview-change", wait.pk) not in page
    for name in OF_INTERVIEW:
        assert candidate_client.get(url(name, wait.pk)).status_code == 404


def test_the_first_interview_after_it_is_the_first_round(candidate: User, candidate_client: Client) -> None:
    wait = with_application(candidate, response=Response.NEGATIVE, wait_end=WaitEnd.ANSWERED)
    assert 'name="round" value="1"' in text(candidate_client, url("interview-log", wait.journey_id))


def test_the_letter_of_the_day_is_filled_from_the_process(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 4, followed(candidate, title="Controllerin & mehr"))
    page = timeline(candidate_client, interview.journey)
    assert "Freundlich nachfragen" in page
    assert "Controllerin &amp; mehr" in page.partition("data-body")[2]


def test_a_letter_is_marked_as_sent_once_and_unmarked(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 4)
    sent = {"step": "day3", "interview": interview.pk}
    for _click in range(2):
        candidate_client.post(url("letter-mark", interview.journey_id), sent)
    letter = SentLetter.objects.get()
    assert letter.interview == interview
    assert "Freundlich nachgefragt" in timeline(candidate_client, interview.journey)
    candidate_client.post(url("letter-unmark", letter.pk))
    assert not SentLetter.objects.exists()


@pytest.mark.parametrize("told", [{"step": "quatsch"}, {"step": "day3", "interview": "999999"}, {}])
def test_a_letter_that_does_not_exist_is_not_marked(
    candidate: User, candidate_client: Client, told: dict[str, str]
) -> None:
    candidate_client.post(url("letter-mark", followed(candidate).pk), told)
    assert not SentLetter.objects.exists()


def test_a_stranger_unmarks_nothing(candidate: User, other_client: Client) -> None:
    letter = actions.mark_sent(
        journey=followed(candidate), step=Step.FIRST_TALK, on=today_of(candidate), by=candidate
    )
    assert other_client.post(url("letter-unmark", letter.pk)).status_code == 404


def test_the_review_is_filled_from_the_process(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 45)
    agency = interview.journey.agency
    page = timeline(candidate_client, interview.journey)
    assert f"/agenturen/{agency.slug}/bewerten/?prozess={interview.journey_id}" in page


def test_an_agency_that_was_refused_has_no_links(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 45)
    Agency.objects.filter(pk=interview.journey.agency_id).update(status=AgencyStatus.REFUSED)
    page = timeline(candidate_client, interview.journey)
    assert f"/agenturen/{interview.journey.agency.slug}/" not in page


@pytest.mark.parametrize("others", [0, 5])
def test_the_timeline_costs_the_same_however_long_it_is(
    candidate: User,
    candidate_client: Client,
    django_assert_num_queries: DjangoAssertNumQueries,
    others: int,
) -> None:
    journey = interviewed(candidate, 20).journey
    for days in range(others):
        interview = interviewed(candidate, 10 - days, journey)
        actions.state(interview=interview, response=Response.HOLDING, on=today_of(candidate), by=candidate)
        on = today_of(candidate)
        actions.mark_sent(journey=journey, interview=interview, step=Step.SECOND, on=on, by=candidate)
    with django_assert_num_queries(8):  # the six of the list, consent, curves
        candidate_client.get(url("journey-detail", journey.pk))


# ---- is it worth waiting -----------------------------------------------------------------------------------


def curve(agency: Agency | None, chance: list[float]) -> None:
    WaitCurve.objects.create(
        agency=agency, kind="interview", source="recalled", waits=42, outlook=[[14, *chance]]
    )


def test_waiting_on_is_put_in_numbers_of_the_agency(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    curve(interview.journey.agency, [0.31, 0.12, 0.52])
    curve(None, [0.8, 0.7, 0.9])
    page = timeline(candidate_client, interview.journey)
    assert "Etwa 3 von 10" in page
    assert "1 oder 5 von 10" in page
    assert "aus 42 Gesprächen bei" in page


def test_where_the_agency_has_too_few_the_market_answers(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    curve(None, [0.8, 0.7, 0.9])
    page = timeline(candidate_client, interview.journey)
    assert "Etwa 8 von 10" in page
    assert "bei allen Agenturen" in page


def test_where_nobody_knows_nothing_is_said(candidate: User, candidate_client: Client) -> None:
    assert "Lohnt Warten" not in timeline(candidate_client, interviewed(candidate, 14).journey)


# ---- the same client twice ---------------------------------------------------------------------------------


def test_two_agencies_naming_the_same_client_are_warned_about(
    candidate: User, candidate_client: Client
) -> None:
    first = followed(candidate, client="Müller & Söhne")
    second = followed(candidate, client="mueller  soehne GmbH")
    for journey, other in ((first, second), (second, first)):
        page = timeline(candidate_client, journey)
        assert f"steht auch in deinem Prozess bei {other.agency.name}" in page


def test_one_agency_may_name_a_client_twice(candidate: User, candidate_client: Client) -> None:
    first = followed(candidate, client="Beispielwerft", title="A")
    followed(candidate, first.agency, client="Beispielwerft", title="B")
    followed(candidate, client="")
    assert "steht auch in deinem Prozess" not in timeline(candidate_client, first)


def test_a_client_of_somebody_else_warns_nobody(
    candidate: User, other_candidate: User, candidate_client: Client
) -> None:
    followed(other_candidate, client="Beispielwerft")
    page = timeline(candidate_client, followed(candidate, client="Beispielwerft"))
    assert "steht auch in deinem Prozess" not in page


# ---- what else one does ------------------------------------------------------------------------------------


def test_what_was_noted_is_changed(candidate: User, candidate_client: Client) -> None:
    journey = followed(candidate, title="Alt", contact="applied")
    told = {"title": "Neu", "client": "Werft", "note": "Notiz", "contact": "", "is_reminded": ""}
    candidate_client.post(url("journey-change", journey.pk), told)
    journey.refresh_from_db()
    assert (journey.title, journey.client, journey.contact, journey.is_reminded) == (
        "Neu",
        "Werft",
        "",
        False,
    )


def test_dates_count_only_with_a_tick_and_no_longer_without(
    candidate: User, candidate_client: Client
) -> None:
    journey = followed(candidate)
    path = url("journey-share", journey.pk)
    candidate_client.post(path, {"shares_dates": "on"})
    journey.refresh_from_db()
    assert journey.shared_at is not None
    candidate_client.post(path)
    journey.refresh_from_db()
    assert journey.shared_at is None


def test_reminders_are_asked_for_with_a_tick(candidate: User, candidate_client: Client) -> None:
    path = url("journey-remind", followed(candidate).pk)
    candidate_client.post(path)
    assert not Consent.objects.exists()
    candidate_client.post(path, {"wants_reminders": "on"})
    assert Consent.objects.get().user == candidate


def test_the_page_says_that_the_link_is_on_its_way_while_it_works(
    candidate: User, candidate_client: Client
) -> None:
    journey = followed(candidate)
    candidate_client.post(url("journey-remind", journey.pk), {"wants_reminders": "on"})
    page = text(candidate_client, url("journey-detail", journey.pk))
    assert f"An {candidate.email} ist eine Mail mit einem Link unterwegs" in page
    assert 'type="checkbox" name="wants_reminders"' not in page
    Consent.objects.update(asked_at=timezone.now() - timedelta(hours=consents.HOURS))
    page = text(candidate_client, url("journey-detail", journey.pk))
    assert "unterwegs" not in page
    assert 'type="checkbox" name="wants_reminders"' in page


def test_deleting_a_process_asks_first(candidate: User, candidate_client: Client) -> None:
    journey = followed(candidate)
    assert "Endgültig löschen" in text(candidate_client, url("journey-delete", journey.pk))
    assert Journey.objects.exists()
    candidate_client.post(url("journey-delete", journey.pk))
    assert not Journey.objects.exists()


def test_the_navigation_leads_there_for_whoever_is_logged_in(
    client: Client, candidate_client: Client
) -> None:
    assert 'href="/prozesse/"' in text(candidate_client, "/")
    assert 'href="/prozesse/"' not in text(client, "/")


def test_it_speaks_english(candidate: User, candidate_client: Client) -> None:
    interview = interviewed(candidate, 14)
    page = text(candidate_client, f"/en/prozesse/{interview.journey_id}/")
    assert "have you heard anything?" in page
    assert timezone.get_current_timezone_name() == "Europe/Berlin"
