"""Queries that are written once, and what is remembered of their answers."""

from operator import itemgetter

import pytest
from django.db import connection
from django.db.models import Q, QuerySet
from django.template import Context, Template
from django.utils.safestring import SafeString
from django.utils.translation import gettext, override

from agencies.models import Agency, AgencyScore, Office, WaitCurve
from agencies.prepared import Columns, Parameter, Prepared, among, written
from agencies.remembered import remembered
from tests.factories import AgencyFactory, OfficeFactory

PLACES: Prepared[str] = Prepared(
    itemgetter(0),
    ["place"],
    lambda: Office.objects.filter(agency=Parameter("agency"), country=Parameter("land")),
)
CURVE = Columns(WaitCurve)
CURVES = Prepared(
    CURVE.instance,
    CURVE,
    lambda: WaitCurve.objects.filter(Q(agency=Parameter("agency")) | Q(agency=None)),
)


@pytest.mark.django_db
def test_each_call_fills_in_its_own_values() -> None:
    ours, other = AgencyFactory(), AgencyFactory()
    OfficeFactory(agency=ours, place="Kiel", country="DE", is_main=True)
    OfficeFactory(agency=ours, place="Wien", country="AT", is_main=False)
    OfficeFactory(agency=other, place="Celle", country="DE")
    assert PLACES(agency=ours.pk, land="DE") == ["Kiel"]
    assert PLACES(agency=ours.pk, land="AT") == ["Wien"]
    assert PLACES(land="DE", agency=other.pk) == ["Celle"]
    assert PLACES(agency=ours.pk, land="CH") == []


@pytest.mark.django_db
def test_a_value_is_no_sql() -> None:
    assert PLACES(agency=AgencyFactory().pk, land="' OR 1=1 --") == []


@pytest.mark.django_db
def test_a_queryset_stands_in_a_statement_with_named_parameters() -> None:
    ours, other = AgencyFactory(), AgencyFactory()
    for agency, place in ((ours, "Kiel"), (ours, "St. Pölten"), (other, "Celle")):
        OfficeFactory(agency=agency, place=place, is_main=False)
    offices = written(
        Office.objects.filter(among("agency", "agencies")).exclude(place="Kiel").values("place")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT %(word)s, place FROM ({offices}) office", {"agencies": [ours.pk], "word": "da"}
        )
        assert cursor.fetchall() == [("da", "St. Pölten")]


@pytest.mark.django_db
def test_a_percent_sign_among_the_constants_stays_one() -> None:
    AgencyFactory(name="Hundert % Personal"), AgencyFactory(name="Hundert Prozent Personal")
    marked = Agency.objects.filter(name__contains="%", pk__gt=Parameter("after"))
    names: Prepared[str] = Prepared(itemgetter(0), ["name"], lambda: marked)
    assert names(after=0) == ["Hundert % Personal"]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name, '%%' FROM ({written(marked.values('name'))}) found", {"after": 0})
        assert cursor.fetchall() == [("Hundert % Personal", "%")]


@pytest.mark.django_db
def test_the_database_plans_such_a_query_once() -> None:
    agency = AgencyFactory()
    for _ in range(10):
        PLACES(agency=agency.pk, land="DE")
        list(Office.objects.filter(agency=agency, country="DE"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        (only,) = [statement for (statement,) in cursor.fetchall() if "agencies_office" in statement]
    assert "$1" in only


def test_a_parameter_that_is_not_given_is_an_error(db: None) -> None:
    with pytest.raises(KeyError, match="land"):
        PLACES(agency=1)


@pytest.mark.django_db
def test_the_rows_are_those_of_the_queryset_whatever_their_fields_hold() -> None:
    agency = AgencyFactory()
    WaitCurve.objects.create(
        agency=agency,
        kind="interview",
        source="recalled",
        risk_days=[[0, 1, 1, 0, 0, 1]],
        facts={"chased": [1]},
    )
    WaitCurve.objects.create(
        agency=None, kind="interview", source="recalled", outlook=[[1.5, 0.5, 0.25, 0.75]]
    )
    found = {row.pk: row for row in CURVES(agency=agency.pk)}
    stored = WaitCurve.objects.filter(Q(agency=agency) | Q(agency=None)).values()
    assert [{name: getattr(found[row["id"]], name) for name in row} for row in stored] == list(stored)


@pytest.mark.django_db
def test_a_list_of_values_may_be_empty_or_long() -> None:
    by_id = Prepared(itemgetter(0), ["pk"], lambda: Agency.objects.filter(among("pk", "ids")).order_by("pk"))
    agencies = AgencyFactory.create_batch(3)
    ids = sorted(agency.pk for agency in agencies)
    assert by_id(ids=[]) == []
    assert by_id(ids=ids) == ids
    assert by_id(ids=[*ids, *range(10**6, 10**6 + 5000)]) == ids


@pytest.mark.django_db
def test_columns_come_in_the_order_of_their_model_and_others_are_read_when_asked_for() -> None:
    columns = Columns(AgencyScore, "mean", "n")
    assert columns.behind("score") == ["score__n", "score__mean"]
    assert list(columns) == ["n", "mean"]
    agency = AgencyFactory(name="Ahorn")
    some = Columns(Agency, "name", "id")
    (read,) = Prepared(some.instance, some, lambda: Agency.objects.filter(pk=Parameter("pk")))(pk=agency.pk)
    assert (read.pk, read.name, read.slug) == (agency.pk, "Ahorn", agency.slug)


@pytest.mark.django_db
def test_a_query_is_written_once() -> None:
    written: list[str] = []

    def queryset() -> QuerySet[Agency]:
        written.append("once")
        return Agency.objects.filter(pk=Parameter("pk"))

    prepared: Prepared[int] = Prepared(itemgetter(0), ["pk"], queryset)
    first, second = AgencyFactory(), AgencyFactory()
    assert prepared(pk=first.pk) + prepared(pk=second.pk) == [first.pk, second.pk]
    assert written == ["once"]


def test_what_is_remembered_is_made_once_for_each_language() -> None:
    made: list[int] = []

    @remembered(9)
    def word(number: int) -> str:
        made.append(number)
        return gettext("Agenturen")

    assert [word(1), word(1), word(2)] == ["Agenturen"] * 3
    with override("en"):
        assert word(1) == "Agencies"
    assert word(1) == "Agenturen"
    assert made == [1, 2, 1]


@pytest.mark.django_db
def test_nothing_is_drawn_from_an_instance_of_a_model() -> None:
    template = Template('{% drawn "agencies/select.html" label=agency %}')
    with pytest.raises(TypeError, match="plain values"):
        template.render(Context({"agency": AgencyFactory()}))


@pytest.mark.parametrize("first", [SafeString, str])
def test_markup_is_never_drawn_in_the_place_of_the_same_text(first: type[str]) -> None:
    template = Template('{% drawn "agencies/place.html" text=text %}')
    typed = f'"><i>{first.__name__}</i>'
    drawn = [template.render(Context({"text": text})) for text in (first(typed), typed)]
    assert ["<i>" in one for one in drawn] == [False, False]
