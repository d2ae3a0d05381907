"""The calculator of /so-rechnen-wir/: right for shown agencies, silent about what is not shown, kind to nonsense."""

import re
from html import unescape
from random import Random
from urllib.parse import urlencode

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency, AgencyScore
from journeys.choices import Response, WaitEnd
from reviews.calculator import Calculation
from reviews.criteria import CODES
from reviews.recompute import recompute
from reviews.scoring import Curve, Ending, Rating, Wait, joined, risk_days, score_ratings
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db


def html(prefix: str = "", **asked: object) -> str:
    response = Client().get(f"{prefix}/so-rechnen-wir/?{urlencode(asked)}")
    assert response.status_code == 200
    return response.content.decode()


def said(prefix: str = "", **asked: object) -> str:
    """What the section of the calculator says."""
    section = html(prefix, **asked).split('aria-labelledby="rechner"')[1].split("</section>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", section)))


def rated(count: int, stars: int = 4, waits: int = 0) -> Agency:
    agency = AgencyFactory()
    for number in range(count):
        review = ReviewFactory(agency=agency, ratings=dict.fromkeys(CODES, stars))
        if number < waits:
            InterviewFactory(journey=review.journey, wait_days=2 + number)
    recompute([agency.pk])
    return agency


def calculation(agency: Agency | None = None, **asked: object) -> Calculation:
    shape = {
        "more": 5,
        "stars": 2,
        "proven": True,
        "age_days": 0,
        "more_waits": 0,
        "answered": False,
        "day": 30,
    }
    loaded = Agency.objects.with_numbers().get(pk=agency.pk) if agency else None
    return Calculation(agency=loaded, **{**shape, **asked})  # type: ignore[arg-type]


# ---- the score -------------------------------------------------------------------------------------------


def test_it_adds_what_the_same_reviews_would_have_made() -> None:
    """Five real reviews more, and the calculator, agree."""
    for proven, age in ((True, 0), (False, 400)):
        agency = rated(6)
        foretold = calculation(agency, proven=proven, age_days=age).after
        for _number in range(5):
            proof = "contact" if proven else "mail"
            ReviewFactory(agency=agency, days_ago=age, proof=proof, ratings=dict.fromkeys(CODES, 2))
        recompute([agency.pk])
        score = AgencyScore.objects.get(agency=agency)
        assert (foretold.n, foretold.mean, foretold.lower, foretold.upper, foretold.weight) == pytest.approx(
            (score.n, score.mean, score.lower, score.upper, score.weight), abs=1e-9
        )


def test_without_an_agency_it_begins_with_nothing() -> None:
    expected = score_ratings([Rating(5, 0)] * 5)
    result = calculation(more=5, stars=5)
    assert (result.before.n, result.before.mean) == (0, 3.4)
    assert result.after.mean == pytest.approx(expected.mean)
    assert "4,13" in said(mehr=5, sterne=5)


def test_every_step_is_written_with_its_numbers() -> None:
    text = said(mehr=5, sterne=2, nachweis="nein", alter=365)
    assert "0,5 ^ (365 / 365) · 0,7 = 0,3500" in text
    assert "0,0000 + 5 · 0,3500 = 1,7500" in text
    assert "0,0000 + 5 · 0,3500 · 2² = 7,0000" in text
    assert "(6 · 3,4 + 3,5000) / (6 + 1,7500) = 3,0839" in text


def test_nothing_added_changes_nothing() -> None:
    result = calculation(rated(6), more=0)
    assert result.before == result.after
    assert all(change.before == change.after for change in result.changes)


def test_it_says_whether_the_number_would_be_shown() -> None:
    assert "wird gezeigt nein, noch 5 Bewertungen nein, noch 2 Bewertungen" in said(mehr=3)
    assert "wird gezeigt nein, noch 5 Bewertungen ja" in said(mehr=5)
    assert "nein, zu wenige aktuelle" in said(mehr=5, alter=3000)


def test_the_order_is_said_in_words() -> None:
    worst, middle, best = rated(9, 3), rated(9, 4), rated(9, 5)
    assert (
        calculation(best, more=9, stars=1).order == "In der Liste nach Wert stünden 2 Agenturen mehr vor ihr."
    )
    assert calculation(worst, more=40, stars=5).order.endswith("2 Agenturen weniger vor ihr.")
    assert (
        calculation(middle, more=1, stars=4).order == "Die Reihenfolge der Liste nach Wert bliebe dieselbe."
    )
    assert calculation(more=9).order == ""


def test_an_agency_that_is_not_listed_has_no_place() -> None:
    agency = rated(9)
    Agency.objects.filter(pk=agency.pk).update(status="closed")
    assert calculation(agency).order == ""
    assert agency.name in said(agentur=agency.slug)


def test_an_agency_without_a_shown_score_gives_nothing_away() -> None:
    """Two more would make five: who knows the two could work out the three."""
    agency = rated(3, 1)
    result = calculation(agency, more=2, stars=5)
    assert (result.before.n, result.after.n) == (0, 2)
    assert "zeigen wir noch keinen Wert" in said(agentur=agency.slug, mehr=2)


# ---- waits -----------------------------------------------------------------------------------------------


def test_joined_risk_sets_are_those_of_all_waits_together() -> None:
    rng = Random(5)
    for _round in range(300):
        groups = [
            [
                Wait(
                    entry + rng.randint(0, 20), rng.choice(list(Ending)), person=(group, number), entry=entry
                )
                for number, entry in enumerate(rng.choices([0, 0, 3, 9], k=rng.randint(0, 9)))
            ]
            for group in range(3)
        ]
        together = {row.day: row for row in risk_days([wait for group in groups for wait in group])}
        found = joined(*(risk_days(group) for group in groups))
        assert {row.day: row for row in found} == together


