"""The mail that asks: in its reader's language, as text and HTML, about what is still wanted when it is sent."""

import email
import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import resolve
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import consents
from accounts.models import Consent, OutgoingMail, User
from accounts.sending import send_owed
from journeys import check_ins, reminders
from journeys.choices import Response, WaitEnd
from journeys.dispatch import dispatch
from journeys.models import CheckIn, Interview
from tests.factories import AgencyFactory, UserFactory
from tests.journeys.asking import agree, asked

pytestmark = pytest.mark.django_db

EVENING = datetime(2026, 11, 6, 17, 0, 30, tzinfo=UTC)
SITE = "https://www.my-recruiter.example"


@pytest.fixture(autouse=True)
def clock(settings: Settings, tmp_path: Path) -> Any:
    settings.SITE_URL = SITE
    files = "django.core.mail.backends.filebased.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": files, "OPTIONS": {"file_path": str(tmp_path)}}}
    with time_machine.travel(EVENING, tick=False) as clock:
        yield clock


def sent(folder: Path) -> list[EmailMessage]:
    """What goes out now, as the mail server would get it."""
    dispatch()
    send_owed()
    return [
        email.message_from_bytes(path.read_bytes().split(b"\n---")[0], policy=policy.default)
        for path in sorted(folder.iterdir())
        if path.stat().st_size
    ]


def text_of(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content())


def html_of(message: EmailMessage) -> str:
    return str(message.get_body(("html",)).get_content())


def links_in(text: str) -> list[str]:
    return [link.removeprefix(SITE) for link in re.findall(rf"{re.escape(SITE)}/[^\s\"<>]+", text)]


# ---- what it says ------------------------------------------------------------------------------------------


def test_it_asks_about_the_interview_by_agency_and_day(candidate: User, tmp_path: Path) -> None:
    asked(candidate, agency=AgencyFactory(name="Nordlicht Probe"))
    (message,) = sent(tmp_path)
    assert message["Subject"] == "Hat sich Nordlicht Probe nach deinem Gespräch gemeldet?"
    assert "Hat sich Nordlicht Probe nach deinem Gespräch vom 3. November 2026 gemeldet?" in text_of(message)
    assert "vor 3 Tagen" in html_of(message)


def test_it_is_in_its_readers_language(candidate: User, tmp_path: Path) -> None:
    User.objects.filter(pk=candidate.pk).update(language="en")
    asked(candidate, agency=AgencyFactory(name="Nordlicht Probe"))
    (message,) = sent(tmp_path)
    assert message["Subject"] == "Has Nordlicht Probe been in touch since your interview?"
    assert "3 November 2026" in text_of(message)
    assert all(link.startswith("/en/") for link in links_in(text_of(message)))


def test_it_names_neither_role_nor_client_nor_note(candidate: User, tmp_path: Path) -> None:
    asked(candidate, title="Geheimstelle", client="Geheimkunde", note="Geheimnotiz")
    (message,) = sent(tmp_path)
    assert "Geheim" not in message.as_string()
    assert "Geheim" not in text_of(message) + html_of(message)


def test_several_interviews_are_asked_about_in_one_mail(candidate: User, tmp_path: Path) -> None:
    for name in ("Erste Probe", "Zweite Probe"):
        asked(candidate, agency=AgencyFactory(name=name))
    (message,) = sent(tmp_path)
    assert message["Subject"] == "Hat sich jemand gemeldet? 2 Gespräche ohne Antwort"
    for body in (text_of(message), html_of(message)):
        assert "Erste Probe" in body
        assert "Zweite Probe" in body


def test_a_name_with_markup_stays_a_name(candidate: User, tmp_path: Path) -> None:
    asked(candidate, agency=AgencyFactory(name="Müller & <b>Söhne"))
    (message,) = sent(tmp_path)
    assert "Müller & <b>Söhne" in text_of(message)
    assert "Müller &amp; &lt;b&gt;Söhne" in html_of(message)
    assert message["Subject"] == "Hat sich Müller & <b>Söhne nach deinem Gespräch gemeldet?"


def test_every_link_leads_to_a_page_that_says_nothing_of_its_reader(
    candidate: User, tmp_path: Path, client: Client
) -> None:
    asked(candidate)
    (message,) = sent(tmp_path)
    for body in (text_of(message), html_of(message)):
        links = [link for link in links_in(body) if link.strip("/")]
        assert len({resolve(link).url_name for link in links}) == 3
        for link in links:
            assert client.get(link).status_code == 200
            assert candidate.email not in link
            assert candidate.pseudonym not in link


