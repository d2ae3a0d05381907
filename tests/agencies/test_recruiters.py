"""Recruiters decide themselves, by links in mails, whether they have a public profile."""

import logging
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import retention
from accounts.models import Event, OutgoingMail, User
from agencies import consent
from agencies.actions import (
    NotAsked,
    ask_recruiter,
    confirm_recruiter,
    hide_recruiter,
    refuse_recruiter,
    show_recruiter,
)
from agencies.choices import AgencyStatus, RecruiterState
from agencies.consent import Purpose, token_of
from agencies.models import Recruiter
from config.logs import mask_tokens
from tests.factories import AgencyFactory, JourneyFactory, RecruiterFactory, ReviewFactory

pytestmark = pytest.mark.django_db

NAME = "Testa Beispielfrau"
NEVER = "/beratung/verbergen/1:abc:def/"


@pytest.fixture
def recruiter() -> Recruiter:
    return RecruiterFactory(name=NAME, position="Beraterin IT", email="testa@probeagentur.example")


@pytest.fixture
def asked(recruiter: Recruiter, moderator: User) -> Recruiter:
    ask_recruiter(recruiter_id=recruiter.pk, by=moderator)
    return fresh(recruiter)


@pytest.fixture
def public(asked: Recruiter) -> Recruiter:
    confirm_recruiter(recruiter_id=asked.pk)
    return fresh(asked)


@pytest.fixture
def hidden(public: Recruiter) -> Recruiter:
    hide_recruiter(recruiter_id=public.pk)
    return fresh(public)


def fresh(recruiter: Recruiter) -> Recruiter:
    return Recruiter.objects.select_related("agency").get(pk=recruiter.pk)


def mails(kind: str) -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def link(purpose: str, mail: OutgoingMail | None = None) -> str:
    """The path of the newest link of a mail: bestaetigen, verbergen or zeigen."""
    text = (mail or OutgoingMail.objects.latest("pk")).text
    found = re.search(rf"https?://\S+/beratung/{purpose}/\S+", text)
    assert found, text
    return urlsplit(found[0]).path


def page(path: str) -> str:
    response = Client().get(path, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def verbs(recruiter: Recruiter) -> list[tuple[str, str, str]]:
    return list(Event.objects.about(recruiter).order_by("pk").values_list("verb", "before", "after"))


# ---- asking ------------------------------------------------------------------------------------------------


def test_the_mail_says_what_would_be_public_who_asks_and_that_nothing_happens_without_a_yes(
    asked: Recruiter,
) -> None:
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.to) == ("recruiter_ask", "testa@probeagentur.example")
    for text in (mail.text, mail.html):
        for said in (
            NAME,
            "Beraterin IT",
            str(asked.agency),
            settings.OPERATOR["name"],
            "30 Tage",
            "90 Tage",
        ):
            assert said in text
        assert "Ohne dein Ja passiert nichts." in text
        assert "/beratung/bestaetigen/" in text
    assert asked.state == RecruiterState.ASKED
    assert not asked.is_public


def test_the_mail_and_its_pages_speak_the_language_of_the_person(moderator: User) -> None:
    person = RecruiterFactory(language="en")
    ask_recruiter(recruiter_id=person.pk, by=moderator)
    path = link("bestaetigen")
    assert path.startswith("/en/beratung/")
    assert "Ohne dein Ja" not in OutgoingMail.objects.get().text
    Client().post(path, {"do": "yes"})
    assert link("verbergen").startswith("/en/beratung/")


def test_asking_is_recorded_with_the_person_who_asked_and_nothing_personal(
    asked: Recruiter, moderator: User
) -> None:
    event = Event.objects.about(asked).get()
    assert (event.verb, event.before, event.after) == ("ask recruiter", "new", "asked")
    assert (event.actor_id, event.data) == (moderator.pk, {})


def test_nobody_is_asked_twice_within_seven_days(asked: Recruiter, moderator: User) -> None:
    with later(days=6.9), pytest.raises(NotAsked, match="schon gefragt"):
        ask_recruiter(recruiter_id=asked.pk, by=moderator)
    with later(days=7.1):
        ask_recruiter(recruiter_id=asked.pk, by=moderator)
    assert len(mails("recruiter_ask")) == 2


