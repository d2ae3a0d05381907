"""The letters: their texts, what fills them, the pages for everybody and the one of a process."""

import logging
import re
from collections.abc import Iterator
from datetime import date, timedelta
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from journeys.choices import Step
from journeys.letters import texts
from journeys.letters.filling import BLANKS, LONGEST_LINK, Filled
from journeys.letters.texts import SLUGS, Tone, Version
from journeys.models import Interview, Journey, SentLetter
from tests.conftest import logged_in
from tests.factories import AgencyFactory, InterviewFactory, JourneyFactory

LIST = "/ratgeber/vorlagen/"
LANGUAGES = ("de", "en")
VERSIONS = [Version(language, tone) for language, tone in product(LANGUAGES, Tone)]
EVERY = [(step, version) for step, version in product(Step, VERSIONS)]
TYPED = {
    "contact": "Frau Muster",
    "agency": "Probeagentur & Söhne",
    "role": "Controllerin",
    "day": "2026-11-03",
    "client": "Beispielwerk",
    "name": "Kim Beispiel",
}
VALUES = {**TYPED, "day": date(2026, 11, 3)}
FORMAL_GERMAN = re.compile(r"\b(Sie|Ihnen|Ihr|Ihre|Ihren)\b")
INFORMAL_GERMAN = re.compile(r"\b(du|dir|dich|dein|deine|ihr|euch)\b")


