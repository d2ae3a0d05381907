"""What screening marks, and what it leaves alone."""

import time

import pytest
from django.utils import timezone

from accounts.models import User
from agencies.choices import AgencyStatus
from moderation.models import Mark
from moderation.screening import Case, examine
from tests.factories import AgencyFactory, MembershipFactory, RecruiterFactory, ReviewFactory, UserFactory
from tests.moderation.insulting_and_harmless import HARMLESS, INSULTING

pytestmark = pytest.mark.django_db
Code = Mark.Code


@pytest.fixture
def known_author() -> User:
    """Somebody whose earlier review was published, so that only the text speaks."""
    return ReviewFactory().author


def marked(text: str, author: User, **agency: object) -> list[tuple[str, str]]:
    """Code and marked words of everything found in `text`."""
    case = Case({"good": "", "better": text}, AgencyFactory(**agency), author)
    return [(finding.code, text[finding.start : finding.end]) for finding in examine(case)]


@pytest.mark.parametrize("text", INSULTING)
def test_an_insult_is_marked(text: str, known_author: User) -> None:
    assert [code for code, _words in marked(text, known_author)] == [Code.INSULT] * len(
        marked(text, known_author)
    )
    assert marked(text, known_author)


@pytest.mark.parametrize("text", HARMLESS)
def test_a_harmless_sentence_passes(text: str, known_author: User) -> None:
    assert marked(text, known_author) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dieser Idiot!", "Idiot"),
        ("DIESER IDIOT!", "IDIOT"),
        ("Dieser Vollidiot da", "Vollidiot"),
        ("Dieser Idioooot", "Idioooot"),
        ("Dieser 1d1ot", "1d1ot"),
        ("Dieser I\u200bd\u200biot", "I\u200bd\u200biot"),
        ("Eine Lu\u0308gnerin", "Lu\u0308gnerin"),
        ("Ein scheiß Laden", "scheiß"),
        ("Sch***", "Sch***"),
        ("leck  mich doch", "leck  mich"),
    ],
)
def test_an_insult_is_found_however_it_is_spelled(text: str, words: str, known_author: User) -> None:
    assert marked(text, known_author) == [(Code.INSULT, words)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Schreibt an max.muster@agentur.example!", "max.muster@agentur.example"),
        ("max (at) agentur (punkt) de", "max (at) agentur (punkt) de"),
        ("max[at]agentur.co.uk", "max[at]agentur.co.uk"),
    ],
)
def test_an_address_is_marked_as_one_thing(text: str, words: str, known_author: User) -> None:
    assert marked(text, known_author) == [(Code.EMAIL, words)]


@pytest.mark.parametrize(
    "number",
    [
        "0171 2345678",
        "+49 40 123456-78",
        "040/12 34 56 78",
        "044 668 18 00",
        "+43 1 58858 0",
        "0041 44 668 18 00",
    ],
)
def test_a_phone_number_of_the_three_countries_is_marked(number: str, known_author: User) -> None:
    assert marked(f"Ruft an: {number}, jederzeit", known_author) == [(Code.PHONE, number)]


@pytest.mark.parametrize(
    "text",
    [
        "65.000 bis 70.000 Euro",
        "am 12.03.2026 um 14:30 Uhr",
        "10-14 Tage, 38,5 Stunden, 2024/2025",
        "20095 Hamburg, Auftrag 2025-004711",
    ],
)
def test_money_dates_and_postcodes_are_no_phone_numbers(text: str, known_author: User) -> None:
    assert marked(text, known_author) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Siehe https://agentur.example/x?y=1.", "https://agentur.example/x?y=1"),
        ("Siehe www.agentur.example, dort", "www.agentur.example"),
        ("Siehe agentur-nord.de/jobs", "agentur-nord.de/jobs"),
        ("Siehe Agentur.com!", "Agentur.com"),
    ],
)
def test_a_web_address_is_marked(text: str, words: str, known_author: User) -> None:
    assert marked(text, known_author) == [(Code.URL, words)]


@pytest.mark.parametrize(
    "text", ["z.B. u.a. d.h.", "Das Ende.Die Fortsetzung", "Node.js und ASP.NET", "Version 3.12"]
)
def test_a_full_stop_alone_makes_no_web_address(text: str, known_author: User) -> None:
    assert marked(text, known_author) == []


@pytest.mark.parametrize(
    "name", ["Frau Müller", "Herr Dr. Schmidt", "Herrn Özdemir", "Mrs. Smith", "Fr. Klein-Groß"]
)
def test_a_title_with_a_name_is_marked(name: str, known_author: User) -> None:
    assert marked(f"Mit {name} war es gut.", known_author) == [(Code.PERSON_NAME, name)]


@pytest.mark.parametrize(
    "text", ["Eine Frau aus dem Team", "Damen und Herren", "Der Herr am Telefon", "die Frau, die"]
)
def test_a_title_without_a_name_passes(text: str, known_author: User) -> None:
    assert marked(text, known_author) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Testa Lang hat mich vergessen.", "Testa Lang"),
        ("testa lang hat mich vergessen.", "testa lang"),
        ("Ohne Testa wäre nichts gegangen.", "Testa"),
        ("Testas Anruf kam nie.", "Testas"),
        ("Am Telefon war Lang.", "Lang"),
    ],
)
def test_a_known_recruiter_is_marked_though_nobody_confirmed_the_profile(
    text: str, words: str, known_author: User
) -> None:
    agency = AgencyFactory()
    RecruiterFactory(agency=agency, name="Dr. Testa von Lang")
    RecruiterFactory(agency=agency, name="Testa Lang")
    found = [(f.code, text[f.start : f.end]) for f in examine(Case({"good": text}, agency, known_author))]
    assert found == [(Code.PERSON_NAME, words)]