def test_a_person_known_at_two_agencies_is_asked_once(asked: Recruiter, moderator: User) -> None:
    elsewhere = RecruiterFactory(email=asked.email.upper())
    with pytest.raises(NotAsked, match="schon gefragt"):
        ask_recruiter(recruiter_id=elsewhere.pk, by=moderator)


@pytest.mark.parametrize("no", [refuse_recruiter, hide_recruiter])
def test_who_said_no_or_hid_the_profile_is_never_asked_again(
    no: Any, asked: Recruiter, moderator: User
) -> None:
    if no is hide_recruiter:
        confirm_recruiter(recruiter_id=asked.pk)
    no(recruiter_id=asked.pk)
    elsewhere = RecruiterFactory(email=asked.email)
    for one in (asked, elsewhere):
        with later(days=400), pytest.raises(NotAsked, match="möchte kein öffentliches Profil"):
            ask_recruiter(recruiter_id=one.pk, by=moderator)


def test_a_public_profile_is_not_asked_about(public: Recruiter, moderator: User) -> None:
    with later(days=8), pytest.raises(NotAsked, match="schon öffentlich"):
        ask_recruiter(recruiter_id=public.pk, by=moderator)


def test_without_an_address_or_a_page_nobody_is_asked(moderator: User) -> None:
    for one in (RecruiterFactory(email=""), RecruiterFactory(agency__status=AgencyStatus.PROPOSED)):
        with pytest.raises(NotAsked):
            ask_recruiter(recruiter_id=one.pk, by=moderator)
    assert not OutgoingMail.objects.exists()
    assert not Event.objects.filter(verb="ask recruiter").exists()


# ---- answering ---------------------------------------------------------------------------------------------


def test_opening_the_link_shows_what_would_be_public_and_changes_nothing(asked: Recruiter) -> None:
    shown = page(link("bestaetigen"))
    for said in (
        NAME,
        "Beraterin IT",
        str(asked.agency),
        "Ja, veröffentlichen",
        "Nein, nicht veröffentlichen",
    ):
        assert said in shown
    assert asked.email not in shown
    assert fresh(asked).state == RecruiterState.ASKED


def test_a_yes_publishes_and_the_page_offers_to_hide(asked: Recruiter) -> None:
    response = Client().post(link("bestaetigen"), {"do": "yes"}, follow=True)
    shown = response.content.decode()
    assert "Dein Profil ist öffentlich" in shown
    assert "Profil verbergen" in shown
    assert fresh(asked).is_public
    assert NAME in page(asked.agency.get_absolute_url())
    assert verbs(asked)[1:] == [("confirm recruiter", "asked", "public")]


def test_after_a_yes_a_mail_brings_the_link_that_hides(public: Recruiter) -> None:
    mail = mails("recruiter_public")[0]
    assert mail.to == public.email
    assert link("verbergen", mail) in mail.html
    assert public.agency.get_absolute_url() in mail.text


def test_a_no_publishes_nothing_sends_nothing_and_is_recorded(asked: Recruiter) -> None:
    response = Client().post(link("bestaetigen"), {"do": "no"}, follow=True)
    assert "Wir fragen dich nicht noch einmal." in response.content.decode()
    assert fresh(asked).state == RecruiterState.REFUSED
    assert NAME not in page(asked.agency.get_absolute_url())
    assert len(OutgoingMail.objects.all()) == 1
    assert verbs(asked)[1:] == [("refuse recruiter", "asked", "refused")]


def test_who_said_no_may_change_their_mind_while_the_link_lasts(asked: Recruiter) -> None:
    path = link("bestaetigen")
    Client().post(path, {"do": "no"})
    assert "Doch veröffentlichen" in page(path)
    Client().post(path, {"do": "yes"})
    assert fresh(asked).is_public