class Page(HTMLParser):
    """The links of a page by the words on them, and the words of its letters."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value or "" for name, value in attrs if tag == "a" and name == "href"]

    @property
    def mails(self) -> list[str]:
        return [link for link in self.links if link.startswith("mailto:?")]


def html(response: Any) -> str:
    return str(response.content.decode())


def filled(step: Step, version: Version, **values: Any) -> Filled:
    return Filled(step, version, values)


def decoded(mailto: str) -> tuple[str, str]:
    """Subject and body as a mail program reads them (RFC 6068)."""
    query = parse_qs(urlsplit(mailto).query.replace("+", "%2B"), strict_parsing=True)
    return query["subject"][0], query["body"][0].replace("\r\n", "\n")


# ---- the texts


@pytest.mark.parametrize(("step", "version"), EVERY)
def test_every_step_has_a_letter_in_every_version(step: Step, version: Version) -> None:
    letter = texts.letter(step, version)
    assert letter.subject
    assert len(letter.body.split("\n\n")) >= 3


@pytest.mark.parametrize(("step", "language"), list(product(Step, LANGUAGES)))
def test_every_letter_says_when_to_send_it_and_why_it_is_written_so(step: Step, language: str) -> None:
    about = texts.about(step, language)
    assert all((about.moment, about.title, about.when, about.why))


@pytest.mark.parametrize(("step", "version"), EVERY)
def test_a_letter_with_all_its_values_has_no_blank_left(step: Step, version: Version) -> None:
    text = filled(step, version, **VALUES).text
    assert not re.search(r"[\[\]{}]", text)
    assert "Kim Beispiel" in text


@pytest.mark.parametrize(("step", "version"), EVERY)
def test_what_is_not_known_says_what_belongs_there(step: Step, version: Version) -> None:
    text = filled(step, version, contact="", day=None).text
    with translation.override(version.language):
        known = {str(label) for label in BLANKS.values()}
    assert set(re.findall(r"\[[^\]]*\]", text)) <= known
    assert "[dein Name]" in text or "[your name]" in text
    assert "{" not in text


@pytest.mark.parametrize("step", Step)
def test_german_letters_keep_to_their_form_of_address(step: Step) -> None:
    formal = filled(step, Version("de", Tone.FORMAL), **VALUES).text
    informal = filled(step, Version("de", Tone.INFORMAL), **VALUES).text
    assert not INFORMAL_GERMAN.search(formal)
    assert FORMAL_GERMAN.search(formal)
    assert not FORMAL_GERMAN.search(informal)


def test_a_day_is_written_as_the_reader_of_the_letter_writes_it() -> None:
    assert "am 3. November" in filled(Step.FRIENDLY, Version("de", Tone.FORMAL), **VALUES).text
    assert "on 3 November" in filled(Step.FRIENDLY, Version("en", Tone.FORMAL), **VALUES).text


@pytest.mark.parametrize("version", VERSIONS)
def test_the_first_call_has_four_to_six_sentences_and_an_answer_to_we_will_be_in_touch(
    version: Version,
) -> None:
    letter = texts.letter(Step.FIRST_TALK, version)
    assert 4 <= len(letter.say) <= 6
    assert letter.reply


@pytest.mark.parametrize("version", VERSIONS)
def test_the_last_letter_asks_for_what_article_15_gives_and_names_its_time_limit(version: Version) -> None:
    text = filled(Step.ACCESS, version, **VALUES).text
    asked = {
        "de": ["Art. 15 DSGVO", "Zwecke", "Kategorien", "Empfänger", "Herkunft", "Dauer", "Kopie", "Notizen"],
        "en": ["Art. 15 GDPR", "purposes", "categories", "recipients", "source", "how long", "copy", "notes"],
    }
    month = {
        "de": "ein Monat ab Eingang (Art. 12 Abs. 3 DSGVO)",
        "en": "one month from receipt (Art. 12(3) GDPR)",
    }
    assert [word for word in asked[version.language] if word not in text] == []
    assert month[version.language] in text


@pytest.mark.parametrize(("step", "version"), EVERY)
def test_no_letter_threatens(step: Step, version: Version) -> None:
    text = filled(step, version, **VALUES).text.lower()
    threats = ("anwalt", "klage", "rechtliche schritte", "bewertung abgeben", "lawyer", "sue", "legal action")
    assert [word for word in threats if re.search(rf"\b{word}\b", text)] == []


@pytest.mark.parametrize(("step", "version"), EVERY)
def test_a_letter_that_is_sent_late_says_nothing_untrue(step: Step, version: Version) -> None:
    """Whoever begins on day 20 keeps the order of the letters, so none may say how long the interview is ago."""
    text = filled(step, version, **VALUES).text
    assert not re.search(r"vergangen|vor \w+ Wochen?|weeks? ago|have passed|has been", text)


# ---- mail and text


@pytest.mark.parametrize(("step", "version"), EVERY)
def test_the_mail_link_carries_the_letter_as_it_is(step: Step, version: Version) -> None:
    letter = filled(step, version, **VALUES | {"role": "Planung & Bau + Betrieb, 100 % remote?"})
    subject, body = decoded(letter.mailto)
    assert subject == str(letter.subject)
    assert body == letter.body
    assert len(letter.mailto) <= LONGEST_LINK


def test_a_letter_too_long_for_a_link_opens_a_mail_with_its_subject_only() -> None:
    long = dict.fromkeys(BLANKS, "ü" * 80)
    letter = filled(Step.ACCESS, Version("de", Tone.FORMAL), **long)
    assert letter.is_long
    assert letter.mailto == "mailto:?subject=Auskunft%20%C3%BCber%20meine%20Daten%20nach%20Art.%2015%20DSGVO"


def test_the_text_of_a_filled_letter_needs_no_server() -> None:
    letter = filled(Step.FIRST_TALK, Version("de", Tone.FORMAL), **VALUES)
    assert unquote(letter.text_link.removeprefix("data:text/plain;charset=utf-8,")) == letter.text
    assert letter.text.startswith("Am Telefon\n\nGuten Tag Frau Muster, hier spricht Kim Beispiel.")


# ---- for everybody


@pytest.fixture
def client() -> Client:
    return Client()


def test_all_letters_stand_on_one_page_in_the_order_of_the_days(client: Client) -> None:
    page = html(client.get(LIST))
    places = [page.index(f'id="{slug}"') for slug in SLUGS.values()]
    assert places == sorted(places)
    assert len(Page(page).mails) == len(Step)


@pytest.mark.parametrize("slug", SLUGS.values())
@pytest.mark.parametrize("language", ["", "/en"])
def test_every_letter_has_a_page_and_a_text_of_its_own(client: Client, slug: str, language: str) -> None:
    page = html(client.get(f"{language}{LIST}{slug}/"))
    assert len(Page(page).mails) == 1
    text = client.get(f"{language}{LIST}{slug}.txt")
    assert text.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert decoded(Page(page).mails[0])[1] in text.content.decode()


def test_a_letter_that_does_not_exist_is_not_found(client: Client, db: None) -> None:
    assert client.get(f"{LIST}tag-99/").status_code == 404
    assert client.get(f"{LIST}tag-99.txt").status_code == 404


def test_language_and_tone_can_be_chosen_whatever_the_language_of_the_page(client: Client) -> None:
    page = html(client.get(f"{LIST}tag-3/?sprache=en&anrede=informal"))
    assert "Hi <mark" in page
    assert '<div class="letter" lang="en"' in page
    assert "Warum so" in page
    assert "Dear <mark" in html(client.get(f"/en{LIST}tag-3/"))


def test_nonsense_in_the_address_falls_back_to_the_language_of_the_page(client: Client) -> None:
    assert "Guten Tag <mark" in html(client.get(f"{LIST}tag-3/?sprache=xx&anrede=%00"))


def test_without_javascript_the_form_fills_every_letter(client: Client) -> None:
    page = html(client.post(LIST, {**TYPED, "sprache": "de", "anrede": "formal"}))
    assert page.count(">Kim Beispiel</mark>") > len(Step)
    assert all("Kim Beispiel" in decoded(mail)[1] for mail in Page(page).mails)
    assert 'value="Kim Beispiel"' in page


def test_what_was_typed_is_shown_as_text_never_as_markup(client: Client) -> None:
    attack = "<script>alert(1)</script>\" onx='1"
    page = html(client.post(f"{LIST}tag-3/", {"contact": attack, "name": "a\r\nBcc: b"}))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "Bcc: b" in page
    assert "%0D%0ABcc" not in page


def test_a_field_that_was_refused_stays_open_and_the_others_are_filled(client: Client) -> None:
    page = html(client.post(f"{LIST}tag-3/", {**TYPED, "day": "gestern", "role": "x" * 81}))
    assert "Schreib den Tag als Datum" in page
    assert "[Datum]" in page
    assert "[Stelle]" in page
    assert "Frau Muster</mark>" in page


@pytest.mark.django_db
def test_what_was_typed_is_neither_stored_nor_logged_nor_put_into_an_address(
    client: Client, caplog: pytest.LogCaptureFixture, django_assert_num_queries: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    with django_assert_num_queries(0):
        response = client.post(LIST, TYPED)
    assert "Kim Beispiel" not in caplog.text
    assert not client.session.keys()
    page = Page(html(response))
    ours = [link for link in page.links if not link.startswith(("mailto:", "data:"))]
    assert not [link for link in ours if "Kim" in unquote(link)]


def test_names_in_an_address_are_not_read(client: Client) -> None:
    assert "Kim Beispiel" not in html(client.get(f"{LIST}?name=Kim+Beispiel"))


def test_a_token_that_is_too_old_loses_nothing(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post(LIST, TYPED)
    assert response.status_code == 403
    assert "Kim Beispiel</mark>" in html(response)


def test_a_change_of_version_fetches_the_letters_alone(client: Client) -> None:
    response = client.get(f"{LIST}?sprache=en&anrede=informal", headers={"HX-Request": "true"})
    assert "HX-Request" in response.headers["Vary"]
    assert "<html" not in html(response)
    assert "Jetzt auf Englisch und per Du." in html(response)


@pytest.mark.parametrize("path", [LIST, f"{LIST}tag-30/", f"/en{LIST}", f"/en{LIST}tag-30/"])
def test_the_law_is_told_with_its_sources(client: Client, path: str) -> None:
    response = client.get(path)
    links = Page(html(response)).links
    for source in ("62010CJ0415", "32016R0679", "62021CJ0154", "gesetze-im-internet.de"):
        assert any(source in link for link in links), source
    assert "two months" in html(response) or "zwei Monate" in html(response)


def test_reading_needs_no_database(client: Client) -> None:
    assert client.get(LIST).status_code == 200


# ---- from a process


@pytest.fixture
def journey(candidate: User) -> Journey:
    agency = AgencyFactory(name="Probeagentur West GmbH")
    return JourneyFactory(
        author=candidate,
        agency=agency,
        origin=Journey.Origin.TRACKED,
        title="Controllerin Werk Süd",
        client="Beispielwerk AG",
    )


@pytest.fixture
def interview(journey: Journey) -> Interview:
    held_on = timezone.localdate() - timedelta(days=14)
    return InterviewFactory(
        journey=journey,
        held_on=held_on,
        held_at=timezone.now() - timedelta(days=14),
        told_on=held_on,
        wait_days=0,
        wait_end="silent",
        response="nothing",
    )


def path_of(journey: Journey, step: str = Step.FIRM) -> str:
    return f"/prozesse/{journey.pk}/briefe/{step}/"


def test_a_process_fills_its_letters(
    candidate_client: Client, journey: Journey, interview: Interview
) -> None:
    page = html(candidate_client.get(path_of(journey)))
    body = decoded(Page(page).mails[0])[1]
    day = f"{interview.held_on.day}. "
    assert f"auf das Gespräch am {day}" in body
    assert "„Controllerin Werk Süd“" in body
    assert "[Ansprechperson]" in body
    assert "[dein Name]" in body
    access = decoded(Page(html(candidate_client.get(path_of(journey, Step.ACCESS)))).mails[0])[1]
    assert "über Probeagentur West" in access


@pytest.mark.parametrize("step", Step)
def test_every_step_has_a_page_even_before_the_first_interview(
    candidate_client: Client, journey: Journey, step: Step
) -> None:
    assert candidate_client.get(path_of(journey, step)).status_code == 200


def test_names_typed_for_a_process_are_filled_in_and_not_kept(
    candidate_client: Client, journey: Journey, interview: Interview
) -> None:
    page = html(candidate_client.post(path_of(journey), TYPED))
    assert "Kim Beispiel" in decoded(Page(page).mails[0])[1]
    assert "Kim Beispiel" not in html(candidate_client.get(path_of(journey)))
    journey.refresh_from_db()
    assert journey.title == "Controllerin Werk Süd"


def test_a_stranger_finds_no_letter_of_mine(
    other_client: Client, moderator: User, journey: Journey, client: Client
) -> None:
    assert other_client.get(path_of(journey)).status_code == 404
    assert other_client.post(path_of(journey), TYPED).status_code == 404
    assert logged_in(moderator).get(path_of(journey)).status_code != 200
    assert client.get(path_of(journey)).status_code == 302


def test_a_recalled_process_has_no_letters(candidate_client: Client, candidate: User) -> None:
    assert candidate_client.get(path_of(JourneyFactory(author=candidate))).status_code == 404


def test_a_step_that_does_not_exist_is_not_found(candidate_client: Client, journey: Journey) -> None:
    assert candidate_client.get(path_of(journey, "day99")).status_code == 404


def buttons(page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Action and hidden fields of each form that goes somewhere else."""
    for form in re.findall(r"<form[^>]*action=.*?</form>", page, re.DOTALL):
        action = re.search(r'action="([^"]+)"', form)[1]  # type: ignore[index]
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        yield action, fields


def test_marking_a_letter_as_sent_makes_it_an_event_that_can_be_undone(
    candidate_client: Client, journey: Journey, interview: Interview
) -> None:
    page = html(candidate_client.get(path_of(journey)))
    assert "Als gesendet markieren" in page
    [(action, fields)] = list(buttons(page))
    assert candidate_client.post(action, fields).status_code == 302
    letter = SentLetter.objects.get()
    assert (letter.step, letter.interview) == (Step.FIRM, interview)
    page = html(candidate_client.get(path_of(journey)))
    assert "Vermerkt am" in page
    [(action, fields)] = list(buttons(page))
    candidate_client.post(action, fields)
    assert not SentLetter.objects.exists()
    assert "Als gesendet markieren" in html(candidate_client.get(path_of(journey)))


def test_the_letter_page_of_a_process_is_for_nobody_to_index(
    candidate_client: Client, journey: Journey
) -> None:
    response = candidate_client.get(path_of(journey))
    assert '<meta name="robots" content="noindex">' in html(response)
    assert "no-store" in response.headers["Cache-Control"]
