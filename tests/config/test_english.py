"""The English site: whatever a page or a mail says in our words, it says in English.

Every page is read in German first, so that a text kept from another visitor would be found out.
"""

import re
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import OutgoingMail, User
from agencies.choices import AgencyStatus
from agencies.models import Agency
from moderation.actions import publish, reject, request_changes, screen
from moderation.models import Decision
from reviews.models import Review
from reviews.recompute import recompute, recompute_market
from reviews.states import Status
from tests.conftest import PASSWORD, person
from tests.factories import AgencyFactory, DraftFactory, InterviewFactory, OfficeFactory, ReviewFactory
from tests.reviews.sending import send, write

pytestmark = pytest.mark.django_db

FOR_ALL = ["start", "agencies:agency-list", "agencies:agency-propose", "reviews:agency-compare"]
FOR_ALL += ["guides:article-list", "journeys:letter-list"]
FOR_ALL += ["reviews:formula", "imprint", "privacy", "terms", "accessibility", "checks", "reviews:claim-wait"]
FOR_ALL += ["account_login", "account_signup", "account_request_login_code", "account_reset_password"]
FOR_MEMBERS = ["reviews:review-mine", "accounts:settings", "accounts:delete", "account_email", "mfa_index"]
FOR_MEMBERS += ["account_change_password", "account_logout"]

MARKUP = re.compile(r"<[^>]+>|%\(\w+\)[sd]|\{\w*\}")
LONG = 12  # letters: shorter pieces of a text may stand in an English sentence by chance
READ_ALOUD = {"alt", "aria-label", "content", "placeholder", "title"}
ENDLESS = {"br", "hr", "img", "input", "link", "meta"}  # elements without an end tag


