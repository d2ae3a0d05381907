"""Reads agencies from a CSV file; docs/import.md describes its columns.

Three steps, each over the whole file: read the table, check every row, write. What fails in the first two leaves the
database as it was.
"""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.models import User
from agencies.addresses import office_at
from agencies.choices import AgencyStatus, Field, Kind, Size
from agencies.folding import fold
from agencies.models import Agency, AgencyScore, Office, domain_of, mark_stale
from agencies.models.places import Country
from agencies.places import LETTERS
from agencies.search import refresh_search
from agencies.slugs import free_slug
from agencies.websites import check_website

# The headings of the columns: part of the format, so they are the same in every language.
HEADINGS = {
    "name": "Name",
    "website": "Website",
    "legal_name": "Firma",
    "kinds": "Leistungen",
    "fields": "Fachgebiete",
    "street": "Straße",
    "postcode": "PLZ",
    "place": "Ort",
    "country": "Land",
    "branches": "weitere Orte",
    "description": "Beschreibung",
    "founded": "gegründet",
    "size": "Größe",
}
REQUIRED = ("name", "website", "kinds", "place")
COLUMNS = {fold(name): column for column, heading in HEADINGS.items() for name in (heading, column)}
PARTED = re.compile(r"[,|;\n]")
BRANCH = re.compile(r"((?:[A-Za-z]{1,2}-)?\d{4,5}|)\s*(.*)")  # "20095 Hamburg", "A-1010 Wien", "Kiel"
ADDRESS = ("street", "postcode", "place", "country", "latitude", "longitude")
ALIVE = (AgencyStatus.PROPOSED, AgencyStatus.LISTED, AgencyStatus.CLOSED)

type Cells = dict[str, str]


class Problem(NamedTuple):
    line: int
    reason: str


class Refused(Exception):
    """The file as a whole is no table of ours; the message is a sentence."""


