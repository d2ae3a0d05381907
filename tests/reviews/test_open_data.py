"""The open data set: what may be in it, how it is written, and that everything in it follows from its own sums."""

import gzip
import io
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from agencies.models import Agency, AgencyScore, CriterionScore, SegmentScore, WaitCurve
from journeys.choices import Outcome, Response, WaitEnd
from reviews import segments
from reviews.criteria import CODES
from reviews.opendata import entries, files, verify
from reviews.opendata.verify import Damaged
from reviews.recompute import recompute, recompute_market
from reviews.scoring import FORMULA, Curve, Ending, Wait, headline
from reviews.tasks import publish_open_data
from tests.factories import AgencyFactory, InterviewFactory, JourneyFactory, OfficeFactory, ReviewFactory

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ENDS = {
    WaitEnd.ANSWERED: Response.NEGATIVE,
    WaitEnd.WITHDRAWN: Response.WITHDREW,
    WaitEnd.SILENT: Response.NOTHING,
}

type Change = Callable[[list[dict[str, Any]]], object]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """Berlin and UTC agree on the day."""
    with time_machine.travel(NOW):
        yield


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.OPEN_DATA_DIR = str(tmp_path / "open-data")
    return Path(settings.OPEN_DATA_DIR)


def rated(count: int, seed: int = 1, waits: int | None = None, **fields: Any) -> Agency:
    """An agency with so many reviews of all kinds, and as many waits unless said otherwise."""
    rng, agency = Random(seed), AgencyFactory(**fields)
    for number in range(count):
        ratings = {code: rng.choice([1, 2, 3, 4, 5, None]) for code in CODES}
        ratings |= {"feedback": rng.randint(1, 5), "respect": rng.randint(1, 5), "terms": rng.randint(1, 5)}
        proof = rng.choice(["mail", "contact"])
        journey = JourneyFactory(agency=agency, outcome=rng.choice([Outcome.REJECTED, Outcome.SILENT]))
        days_ago = rng.randint(0, 900)
        review = ReviewFactory(
            agency=agency, journey=journey, ratings=ratings, days_ago=days_ago, proof=proof
        )
        if number < (count if waits is None else waits):
            end = rng.choices(list(ENDS), [7, 1, 4])[0]
            InterviewFactory(
                journey=review.journey, wait_days=rng.randint(0, 40), wait_end=end, response=ENDS[end]
            )
    return agency


def recomputed(*agencies: Agency) -> None:
    recompute([agency.pk for agency in agencies])
    recompute_market()


def entry_of(agency: Agency) -> dict[str, Any] | None:
    return entries.agency(entries.agencies().get(pk=agency.pk), segments.of_platform())


# ---- what may be in it -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_of_fewer_than_five_persons_nothing_is_said() -> None:
    agency = rated(4)
    recomputed(agency)
    assert entry_of(agency) is None


@pytest.mark.django_db
def test_a_criterion_of_fewer_than_five_persons_is_left_out() -> None:
    agency = AgencyFactory()
    for number in range(6):
        ReviewFactory(agency=agency, ratings=dict.fromkeys(CODES if number < 4 else CODES[:3], 4))
    recomputed(agency)
    found = entry_of(agency)
    assert found
    assert list(found["criteria"]) == list(CODES[:3])


@pytest.mark.django_db
def test_reviews_that_are_all_long_ago_tell_nothing() -> None:
    agency = AgencyFactory()
    for _number in range(6):
        ReviewFactory(agency=agency, days_ago=3000)
    recomputed(agency)
    assert entry_of(agency) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("status", ["closed", "proposed", "refused"])
def test_only_listed_agencies_are_in_it(status: str) -> None:
    agency, listed = rated(6, status=status), rated(6)
    recomputed(agency, listed)
    night = files.publish()
    names = [entry["slug"] for entry in lines_of(night.data.path) if entry["type"] == "agency"]
    assert names == [listed.slug]


@pytest.mark.django_db
def test_seven_waits_are_no_curve() -> None:
    agency = rated(12, waits=7)
    recomputed(agency)
    found = entry_of(agency)
    assert found
    assert (found["waits"], found["headline"]) == ([], None)


