"""Agencies from a CSV file: all of it or nothing."""

from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Event, User
from agencies.choices import AgencyStatus
from agencies.imports import BadRows, Refused, import_agencies
from agencies.models import Agency, Office, Place
from tests.factories import AgencyFactory, OfficeFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("gazetteer_loaded")]

HEADER = "Name;Website;Leistungen;Fachgebiete;Straße;PLZ;Ort;Land;Beschreibung;gegründet;Größe;Firma;weitere Orte\n"
ELBE = (
    "Elbtal Probe;https://www.elbtal-probe.example/;Personalvermittlung, Zeitarbeit;it, Pflege und Medizin;"
    "Musterweg 1;20095;Hamburg;Deutschland;Erfunden.;2009;10-49;Elbtal Probe GmbH;Kiel|A-1010 Wien\n"
)


def load(*lines: str, header: str = HEADER) -> Counter[str]:
    return import_agencies((header + "".join(lines)).encode())


def problems(*lines: str, header: str = HEADER) -> list[str]:
    with pytest.raises(BadRows) as caught:
        load(*lines, header=header)
    assert not Agency.objects.exists()
    return [f"{line}: {reason}" for line, reason in caught.value.problems]


def short(name: str, website: str, postcode: str = "", place: str = "", country: str = "") -> str:
    return f"{name};{website};temp;;;{postcode};{place};{country};;;;;\n"


def office(postcode: str = "", place: str = "", country: str = "") -> Office:
    load(short("Probe", "probe.example", postcode, place, country))
    return Office.objects.get()


def reason(postcode: str = "", place: str = "", country: str = "") -> str:
    [problem] = problems(short("Probe", "probe.example", postcode, place, country))
    return problem


# ---- what is written -------------------------------------------------------------------------------------


def test_a_full_row_becomes_a_listed_agency_with_its_offices() -> None:
    assert load(ELBE) == {"new": 1}
    agency = Agency.objects.get()
    assert (agency.name, agency.legal_name, agency.slug) == (
        "Elbtal Probe",
        "Elbtal Probe GmbH",
        "elbtal-probe",
    )
    assert (agency.website, agency.domain) == ("https://www.elbtal-probe.example/", "elbtal-probe.example")
    assert (agency.kinds, agency.fields) == (["placement", "temp"], ["it", "health"])
    assert (agency.description, agency.founded, agency.size) == ("Erfunden.", 2009, "10-49")
    assert agency.status == AgencyStatus.LISTED
    assert [str(office) for office in agency.offices.all()] == ["20095 Hamburg", "Kiel", "1010 Wien"]
    main = agency.offices.get(is_main=True)
    assert main.street == "Musterweg 1"
    assert (main.latitude, main.longitude) == pytest.approx((53.55, 10.0), abs=0.02)
    assert agency.offices.get(place="Wien").country == "AT"


def test_an_imported_agency_can_be_searched_and_has_a_score_to_come() -> None:
    load(ELBE)
    agency = Agency.objects.get()
    assert "elbtal probe" in agency.search_words
    assert agency.score.stale_since


def test_loading_the_same_file_again_changes_nothing() -> None:
    load(ELBE)
    agency, events = Agency.objects.values().get(), Event.objects.count()
    offices = list(Office.objects.values())
    assert load(ELBE) == {"unchanged": 1}
    assert (Agency.objects.values().get(), list(Office.objects.values())) == (agency, offices)
    assert Event.objects.count() == events


def test_filled_cells_change_a_known_agency_and_empty_ones_do_not() -> None:
    load(ELBE)
    assert load("Elbtal Neu;elbtal-probe.example;temp;;;;Hamburg;;;;;;\n") == {"changed": 1}
    agency = Agency.objects.get()
    assert (agency.name, agency.kinds) == ("Elbtal Neu", ["temp"])
    assert (agency.legal_name, agency.fields, agency.founded) == ("Elbtal Probe GmbH", ["it", "health"], 2009)
    assert agency.slug == "elbtal-probe"  # addresses stay
    main = agency.offices.get(is_main=True)
    assert (main.street, main.postcode) == ("Musterweg 1", "20095")
    assert agency.offices.count() == 3


def test_an_agency_that_moved_keeps_its_office_under_the_new_address() -> None:
    load(ELBE)
    before = Office.objects.get(is_main=True)
    load("Elbtal Probe;elbtal-probe.example;temp;;Neuer Weg 2;80331;München;;;;;;\n")
    after = Office.objects.get(is_main=True)
    assert (after.pk, after.street, after.postcode, after.place) == (
        before.pk,
        "Neuer Weg 2",
        "80331",
        "München",
    )
    assert after.latitude == pytest.approx(48.14, abs=0.02)


