"""How many agencies are found, and how many each option of a filter would leave, at a cost that does not grow.

Up to five hundred are counted when they are asked for. More are read from a stored table of all combinations of the
four filters, which `refresh` writes anew each minute; with words or a place, which no table foresees, they are "more
than" five hundred.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, Q, QuerySet

from agencies.filters import CONDITIONS, FEEDBACK, FIELDS, HALF_A_TENTH, KINDS, SCORES, AgencyFilter
from agencies.models import Agency, ListingCount
from agencies.prepared import Parameter, Prepared

MOST_COUNTED = 500
OPTIONS: dict[str, Sequence[tuple[str, Any]]] = {
    "form": KINDS,
    "fach": FIELDS,
    "min_feedback": FEEDBACK,
    "min_score": SCORES,
}

type Option = tuple[str, str]  # name and value as they stand in the address


class Counts(NamedTuple):
    """`n` agencies, or more than that; what each option would leave, empty where that is not known."""

    n: int
    is_more: bool
    options: Mapping[Option, int]


def count(filters: AgencyFilter) -> Counts:
    """One statement, or two where the first finds too many or nothing is stored."""
    if not filters.words and not filters.place and (stored := _stored(filters)):
        return stored if stored.n > MOST_COUNTED else _exactly(filters, stored.options)
    return _counted(filters)


def listed() -> int:
    """All that are listed: as stored, if that are many."""
    row = ListingCount.objects.filter(form="", fach="", min_feedback="", min_score="").first()
    return row.n if row and row.n > MOST_COUNTED else Agency.objects.in_directory().count()


# ---- counted now -----------------------------------------------------------------------------------------


def _counted(filters: AgencyFilter) -> Counts:
    """Exact for all options as long as words and place leave few, else at least for what is asked."""
    base = filters.found("q", "ort").values("pk")[: MOST_COUNTED + 1]
    chosen = {name: CONDITIONS[name](value) for name, value in filters.options_chosen().items() if value}
    wanted = {"base": Count("pk"), "n": Count("pk", filter=_all(chosen))}
    places: dict[str, Option] = {}
    for name, options in OPTIONS.items():
        others = {other: condition for other, condition in chosen.items() if other != name}
        for value, _label in options:
            places[f"option{len(places)}"] = (name, value)
            wanted[f"option{len(places) - 1}"] = Count(
                "pk", filter=_all(others | {name: CONDITIONS[name](value)})
            )
    found = base.aggregate(**wanted)
    if found["base"] <= MOST_COUNTED:
        return Counts(found["n"], False, {option: found[alias] for alias, option in places.items()})
    return _exactly(filters, {}) if chosen else Counts(MOST_COUNTED, True, {})


def _exactly(filters: AgencyFilter, options: Mapping[Option, int]) -> Counts:
    n = filters.found().values("pk")[: MOST_COUNTED + 1].count()
    return Counts(min(n, MOST_COUNTED), n > MOST_COUNTED, options)


def _all(conditions: Mapping[str, Q]) -> Q:
    return Q(*conditions.values()) if conditions else Q(pk__isnull=False)


# ---- stored ----------------------------------------------------------------------------------------------


def _rows_asked_for() -> QuerySet[ListingCount]:
    """Without any choice, and with all but one of the choices."""
    asked = Q(**dict.fromkeys(OPTIONS, ""))
    for name in OPTIONS:
        asked |= Q(**{other: Parameter(other) for other in OPTIONS if other != name})
    return ListingCount.objects.filter(asked)


_STORED: Prepared[tuple[tuple[str, ...], int]] = Prepared(
    lambda row: (row[:-1], row[-1]), [*OPTIONS, "n"], _rows_asked_for
)


def _stored(filters: AgencyFilter) -> Counts | None:
    """From the table, if it is filled and so many are listed that counting them would take long.

    An option that came with a new release has no number until the table is written anew.
    """
    chosen = filters.options_chosen()
    stored = dict(_STORED(**chosen))
    n = stored.get(tuple(chosen.values()))
    if n is None or stored.get(("",) * len(OPTIONS), 0) <= MOST_COUNTED:
        return None
    options = {
        (name, value): stored[left]
        for name, choices in OPTIONS.items()
        for value, _label in choices
        if (left := tuple((chosen | {name: value}).values())) in stored
    }
    return Counts(n, False, options)


REFRESH = """
WITH agency AS (
    SELECT array_append(kinds, '') AS forms, array_append(fields, '') AS fields,
        coalesce(width_bucket(CASE WHEN waits_shown THEN dots_answered END, %(feedback)s::int[]), 0) AS feedback,
        coalesce(width_bucket(CASE WHEN is_shown THEN mean END, %(scores)s::float8[]), 0) AS score
    FROM agencies_agencyscore JOIN agencies_agency ON id = agency_id
    WHERE is_listed
), cell AS (
    SELECT form, fach, feedback, score, count(*) AS n
    FROM agency, unnest(forms) form, unnest(fields) fach
    GROUP BY form, fach, feedback, score
)
INSERT INTO agencies_listingcount AS stored (form, fach, min_feedback, min_score, n)
SELECT kind.value, field.value, often.value, rated.value, coalesce(sum(cell.n), 0)
FROM unnest(%(form)s::text[]) kind (value)
    CROSS JOIN unnest(%(fach)s::text[]) field (value)
    CROSS JOIN unnest(%(min_feedback)s::text[]) WITH ORDINALITY often (value, place)
    CROSS JOIN unnest(%(min_score)s::text[]) WITH ORDINALITY rated (value, place)
    LEFT JOIN cell ON (cell.form, cell.fach) = (kind.value, field.value)
        AND cell.feedback >= often.place - 1 AND cell.score >= rated.place - 1
GROUP BY kind.value, field.value, often.value, rated.value
ON CONFLICT (form, fach, min_feedback, min_score) DO UPDATE SET n = excluded.n WHERE stored.n <> excluded.n
"""


def refresh() -> int:
    """Write all counts anew, in one statement; how many of them had changed."""
    values: dict[str, Any] = {name: ["", *(value for value, _label in OPTIONS[name])] for name in OPTIONS}
    values["feedback"] = [int(value) // 10 for value, _label in FEEDBACK]
    values["scores"] = [float(value) - HALF_A_TENTH for value, _label in SCORES]
    with connection.cursor() as cursor:
        cursor.execute(REFRESH, values)
        changed: int = cursor.rowcount
    return changed