class Reader(HTMLParser):
    """What a page says: text and attributes that are read, without what is marked as German and is so on purpose."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.depth_unread = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        is_german = ("lang", "de") in attrs and tag != "html"
        if self.depth_unread or is_german or tag in {"script", "style"}:
            self.depth_unread += tag not in ENDLESS
            return
        self.said += [value or "" for name, value in attrs if name in READ_ALOUD or name.startswith("data-")]

    def handle_endtag(self, tag: str) -> None:
        self.depth_unread -= bool(self.depth_unread)

    def handle_data(self, data: str) -> None:
        if not self.depth_unread:
            self.said.append(data)


def plain(text: str) -> str:
    return " ".join(unescape(text).replace("\N{SOFT HYPHEN}", "").replace("%%", "%").split())


def pieces(text: str) -> Iterator[str]:
    """A text as a page shows it, without what is filled in and marked up."""
    return (piece for part in MARKUP.split(text) if (piece := plain(part)))


CATALOGUE = [
    entry
    for entry in polib.pofile(str(settings.LOCALE_PATHS[0] / "en/LC_MESSAGES/django.po"))
    if not entry.obsolete
]
ENGLISH = {
    piece
    for entry in CATALOGUE
    for text in (entry.msgstr, *entry.msgstr_plural.values())
    for piece in pieces(text)
}
GERMAN = {
    piece for entry in CATALOGUE for text in (entry.msgid, entry.msgid_plural) for piece in pieces(text)
}
GERMAN -= ENGLISH
IN_SENTENCES = [piece for piece in GERMAN if len(piece) >= LONG]


def german_in(*said: str) -> set[str]:
    """Our German texts among what was said."""
    spoken = {plain(one) for one in said}
    everything = "\n".join(spoken)
    return (spoken & GERMAN) | {piece for piece in IN_SENTENCES if piece in everything}


def read(client: Client, path: str) -> list[str]:
    """What the English page says; the German one, read before, is at the same path."""
    assert german_in(*Reader(client.get(path).content.decode()).said), "German is recognised"
    return page_of(client.get(f"/en{path}"))


def page_of(response: Any) -> list[str]:
    html = response.content.decode()
    assert '<html lang="en' in html
    return Reader(html).said


@pytest.fixture
def agency() -> Agency:
    """With a score, ten dots and a curve."""
    agency = AgencyFactory(founded=1998, size="10-49")
    OfficeFactory(agency=agency)
    for number in range(12):
        review = ReviewFactory(agency=agency, days_ago=number)
        InterviewFactory(journey=review.journey, wait_days=2 + 3 * number, reason="concrete", channel="phone")
    recompute([agency.pk])
    recompute_market()
    return agency


@pytest.fixture
def reader() -> User:
    return person("english@beispiel-post.example", language="en")


@pytest.fixture
def reader_client(client: Client, reader: User) -> Client:
    """Logged in by password, as deleting an account wants it."""
    client.post(reverse("account_login"), {"login": reader.email, "password": PASSWORD})
    return client


@pytest.fixture(autouse=True)
def operator(settings: Any) -> None:
    """Whoever runs the site is named as they name themselves."""
    settings.OPERATOR = {**settings.OPERATOR, "country": "Liechtenstein"}


@pytest.mark.parametrize("name", FOR_ALL)
def test_pages_for_all_are_english(name: str, client: Client, agency: Agency) -> None:
    assert german_in(*read(client, reverse(name))) == set()


@pytest.mark.parametrize("name", FOR_MEMBERS)
def test_pages_of_an_account_are_english(name: str, reader: User, reader_client: Client) -> None:
    DraftFactory(user=reader)
    ReviewFactory(author=reader)
    assert german_in(*read(reader_client, reverse(name))) == set()


@pytest.mark.parametrize(
    "question",
    ["?ort=Hamburg&min_feedback=70&min_score=3", "?q=gibtesnicht", "?fach=unsinn&page=99", "?bewerten=1"],
)
def test_searching_is_english(question: str, client: Client, agency: Agency) -> None:
    assert german_in(*read(client, f"/agenturen/{question}")) == set()


def test_an_agency_is_described_in_english_with_decimal_points(client: Client, agency: Agency) -> None:
    said = read(client, agency.get_absolute_url())
    assert german_in(*said) == set()
    assert not [one for one in said if re.search(r"\b\d,\d\b", one)]
    assert any("in 10" in one for one in said)


def test_a_comparison_is_english(client: Client, agency: Agency) -> None:
    other = AgencyFactory()
    assert german_in(*read(client, f"/vergleich/?a={agency.slug}&a={other.slug}")) == set()


def test_writing_a_review_is_english_to_the_end(client: Client, agency: Agency) -> None:
    form = read(client, reverse("reviews:review-write", args=[agency.slug]))
    with translation.override("en"):
        preview = write(client, agency, talk_0_day="2026-01-01", talk_0_response="nothing")
        sent = send(client, agency)
    wait = page_of(client.get(sent.url))
    mail = OutgoingMail.objects.latest("pk")
    pages = [*form, *page_of(client.get(preview.url) if preview.status_code == 302 else preview), *wait]
    assert german_in(*pages, mail.subject, mail.text, *Reader(mail.html).said) == set()


def test_mistakes_are_told_in_english(client: Client, agency: Agency) -> None:
    nonsense: dict[str, Any] = {
        "feedback": "6",
        "respect": None,
        "month": "2031-01",
        "is_16": None,
        "email": "keine",
    }
    with translation.override("en"):
        response = write(
            client, agency, talk_0_day="gestern", talk_0_after="-1", cv_response="positive", **nonsense
        )
    said = page_of(response)
    assert "Choose 1 to 5 stars." in " ".join(said)
    assert german_in(*said) == set()


def test_a_page_that_does_not_exist_says_so_in_english(client: Client) -> None:
    assert german_in(*read(client, "/gibt-es-nicht/")) == set()


@pytest.mark.parametrize("decide", [publish, request_changes, reject])
def test_decisions_are_mailed_in_english(decide: Any, reader: User, moderator: User) -> None:
    review = ReviewFactory(author=reader, status=Status.IN_MODERATION)
    reasons = {"reason": Decision.Reason.INSULT, "text": "Please be kind.", "passage": "you"}
    revision = review.revisions.get()
    decide(
        review_id=review.pk, revision_id=revision.pk, by=moderator, **({} if decide is publish else reasons)
    )
    mail = OutgoingMail.objects.latest("pk")
    assert mail.to == reader.email
    assert german_in(mail.subject, *mail.text.splitlines(), *Reader(mail.html).said) == set()


def test_the_desk_of_moderators_is_english(moderator_client: Client, agency: Agency, reader: User) -> None:
    """Except for the words an author gets, which are in the author's language; this one reads English."""
    AgencyFactory(status=AgencyStatus.PROPOSED)
    said = {"good": "Write to a@example.com or 0171 2345678.", "author": reader, "agency": agency}
    review = ReviewFactory(status=Status.SCREENING, **said)
    screen(review.pk)
    assert Review.objects.get(pk=review.pk).status == Status.IN_MODERATION
    queue = reverse("admin:moderation_queueentry_changelist")
    for path in (reverse("admin:index"), queue, f"{queue}{review.pk}/"):
        assert german_in(*read(moderator_client, path)) == set(), path


def test_dates_have_the_day_first_and_months_in_words(reader: User, reader_client: Client) -> None:
    review = ReviewFactory(author=reader)
    said = " ".join(read(reader_client, reverse("reviews:review-mine")))
    assert f"written on {timezone.localdate(review.created_at):%-d %B %Y}" in said