def test_waits_are_added_as_the_same_interviews_would_have_been() -> None:
    agency = rated(10, waits=10)
    result = calculation(agency, more=0, more_waits=4, day=30)
    waits = [Wait(2 + number, Ending.ANSWERED, number) for number in range(10)]
    expected = Curve.of([*waits, *(Wait(30, Ending.SILENT, 100 + number) for number in range(4))]).at(14)
    assert f"{100 * expected.answered:.0f} %" in result.wait_changes[2].after
    assert result.wait_changes[2].before == "100 % (74 bis 100)"
    assert "vier weitere" in said(agentur=agency.slug, gespraeche=4)
    assert "14" in result.wait_changes[0].after


def test_days_that_the_agency_does_not_show_stay_unknown() -> None:
    agency = AgencyFactory()
    ends = [(day, WaitEnd.ANSWERED) for day in (1, 2, 3, 5)] + [
        (day, WaitEnd.SILENT) for day in (8, 9, 9, 10)
    ]
    for day, end in [*ends, (23, WaitEnd.ANSWERED), (31, WaitEnd.SILENT)]:
        response = Response.NEGATIVE if end == WaitEnd.ANSWERED else Response.NOTHING
        InterviewFactory(
            journey=ReviewFactory(agency=agency).journey, wait_days=day, wait_end=end, response=response
        )
    recompute([agency.pk])
    _count, day7, day14, day30, mean, _shown = calculation(agency, more_waits=500, day=45).wait_changes
    assert day7.after != "noch nicht bekannt"
    assert (day14.after, day30.after, mean.after) == ("noch nicht bekannt",) * 3


def test_too_few_waits_of_an_agency_give_nothing_away() -> None:
    agency = rated(9, waits=7)
    result = calculation(agency, more_waits=1)
    assert (result.wait_changes[0].before, result.wait_changes[0].after) == ("0", "1")
    assert "zeigen wir noch keine Wartekurve" in said(agentur=agency.slug, gespraeche=1)


def test_waits_alone_are_shown_from_eight_on() -> None:
    assert "wird gezeigt nein, noch 8 Gespräche nein, noch 1 Gespräch" in said(
        gespraeche=7, antwort="ja", tag=3
    )
    assert "bis Tag 7 noch nicht bekannt 100 %" in said(gespraeche=8, antwort="ja", tag=3)


# ---- addresses -------------------------------------------------------------------------------------------


def test_the_bare_page_has_a_form_and_no_result_and_may_be_listed() -> None:
    page = html()
    assert 'name="mehr" value="5"' in page
    assert "noindex" not in page
    assert 'rel="canonical"' in page
    assert "Der Wert vorher und nachher" not in page


def test_an_address_that_asks_is_not_for_search_engines() -> None:
    page = html(mehr=3)
    assert '<meta name="robots" content="noindex">' in page
    assert 'rel="canonical"' not in page


def test_what_is_left_out_of_an_address_is_as_in_the_example() -> None:
    assert "0,0000 + 5 · 1,0000 · 3" in said(sterne=3)


def test_an_agency_is_found_by_slug_and_by_address() -> None:
    agency = rated(6)
    successor_of = AgencyFactory(status="merged", merged_into=agency)
    page = agency.get_absolute_url()
    for typed in (
        agency.slug,
        page,
        f"https://example.org{page}?rolle=x",
        f"/en{page}rechnung/",
        successor_of.slug,
    ):
        assert agency.name in said(agentur=typed)


@pytest.mark.parametrize("status", ["proposed", "refused"])
def test_an_agency_without_a_page_is_unknown(status: str) -> None:
    assert "Diese Agentur finden wir nicht" in said(agentur=AgencyFactory(status=status).slug)


JUNK = ["-1", "1001", "9" * 5000, "zwei", "1.5", "\0", "", "<script>", "' OR 1=1", "٣x", "\u202e5", "😀"]


@pytest.mark.parametrize("name", ["mehr", "sterne", "alter", "gespraeche", "tag"])
@pytest.mark.parametrize("junk", JUNK, ids=lambda junk: ascii(junk)[:20])
def test_nonsense_gets_a_sentence_and_stays_in_its_field(name: str, junk: str) -> None:
    junk = "6000" if (name, junk) in {("alter", "1001")} else junk
    page = html(**{name: junk, "agentur": ""})
    assert "Bitte eine ganze Zahl von" in page
    kept = re.search(rf'name="{name}"[^>]*?value="([^"]*)"', page)
    assert unescape(kept[1] if kept else "") == junk.replace("\0", "\ufffd")
    assert "<script>" not in page
    assert "Der Wert vorher und nachher" not in page


@pytest.mark.parametrize(
    "junk", ["gibt-es-nicht", "\0", "x" * 10_000, "%", "../../etc", "' OR 1=1", "😀", "a" * 140]
)
def test_an_unknown_agency_gets_a_sentence(junk: str) -> None:
    page = html(agentur=junk)
    assert 'class="errorlist"' in page
    assert "Der Wert vorher und nachher" not in page


@pytest.mark.parametrize("name", ["nachweis", "antwort"])
def test_a_choice_that_there_is_not_gets_a_sentence(name: str) -> None:
    assert 'class="errorlist"' in html(**{name: "vielleicht"})


def test_it_takes_as_many_queries_for_few_reviews_as_for_many(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for agency in (rated(6), rated(25, waits=20)):
        with django_assert_num_queries(5):
            html(agentur=agency.slug, gespraeche=4)


def test_english_is_complete() -> None:
    text = said("/en", mehr=3, gespraeche=3, sterne=9)
    assert "Please enter a whole number from 1 to 5." in text
    assert "The score before and after" in said("/en", mehr=3)
