"""Agencies like one: the same fields, near its main office, the same kinds of service.

Candidates come from two indexes, a bounded number from each, however many agencies there are: offices with the next
postcodes up and down (postcodes that are close as numbers mostly are on the map), and, only where those are too few,
agencies anywhere with one of the fields. How well somebody is rated plays no part, and neither does chance: whoever
follows in postcode and number comes first, so that different agencies name different ones (docs/decisions/0021).
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db import connection
from django.urls import reverse

from agencies import cards
from agencies.cards import Card
from agencies.models import Agency, Office
from agencies.prepared import planned_once

MOST = 4
OFFICES = 80  # candidates by postcode, up and down
OTHERS = 80  # candidates by field alone

# Squared degrees of latitude: 25 and 100 km.
NEAR, AROUND = (25 / 111.2) ** 2, (100 / 111.2) ** 2

NEARBY = f"""
WITH near AS (
    (SELECT agency_id FROM agencies_office
     WHERE country = %(country)s AND (postcode, agency_id) > (%(postcode)s, %(id)s) AND %(postcode)s <> ''
     ORDER BY postcode, agency_id LIMIT {OFFICES})
    UNION ALL
    (SELECT agency_id FROM agencies_office
     WHERE country = %(country)s AND (postcode, agency_id) < (%(postcode)s, %(id)s) AND postcode <> ''
     ORDER BY postcode DESC, agency_id DESC LIMIT {OFFICES})
)
SELECT id, fields, kinds FROM (SELECT DISTINCT agency_id FROM near) candidate
CROSS JOIN LATERAL (  -- OFFSET 0: look up each of these few, however many have a field
    SELECT id, status, fields, kinds FROM agencies_agency WHERE id = candidate.agency_id OFFSET 0
) agency
WHERE status = 'listed' AND id <> %(id)s AND {{common}}
"""  # noqa: S608
ANYWHERE = f"""
SELECT id, fields, kinds FROM agencies_agency
WHERE status = 'listed' AND id <> %(id)s AND {{common}}
ORDER BY id LIMIT {OTHERS}
"""  # noqa: S608
ALIKE = f"""
SELECT id FROM ({{candidates}}) candidate
CROSS JOIN LATERAL (
    SELECT min(power(latitude - %(latitude)s, 2)
               + power((longitude - %(longitude)s) * cos(radians(%(latitude)s)), 2)) AS away
    FROM agencies_office WHERE agency_id = candidate.id
) distance
CROSS JOIN LATERAL (
    SELECT 2 * least(2, (SELECT count(*) FROM unnest(fields) field WHERE field = ANY(%(fields)s)))
        + least(2, (SELECT count(*) FROM unnest(kinds) kind WHERE kind = ANY(%(kinds)s)))
        + CASE WHEN away <= {NEAR} THEN 3 WHEN away <= {AROUND} THEN 1 ELSE 0 END AS points
) likeness
ORDER BY points DESC, away NULLS LAST, id
LIMIT {MOST}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Neighbour:
    card: Card
    compare_url: str


def neighbours(agency: Agency, main: Office | None) -> tuple[Neighbour, ...]:
    """Up to four listed agencies in the order of likeness. `main` is the first office of the agency.

    Costs two queries, and a third where hardly any are near.
    """
    ids = _alike(agency, main or Office())
    found = cards.by_id(ids)
    page = reverse("reviews:agency-compare")
    return tuple(
        Neighbour(found[pk], f"{page}?{urlencode([('a', agency.slug), ('a', found[pk].slug)])}")
        for pk in ids
        if pk in found
    )


def _alike(agency: Agency, main: Office) -> list[int]:
    # Who names no field is like those of the same kind.
    common = "fields && %(fields)s" if agency.fields else "kinds && %(kinds)s"
    nearby = NEARBY.format(common=common)
    values: dict[str, Any] = {
        "id": agency.pk,
        "fields": agency.fields,
        "kinds": agency.kinds,
        "country": main.country,
        "postcode": main.postcode,
        "latitude": main.latitude,
        "longitude": main.longitude,
    }
    with planned_once() as cursor:
        cursor.execute(ALIKE.format(candidates=nearby), values)
        ids = [pk for (pk,) in cursor.fetchall()]
    if len(ids) == MOST:
        return ids
    # Which way is short depends on how frequent the fields are, so this is planned each time.
    everybody = f"({nearby}) UNION ({ANYWHERE.format(common=common)})"
    with connection.cursor() as cursor:
        cursor.execute(ALIKE.format(candidates=everybody), values)
        return [pk for (pk,) in cursor.fetchall()]