class BadRows(Exception):
    """Rows that must be corrected before any is written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


@dataclass
class Row:
    """A checked row: the fields of the agency that it fills, and the offices, the main one first."""

    values: dict[str, Any]
    offices: list[Office]

    @property
    def domain(self) -> str:
        return domain_of(self.values["website"])


@transaction.atomic
def import_agencies(content: bytes, *, by: User | None = None) -> Counter[str]:
    """Write all agencies of a file or none; how many are "new", "changed", "unchanged" or "merged" (left alone).

    Raises Refused for a file that is no table, BadRows for rows that are wrong.
    """
    outcomes = [write(row, by=by) for row in check(read(content))]
    touched = [agency.pk for outcome, agency in outcomes if outcome in {"new", "changed"}]
    mark_stale(touched)
    refresh_search(touched)
    return Counter(outcome for outcome, _agency in outcomes)


# ---- the table -------------------------------------------------------------------------------------------


def read(content: bytes) -> list[tuple[int, Cells]]:
    """The rows by column, each with the line it begins on; blank rows are left out."""
    text = decode(content)
    header = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=header.count), strict=True)
    table = []
    try:
        columns = columns_of(next(lines, []))
        begin = lines.line_num + 1  # a cell may hold line breaks, so a row can end many lines further down
        for cells in lines:
            if any(map(str.strip, cells)):
                table.append((begin, by_column(columns, cells)))
            begin = lines.line_num + 1
    except csv.Error as error:
        sentence = _("Zeile %(line)s ist kein CSV: %(error)s.")
        raise Refused(sentence % {"line": lines.line_num, "error": error}) from error
    return table


def decode(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        sentence = _(
            "Zeile %(line)s ist nicht in UTF-8 geschrieben. In Excel heißt das Format"
            " „CSV UTF-8 (durch Trennzeichen getrennt)“."
        )
        raise Refused(sentence % {"line": content.count(b"\n", 0, error.start) + 1}) from error
    if "\0" in text:
        raise Refused(_("Die Datei enthält Nullzeichen, sie ist kein Text in UTF-8."))
    return text


def columns_of(headings: list[str]) -> list[str]:
    """The column under each heading, "" under a blank one."""
    columns = []
    for heading in headings:
        column = COLUMNS.get(fold(heading), "")
        if heading.strip() and not column:
            sentence = _("Die Spalte „%(name)s“ kennen wir nicht. Möglich sind: %(names)s.")
            raise Refused(sentence % {"name": heading.strip(), "names": ", ".join(HEADINGS.values())})
        if column and column in columns:
            raise Refused(_("Die Spalte „%(name)s“ steht zweimal da.") % {"name": HEADINGS[column]})
        columns.append(column)
    if missing := [HEADINGS[column] for column in REQUIRED if column not in columns]:
        raise Refused(_("Diese Spalten fehlen: %(names)s.") % {"names": ", ".join(missing)})
    return columns


def by_column(columns: list[str], cells: list[str]) -> Cells:
    """Every column, empty ones too; what stands under no heading comes under ""."""
    row = dict.fromkeys(("", *HEADINGS), "")
    for column, cell in itertools.zip_longest(columns, cells, fillvalue=""):
        row[column] += cell.strip()
    return row


# ---- the rows --------------------------------------------------------------------------------------------


def check(table: Iterable[tuple[int, Cells]]) -> list[Row]:
    """All rows, or BadRows with all that is wrong in all of them."""
    rows, problems, lines = list[Row](), list[Problem](), dict[str, int]()
    for line, cells in table:
        try:
            row = parse(cells)
        except ValidationError as error:
            problems += (Problem(line, sentence) for sentence in sentences(error))
            continue
        if (first := lines.setdefault(row.domain, line)) != line:
            problems.append(Problem(line, _("Dieselbe Website steht in Zeile %(line)s.") % {"line": first}))
        rows.append(row)
    if problems:
        raise BadRows(problems)
    return rows


def sentences(error: ValidationError) -> Iterator[str]:
    for column, messages in error.message_dict.items():
        for message in messages:
            yield f"{HEADINGS[column]}: {message}" if column in HEADINGS else message


def parse(cells: Cells) -> Row:
    """ValidationError with all that is wrong in the row, by column."""
    wrong: dict[str, list[str]] = {}
    values: dict[str, Any] = {}
    if cells[""]:
        wrong[NON_FIELD_ERRORS] = [_("Hier stehen mehr Zellen als Überschriften.")]
    for column in REQUIRED:
        if not cells[column] and not (column == "place" and cells["postcode"]):
            wrong[column] = [_("fehlt.")]
    for column, understand in READERS.items():
        if cells[column]:
            with noting(wrong, column):
                values[column] = understand(cells[column])
    with noting(wrong, NON_FIELD_ERRORS):
        agency = Agency(**values)
        agency.full_clean(exclude={"slug", *wrong}, validate_unique=False, validate_constraints=False)
    offices = list[Office]()
    if "place" not in wrong:
        with noting(wrong, "place"):
            offices.extend(offices_of(cells))
    if wrong:
        raise ValidationError(wrong)
    return Row(values, offices)


@contextmanager
def noting(wrong: dict[str, list[str]], column: str) -> Iterator[None]:
    """Collect what is raised inside, under the column unless the error names its fields."""
    try:
        yield
    except ValidationError as error:
        found = error.message_dict if hasattr(error, "error_dict") else {column: error.messages}
        for name, messages in found.items():
            wrong.setdefault(name, []).extend(messages)


def offices_of(cells: Cells) -> Iterator[Office]:
    """The main office and the branches, which are in its country unless their postcode says another."""
    country = one_of(Country, cells["country"]) if cells["country"] else ""
    main = office_at(
        postcode=cells["postcode"], place=cells["place"], country=country, street=one_line(cells["street"])
    )
    main.full_clean(exclude={"agency"}, validate_unique=False, validate_constraints=False)
    yield main
    for text in filter(None, map(str.strip, PARTED.split(cells["branches"]))):
        [(postcode, place)] = BRANCH.findall(text)[:1]
        yield office_at(
            postcode=postcode, place=place, country="" if postcode[:1].isalpha() else main.country
        )


# ---- the cells -------------------------------------------------------------------------------------------


def one_line(text: str) -> str:
    return " ".join(text.split())


def address_of_website(text: str) -> str:
    address = text if "://" in text else f"https://{text}"
    check_website(address)
    return address


def year(text: str) -> int:
    this_year = timezone.localdate().year
    if not text.isdecimal() or int(text) > this_year:
        raise ValidationError(
            _("„%(text)s“ ist kein Jahr bis %(year)s."), params={"text": text, "year": this_year}
        )
    return int(text)


def one_of(choices: type[models.TextChoices], text: str) -> str:
    """The code of a choice by its code or by its label in any of our languages."""
    code = codes_by_word(choices).get(fold(text))
    if code is None:
        raise ValidationError(
            _("„%(text)s“ kennen wir nicht. Möglich sind: %(choices)s."),
            params={"text": text, "choices": ", ".join(map(str, choices.labels))},
        )
    return code


def several_of(choices: type[models.TextChoices], text: str) -> list[str]:
    words = filter(None, map(str.strip, PARTED.split(text)))
    return list(dict.fromkeys(one_of(choices, word) for word in words))


@cache
def codes_by_word(choices: type[models.TextChoices]) -> dict[str, str]:
    words = {fold(choice.value): choice.value for choice in choices}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {fold(str(choice.label)): choice.value for choice in choices}
    return words | (LETTERS if choices is Country else {})


READERS: dict[str, Callable[[str], object]] = {
    "name": one_line,
    "website": address_of_website,
    "legal_name": one_line,
    "kinds": partial(several_of, Kind),
    "fields": partial(several_of, Field),
    "description": str.strip,
    "founded": year,
    "size": partial(one_of, Size),
}


# ---- the database ----------------------------------------------------------------------------------------


def write(row: Row, *, by: User | None) -> tuple[str, Agency]:
    """Create or change one agency; one that was merged into another stays as it is."""
    known = Agency.objects.filter(domain=row.domain)
    if agency := known.filter(status__in=ALIVE).select_for_update().first():
        return change(agency, row, by=by), agency
    if agency := known.filter(status=AgencyStatus.MERGED).first():
        return "merged", agency
    return "new", create(row, by=by)


def create(row: Row, *, by: User | None) -> Agency:
    name = str(row.values["name"])
    agency = Agency(**row.values, domain=row.domain, slug=free_slug(name), status=AgencyStatus.LISTED)
    agency.save()
    AgencyScore.objects.create(agency=agency)
    set_offices(agency, row.offices)
    record(verb="import", subject=agency, by=by, after=agency.status)
    return agency


def change(agency: Agency, row: Row, *, by: User | None) -> str:
    """Take over the filled cells. Offices are added or corrected, never removed: reviews may point to them."""
    changed = [name for name, value in row.values.items() if getattr(agency, name) != value]
    for name in changed:
        setattr(agency, name, row.values[name])
    agency.save(update_fields=changed)
    if set_offices(agency, row.offices):
        changed.append("offices")
    if changed:
        record(
            verb="import", subject=agency, by=by, before=agency.status, after=agency.status, fields=changed
        )
    return "changed" if changed else "unchanged"


def set_offices(agency: Agency, offices: list[Office]) -> bool:
    """Whether anything changed."""
    main, *branches = offices
    before = agency.offices.filter(is_main=True).first()
    changed = correct(before, main) if before else add(agency, main, is_main=True)
    for branch in branches:
        here = agency.offices.filter(country=branch.country, place=branch.place)
        if not here.filter(Q(postcode=branch.postcode) | Q(postcode="") if branch.postcode else Q()).exists():
            changed = add(agency, branch)
    return changed


def add(agency: Agency, office: Office, *, is_main: bool = False) -> bool:
    office.agency, office.is_main = agency, is_main
    office.save()
    return True


def correct(office: Office, said: Office) -> bool:
    """Take over the address; in the same town, a row without street or postcode leaves these as they are."""
    new = {name: getattr(said, name) for name in ADDRESS}
    if (office.country, office.place) == (said.country, said.place):
        kept = [name for name in ("street", "postcode") if not new[name]]
        kept += ["latitude", "longitude"] if "postcode" in kept else []
        new = {name: value for name, value in new.items() if name not in kept}
    changed = [name for name, value in new.items() if getattr(office, name) != value]
    for name in changed:
        setattr(office, name, new[name])
    office.save(update_fields=changed)
    return bool(changed)