@pytest.mark.django_db
def test_a_curve_ends_on_the_day_up_to_which_it_is_shown() -> None:
    agency = AgencyFactory()
    ends = [(day, WaitEnd.ANSWERED) for day in (1, 2, 3, 5)] + [
        (day, WaitEnd.SILENT) for day in (8, 9, 9, 10)
    ]
    for day, end in [*ends, (20, WaitEnd.ANSWERED), (31, WaitEnd.SILENT)]:
        review = ReviewFactory(agency=agency)
        InterviewFactory(journey=review.journey, wait_days=day, wait_end=end, response=ENDS[end])
    recomputed(agency)
    stored = WaitCurve.objects.get(agency=agency, kind="interview", source="recalled")
    whole = entries.stored_curve(stored)
    found = entries.curve(stored, agency.score.as_of)
    assert found
    assert found["known_until"] == whole.shown_until == 10
    assert max(row[0] for row in found["days"]) <= 10 < max(row.day for row in whole.days)
    assert (found["day7"] is None, found["day14"], found["day30"], found["rmst30"]) == (
        False,
        None,
        None,
        None,
    )


@pytest.mark.django_db
def test_of_a_part_nothing_is_said_that_would_tell_of_few() -> None:
    agency = AgencyFactory()
    for role, persons in (("permanent", 6), ("freelance", 5), ("temp", 4)):
        for _number in range(persons):
            ReviewFactory(agency=agency, journey=JourneyFactory(agency=agency, role=role))
    recomputed(agency)
    found = entry_of(agency)
    assert found
    roles = {part["value"]: part["n"] for part in found["segments"] if part["dimension"] == "role"}
    assert "temp" not in roles
    assert sum(roles.values()) <= 15 - 5  # the rest is nobody or five


@pytest.mark.django_db
def test_its_parts_are_those_of_the_page() -> None:
    agency = AgencyFactory()
    kept = OfficeFactory(agency=agency, place="Kiel")
    gone = OfficeFactory(agency=agency, place="Bremen", is_main=False)
    for role, office, days_ago in (("permanent", kept, 0), ("freelance", gone, 0), ("temp", None, 1500)):
        for _number in range(5):
            journey = JourneyFactory(agency=agency, outcome="silent", field="it", role=role, office=office)
            ReviewFactory(agency=agency, journey=journey, days_ago=days_ago)
    recomputed(agency)
    gone.delete()
    found, rows = entry_of(agency), SegmentScore.objects.filter(agency=agency)
    assert found
    page = segments.of_agency(entries.agencies().get(pk=agency.pk), agency.offices.all(), rows)
    of_page = [part.mean for division in page.divisions for part in division.segments]
    assert sorted(of_page) == sorted(part["mean"] for part in found["segments"])
    # Not the role of old reviews, the office that is gone, the outcome and field that all have.
    assert [part["value"] for part in found["segments"]] == [str(kept.pk), "freelance", "permanent"]


@pytest.mark.django_db
def test_nobody_is_in_it_but_as_a_number() -> None:
    agency = rated(9)
    recomputed(agency)
    said = json.dumps(entry_of(agency))
    for person in User.objects.all():
        assert person.pseudonym not in said
        assert person.email not in said
    assert not re.search(r"\d{4}-\d\d-\d\d", said.replace(f'"{NOW.date()}"', ""))  # no day but today's


def test_what_a_cut_curve_shows_is_what_the_whole_one_shows() -> None:
    rng = Random(7)
    for _round in range(200):
        waits = [
            Wait(entry + rng.randint(0, 40), rng.choice(list(Ending)), person=rng.randint(0, 30), entry=entry)
            for entry in rng.choices([0, 0, 0, 2, 9, 20], k=rng.randint(8, 40))
        ]
        whole = Curve.of(waits)
        until = whole.shown_until
        if until is not None and until < 0:
            continue
        rows = list(entries.shown_days(whole, until))
        known = verify.Known(verify.cut_days(rows, whole.waits), until=until)
        assert known.waits == whole.waits
        for day in range(31):
            if until is None or day <= until:
                assert entries.shares(known.at(day)) == entries.shares(whole.at(day))
        assert known.median == headline(whole).median


# ---- what could be found by subtraction ----------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(("others", "is_in"), [(0, True), (1, False), (4, False), (5, True)])
def test_the_market_is_in_it_only_if_the_others_are_nobody_or_five(others: int, is_in: bool) -> None:
    shown, hidden = rated(9, waits=0), [rated(1, seed=number) for number in range(others)]
    recomputed(shown, *hidden)
    remainder = entries.Remainder()
    remainder.note(entry_of(shown) or {})
    assert ("overall" in entries.market(remainder)["scores"]) is is_in


