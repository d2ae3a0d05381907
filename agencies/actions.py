"""What changes an agency for itself, and the profiles of its recruiters; what touches reviews is in moderation."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.events import record
from accounts.mail import queue_mail
from accounts.models import User
from agencies.choices import AgencyStatus, RecruiterState
from agencies.consent import ANSWER_DAYS, Purpose, token_of
from agencies.models import Agency, AgencyScore, Membership, Office, Recruiter, domain_of
from agencies.places import find_place
from agencies.search import refresh_search
from agencies.similar import living_agency
from agencies.slugs import free_slug

ASK_AGAIN = timedelta(days=7)
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


# ---- recruiters ------------------------------------------------------------------------------------------


class NotAsked(Exception):
    """The mail was not sent; the message says why, for whoever wanted to send it."""


@transaction.atomic
def ask_recruiter(*, recruiter_id: int, by: User) -> None:
    """Ask a person by mail whether they want a public profile. NotAsked if that would be once too often."""
    recruiter = _lock_recruiter(recruiter_id)
    if reason := _reason_not_to_ask(recruiter):
        raise NotAsked(reason)
    before = recruiter.state
    recruiter.asked_at = timezone.now()
    recruiter.save(update_fields=["asked_at"])
    _write_to(
        recruiter,
        "recruiter_ask",
        answer=token_of(recruiter, Purpose.ANSWER),
        days=ANSWER_DAYS,
        forgotten_after=settings.RETENTION_DAYS["unanswered_recruiters"],
    )
    record(verb="ask recruiter", subject=recruiter, by=by, before=before, after=recruiter.state)


def _reason_not_to_ask(recruiter: Recruiter) -> str:
    """A no and a waiting question hold for the person, at whichever agency we know their address."""
    same_person = Recruiter.objects.filter(email__iexact=recruiter.email)
    if not recruiter.email:
        return _("Es ist keine Adresse eingetragen.")
    if recruiter.state == RecruiterState.PUBLIC:
        return _("Das Profil ist schon öffentlich.")
    if same_person.unwilling().exists():
        return _("Diese Person möchte kein öffentliches Profil. Wir fragen sie nicht noch einmal.")
    if same_person.filter(asked_at__gt=timezone.now() - ASK_AGAIN).exists():
        return _("Diese Person wurde in den letzten sieben Tagen schon gefragt.")
    return "" if recruiter.agency.is_readable else _("Die Agentur hat keine öffentliche Seite.")


@transaction.atomic
def confirm_recruiter(*, recruiter_id: int) -> None:
    """The person says yes. What they hid later stays hidden: that is undone by show_recruiter only."""
    recruiter = _lock_recruiter(recruiter_id)
    if recruiter.confirmed_at:
        return
    before = recruiter.state
    recruiter.confirmed_at, recruiter.refused_at = timezone.now(), None
    recruiter.save(update_fields=["confirmed_at", "refused_at"])
    _write_to(recruiter, "recruiter_public")
    record(verb="confirm recruiter", subject=recruiter, by=None, before=before, after=recruiter.state)


@transaction.atomic
def refuse_recruiter(*, recruiter_id: int) -> None:
    """The person says no. In a window that was left open before a yes, it takes that yes back."""
    recruiter = _lock_recruiter(recruiter_id)
    if recruiter.is_public:
        hide_recruiter(recruiter_id=recruiter_id)
    if recruiter.has_answered:
        return
    before = recruiter.state
    recruiter.refused_at = timezone.now()
    recruiter.save(update_fields=["refused_at"])
    record(verb="refuse recruiter", subject=recruiter, by=None, before=before, after=recruiter.state)


@transaction.atomic
def hide_recruiter(*, recruiter_id: int, by: User | None = None) -> None:
    """Take a public profile off every page at once. `by` is None for the person themselves."""
    recruiter = _lock_recruiter(recruiter_id)
    if not recruiter.is_public:
        return
    before, recruiter.hidden_at = recruiter.state, timezone.now()
    recruiter.save(update_fields=["hidden_at"])
    _write_to(
        recruiter, "recruiter_hidden", show=token_of(recruiter, Purpose.SHOW), is_by_staff=by is not None
    )
    record(verb="hide recruiter", subject=recruiter, by=by, before=before, after=recruiter.state)


@transaction.atomic
def show_recruiter(*, recruiter_id: int) -> None:
    """The person, and nobody else, undoes the hiding."""
    recruiter = _lock_recruiter(recruiter_id)
    if not recruiter.hidden_at:
        return
    before, recruiter.hidden_at = recruiter.state, None
    recruiter.save(update_fields=["hidden_at"])
    _write_to(recruiter, "recruiter_public")
    record(verb="show recruiter", subject=recruiter, by=None, before=before, after=recruiter.state)


def _lock_recruiter(recruiter_id: int) -> Recruiter:
    recruiters = Recruiter.objects.select_related("agency").select_for_update(of=("self",), no_key=True)
    return recruiters.get(pk=recruiter_id)


def _write_to(recruiter: Recruiter, kind: str, **context: str | int) -> None:
    queue_mail(
        kind=kind,
        to=recruiter.email,
        language=recruiter.language,
        context={
            "recruiter": recruiter,
            "agency": recruiter.agency,
            "operator": settings.OPERATOR,
            "hide": token_of(recruiter, Purpose.HIDE),
            **context,
        },
    )