@pytest.mark.parametrize("sent", [{}, {"do": ""}, {"do": "vielleicht"}])
def test_a_post_that_says_neither_changes_nothing(sent: dict[str, str], asked: Recruiter) -> None:
    assert Client().post(link("bestaetigen"), sent).status_code == 200
    assert fresh(asked).state == RecruiterState.ASKED


def test_two_clicks_write_one_mail_and_one_event(asked: Recruiter) -> None:
    path = link("bestaetigen")
    for _click in range(2):
        Client().post(path, {"do": "yes"})
    assert len(mails("recruiter_public")) == 1
    assert len(verbs(asked)) == 2


def test_a_no_in_a_window_left_open_takes_the_yes_back(public: Recruiter) -> None:
    path = link("bestaetigen", mails("recruiter_ask")[0])
    Client().post(path, {"do": "no"})
    assert fresh(public).state == RecruiterState.HIDDEN


def test_the_old_yes_does_not_undo_hiding(hidden: Recruiter) -> None:
    path = link("bestaetigen", mails("recruiter_ask")[0])
    Client().post(path, {"do": "yes"})
    assert fresh(hidden).state == RecruiterState.HIDDEN
    assert "Dein Profil ist verborgen" in page(path)


# ---- hiding ------------------------------------------------------------------------------------------------


def test_opening_the_link_that_hides_hides_nothing_yet(public: Recruiter) -> None:
    assert "Profil verbergen" in page(link("verbergen"))
    assert fresh(public).is_public


def test_hiding_takes_one_click_without_an_account_and_tells_the_person(public: Recruiter) -> None:
    response = Client().post(link("verbergen"), follow=True)
    assert "Dein Profil ist verborgen" in response.content.decode()
    assert fresh(public).state == RecruiterState.HIDDEN
    mail = mails("recruiter_hidden")[0]
    assert mail.to == public.email
    assert link("zeigen", mail) in mail.html
    assert link("verbergen", mail) in mail.html
    assert verbs(public)[-1] == ("hide recruiter", "public", "hidden")


def test_a_hidden_profile_is_gone_from_agency_page_form_and_reviews_at_once(public: Recruiter) -> None:
    review = ReviewFactory(agency=public.agency)
    review.journey.recruiter = public
    review.journey.save()
    paths = [public.agency.get_absolute_url(), f"/agenturen/{public.agency.slug}/bewerten/"]
    assert f"Berater:in: {NAME}" in page(paths[0])
    assert NAME in page(paths[1])
    Client().post(link("verbergen"))
    for path in paths:
        assert NAME not in page(path)


def test_the_link_that_hides_works_after_years(public: Recruiter) -> None:
    path = link("verbergen")
    with later(days=4000):
        Client().post(path)
    assert fresh(public).state == RecruiterState.HIDDEN


def test_the_link_that_hides_outlives_a_change_of_the_profile(public: Recruiter) -> None:
    path = link("verbergen")
    Recruiter.objects.update(name="Testa Neuname", email="neu@probeagentur.example", agency=AgencyFactory())
    Client().post(path)
    assert fresh(public).state == RecruiterState.HIDDEN


def test_hiding_twice_writes_one_mail(public: Recruiter) -> None:
    path = link("verbergen")
    for _click in range(2):
        Client().post(path)
    assert len(mails("recruiter_hidden")) == 1


# ---- showing again -----------------------------------------------------------------------------------------


def test_the_mail_about_hiding_undoes_it(hidden: Recruiter) -> None:
    path = link("zeigen")
    assert NAME in page(path)
    assert fresh(hidden).state == RecruiterState.HIDDEN
    response = Client().post(path, follow=True)
    assert "Dein Profil ist öffentlich" in response.content.decode()
    assert fresh(hidden).is_public
    assert len(mails("recruiter_public")) == 2
    assert verbs(hidden)[-1] == ("show recruiter", "hidden", "public")


def test_no_page_shows_the_link_that_undoes_hiding(hidden: Recruiter) -> None:
    hide = link("verbergen")
    for path in (hide, link("bestaetigen", mails("recruiter_ask")[0])):
        assert "/beratung/zeigen/" not in page(path)


