"""What changes an agency for itself; what touches its reviews as well is in moderation.actions."""

from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from accounts.events import record
from accounts.models import User
from agencies.choices import AgencyStatus
from agencies.models import Agency, AgencyScore, Membership, Office, domain_of
from agencies.places import find_place
from agencies.search import refresh_search
from agencies.similar import living_agency
from agencies.slugs import free_slug

CREATING = 7_201_305  # the advisory lock under which agencies are created, one after the other


@transaction.atomic
def create_agency(
    *, agency: Agency, offices: Iterable[Office] = (), by: User | None, reason: str = ""
) -> Agency:
    """Store a new agency with all that is born with it: address, domain, offices, score row, search document.

    `by` is None for the system itself and for visitors. IntegrityError where a living agency has the domain.
    """
    _one_at_a_time()
    agency.domain = domain_of(agency.website)
    agency.slug = agency.slug or free_slug(agency.name)
    agency.save(force_insert=True)
    for office in offices:
        office.agency = agency
    Office.objects.bulk_create(offices)
    AgencyScore.objects.create(agency=agency)
    refresh_search([agency.pk])
    record(verb="create agency", subject=agency, by=by, after=agency.status, reason=reason)
    return agency


@transaction.atomic
def propose_agency(
    *,
    name: str,
    website: str,
    place: str,
    kinds: Sequence[str] = (),
    fields: Sequence[str] = (),
    by: User | None,
) -> Agency:
    """Store what a visitor misses here; it waits for a moderator.

    A second click gets what the first one stored, and so does whoever proposes the same domain meanwhile.
    """
    _one_at_a_time()
    there = living_agency(website) if website else waiting_namesake(name, place)
    if there is not None:
        return there
    agency = Agency(name=name, website=website, kinds=list(kinds), fields=list(fields), proposed_by=by)
    return create_agency(agency=agency, offices=[main_office(place)], by=by)


def settle_owners() -> None:
    """Whoever speaks for an agency, verified, needs a second factor; whoever no longer does, does not."""
    verified = Membership.objects.filter(user=OuterRef("pk"), verified_at__isnull=False)
    User.objects.filter(Exists(verified), owns_agency=False).update(owns_agency=True)
    User.objects.filter(~Exists(verified), owns_agency=True).update(owns_agency=False)


def waiting_namesake(name: str, place: str) -> Agency | None:
    """A proposal without a website under the same name in the same town."""
    return Agency.objects.filter(
        status=AgencyStatus.PROPOSED, domain="", name=name, offices__place=main_office(place).place
    ).first()


def main_office(place: str) -> Office:
    """In a town we know, with its coordinates, or in the town as it was typed."""
    found = find_place(place)
    if found is None or found.guessed:
        return Office(place=place, is_main=True)
    return Office(
        place=found.name,
        postcode=found.postcode,
        country=found.country,
        latitude=found.latitude,
        longitude=found.longitude,
        is_main=True,
    )


def _one_at_a_time() -> None:
    """Until the transaction ends: two clicks at once are two proposals of one agency otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CREATING])