def test_the_domain_decides_which_agency_it_is() -> None:
    known = AgencyFactory.create(name="Anders", domain="probe.example", website="https://probe.example/")
    assert load(short("Probe", "http://WWW.Probe.example/ueber-uns", place="Kiel")) == {"changed": 1}
    known.refresh_from_db()
    assert known.name == "Probe"
    assert known.offices.get().is_main


def test_a_proposed_agency_waits_on_for_its_moderator() -> None:
    AgencyFactory.create(domain="probe.example", status=AgencyStatus.PROPOSED)
    load(short("Probe", "probe.example", place="Kiel"))
    assert Agency.objects.get().status == AgencyStatus.PROPOSED


def test_a_merged_agency_is_left_alone() -> None:
    successor = AgencyFactory.create()
    AgencyFactory.create(
        domain="probe.example", status=AgencyStatus.MERGED, merged_into=successor, name="Alt"
    )
    assert load(short("Probe", "probe.example", place="Kiel")) == {"merged": 1}
    assert not Agency.objects.filter(name="Probe").exists()


def test_a_refused_proposal_does_not_stand_in_the_way() -> None:
    AgencyFactory.create(domain="probe.example", status=AgencyStatus.REFUSED)
    assert load(short("Probe", "probe.example", place="Kiel")) == {"new": 1}


def test_two_agencies_of_one_name_get_two_addresses_and_none_takes_one_of_ours() -> None:
    load(
        *(
            short(name, f"{n}.example", place="Kiel")
            for n, name in enumerate(["Müller", "Mueller", "Neu", "!!!"])
        )
    )
    assert set(Agency.objects.values_list("slug", flat=True)) == {"mueller", "mueller-2", "neu-2", "agentur"}


def test_each_change_is_logged_with_who_made_it(candidate: User) -> None:
    import_agencies((HEADER + ELBE).encode(), by=candidate)
    event = Event.objects.get(verb="import")
    assert (event.actor_id, event.subject_id) == (candidate.pk, str(Agency.objects.get().pk))


def test_offices_are_never_removed() -> None:
    agency = AgencyFactory.create(domain="probe.example")
    OfficeFactory.create(agency=agency, place="Lübeck", is_main=False)
    load(short("Probe", "probe.example", place="Kiel"))
    assert set(agency.offices.values_list("place", flat=True)) == {"Lübeck", "Kiel"}


# ---- addresses -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("postcode", "place", "country", "expected"),
    [
        ("80331", "Muenchen", "", ("80331", "München", "DE")),
        ("80331", "", "", ("80331", "München", "DE")),
        ("D-20095", "Hamburg", "", ("20095", "Hamburg", "DE")),
        ("1067", "Dresden", "", ("01067", "Dresden", "DE")),
        ("1067", "", "Deutschland", ("01067", "Dresden", "DE")),
        ("CH-8001", "Zürich", "", ("8001", "Zürich", "CH")),
        ("8001", "Zurich", "Schweiz", ("8001", "Zürich", "CH")),
        ("8010", "Graz", "", ("8010", "Graz", "AT")),
        ("9490", "Vaduz", "FL", ("9490", "Vaduz", "LI")),
        ("", "Genève", "", ("", "Genf", "CH")),
        ("22767", "Altona", "", ("22767", "Altona", "DE")),
        ("80331", "Irgendwo am Rand", "", ("80331", "Irgendwo am Rand", "DE")),
    ],
)
def test_addresses_are_completed(
    postcode: str, place: str, country: str, expected: tuple[str, str, str]
) -> None:
    found = office(postcode, place, country)
    assert (found.postcode, found.place, found.country) == expected
    assert found.latitude is not None
    assert found.longitude is not None


def test_a_town_without_postcode_lies_where_the_town_lies() -> None:
    kiel = Place.objects.get(name="Kiel", region="Schleswig-Holstein")
    found = office(place="Kiel")
    assert (found.latitude, found.longitude) == (kiel.latitude, kiel.longitude)


def test_bad_addresses_are_refused_with_a_sentence() -> None:
    assert (
        reason("20095", "München") == "2: Ort: Die Postleitzahl 20095 gehört zu Hamburg, nicht zu „München“."
    )
    assert reason("", "Hambuurg") == "2: Ort: „Hambuurg“ kennen wir nicht. Gemeint ist vielleicht „Hamburg“."
    assert reason("", "Xqzxqz") == "2: Ort: „Xqzxqz“ kennen wir nicht."
    assert reason("2009X", "Hamburg") == "2: Ort: „2009X“ ist dort keine Postleitzahl."
    assert reason("CH-8001", "Zürich", "DE") == "2: Ort: „CH-8001“ ist dort keine Postleitzahl."
    assert reason("80331", "München", "Frankreich").startswith(
        "2: Ort: „Frankreich“ kennen wir nicht. Möglich sind:"
    )
    assert reason() == "2: Ort: fehlt."


# ---- what is refused -------------------------------------------------------------------------------------


