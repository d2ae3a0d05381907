"""Small factories: each makes one honest row with as little as possible around it.

`ReviewFactory` makes a published review that counts; other states come through `status=`. Everything is written
directly, past the actions, so a test of an action must not use the factory for what it tests.
"""

import uuid
from datetime import date, timedelta
from typing import Any

import factory
from django.utils import timezone

from accounts.models import User
from agencies.choices import AgencyStatus
from agencies.models import Agency, AgencyScore, Membership, Office, Recruiter
from journeys.choices import Outcome, Response, Stage, WaitEnd, WaitKind
from journeys.models import Interview, Journey
from reviews.models import Draft, Review, Revision
from reviews.scoring import today
from reviews.states import COUNTED, Status


def first_of_month(days_ago: int = 60) -> date:
    return (timezone.localdate() - timedelta(days=days_ago)).replace(day=1)


class UserFactory(factory.django.DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@beispiel-post.example")
    password = "!"


class AgencyFactory(factory.django.DjangoModelFactory[Agency]):
    class Meta:
        model = Agency
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Probeagentur {n}")
    slug = factory.Sequence(lambda n: f"probeagentur-{n}")
    website = factory.Sequence(lambda n: f"https://probeagentur-{n}.example/")
    domain = factory.Sequence(lambda n: f"probeagentur-{n}.example")
    kinds = ["placement"]
    fields = ["it"]
    status = AgencyStatus.LISTED

    @factory.post_generation
    def score_row(obj: Agency, create: bool, extracted: Any, **kwargs: Any) -> None:  # noqa: N805
        """Every agency is born with its score row."""
        if create:
            AgencyScore.objects.get_or_create(agency=obj)


class OfficeFactory(factory.django.DjangoModelFactory[Office]):
    class Meta:
        model = Office

    agency = factory.SubFactory(AgencyFactory)
    postcode = "20095"
    place = "Hamburg"
    country = "DE"
    latitude = 53.55
    longitude = 10.0
    is_main = True


class RecruiterFactory(factory.django.DjangoModelFactory[Recruiter]):
    class Meta:
        model = Recruiter

    agency = factory.SubFactory(AgencyFactory)
    name = factory.Sequence(lambda n: f"Testa Beispielfrau{n}")
    email = factory.Sequence(lambda n: f"testa{n}@probeagentur.example")


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    agency = factory.SubFactory(AgencyFactory)
    user = factory.SubFactory(UserFactory, owns_agency=True)
    verified_at = factory.LazyFunction(timezone.now)


class JourneyFactory(factory.django.DjangoModelFactory[Journey]):
    class Meta:
        model = Journey

    agency = factory.SubFactory(AgencyFactory)
    author = factory.SubFactory(UserFactory)
    month = factory.LazyFunction(first_of_month)
    stage = Stage.CLIENT_TALK
    outcome = Outcome.REJECTED


class InterviewFactory(factory.django.DjangoModelFactory[Interview]):
    """A wait: `wait_days` and `response` say how it went; dates follow from them."""

    class Meta:
        model = Interview

    journey = factory.SubFactory(JourneyFactory)
    kind = WaitKind.INTERVIEW
    wait_days = 6
    response = Response.NEGATIVE
    wait_end = WaitEnd.ANSWERED
    told_on = factory.LazyFunction(timezone.localdate)
    held_on = factory.LazyAttribute(lambda o: o.told_on - timedelta(days=o.wait_days + 20))


def rating(code: str) -> factory.LazyAttribute:
    return factory.LazyAttribute(lambda review: review.ratings.get(code))


class ReviewFactory(factory.django.DjangoModelFactory[Review]):
    """A published review that counts. `ratings={"feedback": 2, ...}`, `days_ago=` (first publication), `author=`."""

    class Meta:
        model = Review

    class Params:
        days_ago = 0
        ratings: dict[str, int] = {"feedback": 4, "respect": 4, "recommendation": 4}

    agency = factory.SubFactory(AgencyFactory)
    author = factory.SubFactory(UserFactory)
    voice = factory.LazyFunction(uuid.uuid4)
    journey = factory.LazyAttribute(lambda o: JourneyFactory(agency=o.agency, author=o.author, voice=o.voice))
    status = Status.PUBLISHED

    @classmethod
    def _create(cls, model_class: type[Review], *args: Any, **kwargs: Any) -> Review:
        text = {"good": kwargs.pop("good", "Gute Vorbereitung."), "better": kwargs.pop("better", "")}
        wanted, is_current = kwargs.pop("status"), kwargs.pop("is_current", True)
        review = model_class(**kwargs, status=Status.UNCONFIRMED)
        review.save()
        revision = Revision.objects.create(review=review, **text, answers=kwargs.get("answers", {}))
        if wanted in COUNTED:
            Revision.objects.filter(pk=revision.pk).update(state=Revision.State.ACCEPTED)
            review.public_revision, review.is_current = revision, is_current
        review.status = wanted
        review.save()
        review.refresh_from_db()
        return review

    @classmethod
    def _adjust_kwargs(cls, **kwargs: Any) -> dict[str, Any]:
        return kwargs

    feedback = rating("feedback")
    reachability = rating("reachability")
    honesty = rating("honesty")
    expertise = rating("expertise")
    support = rating("support")
    respect = rating("respect")
    discretion = rating("discretion")
    terms = rating("terms")
    recommendation = rating("recommendation")
    published_on = factory.LazyAttribute(
        lambda o: today() - timedelta(days=o.days_ago) if o.status in COUNTED else None
    )


class DraftFactory(factory.django.DjangoModelFactory[Draft]):
    class Meta:
        model = Draft

    agency = factory.SubFactory(AgencyFactory)
