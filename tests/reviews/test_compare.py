"""Side by side: what is a real difference is named, the rest is called noise, and the address is the whole state."""

import csv
import io
import math
import re
from statistics import NormalDist

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies.models import Agency, WaitCurve
from agencies.search import refresh_search
from reviews.chosen import Chosen
from reviews.comparison import compare as side_by_side
from reviews.recompute import recompute
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db

URL = reverse("reviews:agency-compare")
CSV = reverse("reviews:agency-compare-csv")
NOISE = "kein belastbarer Unterschied"


def rated(stars: int, count: int = 12, wait: int = 5, **fields: object) -> Agency:
    agency = AgencyFactory(**fields)
    for _number in range(count):
        review = ReviewFactory(agency=agency, ratings={"feedback": stars, "respect": stars, "terms": stars})
        InterviewFactory(journey=review.journey, wait_days=wait)
    recompute([agency.pk])
    return agency


def compare(*agencies: Agency | str) -> str:
    slugs = [one if isinstance(one, str) else one.slug for one in agencies]
    response = Client().get(URL, {"a": slugs})
    assert response.status_code == 200
    return response.content.decode()


def test_a_real_difference_names_who_is_ahead() -> None:
    html = compare(rated(5, name="Vorn"), rated(1, name="Hinten"))
    assert "Vorn vor Hinten" in html


def test_a_small_difference_is_called_noise() -> None:
    html = compare(rated(4, count=5), rated(4, count=6))
    assert NOISE in html
    assert " vor " not in html.split("<table")[1]


def test_everybody_is_compared_with_the_best_of_the_row() -> None:
    html = compare(rated(5, name="Eins"), rated(1, name="Zwei"), rated(5, name="Drei"))
    assert "vor Zwei" in html
    assert "vor Zwei und" not in html


def test_an_unrated_agency_says_what_is_missing() -> None:
    assert "Noch 5 Bewertungen bis zum Wert" in compare(rated(4), AgencyFactory())


def test_one_alone_is_shown_and_a_second_is_asked_for() -> None:
    html = compare(rated(4, name="Allein"))
    assert "Hier steht Allein noch allein" in html
    assert "aus 12 Bewertungen" in html
    assert NOISE not in html


def test_none_at_all_gets_a_page_that_helps() -> None:
    html = compare()
    assert "Wähle zwei bis 4 Agenturen" in html
    assert 'name="q"' in html


# ---- what an address may hold ----------------------------------------------------------------------------

JUNK = [
    "\x00",
    "%",
    "%00",
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "😀",
    "\u202etxt.exe",
    "x" * 10_000,
    "-1",
]


@pytest.mark.parametrize("address", [URL, CSV])
@pytest.mark.parametrize("junk", JUNK, ids=range(len(JUNK)))
def test_what_is_no_agency_is_left_out_and_the_others_are_compared(address: str, junk: str) -> None:
    first, second = AgencyFactory(name="Erste"), AgencyFactory(name="Zweite")
    response = Client().get(address, {"a": [first.slug, junk, second.slug]})
    assert response.status_code == 200
    shown = (
        response.content.decode().partition("</main>")[0].partition("<main")[2] or response.content.decode()
    )
    assert "Erste" in shown
    assert "Zweite" in shown
    assert "<script>alert" not in shown
    assert junk not in shown or len(junk) < 3


@pytest.mark.parametrize("address", [URL, CSV])
def test_hundreds_of_values_are_an_address_like_any_other(address: str) -> None:
    known = AgencyFactory(name="Bekannte")
    response = Client().get(address, {"a": [known.slug, *(f"unbekannt-{n}" for n in range(800))]})
    assert response.status_code == 200
    assert "Bekannte" in response.content.decode()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (["erste", "gibt-es-nicht"], "Nicht gefunden und weggelassen: gibt-es-nicht."),
        (["erste", "u-1", "u-2", "u-3", "u-4", "\x00"], "u-1, u-2, u-3 und 2 weitere Angaben."),
        (["erste", "\x00"], "Eine Angabe der Adresse ist keine Agentur und bleibt weg."),
        (["erste", "\x00", "\u202e"], "2 Angaben der Adresse sind keine Agenturen und bleiben weg."),
        (["erste", "erste"], "Doppelt in der Adresse, hier einmal: Erste."),
        (["erste", "alte"], "Doppelt in der Adresse, hier einmal: Erste."),
        (["alte"], "Alte ist in Erste aufgegangen. Gezeigt wird Erste."),
        (["zu"], "Zugemacht gibt es nicht mehr."),
        (["geheim"], "Nicht gefunden und weggelassen: geheim."),
        (["erste", "b1", "b2", "b3", "b4", "b5"], "Gezeigt werden die ersten vier, ohne B4 und B5."),
        (["nirgends"] * 51, "Gelesen wurden nur die ersten 50 Angaben der Adresse."),
    ],
)
def test_it_says_which_one_was_left_out_and_why(values: list[str], sentence: str) -> None:
    first = AgencyFactory(name="Erste", slug="erste")
    AgencyFactory(name="Alte", slug="alte", status="merged", merged_into=first)
    AgencyFactory(name="Zugemacht", slug="zu", status="closed")
    AgencyFactory(name="Noch geheim", slug="geheim", status="proposed")
    for number in range(1, 6):
        AgencyFactory(name=f"B{number}", slug=f"b{number}")
    html = compare(*values)
    assert sentence in html
    assert "Noch geheim" not in html


