"""Answering by the links of a mail: no login, one button, and again to correct it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from journeys import links
from journeys.choices import Response, WaitEnd
from journeys.models import CheckIn, Interview
from tests.journeys.asking import asked, waiting

pytestmark = pytest.mark.django_db


def page(check_in: CheckIn, answer: str = "") -> str:
    token = links.token_of(check_in)
    if not answer:
        return reverse("journeys:check-in-overview", args=[token])
    return reverse("journeys:check-in", args=[token, answer])


def said(response: Any) -> str:
    return str(response.content.decode())


@pytest.fixture
def check_in(candidate: User) -> CheckIn:
    return asked(candidate, title="Geheimstelle", client="Geheimkunde", note="Geheimnotiz")


def interview_of(check_in: CheckIn) -> Interview:
    return Interview.objects.get(pk=check_in.interview_id)


ANSWERS = ["ja", "vertroestet", "nichts", "zurueckgezogen"]


@pytest.mark.parametrize("answer", ANSWERS)
def test_opening_a_link_stores_nothing(check_in: CheckIn, client: Client, answer: str) -> None:
    assert client.get(page(check_in, answer)).status_code == 200
    assert not interview_of(check_in).statements.exists()


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_page_has_one_button_and_names_nothing_private(
    check_in: CheckIn, client: Client, answer: str
) -> None:
    shown = client.get(page(check_in, answer))
    main = said(shown).split("<main")[1].split("</main>")[0]
    assert main.count("<button") == 1
    assert check_in.interview.journey.agency.name in main
    assert "Geheim" not in said(shown)


@pytest.mark.parametrize(
    ("answer", "response", "end"),
    [
        ("nichts", Response.NOTHING, WaitEnd.SILENT),
        ("vertroestet", Response.HOLDING, WaitEnd.SILENT),
        ("zurueckgezogen", Response.WITHDREW, WaitEnd.WITHDRAWN),
    ],
)
def test_the_button_alone_stores_what_the_link_says(
    check_in: CheckIn, client: Client, answer: str, response: str, end: str
) -> None:
    assert client.post(page(check_in, answer)).status_code == 302
    interview = interview_of(check_in)
    assert (interview.response, interview.wait_end) == (response, end)
    check_in.refresh_from_db()
    assert check_in.response == response
    assert check_in.answered_at is not None


def test_an_answer_says_which_and_when_and_how(check_in: CheckIn, client: Client) -> None:
    form = said(client.get(page(check_in, "ja")))
    assert 'value="positive"' in form
    assert 'value="nothing"' not in form
    day = check_in.interview.held_on + timedelta(days=1)
    sent = {"response": "negative", "on": day.isoformat(), "channel": "mail", "reason": "phrase"}
    shown = client.post(page(check_in, "ja"), sent, follow=True)
    interview = interview_of(check_in)
    assert (interview.response, interview.wait_days, interview.channel) == ("negative", 1, "mail")
    assert interview.reason == "phrase"
    assert "Ja, eine Absage" in said(shown)


def test_yes_without_saying_which_is_asked_again(check_in: CheckIn, client: Client) -> None:
    shown = client.post(page(check_in, "ja"), {"on": timezone.localdate().isoformat()})
    assert shown.status_code == 200
    assert 'class="errors"' in said(shown)
    assert "Sag noch, welche Antwort kam." in said(shown), "only what this page offers"
    assert not interview_of(check_in).statements.exists()


def test_a_link_cannot_be_bent_to_another_answer(check_in: CheckIn, client: Client) -> None:
    client.post(page(check_in, "nichts"), {"response": "positive"})
    assert interview_of(check_in).response == Response.NOTHING
    client.post(page(check_in, "ja"), {"response": "nothing", "on": timezone.localdate().isoformat()})
    assert interview_of(check_in).statements.count() == 1
    assert client.get(page(check_in, "erfunden")).status_code == 404


def test_the_same_link_corrects_an_answer(check_in: CheckIn, client: Client) -> None:
    client.post(page(check_in, "zurueckgezogen"))
    client.post(page(check_in, "nichts"))
    interview = interview_of(check_in)
    assert (interview.response, interview.wait_end) == (Response.NOTHING, WaitEnd.SILENT)
    assert interview.statements.count() == 2


def test_the_button_is_guarded_like_every_form(check_in: CheckIn) -> None:
    elsewhere = Client(enforce_csrf_checks=True)
    assert elsewhere.post(page(check_in, "nichts")).status_code == 403
    shown = said(elsewhere.get(page(check_in, "nichts")))
    token = shown.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert elsewhere.post(page(check_in, "nichts"), {"csrfmiddlewaretoken": token}).status_code == 302


def test_pages_are_kept_nowhere_and_found_by_nobody(check_in: CheckIn, client: Client) -> None:
    for answer in ["", *ANSWERS]:
        shown = client.get(page(check_in, answer))
        assert "no-store" in shown["Cache-Control"]
        assert shown["X-Robots-Tag"] == "noindex"
        assert '<meta name="robots" content="noindex">' in said(shown)


# ---- how long and for what a link is good -------------------------------------------------------------------


def test_a_link_ends_after_60_days_and_using_it_gives_no_new_one(check_in: CheckIn, client: Client) -> None:
    address = page(check_in, "nichts")
    with time_machine.travel(timezone.now() + timedelta(days=59)):
        shown = said(client.get(address))
        others = [part.split('"')[0] for part in shown.split('href="') if part.startswith("/nachfrage/")]
    with time_machine.travel(timezone.now() + timedelta(days=60, minutes=1)):
        for link in [address, *others]:
            assert client.get(link).status_code == 410
        assert client.post(address).status_code == 410


def test_a_link_stays_with_the_mailbox_it_was_sent_to(
    check_in: CheckIn, candidate: User, client: Client
) -> None:
    address = page(check_in, "nichts")
    User.objects.filter(pk=candidate.pk).update(email="neu@example.org")
    assert client.get(address).status_code == client.post(address).status_code == 410
    assert not interview_of(check_in).statements.exists()


def test_a_forged_link_opens_nothing(check_in: CheckIn, client: Client) -> None:
    token = links.token_of(check_in)
    for forged in (token[:-1], "1", f"{token}x"):
        assert client.get(reverse("journeys:check-in-overview", args=[forged])).status_code == 410


def test_a_link_answers_its_own_question_only(check_in: CheckIn, candidate: User, client: Client) -> None:
    other = waiting(candidate)
    client.post(page(check_in, "nichts"))
    assert not other.statements.exists()


def test_a_link_ends_with_the_process_and_with_the_account(
    check_in: CheckIn, candidate: User, client: Client
) -> None:
    User.objects.filter(pk=candidate.pk).update(is_active=False)
    assert client.get(page(check_in)).status_code == 410
    User.objects.filter(pk=candidate.pk).update(is_active=True)
    address = page(check_in)
    check_in.interview.journey.delete()
    assert client.get(address).status_code == 410


def test_an_interview_that_was_moved_ahead_is_not_answered_yet(check_in: CheckIn, client: Client) -> None:
    day = timezone.localdate() + timedelta(days=5)
    Interview.objects.update(held_on=day, told_on=day)
    shown = client.post(page(check_in, "nichts"))
    assert shown.status_code == 409
    assert "steht noch bevor" in said(shown)
    assert not interview_of(check_in).statements.exists()


# ---- no more questions --------------------------------------------------------------------------------------


def test_a_process_can_be_muted_without_a_login(check_in: CheckIn, client: Client) -> None:
    address = reverse("journeys:check-in-mute", args=[links.token_of(check_in)])
    client.get(address)
    assert interview_of(check_in).journey.is_reminded
    shown = client.post(address, follow=True)
    assert not interview_of(check_in).journey.is_reminded
    assert "Wir fragen nicht mehr" in said(shown)