def test_the_link_undoes_the_hiding_it_was_sent_for_and_no_later_one(hidden: Recruiter) -> None:
    first = link("zeigen")
    Client().post(first)
    assert Client().get(first).status_code == 410
    hide_recruiter(recruiter_id=hidden.pk)
    assert Client().post(first).status_code == 410
    assert fresh(hidden).state == RecruiterState.HIDDEN


def test_showing_what_is_not_hidden_does_nothing(public: Recruiter) -> None:
    show_recruiter(recruiter_id=public.pk)
    assert len(mails("recruiter_public")) == 1


# ---- links that lead nowhere -------------------------------------------------------------------------------


def test_a_question_can_be_answered_for_thirty_days(asked: Recruiter) -> None:
    path = link("bestaetigen")
    with later(days=29.9):
        assert Client().get(path).status_code == 200
    with later(days=30.1):
        assert Client().get(path).status_code == 410
        assert Client().post(path, {"do": "yes"}).status_code == 410
    assert fresh(asked).state == RecruiterState.ASKED


def test_every_link_serves_one_purpose(hidden: Recruiter) -> None:
    for purpose in Purpose:
        token = token_of(hidden, purpose)
        assert [other for other in Purpose if consent.find(token, other)] == [purpose]


def test_a_link_is_worth_nothing_for_somebody_else(hidden: Recruiter) -> None:
    other = RecruiterFactory(confirmed_at=timezone.now())
    for purpose in Purpose:
        rest = token_of(hidden, purpose).partition(":")[2]
        assert consent.find(f"{other.pk}:{rest}", purpose) is None


@pytest.mark.parametrize("changed", ["name", "position", "email"])
def test_a_yes_is_about_what_was_asked(changed: str, asked: Recruiter) -> None:
    path = link("bestaetigen")
    Recruiter.objects.filter(pk=asked.pk).update(**{changed: "neu@probeagentur.example"})
    assert Client().post(path, {"do": "yes"}).status_code == 410
    assert not fresh(asked).is_public


@pytest.mark.parametrize("where", ["bestaetigen", "verbergen", "zeigen"])
@pytest.mark.parametrize(
    "token",
    [
        "x",
        ":",
        "1:",
        "1:abc:def",
        "0:1abc:sig",
        "٣:a:b",
        "9" * 19 + ":a:b",
        "9" * 5000,
        "%00",
        "%F0%9F%98%80:a:b",
    ],
)
def test_nonsense_gets_one_clear_page(where: str, token: str) -> None:
    for response in (
        Client().get(f"/beratung/{where}/{token}/"),
        Client().post(f"/beratung/{where}/{token}/"),
    ):
        assert response.status_code == 410
        assert "Dieser Link gilt nicht mehr" in response.content.decode()


def test_an_altered_or_foreign_signature_is_refused(public: Recruiter) -> None:
    path = link("verbergen")
    altered = path[:-2] + ("A" if path[-2] != "A" else "B") + "/"
    for token in (altered, f"/beratung/verbergen/{signing.dumps(public.pk)}/"):
        assert Client().post(token).status_code == 410
    assert fresh(public).is_public


def test_a_deleted_profile_has_no_links(public: Recruiter) -> None:
    path = link("verbergen")
    public.delete()
    assert Client().post(path).status_code == 410


def test_guessing_is_slowed_down_but_a_good_link_always_works(public: Recruiter) -> None:
    path, client = link("verbergen"), Client()
    limit = int(settings.ACCOUNT_RATE_LIMITS["bad_link"].partition("/")[0])
    assert {client.get(NEVER).status_code for _try in range(limit)} == {410}
    assert client.get(NEVER).status_code == 429
    assert client.post(path).status_code == 302
    assert fresh(public).state == RecruiterState.HIDDEN


# ---- what links and pages give away ------------------------------------------------------------------------