def test_a_successor_that_is_gone_too_is_not_shown() -> None:
    refused = AgencyFactory(status="refused", name="Auch weg")
    merged = AgencyFactory(status="merged", merged_into=refused)
    assert "Auch weg" not in compare(merged, AgencyFactory())


def test_a_merged_agency_is_replaced_by_its_successor() -> None:
    successor, other = AgencyFactory(name="Nachfolge"), AgencyFactory()
    merged = AgencyFactory(status="merged", merged_into=successor)
    assert "Nachfolge" in compare(merged, other)


def test_a_proposed_agency_is_not_compared() -> None:
    hidden = AgencyFactory(status="proposed", name="Noch geheim")
    assert "Noch geheim" not in compare(hidden, AgencyFactory())


def test_the_number_of_queries_is_the_same_for_one_two_and_four(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    agencies = [rated(4, count=5) for _ in range(4)]
    for chosen in (agencies[:1], agencies[:2], agencies):
        with django_assert_num_queries(4):
            compare(*chosen)


# ---- what the table holds --------------------------------------------------------------------------------


def test_every_mean_stands_with_its_number_and_period() -> None:
    sections = side_by_side(Chosen.by([rated(4).slug, rated(2, count=9).slug]).agencies).sections
    rows = {row.label: row.cells for section in sections for row in section.rows}
    for label in ("Gesamtwert", "Feedbackverhalten", "Mittlere Wartezeit, höchstens 30 Tage gezählt"):
        assert "12 " in rows[label][0].basis
        assert all(re.search(r"\d \w+, \d\d/20\d\d", cell.basis) for cell in rows[label]), label


def test_reasons_and_ways_are_shares_of_those_who_told() -> None:
    agency = AgencyFactory()
    for number, reason in enumerate(["none", "phrase", "concrete", "concrete"] * 3):
        review = ReviewFactory(agency=agency)
        InterviewFactory(
            journey=review.journey,
            reason=reason,
            channel="mail" if number < 9 else "phone",
            chased=number % 2,
        )
    recompute([agency.pk])
    cells = {
        row.label: row.cells[0]
        for section in side_by_side(Chosen.by([agency.slug]).agencies).sections
        for row in section.rows
    }
    assert (cells["Ein konkreter Grund"].text, cells["Ein konkreter Grund"].basis) == (
        "50 %",
        "6 von 12 Antworten",
    )
    assert cells["Ein Grund, der mir weiterhilft"].text == "0 %"
    assert (cells["E-Mail"].text, cells["Telefon"].text, cells["Video"].text) == ("75 %", "25 %", "0 %")
    assert (cells["Antworten erst auf Nachfrage"].text, cells["Antworten erst auf Nachfrage"].basis) == (
        "50 %",
        "6 von 12 Antworten",
    )


def test_the_histogram_holds_the_raw_counts() -> None:
    sections = side_by_side(Chosen.by([rated(4, count=7).slug, rated(2, count=5).slug]).agencies).sections
    by_label = {row.label: [cell.text for cell in row.cells] for section in sections for row in section.rows}
    assert by_label["4 gut"] == ["7", "0"]
    assert by_label["2 ausreichend"] == ["0", "5"]


def test_who_still_waits_after_30_days_is_told_apart_from_who_was_answered() -> None:
    agency = AgencyFactory()
    for number in range(10):
        review = ReviewFactory(agency=agency)
        ended = (
            {"wait_days": 5} if number < 6 else {"wait_days": 40, "wait_end": "silent", "response": "nothing"}
        )
        InterviewFactory(journey=review.journey, **ended)
    recompute([agency.pk])
    sections = side_by_side(Chosen.by([agency.slug]).agencies).sections
    rows = {row.label: row.cells[0].text for section in sections for row in section.rows}
    assert rows["Innerhalb von 30 Tagen"] == "6 von 10"
    assert rows["Nach 30 Tagen noch ohne Antwort"] == "4 von 10"


@pytest.mark.parametrize(("others", "is_noise"), [(6, False), (10, True)])
def test_the_verdict_about_waits_is_that_of_the_published_formula(others: int, is_noise: bool) -> None:
    """F(14) = .6 with the spread of scoring.md's first check value, against all and against as many."""
    check = [1, 2, 3, 5, 6, 9]
    agencies = [AgencyFactory(name="Alle"), AgencyFactory(name="Mehr")]
    waits = ([(2, "answered")] * 40, [(day, "answered") for day in check] + [(14, "silent")] * 4)
    if is_noise:
        waits = (waits[1], [(day, "answered") for day in check] + [(14, "silent")] * 4)
    for agency, ends in zip(agencies, waits, strict=True):
        for days, end in ends:
            response = "negative" if end == "answered" else "nothing"
            journey = ReviewFactory(agency=agency).journey
            InterviewFactory(journey=journey, wait_days=days, wait_end=end, response=response)
    recompute([agency.pk for agency in agencies])
    comparison = side_by_side(Chosen.by([agency.slug for agency in agencies]).agencies)
    row = comparison.sections[0].rows[0]
    best, other = (column.point(14) for column in comparison.columns)
    assert best is not None
    assert other is not None
    assert other.answered == pytest.approx(0.6)
    probability = NormalDist().cdf(
        abs(best.answered - other.answered) / math.hypot(best.spread, math.sqrt(other.variance))
    )
    assert (probability < 0.9) == is_noise
    assert row.is_noise == is_noise
    assert row.verdict == ("" if is_noise else "Alle vor Mehr")


def test_measured_waits_are_compared_only_if_all_have_them() -> None:
    both, recalled_only = rated(4), rated(4)
    measured = WaitCurve.objects.get(agency=both, kind="interview", source="recalled")
    measured.pk, measured.source = None, WaitCurve.Source.MEASURED
    measured.save()
    assert side_by_side(Chosen.by([both.slug]).agencies).source == "measured"
    assert side_by_side(Chosen.by([both.slug, recalled_only.slug]).agencies).source == "recalled"


# ---- one more agency -------------------------------------------------------------------------------------


def test_one_more_is_found_by_name_and_keeps_those_that_are_there() -> None:
    first, second = AgencyFactory(), AgencyFactory(name="Hafenkante Personal", slug="hafenkante-personal")
    refresh_search()
    html = Client().get(URL, {"a": first.slug, "q": "hafenkante"}).content.decode()
    assert f"?a={first.slug}&amp;a={second.slug}" in html
    assert "Hafenkante Personal dazunehmen" in html


def test_what_is_compared_already_is_not_offered_again() -> None:
    agency = AgencyFactory(name="Hafenkante Personal")
    refresh_search()
    html = Client().get(URL, {"a": agency.slug, "q": "hafenkante"}).content.decode()
    assert "dazunehmen</a>" not in html
    assert "keine weitere Agentur gefunden" in html


@pytest.mark.parametrize("junk", [*JUNK, "_", "   "], ids=range(len(JUNK) + 2))
def test_any_search_for_one_more_gets_a_page(junk: str) -> None:
    assert Client().get(URL, {"q": junk}).status_code == 200


def test_four_are_enough() -> None:
    html = compare(*(AgencyFactory() for _ in range(4)))
    assert "Vier sind genug" in html
    assert 'name="q"' not in html


# ---- CSV -------------------------------------------------------------------------------------------------


def sheet(*agencies: Agency, prefix: str = "") -> list[list[str]]:
    response = Client().get(f"{prefix}{CSV}", {"a": [agency.slug for agency in agencies]})
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def test_the_csv_runs_nothing_in_a_spreadsheet() -> None:
    header, *rows = sheet(rated(4, name="=cmd()"), rated(2, name="Andere"))
    assert header[:2] == ["Abschnitt", "Merkmal"]
    assert header[2] == "'=cmd()"
    assert {len(row) for row in rows} == {len(header)}


def test_the_csv_holds_everything_the_page_shows() -> None:
    agencies = [rated(5, name="Vorn"), rated(1, name="Hinten")]
    comparison = side_by_side(Chosen.by([agency.slug for agency in agencies]).agencies)
    rows = {row[1]: row for row in sheet(*agencies)[1:]}
    for section in comparison.sections:
        for row in section.rows:
            for cell in row.cells:
                assert (cell.text or cell.missing) in rows[row.label]
                assert cell.spread in rows[row.label]
                assert cell.basis in rows[row.label]
            assert row.difference in rows[row.label]
    assert rows["Bis Tag 14"][2] == "100 %"


def test_the_english_csv_speaks_english() -> None:
    header, *rows = sheet(rated(5, name="Vorn"), rated(1, name="Hinten"), prefix="/en")
    assert header[:2] == ["Section", "Feature"]
    assert any("Overall" in row[1] for row in rows)


def test_the_csv_of_nothing_is_a_header() -> None:
    assert len(sheet()) == 1