@pytest.mark.django_db
@pytest.mark.parametrize(("others", "is_in"), [(0, False), (1, False), (4, False), (8, True)])
def test_the_markets_curve_is_in_it_only_if_the_others_make_one_themselves(others: int, is_in: bool) -> None:
    """With no others it would tell the days of the one agency that are too thin to be shown."""
    shown, hidden = rated(30), [rated(1, seed=number) for number in range(others)]
    recomputed(shown, *hidden)
    remainder = entries.Remainder()
    found = entry_of(shown)
    assert found
    assert found["waits"][0]["known_until"] is not None
    remainder.note(found)
    assert bool(entries.market(remainder)["waits"]) is is_in


# ---- writing ---------------------------------------------------------------------------------------------


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def published() -> Path:
    """The file of a night with four agencies, two of which may be in it."""
    recomputed(rated(40, 1), rated(25, 2, waits=0), rated(3, 3), rated(9, 4, status="closed"))
    assert publish_open_data() == 2
    night = files.newest()
    assert night
    return night.data.path


@pytest.mark.django_db(transaction=True)
def test_the_whole_way_from_the_rows_to_recomputing_everything(capsys: pytest.CaptureFixture[str]) -> None:
    path = published()
    call_command("recompute_from_open_data", str(path))
    said = capsys.readouterr().out
    assert re.search(r"^\d{3,} numbers of 2 agencies recomputed; none differs", said)
    head, first, second, _market, end = lines_of(path)
    assert (head["licence"], head["as_of"]) == ("CC-BY-4.0", "2026-11-22")
    assert head["formula"]["version"] == FORMULA.version
    assert first["waits"]
    assert not second["waits"]
    assert end["agencies"] == 2


@pytest.mark.django_db(transaction=True)
def test_sums_keep_every_digit() -> None:
    for entry in lines_of(published())[1:3]:
        score = AgencyScore.objects.get(agency__slug=entry["slug"])
        assert entry["score"] == {name: getattr(score, name) for name in entry["score"]}
        stored = CriterionScore.objects.filter(agency=score.agency, criterion__in=entry["criteria"])
        assert {row.criterion: row.sum_gvx for row in stored} == {
            code: numbers["sum_gvx"] for code, numbers in entry["criteria"].items()
        }


@pytest.mark.django_db(transaction=True)
def test_the_command_asks_no_database(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    path = published()
    with django_assert_num_queries(0):
        call_command("recompute_from_open_data", str(path), stdout=io.StringIO())


@pytest.mark.django_db(transaction=True)
def test_the_number_of_statements_does_not_grow_with_the_agencies(monkeypatch: pytest.MonkeyPatch) -> None:
    recomputed(rated(9, 1))
    with CaptureQueriesContext(connection) as few:
        files.publish()
    recomputed(*(rated(9, number) for number in range(2, 9)))
    with CaptureQueriesContext(connection) as many:
        files.publish()
    assert len(many) == len(few)
    monkeypatch.setattr(files, "AT_ONCE", 2)  # several portions write the same file
    small = files.publish()
    assert small.agencies == 8


@pytest.mark.django_db(transaction=True)
def test_the_contents_name_size_and_hash_of_both_files() -> None:
    published()
    night = files.newest()
    assert night
    for file in (night.data, night.table):
        content = file.path.read_bytes()
        assert (file.size, file.sha256) == (len(content), sha256(content).hexdigest())


@pytest.mark.django_db(transaction=True)
def test_old_nights_go_and_what_a_killed_worker_left(folder: Path, settings: Settings) -> None:
    settings.OPEN_DATA_NIGHTS = 2
    left = folder / ".unfinished-abc"
    fresh = folder / ".unfinished-def"
    for path in (left, fresh):
        path.mkdir(parents=True)
    os.utime(left, (time.time() - 90_000,) * 2)
    nights = [files.publish() for _night in range(4)]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [fresh.name, *(night.data.path.parent.name for night in nights[-2:])]
    )
    assert files.newest() == nights[-1]


@pytest.mark.django_db(transaction=True)
def test_a_night_that_fails_leaves_the_last_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = files.publish()
    recomputed(rated(9))
    assert WaitCurve.objects.filter(is_shown=True).update(risk_days=[[0, 9, 9, 0, 0, 0], [5, 0, 9, 1, 0, 0]])
    with pytest.raises(ZeroDivisionError):
        files.publish()
    assert files.newest() == before
    assert [path.name for path in folder.iterdir()] == [before.data.path.parent.name]


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_write_whole_files(at_once: Callable[..., list[files.Night]]) -> None:
    recomputed(rated(12))
    nights = at_once(4, lambda _number: files.publish())
    assert {verify.verify(night.data.path).agencies for night in nights} == {1}


# ---- recomputing -------------------------------------------------------------------------------------------