@pytest.mark.parametrize(
    "times",
    [(), ("asked_at",), ("refused_at",), ("confirmed_at",), ("confirmed_at", "hidden_at")],
    ids=["never asked", "asked", "refused", "public", "hidden"],
)
def test_a_known_name_is_marked_whatever_the_person_answered(
    times: tuple[str, ...], known_author: User
) -> None:
    agency = AgencyFactory()
    RecruiterFactory(agency=agency, name="Testa Lang", **dict.fromkeys(times, timezone.now()))
    found = examine(Case({"good": "Testa Lang war sehr nett."}, agency, known_author))
    assert [finding.code for finding in found] == [Code.PERSON_NAME]


def test_a_word_that_is_also_a_surname_passes_in_lower_case(known_author: User) -> None:
    agency = AgencyFactory()
    RecruiterFactory(agency=agency, name="Testa Lang")
    assert examine(Case({"good": "Es hat sehr lang gedauert."}, agency, known_author)) == []


def test_people_of_another_agency_are_not_looked_for(known_author: User) -> None:
    RecruiterFactory(name="Testa Lang")
    assert marked("Testa Lang ist wunderbar.", known_author) == []


def test_marks_say_in_which_field_and_where(known_author: User) -> None:
    case = Case({"good": "Frau Müller", "better": "ein Idiot"}, AgencyFactory(), known_author)
    assert [tuple(finding) for finding in examine(case)] == [
        (Code.PERSON_NAME, "good", 0, 11),
        (Code.INSULT, "better", 4, 9),
    ]


# ---- circumstances ---------------------------------------------------------------------------------------


def circumstances(author: User | None, **agency: object) -> list[str]:
    return [finding.code for finding in examine(Case({}, AgencyFactory(**agency), author))]


def test_the_first_review_of_an_account_is_marked(candidate: User) -> None:
    assert circumstances(candidate) == [Code.FIRST_REVIEW]


def test_reviews_that_were_never_published_do_not_make_an_account_known(candidate: User) -> None:
    ReviewFactory(author=candidate, status="moderation")
    assert circumstances(candidate) == [Code.FIRST_REVIEW]


def test_a_known_account_writes_unmarked(known_author: User) -> None:
    assert circumstances(known_author) == []


def test_a_review_without_an_account_is_looked_at() -> None:
    assert circumstances(None) == [Code.FIRST_REVIEW]


def test_a_proposed_agency_is_marked(known_author: User) -> None:
    assert circumstances(known_author, status=AgencyStatus.PROPOSED) == [Code.PROPOSED_AGENCY]


@pytest.mark.parametrize(
    ("email", "is_theirs"),
    [
        ("chefin@nordlicht.example", True),
        ("chefin@mail.nordlicht.example", True),
        ("chefin@Nordlicht.Example", True),
        ("chefin@suednordlicht.example", False),
        ("nordlicht.example@beispiel-post.example", False),
    ],
)
def test_an_author_with_the_agencys_mail_address_is_marked(email: str, *, is_theirs: bool) -> None:
    author = UserFactory(email=email)
    ReviewFactory(author=author)
    assert (Code.OWN_DOMAIN in circumstances(author, domain="nordlicht.example")) is is_theirs


@pytest.mark.parametrize(
    ("domain", "email"),
    [
        ("jobs.nordlicht.example", "chefin@nordlicht.example"),
        ("nördlicht.example", "chefin@xn--nrdlicht-n4a.example"),
    ],
)
def test_an_address_above_the_agencys_website_is_theirs_too(domain: str, email: str) -> None:
    assert Code.OWN_DOMAIN in circumstances(UserFactory(email=email), domain=domain)


@pytest.mark.parametrize("domain", ["nordlicht.wixsite.com", "gmail.com"])
def test_an_address_that_strangers_share_is_nobodys(domain: str) -> None:
    author = UserFactory(email=f"chefin@{domain.removeprefix('nordlicht.')}")
    assert Code.OWN_DOMAIN not in circumstances(author, domain=domain)


def test_the_domains_of_agencies_that_were_merged_into_it_are_theirs(known_author: User) -> None:
    agency = AgencyFactory(domain="nordlicht.example")
    AgencyFactory(domain="polarstern.example", status=AgencyStatus.MERGED, merged_into=agency)
    author = UserFactory(email="chefin@mail.polarstern.example")
    assert Code.OWN_DOMAIN in [finding.code for finding in examine(Case({}, agency, author))]
    assert examine(Case({}, agency, known_author)) == []


def test_an_agency_without_website_has_no_mail_addresses(known_author: User) -> None:
    assert circumstances(known_author, domain="") == []


def test_who_speaks_for_the_agency_is_marked(known_author: User) -> None:
    membership = MembershipFactory(user=known_author)
    assert [finding.code for finding in examine(Case({}, membership.agency, known_author))] == [Code.MEMBER]


# ---- nothing can be made slow ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "piece", ["s", "a.", "x@", "idio", "*a", "a ", "scheis", "0", "01 ", "https://", "Herr ", "ä"]
)
def test_no_text_takes_long(piece: str, known_author: User) -> None:

    started = time.perf_counter()
    marked((piece * 2000)[:2000], known_author)
    assert time.perf_counter() - started < 1
