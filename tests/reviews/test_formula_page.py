"""/so-rechnen-wir/ explains with the constants and functions that score agencies."""

import re
from fractions import Fraction
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from agencies import thresholds
from agencies.figures import decimal
from agencies.tenths import of_ten
from journeys.models import Journey
from reviews import examples
from reviews.recompute import count_outcomes
from reviews.scoring import FORMULA, Curve, Score
from tests.factories import ReviewFactory
from tests.reviews.exact import ExactCurve

pytestmark = pytest.mark.django_db


def page(address: str | None = None) -> str:
    response = Client().get(address or reverse("reviews:formula"))
    assert response.status_code == 200
    return response.content.decode()


def text(html: str) -> str:
    """What is read: without tags, spaces as one."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_page_asks_for_the_shares_of_outcomes_only(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        page()


def test_the_example_of_groups_follows_the_rule() -> None:
    shown = examples.division()
    assert [(part.is_large, part.is_shown) for part in shown.parts] == [
        (True, True),
        (True, False),
        (False, False),
    ]
    assert f"verborgen, sonst blieben {shown.left} Personen übrig" in text(page())


def test_the_shares_of_outcomes_are_those_of_the_platform() -> None:
    for outcome, count in (("hired", 5), ("silent", 15)):
        for _ in range(count):
            Journey.objects.filter(review=ReviewFactory()).update(outcome=outcome)
    count_outcomes()
    said = text(page())
    assert "Zusage 5 25,0 %" in said
    assert "keine Antwort 15 75,0 %" in said
    assert "Anteile der Ausgänge" in page()


def test_the_page_is_only_read() -> None:
    assert Client().post(reverse("reviews:formula")).status_code == 405


@pytest.mark.parametrize(
    "said",
    [
        f"{FORMULA.prior_weight} gedachte Bewertungen dazu, die im Mittel {decimal(FORMULA.prior_mean)} Sterne",
        f"Nach {FORMULA.half_life_days} Tagen wiegt eine halb so viel",
        f"wiegt {decimal(FORMULA.weight_proven)}, alle anderen {decimal(FORMULA.weight_unproven)}",
        f"ab {FORMULA.min_voices} Personen, deren Gewichte zusammen mindestens {decimal(FORMULA.min_weight)}",
        f"ab {FORMULA.min_waits} Gesprächen von {FORMULA.min_wait_persons} Personen",
        f"an dem noch {FORMULA.min_persons_at_risk} Personen warteten",
        f"Gespräche der letzten {FORMULA.window_months} Monate",
        f"Das Konto ist mindestens {FORMULA.account_days} Tage alt",
        f"je Person und Agentur zählen die {FORMULA.most_measured} neuesten Gespräche",
        f"{FORMULA.min_wait_persons} Personen hat, die spätestens an Tag {FORMULA.early_entry} eingetragen waren",
        f"an diesem Tag noch mindestens {FORMULA.chance_persons} Personen warteten und Tag {FORMULA.horizon}",
        f"Unter {round(100 * FORMULA.reliable)} % schreibt der Vergleich",
        f"wenn sie mindestens {FORMULA.min_segment_persons} Personen hat",
        f"aller Agenturen aus den letzten {FORMULA.window_months} Monaten",
        f"Eine Gruppe wird gezeigt ab {FORMULA.min_segment_persons} Personen",
        f"± {decimal(FORMULA.z, 3)} Streuungen",
        f"Fassung {FORMULA.version} der Formeln",
    ],
)
def test_the_page_names_the_live_constants(said: str) -> None:
    assert said in text(page())


def test_the_worked_score_is_the_published_check_value_and_adds_up() -> None:
    worked = examples.worked_score()
    assert (worked.score.mean, worked.score.lower) == pytest.approx((2.907022, 2.168879), abs=5e-7)
    weight, stars = (float(sum_.replace(",", ".")) for sum_ in (worked.weight, worked.stars))
    assert (6 * 3.4 + stars) / (6 + weight) == pytest.approx(worked.score.mean, abs=0.005)
    shares = [float(line.share.replace(",", ".")) for line in worked.lines]
    assert sum(shares) == pytest.approx(stars, abs=0.03)
    assert f"Wert = (6 · 3,4 + {worked.stars}) / (6 + {worked.weight}) = 2,9" in text(page())


def test_the_life_table_agrees_with_fractions() -> None:
    exact = ExactCurve(examples.WAITS)
    for row in examples.worked_curve().rows:
        assert row.at_risk == len(exact.at_risk(row.day))
        assert row.share == int(100 * exact.answered(row.day) + Fraction(1, 2))
        assert row.waiting == int(100 * exact.waiting(row.day) + Fraction(1, 2))


def test_the_example_of_waits_shows_what_the_mean_of_answers_hides() -> None:
    worked = examples.worked_curve()
    naive, honest = (float(days.replace(",", ".")) for days in (worked.naive_days, worked.mean_days))
    assert naive < honest
    said = text(page())
    assert f"im Mittel nach {worked.naive_days} Tagen" in said
    assert f"Die mittlere Wartezeit beträgt {worked.mean_days} Tage" in said
    assert "5 von 10 bekamen innerhalb von 14 Tagen eine Rückmeldung" in said


def test_the_step_of_the_curve_is_explained_with_its_own_numbers() -> None:
    rise = examples.worked_curve().last_rise
    assert rise.waiting * rise.answered / rise.at_risk == pytest.approx(rise.by, abs=0.5)
    assert f"um {rise.by} Punkte auf {rise.share} %" in text(page())


def test_the_chance_of_the_example_is_that_of_those_who_still_waited() -> None:
    curve = Curve.of(examples.WAITS)
    start, end = curve.at(7), curve.at(30)
    share = (end.answered - start.answered) / start.waiting
    assert f"noch etwa {of_ten(share)} von 10 eine Rückmeldung" in text(page())


def test_the_list_prefers_many_good_reviews_to_few_perfect_ones() -> None:
    first, second, last = examples.ranking()
    assert first.score.mean < second.score.mean
    assert first.score.lower > second.score.lower
    assert not last.score.is_shown
    said = text(page())
    assert said.index("Agentur B") < said.index("Agentur A") < said.index("Agentur C")
    assert "noch 2 Bewertungen bis zum Wert" in said


def test_one_of_two_comparisons_is_no_reliable_difference() -> None:
    assert [pair.is_reliable for pair in examples.pairs()] == [False, True]
    assert all(isinstance(pair.one, Score) and 50 <= pair.certainty < 100 for pair in examples.pairs())


def test_every_entry_of_the_contents_leads_somewhere() -> None:
    html = page()
    targets = re.findall(r'href="#([^"]+)"', html)
    assert len(targets) > 5
    assert all(f'id="{target}"' in html for target in targets)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert " 3.4 " in text(page("/en/so-rechnen-wir/"))
    assert " 3,4 " in text(page("/so-rechnen-wir/"))


def test_the_lists_ask_for_as_many_reviews_and_waits_as_the_formula() -> None:
    """agencies lies below reviews and cannot read the formula; this holds the two together."""
    assert FORMULA.min_voices == thresholds.MIN_VOICES
    assert FORMULA.min_waits == thresholds.MIN_WAITS
    assert FORMULA.min_wait_persons == thresholds.MIN_WAIT_PERSONS