def rewritten(path: Path, change: Change) -> Path:
    """The file after a change, with a hash that fits again."""
    head, *rest, _end = lines_of(path)
    lines = [head, *rest]
    change(lines)
    changed = path.parent / "changed.jsonl"
    with changed.open("wb") as file:
        writer = files.Lines(file)
        for line in lines:
            writer.add(line)
        writer.end(sum(line["type"] == "agency" for line in lines))
    return changed


TAMPERED: list[tuple[Change, str]] = [
    (lambda lines: lines[1]["score"].update(mean=lines[1]["score"]["mean"] + 2e-9), "overall, mean"),
    (lambda lines: lines[1]["criteria"]["feedback"].update(sum_gvx=1.0), "feedback, mean"),
    (lambda lines: lines[1]["waits"][0]["day14"].update(lower=0.5), "day 14, lower"),
    (lambda lines: lines[1]["waits"][0].update(median=1), "median"),
    (lambda lines: lines[1]["headline"].update(dots_answered=10), "dots_answered"),
    (lambda lines: lines[2]["score"].update(n=4), "overall, shown"),
    (lambda lines: lines[1]["segments"][0].update(mean=5.0), "outcome"),
    (lambda lines: lines[1].update(standardised=1.0), "standardised"),
    (lambda lines: lines[1]["histogram"].__setitem__(0, 99), "histogram"),
    (lambda lines: lines[1].update(as_of="2026-11-21"), "weight"),
    (lambda lines: lines[1]["waits"][0]["days"][0].__setitem__(2, 7), "row of day"),
]


@pytest.mark.django_db(transaction=True)
def test_a_number_that_does_not_follow_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    path = published()
    for change, named in TAMPERED:
        with pytest.raises(CommandError, match=r"\d+ of them differ"):
            call_command("recompute_from_open_data", str(rewritten(path, change)))
        assert named in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_an_unpacked_file_is_read_as_well() -> None:
    assert verify.verify(rewritten(published(), len)).differences == []


SPOILED: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda packed: packed[:-20], "cannot be unpacked"),
    (lambda packed: packed[:9] + b"\xff" * 20 + packed[29:], "cannot be unpacked"),
    (
        lambda packed: gzip.compress(gzip.decompress(packed).replace(b'"n":40', b'"n":41', 1)),
        "was changed",
    ),
    (lambda packed: b"\n".join(gzip.decompress(packed).splitlines()[:-1]), "cut off"),
    (lambda packed: gzip.decompress(packed)[:-30], "is no JSON"),
    (lambda packed: gzip.decompress(packed) + b"{}\n", "after the last"),
    (lambda packed: b"", "first line"),
    (lambda packed: b"[1]\n", "no JSON object"),
    (lambda packed: b"\x00\xff\n", "is no JSON"),
    (lambda packed: b"[" * 100_000, "is no JSON"),
    (lambda packed: b'{"type":"head","formula":{"version":2}}\n', "other constants"),
]


@pytest.mark.django_db(transaction=True)
def test_a_damaged_file_gets_a_sentence(tmp_path: Path) -> None:
    packed, path = published().read_bytes(), tmp_path / "file"
    for spoil, said in SPOILED:
        path.write_bytes(spoil(packed))
        with pytest.raises(CommandError, match=said):
            call_command("recompute_from_open_data", str(path))


def test_a_file_that_is_not_there_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("recompute_from_open_data", str(tmp_path / "nothing"))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("recompute_from_open_data", str(tmp_path))


OF_ANOTHER_FORM: list[Change] = [
    lambda lines: lines[1].pop("score"),
    lambda lines: lines[1].update(as_of="yesterday"),
    lambda lines: lines[1].update(as_of=7),
    lambda lines: lines[1]["score"].update(sum_gv="much"),
    lambda lines: lines[1]["score"].update(sum_gvxx=-1e308),
    lambda lines: lines[1].update(waits=[1]),
    lambda lines: lines[1]["waits"][0].update(days=[[1, 2]]),
    lambda lines: lines[1].update(type="something"),
]


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_another_form_gets_a_sentence() -> None:
    path = published()
    for change in OF_ANOTHER_FORM:
        with pytest.raises(Damaged, match="Line 2 is not as the format says"):
            verify.verify(rewritten(path, change))


def test_nothing_is_the_same_as_a_number_that_is_none() -> None:
    assert not verify.same(float("nan"), float("nan"))
    assert not verify.same(None, 0)
    assert not verify.same(True, 1)
    assert verify.same(1.0, 1 + 1e-10)