def test_every_bad_row_is_listed_with_its_line_and_nothing_is_written() -> None:
    assert problems(
        ELBE,
        "\n",
        ";keine-website;;\n",
        "A;a.example;Zauberei;;;;Kiel;;;;;;\n",
        "B;b.example;temp;;;;Kiel;;;2999;viele;;\n",
        "C;https://www.elbtal-probe.example/c;temp;;;;Kiel;;;;;;\n",
    ) == [
        "4: Name: fehlt.",
        "4: Leistungen: fehlt.",
        "4: Ort: fehlt.",
        "4: Website: „keine-website“ ist keine Adresse einer Website.",
        "5: Leistungen: „Zauberei“ kennen wir nicht. Möglich sind: Personalvermittlung, Zeitarbeit, Executive Search,"
        " Freelance und Contracting, Recruiting im Auftrag (RPO).",
        f"6: gegründet: „2999“ ist kein Jahr bis {timezone.localdate().year}.",
        "6: Größe: „viele“ kennen wir nicht. Möglich sind: eine Person, 2 bis 9 Personen, 10 bis 49 Personen,"
        " 50 bis 249 Personen, ab 250 Personen.",
        "7: Dieselbe Website steht in Zeile 2.",
    ]


@pytest.mark.parametrize(
    "website",
    [
        *("ftp://a.example", "javascript:alert(1)", "http://[", "localhost", "a b.example", "@", "https://"),
        *("https://bank.example@evil.example", "probe.example:8080", "192.0.2.7", "intranet.local"),
    ],
)
def test_what_is_no_website_is_refused(website: str) -> None:
    [problem] = problems(short("Probe", website, place="Kiel"))
    assert problem.startswith("2: Website: ")


def test_what_is_too_long_is_refused() -> None:
    [problem] = problems(short("N" * 121, "probe.example", place="Kiel"))
    assert problem.startswith("2: Name: ")
    assert "120" in problem


def test_the_line_of_a_row_is_where_it_begins() -> None:
    two_lines = 'A;a.example;temp;;;;Kiel;;"erste Zeile\nzweite Zeile";;;;\n'
    assert problems(two_lines, short("B", "nichts", place="Kiel")) == [
        "4: Website: „nichts“ ist keine Adresse einer Website."
    ]


def test_a_row_that_is_longer_than_the_header_is_refused() -> None:
    assert problems(short("A", "a.example", place="Kiel").strip() + ";zu viel\n") == [
        "2: Hier stehen mehr Zellen als Überschriften."
    ]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ((HEADER + "Müller").encode("latin-1"), "Zeile 1 ist nicht in UTF-8 geschrieben"),
        (
            (HEADER.replace("ß", "ss").replace("ü", "ue").replace("ö", "oe") + "Müller").encode("latin-1"),
            "Zeile 2",
        ),
        (HEADER.encode("utf-16"), "ist nicht in UTF-8 geschrieben"),
        (f"{HEADER}A\0;b".encode(), "Nullzeichen"),
        (b"", "Diese Spalten fehlen: Name, Website, Leistungen, Ort."),
        (b"Name;Website;Leistungen\n", "Diese Spalten fehlen: Ort."),
        (b"Name;Website;Leistungen;Ort;Farbe\n", "Die Spalte „Farbe“ kennen wir nicht."),
        (b"Name;Website;Leistungen;Ort;Name\n", "Die Spalte „Name“ steht zweimal da."),
        (f'{HEADER}"offen;'.encode(), "ist kein CSV"),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=r".") as caught:
        import_agencies(content)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_semicolons_commas_and_a_byte_order_mark_are_understood(
    delimiter: str, encoding: str, end: str
) -> None:
    lines = [
        ["name", "WEBSITE", "Leistungen", "ort"],
        ["Söhne", "soehne.example", "Executive Search", "Köln"],
    ]
    content = "".join(delimiter.join(cells) + end for cells in lines).encode(encoding)
    assert import_agencies(content) == {"new": 1}
    assert Agency.objects.get().name == "Söhne"


# ---- the command -----------------------------------------------------------------------------------------


def test_the_command_says_what_it_did(tmp_path: Path) -> None:
    file, said = tmp_path / "agenturen.csv", StringIO()
    file.write_text(HEADER + ELBE, encoding="utf-8")
    call_command("import_agencies", file, stdout=said)
    assert said.getvalue() == "1 neu, 0 geändert, 0 unverändert, 0 zusammengeführt.\n"


def test_the_command_lists_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "agenturen.csv"
    file.write_text(HEADER + short("", "a.example", place="Kiel"), encoding="utf-8")
    with pytest.raises(
        CommandError, match=r"Nichts wurde geschrieben. Bitte korrigieren:\nZeile 2: Name: fehlt."
    ):
        call_command("import_agencies", file)
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_agencies", tmp_path / "fehlt.csv")