def test_pages_behind_links_are_neither_indexed_nor_stored_nor_told_to_others(hidden: Recruiter) -> None:
    ask, public, hide = (mails(f"recruiter_{kind}")[0] for kind in ("ask", "public", "hidden"))
    for path in (link("verbergen", public), link("zeigen", hide), link("bestaetigen", ask), NEVER):
        response = Client().get(path, follow=True)
        assert "no-store" in response["Cache-Control"]
        assert response["Referrer-Policy"] == "same-origin"
        assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "/beratung/" in Client().get("/robots.txt").content.decode()


def test_links_carry_neither_name_nor_address(hidden: Recruiter) -> None:
    for purpose in Purpose:
        number, stamp, signature = token_of(hidden, purpose).split(":")
        assert number == str(hidden.pk)
        assert len(stamp) < 8
        assert len(signature) == 43


def test_a_post_from_another_site_is_refused(public: Recruiter) -> None:
    assert Client(enforce_csrf_checks=True).post(link("verbergen")).status_code == 403
    assert fresh(public).is_public


@pytest.mark.parametrize("where", ["bestaetigen", "verbergen", "zeigen"])
def test_tokens_are_masked_in_the_log(where: str) -> None:
    line = mask_tokens(
        None, "error", {"event": f"Internal Server Error: /en/beratung/{where}/12:1abc:sig-X_/"}
    )
    assert line["event"] == f"Internal Server Error: /en/beratung/{where}/…/"


def test_nothing_personal_reaches_log_or_events(
    recruiter: Recruiter,
    moderator: User,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    ask_recruiter(recruiter_id=recruiter.pk, by=moderator)
    for act in (confirm_recruiter, hide_recruiter, show_recruiter, refuse_recruiter):
        act(recruiter_id=recruiter.pk)
    written = caplog.text + capsys.readouterr().err + str(list(Event.objects.about(recruiter).values()))
    ours = [line for line in written.splitlines() if "django.db.backends" not in line]
    assert not [line for line in ours if NAME in line or recruiter.email in line]


# ---- retention ---------------------------------------------------------------------------------------------


def test_the_address_of_who_never_answered_is_emptied_after_ninety_days(asked: Recruiter) -> None:
    with later(days=89):
        assert retention.purge()["unanswered_recruiters"] == 0
    with later(days=91):
        assert retention.purge()["unanswered_recruiters"] == 1
        assert retention.purge()["unanswered_recruiters"] == 0
    assert (fresh(asked).email, fresh(asked).name) == ("", NAME)


def test_the_days_count_from_the_last_question(asked: Recruiter, moderator: User) -> None:
    with later(days=80):
        ask_recruiter(recruiter_id=asked.pk, by=moderator)
    with later(days=91):
        assert retention.purge()["unanswered_recruiters"] == 0


def test_who_answered_or_was_never_asked_keeps_the_address(public: Recruiter, moderator: User) -> None:
    refused = RecruiterFactory(asked_at=timezone.now(), refused_at=timezone.now())
    never_asked = RecruiterFactory()
    with later(days=4000):
        retention.purge()
    assert all(fresh(one).email for one in (public, refused, never_asked))


def test_several_people_of_an_agency_may_have_no_address() -> None:
    agency = AgencyFactory()
    RecruiterFactory.create_batch(2, agency=agency, email="")
    assert agency.recruiters.count() == 2


# ---- what the database holds -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "times",
    [
        ("confirmed_at", "refused_at"),
        ("hidden_at",),
        ("confirmed_at", "no address"),
        ("refused_at", "no address"),
    ],
)
def test_the_database_refuses_contradictions(times: tuple[str, ...]) -> None:
    values: dict[str, datetime | str] = {name: timezone.now() for name in times if name.endswith("_at")}
    values |= {"email": ""} if "no address" in times else {}
    with pytest.raises(IntegrityError), transaction.atomic():
        RecruiterFactory(**values)


def test_a_name_chosen_in_a_review_stays_with_it_through_hiding(public: Recruiter) -> None:
    journey = JourneyFactory(agency=public.agency, recruiter=public)
    hide_recruiter(recruiter_id=public.pk)
    journey.refresh_from_db()
    assert journey.recruiter == public
