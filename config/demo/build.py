"""Builds the demo in bulk: places and people first, then what they experienced, then the numbers.

Random with a fixed seed, dated from the day of loading. Rows are written directly, as nothing here was decided by
anybody; the scores are then computed by the code that computes all scores.
"""

import json
import math
import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from accounts.events import record
from accounts.models import User
from agencies.choices import AgencyStatus
from agencies.folding import fold
from agencies.models import Agency, AgencyScore, Membership, Office, Place, Postcode, Recruiter, mark_stale
from config.demo.cast import PARTS, PROPOSED, TEMPERS, Part, Temper
from config.demo.texts import MARKED_DE, write
from journeys.choices import (
    WAIT_END,
    Channel,
    Contact,
    Outcome,
    Party,
    Reason,
    Response,
    Role,
    SilentParty,
    Stage,
    WaitKind,
)
from journeys.models import Interview, Journey
from moderation.actions.screening import screen
from moderation.models import Decision
from moderation.rules import rule_of_record
from reviews.criteria import CODES
from reviews.models import Claim, Draft, Review, Revision
from reviews.moves import refresh_current
from reviews.states import COUNTED, RESTRICTED, Status

SEED = 20_260
PEOPLE = 900
NEWCOMERS = 40  # people who wrote nothing before
DAYS_BACK = 900
DOMAIN = "demo-post.example"
LOGINS_FILE = settings.VAR_DIR / "demo-logins.json"

# How many reviews stand in each state that is not "published"; the rest is.
STATES = {
    Status.UNCONFIRMED: 12,
    Status.SCREENING: 24,  # screening sends them on to the moderators
    Status.CHANGES_REQUESTED: 8,
    Status.REJECTED: 12,
    Status.UNDER_CHECK: 6,
    Status.HIDDEN: 3,
    Status.REMOVED: 5,
    Status.WITHDRAWN: 8,
    Status.ERASED: 3,
}

UNDECIDED = {Status.UNCONFIRMED, Status.SCREENING}


@dataclass
class Rows:
    """What is about to be written, in the order of the foreign keys."""

    journeys: list[Journey] = field(default_factory=list)
    interviews: list[Interview] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)


def is_loaded() -> bool:
    return Agency.objects.filter(slug=slug_of(PARTS[0].name)).exists()


def slug_of(name: str) -> str:
    return f"{slugify(fold(name))}-demo"


@transaction.atomic
def build() -> dict[str, int]:
    """Load everything in one transaction; return how many of each."""
    rng = Random(SEED)  # noqa: S311 - a stage play, not a secret
    agencies = [build_agency(part, rng) for part in PARTS]
    people = build_people(rng)
    regulars, newcomers = people[:-NEWCOMERS], iter(people[-NEWCOMERS:])
    rows, states = Rows(), draw_states(rng)
    for part, agency in zip(PARTS, agencies, strict=True):
        for regular in cast_authors(regulars, part.reviews, rng):
            status = next(states)
            # What waits is a first review, which a person must see.
            author, voice = (next(newcomers), seeded_uuid(rng)) if status == Status.SCREENING else regular
            build_review(rows, TEMPERS[part.temper], agency, author, voice, status, rng)
    divide(rows.journeys)
    store(rows)
    screen_what_waits()
    claim_what_is_unconfirmed()
    build_proposals(people)
    build_logins(agencies[0])
    mark_stale(agency.pk for agency in agencies)
    record(verb="load demo", subject=agencies[0], by=None, reviews=len(rows.reviews))
    return {"agencies": len(agencies), "people": len(people), "reviews": len(rows.reviews)}


def draw_states(rng: Random) -> Iterator[Status]:
    """One state for each review: the drawn ones spread over the run, published between them."""
    total = sum(part.reviews for part in PARTS)
    states = [state for state, count in STATES.items() for _ in range(count)]
    states += [Status.PUBLISHED] * (total - len(states))
    rng.shuffle(states)
    return iter(states)