def test_one_click_unsubscribes_as_rfc_8058_wants_it(candidate: User, tmp_path: Path) -> None:
    asked(candidate)
    (message,) = sent(tmp_path)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = message["List-Unsubscribe"]
    assert re.fullmatch(r"<https://\S+>", address)
    raw = next(tmp_path.iterdir()).read_text()
    assert f"List-Unsubscribe: {address}" in raw  # one line, not encoded: mail programs read it as it stands
    Client(enforce_csrf_checks=True).post(
        address.strip("<>").removeprefix(SITE), {"List-Unsubscribe": "One-Click"}
    )
    assert not consents.has_given(candidate, Consent.Kind.CHECK_INS)


# ---- what is looked at again when it is sent ---------------------------------------------------------------


def answer(check_in: CheckIn) -> None:
    Interview.objects.update(wait_end=WaitEnd.ANSWERED, response=Response.NEGATIVE)


def withdraw(check_in: CheckIn) -> None:
    consents.withdraw(user=User.objects.get(), kind=Consent.Kind.CHECK_INS)


def bounce(check_in: CheckIn) -> None:
    User.objects.update(bounced_at=EVENING)


def mute(check_in: CheckIn) -> None:
    check_ins.mute(check_in.interview.journey)


@pytest.mark.parametrize("change", [answer, withdraw, bounce, mute])
def test_what_changed_after_the_claim_keeps_the_mail_from_being_sent(
    change: Any, candidate: User, tmp_path: Path
) -> None:
    check_in = asked(candidate)
    dispatch()
    change(check_in)
    assert sent(tmp_path) == []
    check_in.refresh_from_db()
    assert (check_in.state, check_in.mail) == (CheckIn.State.CANCELLED, None)
    assert not OutgoingMail.objects.exists()


def test_an_answer_to_one_question_leaves_the_others_in_the_mail(candidate: User, tmp_path: Path) -> None:
    settled = asked(candidate, agency=AgencyFactory(name="Erste Probe"))
    asked(candidate, agency=AgencyFactory(name="Zweite Probe"))
    dispatch()
    Interview.objects.filter(pk=settled.interview_id).update(
        wait_end=WaitEnd.ANSWERED, response=Response.POSITIVE
    )
    (message,) = sent(tmp_path)
    assert "Erste Probe" not in text_of(message)
    assert "Zweite Probe" in text_of(message)


def test_a_mail_goes_to_the_address_the_person_has_now(candidate: User, tmp_path: Path) -> None:
    asked(candidate)
    dispatch()
    User.objects.filter(pk=candidate.pk).update(email="neu@beispiel-post.example")
    (message,) = sent(tmp_path)
    assert message["To"] == "neu@beispiel-post.example"


def test_a_moved_interview_is_not_asked_about_by_the_old_mail(candidate: User, tmp_path: Path) -> None:
    check_in = asked(candidate)
    dispatch()
    interview = check_in.interview
    interview.held_at = EVENING + timedelta(days=2)
    interview.held_on = interview.held_at.date()
    check_ins.plan(interview)
    assert sent(tmp_path) == []
    check_in.refresh_from_db()
    assert check_in.state == CheckIn.State.PLANNED


def test_a_mail_that_no_server_took_all_evening_waits_for_the_morning(
    candidate: User, tmp_path: Path, clock: Any
) -> None:
    check_in = asked(candidate)
    dispatch()
    (mail,) = OutgoingMail.objects.all()
    clock.move_to(datetime(2026, 11, 6, 20, 30, tzinfo=UTC))  # half past nine in Berlin
    assert sent(tmp_path) == []
    clock.move_to(datetime(2026, 11, 7, 6, 59, tzinfo=UTC))
    assert sent(tmp_path) == []
    clock.move_to(datetime(2026, 11, 7, 7, 1, tzinfo=UTC))
    (message,) = sent(tmp_path)
    assert message["Message-ID"] == mail.message_id
    check_in.refresh_from_db()
    assert (check_in.state, check_in.mail) == (CheckIn.State.CLAIMED, mail)


def test_a_mail_waits_for_the_morning_of_the_zone_its_reader_has_now(candidate: User, tmp_path: Path) -> None:
    asked(candidate)
    dispatch()
    User.objects.filter(pk=candidate.pk).update(zone="Asia/Tokyo")  # two in the night there
    assert sent(tmp_path) == []
    assert OutgoingMail.objects.get().due_at == datetime(2026, 11, 6, 23, tzinfo=UTC)


@pytest.mark.parametrize("people", [1, 20])
def test_mails_are_composed_in_three_queries(
    people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for user in UserFactory.create_batch(people):
        asked(user)
    dispatch()
    mails = list(OutgoingMail.objects.all())
    with django_assert_num_queries(3):
        assert len(reminders.compose(mails)) == people


def test_nobody_without_consent_is_written_to_even_if_a_mail_is_owed(candidate: User, tmp_path: Path) -> None:
    agree(candidate)
    OutgoingMail.objects.create(kind="check_in", to=candidate.email, user=candidate, message_id="<x@y>")
    assert sent(tmp_path) == []
