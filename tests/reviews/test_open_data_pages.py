"""/daten/ and its two files, as visitors and programs get them."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date
from pytest_django import DjangoAssertNumQueries, Settings

from reviews.opendata import files
from reviews.opendata.files import Night
from reviews.opendata.verify import verify
from reviews.recompute import recompute
from tests.factories import AgencyFactory, InterviewFactory, ReviewFactory

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, TABLE, DATA = (reverse(f"reviews:{name}") for name in ("open-data", "open-data-table", "open-data-set"))


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> None:
    settings.OPEN_DATA_DIR = str(tmp_path / "open-data")
    cache.clear()


@pytest.fixture
def night() -> Night:
    for name in ("Probeagentur A", "=1+1"):
        agency = AgencyFactory(name=name)
        for number in range(9):
            review = ReviewFactory(agency=agency, days_ago=number)
            InterviewFactory(journey=review.journey, wait_days=3 + number)
        recompute([agency.pk])
    return files.publish()


def test_the_page_says_what_the_files_are(client: Client, night: Night) -> None:
    html = client.get(PAGE).content.decode()
    for said in (night.data.sha256, night.table.sha256, "CC BY 4.0", "<dd>2, von denen", TABLE, DATA):
        assert said in html


def test_the_page_needs_no_query(django_assert_num_queries: DjangoAssertNumQueries, night: Night) -> None:
    with django_assert_num_queries(0):
        Client().get(PAGE)


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_before_the_first_night_there_is_a_sentence(client: Client, prefix: str) -> None:
    page = client.get(prefix + PAGE)
    assert page.status_code == 200
    assert "Nacht" in page.content.decode() or "night" in page.content.decode()
    for address in (TABLE, DATA):
        response = client.get(prefix + address)
        assert response.status_code == 404
        assert "<h1>" in response.content.decode()


def test_the_file_is_the_one_that_was_written(client: Client, night: Night, tmp_path: Path) -> None:
    response = client.get(DATA)
    assert response["Content-Type"] == "application/gzip"
    assert len(response.content) == night.data.size
    assert (
        response["Cache-Control"] == "max-age=3600"
    )  # without "public", which the cache of pages would keep
    taken = tmp_path / "taken"
    taken.write_bytes(response.content)
    assert verify(taken).agencies == 2


def test_the_table_has_a_row_for_each_agency_and_no_formula(client: Client, night: Night) -> None:
    text = client.get(TABLE).content.decode("utf-8-sig")
    first, second = csv.DictReader(io.StringIO(text), delimiter=";")
    assert first["name"] == "Probeagentur A"
    assert second["name"] == "'=1+1"
    assert (first["n"], first["waits"], first["waits_source"], first["day14_f"]) == (
        "9",
        "9",
        "recalled",
        "1.0",
    )
    assert float(first["lower"]) < float(first["mean"]) < float(first["upper"])


def test_who_has_the_file_gets_304(client: Client, night: Night) -> None:
    response = client.get(TABLE)
    assert client.get(TABLE, headers={"If-None-Match": response["ETag"]}).status_code == 304
    later = http_date((timezone.now() + timedelta(minutes=1)).timestamp())
    assert client.get(TABLE, headers={"If-Modified-Since": later}).status_code == 304
    files.publish()
    assert client.get(TABLE, headers={"If-None-Match": '"another"'}).status_code == 200


def test_taking_is_limited_and_asking_is_not(client: Client, night: Night) -> None:
    response = client.get(TABLE)
    for _time in range(29):
        client.get(TABLE)
    for _time in range(40):
        assert client.get(TABLE, headers={"If-None-Match": response["ETag"]}).status_code == 304
    refused = client.get(TABLE)
    assert refused.status_code == 429
    assert "Retry-After" in refused.headers


def test_the_files_are_only_read(client: Client) -> None:
    assert [client.post(address).status_code for address in (PAGE, TABLE, DATA)] == [405, 405, 405]


@pytest.mark.parametrize(
    ("prefix", "words"), [("", "über mindestens fünf Personen"), ("/en", "about at least five people")]
)
def test_the_privacy_page_tells_authors_of_the_files(client: Client, prefix: str, words: str) -> None:
    page = client.get(f"{prefix}/datenschutz/").content.decode()
    assert f'href="{prefix}{PAGE}"' in page
    assert words in page[page.index(f'href="{prefix}{PAGE}"') :]
