"""Nothing typed is ever lost: drafts, whose they are, how long they stay."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import retention
from accounts.models import User
from accounts.sessions import Session
from agencies.models import Agency
from reviews import drafts
from reviews.models import Draft, Review
from tests.conftest import PASSWORD, logged_in
from tests.factories import AgencyFactory, DraftFactory, ReviewFactory
from tests.reviews.sending import answers, send, the_review, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency() -> Agency:
    return AgencyFactory()


def address(agency: Agency, name: str = "review-write") -> str:
    return reverse(f"reviews:{name}", args=[agency.slug])


def page(client: Client, agency: Agency) -> str:
    return client.get(address(agency)).content.decode()


def autosave(client: Client, agency: Agency, **changes: Any) -> Any:
    return client.post(
        address(agency, "draft-save"), answers(**changes), headers={"accept": "application/json"}
    )


# ---- keeping -----------------------------------------------------------------------------------------------


@time_machine.travel("2026-11-22 14:32 +01:00")
def test_the_button_keeps_a_half_finished_form_and_says_since_when(client: Client, agency: Agency) -> None:
    write(client, agency, do="save", month=None, good="Angefangen.")
    shown = page(client, agency)
    assert "Entwurf um 14:32 gespeichert, nur in diesem Browser" in shown
    assert "Angefangen." in shown
    assert 'class="errors"' not in shown


def test_before_anything_is_typed_the_page_claims_nothing(client: Client, agency: Agency) -> None:
    assert "Noch nichts gespeichert" in page(client, agency)
    assert not Draft.objects.exists()


def test_opening_the_form_leaves_no_session_behind(client: Client, agency: Agency) -> None:
    for name in ("review-write", "review-preview", "draft-discard"):
        client.get(address(agency, name))
    assert not Session.objects.exists()
    assert set(client.cookies) == {settings.CSRF_COOKIE_NAME}


@pytest.mark.parametrize("save", [autosave, partial(write, do="save")])
def test_the_first_thing_saved_begins_the_session(client: Client, agency: Agency, save: Any) -> None:
    opened = client.get(address(agency)).context["draft_id"]
    save(client, agency, good="Der erste Satz.")
    assert Session.objects.count() == 1
    assert Draft.objects.get().pk == opened
    assert "Der erste Satz." in page(client, agency)


def test_two_tabs_opened_before_any_session_make_one_review(client: Client, agency: Agency) -> None:
    first, second = (str(client.get(address(agency)).context["draft_id"]) for _tab in range(2))
    send(client, agency, draft=first)
    response = write(client, agency, draft=second, good="Aus dem zweiten Fenster.")
    assert response["Location"] == reverse("reviews:claim-wait")
    assert Review.objects.count() == 1
    assert not Draft.objects.exists()


def test_without_its_session_a_browser_neither_reads_nor_overwrites_a_draft(
    client: Client, agency: Agency
) -> None:
    client.get(address(agency))
    write(client, agency, do="save", good="Am fremden Rechner.")
    del client.cookies[settings.SESSION_COOKIE_NAME]
    assert "Am fremden Rechner." not in page(client, agency)
    write(client, agency, do="save", good="Wer danach kam.")
    assert {draft.answers["good"][0] for draft in Draft.objects.all()} == {
        "Am fremden Rechner.",
        "Wer danach kam.",
    }


def test_an_older_draft_names_its_day(client: Client, agency: Agency) -> None:
    with time_machine.travel("2026-11-20 09:05 +01:00"):
        write(client, agency, do="save")
    with time_machine.travel("2026-11-22 14:32 +01:00"):
        assert "Entwurf am 20. November um 09:05 gespeichert" in page(client, agency)


def test_a_refused_form_is_kept_too(client: Client, agency: Agency) -> None:
    write(client, agency, feedback="6", good="Trotzdem da.")
    assert "Trotzdem da." in page(client, agency)


@time_machine.travel("2026-11-22 14:32 +01:00")
def test_typing_saves_and_answers_with_what_is_true_now(client: Client, agency: Agency) -> None:
    answer = autosave(client, agency, good="Mitten im Sa")
    assert answer.json() == {"saved": "Entwurf um 14:32 gespeichert, nur in diesem Browser"}
    assert "Mitten im Sa" in page(client, agency)


def test_a_new_text_replaces_the_old_one(client: Client, agency: Agency) -> None:
    autosave(client, agency, good="Erst so.")
    autosave(client, agency, good="Dann so.")
    assert Draft.objects.get().answers["good"] == ["Dann so."]


def test_drafts_about_two_agencies_stay_apart(client: Client, agency: Agency) -> None:
    other = AgencyFactory()
    write(client, agency, do="save", good="Über die eine.")
    write(client, other, do="save", good="Über die andere.")
    assert "Über die eine." in page(client, agency)
    assert "Über die andere." in page(client, other)


def test_nul_and_unknown_fields_never_reach_the_draft(client: Client, agency: Agency) -> None:
    client.post(address(agency), answers(good="a\0b") | {"do": "save", "is_staff": "1", "talk-9-day": "x"})
    kept = Draft.objects.get().answers
    assert kept["good"] == ["ab"]
    assert not {"is_staff", "talk-9-day", "csrfmiddlewaretoken", "do"} & set(kept)


def test_a_draft_is_no_store_for_strangers(client: Client, agency: Agency) -> None:
    write(client, agency, do="save", good="x" * 500_000)
    assert len(Draft.objects.get().answers["good"][0]) == 20_000


def test_a_field_that_is_sent_many_times_is_kept_once(client: Client, agency: Agency) -> None:
    autosave(client, agency, good=["x" * 1000] * 500 + ["Zuletzt."], email="m" * 9000)
    kept = Draft.objects.get().answers
    assert kept["good"] == ["Zuletzt."]
    assert len(kept["email"][0]) == 300


def test_saving_too_often_is_refused_without_a_fault(client: Client, agency: Agency, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"draft_save": "1/m/ip"}
    autosave(client, agency)
    answer = autosave(client, agency)
    assert (answer.status_code, answer.json()) == (429, {"problem": "Gerade nicht gespeichert."})
    assert int(answer["Retry-After"]) > 0


def test_saving_is_a_post(client: Client, agency: Agency) -> None:
    assert client.get(address(agency, "draft-save")).status_code == 405


def test_saving_needs_the_csrf_token(agency: Agency) -> None:
    assert autosave(Client(enforce_csrf_checks=True), agency).status_code == 403


def test_typing_on_in_an_old_tab_after_sending_makes_no_second_draft(
    candidate_client: Client, agency: Agency
) -> None:
    draft = str(candidate_client.get(address(agency)).context["draft_id"])
    send(candidate_client, agency, draft=draft)
    answer = autosave(candidate_client, agency, draft=draft)
    assert answer.status_code == 409
    assert not Draft.objects.exists()


def test_a_draft_that_became_a_review_is_not_written_again(agency: Agency, candidate: User) -> None:
    review = ReviewFactory(agency=agency, author=candidate)
    with pytest.raises(drafts.AlreadySent):
        drafts.save(review.draft_key, agency=agency, user=candidate, answers={"good": ["zu spät"]})
    assert not Draft.objects.exists()


# ---- whose it is -------------------------------------------------------------------------------------------


def test_a_stranger_cannot_see_a_draft(client: Client, agency: Agency) -> None:
    write(client, agency, do="save", good="Nur für mich.")
    assert "Nur für mich." not in page(Client(), agency)


def test_a_stranger_cannot_open_a_draft_by_its_id(
    candidate_client: Client, other_client: Client, agency: Agency
) -> None:
    write(candidate_client, agency, do="save", good="Nur für mich.")
    shown = other_client.get(address(agency), {"entwurf": str(Draft.objects.get().pk)}, follow=True)
    assert "Nur für mich." not in shown.content.decode()


def test_a_stranger_cannot_overwrite_a_draft_by_its_id(client: Client, agency: Agency) -> None:
    write(client, agency, do="save", good="Nur für mich.")
    write(Client(), agency, do="save", good="Nein.", draft=str(Draft.objects.get().pk))
    assert "Nur für mich." in page(client, agency)


@pytest.mark.parametrize("wanted", ["", "x", "0", "5d3a7c1e-0000-4000-8000-000000000000", "%00"])
def test_an_unknown_draft_in_the_address_is_ignored(
    candidate_client: Client, agency: Agency, wanted: str
) -> None:
    assert candidate_client.get(address(agency), {"entwurf": wanted}).status_code == 200


def test_a_draft_survives_logging_in_and_belongs_to_the_account_then(
    client: Client, candidate: User, agency: Agency
) -> None:
    write(client, agency, do="save", good="Vor der Anmeldung geschrieben.")
    client.post(reverse("account_login"), {"login": candidate.email, "password": PASSWORD})
    shown = page(client, agency)
    assert "Vor der Anmeldung geschrieben." in shown
    assert "in deinem Konto" in shown
    assert Draft.objects.get().user == candidate


def test_another_device_finds_the_draft_of_the_account(
    candidate: User, candidate_client: Client, agency: Agency
) -> None:
    write(candidate_client, agency, do="save", good="Am Telefon begonnen.")
    assert "Am Telefon begonnen." in page(logged_in(candidate), agency)


def test_after_logging_out_the_next_person_sees_nothing(candidate_client: Client, agency: Agency) -> None:
    write(candidate_client, agency, do="save", good="Nur für mich.")
    candidate_client.logout()
    assert "Nur für mich." not in page(candidate_client, agency)


def test_a_draft_without_agency_can_be_used_for_another_one(
    candidate_client: Client, candidate: User, agency: Agency
) -> None:
    draft = DraftFactory(user=candidate, agency=None, answers={"good": ["Über eine, die es nicht gibt."]})
    assert f"?entwurf={draft.pk}" in page(candidate_client, agency)
    shown = candidate_client.get(address(agency), {"entwurf": str(draft.pk)}, follow=True).content.decode()
    assert "Über eine, die es nicht gibt." in shown
    send(candidate_client, agency)
    assert the_review().draft_key == draft.pk
    assert the_review().agency == agency


# ---- the end of it -----------------------------------------------------------------------------------------


def test_throwing_a_draft_away_asks_first(client: Client, agency: Agency) -> None:
    write(client, agency, do="save")
    assert "verworfen" not in client.get(address(agency, "draft-discard")).content.decode()
    assert Draft.objects.exists()


def test_a_draft_that_was_thrown_away_is_gone(client: Client, agency: Agency) -> None:
    write(client, agency, do="save", good="Weg damit.")
    client.post(address(agency, "draft-discard"))
    assert not Draft.objects.exists()
    assert "Weg damit." not in page(client, agency)


def test_sending_ends_the_draft(client: Client, agency: Agency) -> None:
    send(client, agency)
    assert Review.objects.exists()
    assert not Draft.objects.exists()


def test_drafts_are_deleted_30_days_after_the_last_change() -> None:
    now = timezone.now()
    kept = DraftFactory(updated_at=now - timedelta(days=29))
    DraftFactory(updated_at=now - timedelta(days=31))
    assert retention.purge(now=now)["drafts"] == 1
    assert list(Draft.objects.all()) == [kept]
