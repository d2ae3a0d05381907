"""A review, its revisions, the draft it came from and the claim that ties it to a person."""

import secrets
import uuid
from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from agencies.models import Agency
from journeys.models import Journey
from reviews.criteria import CODES
from reviews.states import COUNTED, Status

TEXT_LENGTH = 2000
CLAIM_DAYS = 7
DAYS_TO_CHANGE = 14  # how long an author has to answer a request for a change

_ANSWERED = "num_nonnulls({})".format(", ".join(CODES))
_SUM = " + ".join(f"coalesce({code}, 0)" for code in CODES)
_MEAN = f"({_SUM})::double precision / nullif({_ANSWERED}, 0)"


class Sql(Func):
    """A fixed SQL expression over columns of the same row, for generated columns."""

    def __init__(self, sql: str, output_field: "models.Field[object, object]") -> None:
        super().__init__(template=sql.replace("%", "%%"), output_field=output_field)

    def deconstruct(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        return "reviews.models.Sql", (self.extra["template"].replace("%%", "%"), self.output_field), {}


class ReviewQuerySet(models.QuerySet["Review"]):
    def published(self) -> "ReviewQuerySet":
        """What anybody may read, replaced reviews included."""
        return self.filter(status__in=COUNTED)

    def counted(self) -> "ReviewQuerySet":
        """What counts towards a score: the newest published review of each voice.

        The database lets no other be current (review_current_only_while_public), and to ask no more lets the index
        review_counted answer alone.
        """
        return self.filter(is_current=True)

    def by(self, user: User) -> "ReviewQuerySet":
        """The reviews of one author, as they see them: all but erased ones."""
        return self.filter(author=user).exclude(status=Status.ERASED)

    def newest_first(self) -> "ReviewQuerySet":
        return self.order_by("-published_on", "-pk")


class Review(models.Model):
    """Nine criteria (stars 1..5 or NULL for "keine Angabe") about one journey. The text lives in revisions."""

    class Proof(models.TextChoices):
        MAIL = "mail", _("E-Mail bestätigt")
        CONTACT = "contact", _("Kontakt verifiziert")

    journey = models.OneToOneField(Journey, on_delete=models.PROTECT, related_name="review")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="reviews")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="reviews"
    )
    voice = models.UUIDField(default=uuid.uuid4, editable=False)
    draft_key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    status = models.CharField(_("Stand"), max_length=12, choices=Status, default=Status.UNCONFIRMED)
    is_current = models.BooleanField(_("zählt"), default=False, editable=False)
    proof = models.CharField(_("Nachweis"), max_length=8, choices=Proof, default=Proof.MAIL)
    language = models.CharField(_("Sprache"), max_length=2, default="de")
    created_at = models.DateTimeField(_("geschrieben"), default=timezone.now, editable=False)
    status_since = models.DateTimeField(_("Stand seit"), default=timezone.now, editable=False)
    published_on = models.DateField(_("zuerst veröffentlicht"), null=True, editable=False)
    public_revision = models.OneToOneField(
        "Revision", on_delete=models.SET_NULL, null=True, blank=True, related_name="public_for"
    )

    feedback = models.PositiveSmallIntegerField(null=True)
    reachability = models.PositiveSmallIntegerField(null=True)
    honesty = models.PositiveSmallIntegerField(null=True)
    expertise = models.PositiveSmallIntegerField(null=True)
    support = models.PositiveSmallIntegerField(null=True)
    respect = models.PositiveSmallIntegerField(null=True)
    discretion = models.PositiveSmallIntegerField(null=True)
    terms = models.PositiveSmallIntegerField(null=True)
    recommendation = models.PositiveSmallIntegerField(null=True)

    overall = models.GeneratedField(
        expression=Sql(_MEAN, models.FloatField()), output_field=models.FloatField(), db_persist=True
    )  # plain mean of the criteria that were answered
    stars = models.GeneratedField(
        expression=Sql(f"floor({_MEAN} + 0.5)::smallint", models.SmallIntegerField()),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )  # rounded half up, for histogram and filter
    g = models.GeneratedField(
        expression=Sql(
            "power(2::double precision, (published_on - DATE '2024-01-01') / 365.0::double precision)",
            models.FloatField(),
        ),
        output_field=models.FloatField(null=True),
        db_persist=True,
    )  # see agencies.models.score
    v = models.GeneratedField(
        expression=Sql(
            "CASE WHEN proof = 'contact' THEN 1.0 ELSE 0.7 END::double precision", models.FloatField()
        ),
        output_field=models.FloatField(),
        db_persist=True,
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("Bewertung")
        verbose_name_plural = _("Bewertungen")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "voice"], condition=Q(is_current=True), name="review_one_current_per_voice"
            ),
            models.CheckConstraint(
                condition=Q(is_current=False) | Q(status__in=["published", "checked"]),
                name="review_current_only_while_public",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "checked"])
                | Q(published_on__isnull=False, public_revision__isnull=False),
                name="review_public_has_day_and_text",
            ),
            models.CheckConstraint(
                condition=Q(status="erased") | Q(feedback__isnull=False), name="review_answers_feedback"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{code: None}) | Q(**{f"{code}__range": (1, 5)}),
                    name=f"review_{code}_1_to_5",
                )
                for code in CODES
            ),
        ]
        indexes = [
            models.Index(
                fields=["agency", "-published_on", "-id"],
                name="review_of_agency_newest",
                condition=Q(status__in=["published", "checked"]),
                include=["voice", "journey"],  # for the waits that it tells of
            ),
            models.Index(
                fields=["agency"],
                name="review_counted",
                condition=Q(is_current=True),
                include=["journey", "overall", "stars", "g", "v", *CODES],
            ),
            models.Index(fields=["status", "status_since"], name="review_queue"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.status} {self.pk}"

    @property
    def is_public(self) -> bool:
        return self.status in COUNTED

    @property
    def change_due(self) -> date:
        """The last day for the change that was asked for; means something only while one is."""
        return timezone.localdate(self.status_since) + timedelta(days=DAYS_TO_CHANGE)

    @property
    def ratings(self) -> dict[str, int]:
        """The criteria that were answered, in the order of the page: code to stars 1..5."""
        return {code: value for code in CODES if (value := getattr(self, code)) is not None}


class Revision(models.Model):
    """What the author wrote, once and for good; staff never edit it (a database trigger refuses).

    `answers` is the whole form as it was sent (field name to list of values), so that accepting a revision can
    apply it and editing can start from it. Erasing a review empties texts and answers; nothing else may.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("offen")
        ACCEPTED = "accepted", _("angenommen")
        REFUSED = "refused", _("nicht angenommen")
        REPLACED = "replaced", _("ersetzt")  # by a newer one, before anybody decided

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField(_("Fassung"), default=1)
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.PENDING)
    good = models.TextField(_("Was war gut?"), max_length=TEXT_LENGTH, blank=True)
    better = models.TextField(_("Was sollte besser werden?"), max_length=TEXT_LENGTH, blank=True)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Fassung")
        verbose_name_plural = _("Fassungen")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="revision_number_once"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(state="pending"), name="revision_one_pending_per_review"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review_id}/{self.number}"


class Draft(models.Model):
    """What was typed so far. Belongs to a browser session (which keeps its id) or to an account, never to both."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts"
    )
    answers = models.JSONField(default=dict)  # field name to list of values, exactly as sent
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("Entwurf")
        verbose_name_plural = _("Entwürfe")
        indexes = [models.Index(fields=["updated_at"], name="draft_age")]

    def __str__(self) -> str:
        return str(self.pk)


def new_nonce() -> str:
    return secrets.token_urlsafe(12)


class Claim(models.Model):
    """The address that may confirm a review. The link carries a signed (id, nonce); a new nonce kills old links."""

    review = models.OneToOneField(Review, on_delete=models.CASCADE, related_name="claim")
    email = models.EmailField()
    nonce = models.CharField(max_length=24, default=new_nonce)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    mails = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return f"claim {self.pk}"

    @property
    def expires_on(self) -> date:
        return timezone.localdate(self.created_at) + timedelta(days=CLAIM_DAYS)