def cast_authors(people: list[User], count: int, rng: Random) -> list[tuple[User, uuid.UUID]]:
    """`count` authors with their voice at one agency; about one in fourteen comes back a second time."""
    once = [(person, seeded_uuid(rng)) for person in rng.sample(people, count - count // 14)]
    return once + rng.sample(once, count // 14)


def seeded_uuid(rng: Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)


# ---- places and people -----------------------------------------------------------------------------------


def build_agency(part: Part, rng: Random) -> Agency:
    slug = slug_of(part.name)
    agency = Agency.objects.create(
        name=f"{part.name} (Demo)",
        legal_name=f"{part.name} GmbH (erfunden)",
        slug=slug,
        website=f"https://{slug}.example/",
        domain=f"{slug}.example",
        kinds=part.kinds.split(),
        fields=part.fields.split(),
        description=f"{part.name} ist erfunden und dient nur zur Vorführung.",
        founded=part.founded,
        size=part.size,
        status=AgencyStatus.LISTED,
    )
    AgencyScore.objects.create(agency=agency)
    for number, place in enumerate(part.places.split(", ")):
        Office.objects.create(
            agency=agency, street=f"Musterweg {rng.randint(1, 99)}", is_main=number == 0, **located(place)
        )
    return agency


def located(name: str) -> dict[str, Any]:
    """Place, country, postcode and coordinates of a real town."""
    place = Place.objects.filter(name=name).order_by("-population").first()
    if place is None:
        return {"place": name}
    postcode = Postcode.objects.filter(country=place.country, place_name=name).order_by("code").first()
    return {
        "place": name,
        "country": place.country,
        "postcode": postcode.code if postcode else "",
        "latitude": place.latitude,
        "longitude": place.longitude,
    }


def build_people(rng: Random) -> list[User]:
    """They joined over the years, the newcomers among them (the last ones) in the last days."""
    nobody, now = make_password(None), timezone.now()
    ages = [rng.randint(DAYS_BACK, DAYS_BACK + 200) for _ in range(PEOPLE - NEWCOMERS)] + [6] * NEWCOMERS
    users = User.objects.bulk_create(
        User(email=f"person{n:04}@{DOMAIN}", password=nobody, date_joined=now - timedelta(days=age))
        for n, age in enumerate(ages, start=1)
    )
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
    )
    return users


# ---- what they experienced -------------------------------------------------------------------------------


def build_review(
    rows: Rows, temper: Temper, agency: Agency, author: User, voice: uuid.UUID, status: Status, rng: Random
) -> None:
    """One journey with its waits, its review and its first revision."""
    written_on = draw_day(status, rng)
    started_on = written_on - timedelta(days=rng.randint(50, 110))
    waits = [
        draw_wait(temper, started_on, written_on, number, rng) for number in range(1, rng.choice((2, 2, 3)))
    ]
    person = {"author": None if status == Status.UNCONFIRMED else author, "voice": voice}
    journey = draw_journey(agency, person, started_on, waits, rng)
    if rng.random() < 0.12:
        waits.append(draw_application(temper, started_on, written_on, rng))
    for wait in waits:
        wait.journey = journey
    review = draw_review(journey, person, status, written_on, draw_ratings(temper, waits[0], rng), rng)
    rows.journeys.append(journey)
    rows.interviews += waits
    rows.reviews.append(review)
    rows.revisions.append(draw_revision(review, waits[0], rng))


def draw_journey(
    agency: Agency, person: dict[str, Any], started_on: date, waits: list[Interview], rng: Random
) -> Journey:
    return Journey(
        agency=agency,
        role=rng.choice(
            (Role.PERMANENT, Role.PERMANENT, Role.TEMP if "temp" in agency.kinds else Role.PERMANENT)
        ),
        field=rng.choice(agency.fields),
        contact=rng.choice(Contact.values),
        month=started_on.replace(day=1),
        stage=Stage.CLIENT_TALK if len(waits) > 1 else rng.choice((Stage.AGENCY_TALK, Stage.CLIENT_TALK)),
        outcome=OUTCOMES[Response(waits[-1].response)],
        **person,
    )


def divide(journeys: list[Journey]) -> None:
    """Which office it was, and how some processes went on after their last talk.

    With a seed of its own, so that nothing else of the demo changes. A next step may still end without a job, and who
    hears nothing may count the process as open.
    """
    rng = Random(SEED + 19)  # noqa: S311 - one that gives one agency five of each outcome
    offices: dict[int, list[Office]] = {}
    for office in Office.objects.order_by("pk"):
        offices.setdefault(office.agency_id, []).append(office)
    later = {
        Outcome.HIRED: (*[Outcome.HIRED] * 4, Outcome.WITHDRAWN, Outcome.CANCELLED),
        Outcome.SILENT: (Outcome.SILENT, Outcome.SILENT, Outcome.OPEN),
    }
    for journey in journeys:
        journey.office = rng.choice([None, *offices[journey.agency_id]])
        journey.outcome = rng.choice(later.get(Outcome(journey.outcome), (journey.outcome,)))


def draw_review(
    journey: Journey,
    person: dict[str, Any],
    status: Status,
    written_on: date,
    ratings: dict[str, int],
    rng: Random,
) -> Review:
    written_at = timezone.now() - (timezone.localdate() - written_on)
    return Review(
        journey=journey,
        agency=journey.agency,
        draft_key=seeded_uuid(rng),
        status=status,
        proof=Review.Proof.CONTACT if rng.random() < 0.22 else Review.Proof.MAIL,
        language="en" if rng.random() < 0.13 else "de",
        created_at=written_at,
        status_since=written_at,
        published_on=written_on + timedelta(days=1) if was_public(status) else None,
        **person,
        **ratings,
    )


def draw_revision(review: Review, wait: Interview, rng: Random) -> Revision:
    """What the person wrote about it; every other of those who wait says something a person must look at."""
    good, better = write(
        rng,
        english=review.language == "en",
        stars=sum(review.ratings.values()) / len(review.ratings),
        days=wait.wait_days if wait.wait_end == "answered" else None,
        chased=wait.chased or 0,
    )
    if review.status == Status.SCREENING and rng.random() < 0.5:
        better = f"{better} {rng.choice(MARKED_DE)}".strip()
    state = state_of_text(Status(review.status))
    return Revision(review=review, good=good, better=better, created_at=review.created_at, state=state)


def state_of_text(status: Status) -> Revision.State:
    if was_public(status):
        return Revision.State.ACCEPTED
    return Revision.State.PENDING if status in UNDECIDED else Revision.State.REFUSED


def was_public(status: Status) -> bool:
    return status in COUNTED or status in {Status.HIDDEN, Status.REMOVED}


def draw_day(status: Status, rng: Random) -> date:
    """The day a review was written: what waits is recent, the rest goes back over two years, more of it new."""
    waiting = status in {Status.UNCONFIRMED, Status.SCREENING, Status.CHANGES_REQUESTED}
    days = rng.randint(1, 5) if waiting else 2 + int(DAYS_BACK * rng.random() ** 1.6)
    return timezone.localdate() - timedelta(days=days)


OUTCOMES = {
    Response.NOTHING: Outcome.SILENT,
    Response.HOLDING: Outcome.OPEN,
    Response.POSITIVE: Outcome.HIRED,
    Response.NEGATIVE: Outcome.REJECTED,
    Response.CANCELLED: Outcome.CANCELLED,
    Response.WITHDREW: Outcome.WITHDRAWN,
}


def draw_wait(temper: Temper, started_on: date, told_on: date, number: int, rng: Random) -> Interview:
    """One interview and what came back, as this agency tends to behave."""
    held_on = started_on + timedelta(days=(number - 1) * rng.randint(9, 20) + rng.randint(0, 6))
    observed = (told_on - held_on).days
    days, response = draw_response(temper, observed, rng)
    answered = WAIT_END[response] == "answered"
    chased = rng.randint(1, 3) if rng.random() < temper.chased or not answered else 0
    return Interview(
        kind=WaitKind.INTERVIEW,
        round=number,
        party=Party.AGENCY if number == 1 and rng.random() < 0.6 else Party.CLIENT,
        held_on=held_on,
        is_exact=rng.random() < 0.6,
        response=response,
        channel=rng.choice((Channel.PHONE, Channel.MAIL, Channel.MAIL)) if answered else "",
        reason=draw_reason(temper, response, rng) if answered else "",
        chased=chased,
        silent_party="" if answered else rng.choice(SilentParty.values),
        told_on=told_on,
        wait_days=days,
        wait_end=WAIT_END[response],
    )


def draw_response(temper: Temper, observed: int, rng: Random) -> tuple[int, Response]:
    """(days, response): log-normal days around `fast` with `slow` at the far end; silence lasts until it is told."""
    if rng.random() < 0.04:
        return rng.randint(1, min(25, observed)), Response.WITHDREW
    days = round(rng.lognormvariate(math.log(temper.fast), math.log(temper.slow / temper.fast) / 1.3))
    if rng.random() > temper.answers or days > observed:
        return observed, rng.choices((Response.NOTHING, Response.HOLDING), (4, 1))[0]
    return days, rng.choices((Response.POSITIVE, Response.NEGATIVE, Response.CANCELLED), (30, 62, 8))[0]


def draw_reason(temper: Temper, response: Response, rng: Random) -> str:
    """How an answer was explained, as this agency tends to; nobody says yes with a phrase."""
    weights = dict(zip(Reason, temper.reasons, strict=True))
    if response == Response.POSITIVE:
        weights[Reason.PHRASE] = 0
    return rng.choices([reason.value for reason in weights], list(weights.values()))[0]


def draw_application(temper: Temper, started_on: date, told_on: date, rng: Random) -> Interview:
    """A CV that went out before any talk."""
    sent_on = started_on - timedelta(days=rng.randint(3, 12))
    days, response = draw_response(temper, (told_on - sent_on).days, rng)
    return Interview(
        kind=WaitKind.APPLICATION,
        held_on=sent_on,
        response=response,
        told_on=told_on,
        wait_days=days,
        wait_end=WAIT_END[response],
    )


def draw_ratings(temper: Temper, last: Interview, rng: Random) -> dict[str, int]:
    """Stars 1..5 around the agency's mean; feedback follows what really came back; three to nine are answered."""
    mood = {"answered": 0.4 if last.wait_days <= 14 else -0.4, "silent": -1.3, "withdrawn": 0.0}[
        last.wait_end
    ]
    codes = {"feedback", "recommendation", *rng.sample(CODES[1:-1], k=rng.randint(1, 7))}
    temperament = rng.gauss(0, 0.75)
    lean = {code: mood * (1.0 if code == "feedback" else 0.35) for code in codes}
    return {
        code: min(5, max(1, round(rng.gauss(temper.stars + temperament + lean[code], 0.7))))
        for code in sorted(codes)
    }


def store(rows: Rows) -> None:
    """Write everything, then point public reviews at their text and let the newest of each voice count."""
    Journey.objects.bulk_create(rows.journeys)
    Interview.objects.bulk_create(rows.interviews)
    wanted = [Status(review.status) for review in rows.reviews]
    for review in rows.reviews:  # no review is public before it has a text
        review.status = Status.UNCONFIRMED
    Review.objects.bulk_create(rows.reviews)
    Revision.objects.bulk_create(rows.revisions)
    for review, revision, status in zip(rows.reviews, rows.revisions, wanted, strict=True):
        review.status = status
        review.public_revision = revision if was_public(status) else None
    free = [review for review in rows.reviews if review.status not in RESTRICTED]
    Review.objects.bulk_update(free, ["status", "public_revision"], batch_size=500)
    restrict([review for review in rows.reviews if review.status in RESTRICTED])
    for agency_id in {review.agency_id for review in rows.reviews}:
        refresh_current(agency_id, [review.voice for review in rows.reviews if review.agency_id == agency_id])


def restrict(reviews: list[Review]) -> None:
    """Restricted reviews with the statement of reasons that each of them owes."""
    Decision.objects.bulk_create(
        Decision(
            review=review,
            revision=review.revisions.get(),
            outcome=Decision.Outcome.REQUEST_CHANGES
            if review.status == Status.CHANGES_REQUESTED
            else Decision.Outcome.REJECT,
            reason=Decision.Reason.PERSONAL_DATA,
            text="Im Text steht der Name einer Person. Beschreibe, was geschehen ist, ohne Namen.",
            passage="Herr Mustermann",
            rule=rule_of_record(Decision.Reason.PERSONAL_DATA),
            at=timezone.now(),
        )
        for review in reviews
    )
    Review.objects.bulk_update(reviews, ["status", "public_revision"])


# ---- moderation, proposals, logins -----------------------------------------------------------------------


def screen_what_waits() -> None:
    """The real screening marks what a person must look at and fills the queue."""
    for pk in Review.objects.filter(status=Status.SCREENING).order_by("pk").values_list("pk", flat=True):
        screen(pk)
    # As if they had come in one after the other, over the last days.
    Review.objects.filter(status=Status.IN_MODERATION).update(status_since=F("created_at"))


def claim_what_is_unconfirmed() -> None:
    Claim.objects.bulk_create(
        Claim(review=review, email=f"unbestaetigt{review.pk}@{DOMAIN}", mails=1)
        for review in Review.objects.filter(status=Status.UNCONFIRMED)
    )


def build_proposals(people: list[User]) -> None:
    """Two agencies that visitors proposed, and a draft somebody left."""
    for name, person in zip(PROPOSED, people, strict=False):
        agency = Agency.objects.create(
            name=f"{name} (Demo)",
            slug=slug_of(name),
            kinds=["placement"],
            fields=["other"],
            proposed_by=person,
        )
        AgencyScore.objects.create(agency=agency)
        Office.objects.create(agency=agency, is_main=True, **located("Hamburg"))
    Draft.objects.create(user=people[0], agency=Agency.objects.get(slug=slug_of(PARTS[1].name)))


def build_logins(agency: Agency) -> None:
    """Four logins with random passwords, printed by `demo --logins`; two of them with a second factor."""
    logins = [
        build_login("Kandidatin", f"kandidatin@{DOMAIN}"),
        build_login("Inhaberin einer Agentur", f"inhaberin@{agency.domain}", owns_agency=True),
        build_login("Moderation", f"moderation@{DOMAIN}", is_staff=True),
        build_login("Verwaltung", f"verwaltung@{DOMAIN}", is_staff=True, is_superuser=True),
    ]
    owner, moderator = (User.objects.get(email=logins[number]["email"]) for number in (1, 2))
    Membership.objects.create(agency=agency, user=owner, verified_at=timezone.now())
    moderator.groups.add(Group.objects.get_or_create(name="Moderation")[0])
    Recruiter.objects.create(
        agency=agency,
        name="Wilma Wunderlich (Demo)",
        position="Beraterin Controlling",
        email=f"wilma@{agency.domain}",
        confirmed_at=timezone.now(),
    )
    LOGINS_FILE.parent.mkdir(exist_ok=True)
    LOGINS_FILE.touch(mode=0o600)
    LOGINS_FILE.write_text(json.dumps(logins, ensure_ascii=False, indent=2), encoding="utf-8")


def build_login(role: str, email: str, **fields: bool) -> dict[str, str]:
    password = f"demo-{secrets.token_urlsafe(9)}"
    user = User.objects.create_user(email, password, **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    login = {"role": role, "email": email, "password": password}
    if user.needs_second_factor:
        login["totp"] = generate_totp_secret()
        TOTP.activate(user, login["totp"])
    return login
