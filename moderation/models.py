"""What screening marked, what waits for a person, and what people decided with which reasons."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Case, F, FilteredRelation, Prefetch, Q, When
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from reviews.models import Review, Revision
from reviews.states import COUNTED, Status

PATIENCE = timedelta(minutes=10)  # how long screening may take before a person looks without it


class Screening(models.Model):
    """Notes that a revision went through screening; what it found are its marks."""

    revision = models.OneToOneField(Revision, on_delete=models.CASCADE, related_name="screening")
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("automatische Prüfung")
        verbose_name_plural = _("automatische Prüfungen")

    def __str__(self) -> str:
        return f"screening {self.revision_id}"


class Mark(models.Model):
    """Something in a revision that a person must look at. A mark never decides anything."""

    class Code(models.TextChoices):
        FIRST_REVIEW = "first_review", _("erste Bewertung dieses Kontos")
        PROPOSED_AGENCY = "proposed_agency", _("Agentur ist erst vorgeschlagen")
        PERSON_NAME = "person_name", _("Name einer Person")
        EMAIL = "email", _("E-Mail-Adresse")
        PHONE = "phone", _("Telefonnummer")
        URL = "url", _("Internetadresse")
        INSULT = "insult", _("mögliche Beleidigung")
        OWN_DOMAIN = "own_domain", _("Mailadresse der Agentur")
        MEMBER = "member", _("vertritt die Agentur")
        FAILED = "failed", _("Automatische Prüfung ist ausgefallen")

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="marks")
    code = models.CharField(_("was"), max_length=20, choices=Code)
    part = models.CharField(_("wo"), max_length=10, blank=True)  # "good", "better" or nothing
    start = models.PositiveSmallIntegerField(null=True, blank=True)
    end = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Markierung")
        verbose_name_plural = _("Markierungen")
        ordering = ["part", "start", "pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def passage(self) -> str:
        """The marked words; "" for a mark that is about the whole review."""
        return str(getattr(self.revision, self.part))[self.start : self.end] if self.part else ""


class Decision(models.Model):
    """A decision about one revision, with its statement of reasons (Art. 17 DSA).

    What is restricted, the facts, the rule or law, how it was found and decided, and how to complain; written in
    the transaction of the restriction, and the database refuses a restricted review without one.
    """

    class Outcome(models.TextChoices):
        PUBLISH = "publish", _("veröffentlichen")
        REQUEST_CHANGES = "changes", _("Änderung erbitten")
        REJECT = "reject", _("ablehnen")

    class Reason(models.TextChoices):
        INSULT = "insult", _("Beleidigung oder Schmähung")
        PERSONAL_DATA = "personal_data", _("Persönliche Daten oder Namen")
        SPECIAL_CATEGORY = (
            "special_category",
            _("Gesundheit, Religion oder andere besonders geschützte Angaben"),
        )
        UNTRUE_FACT = "untrue_fact", _("Tatsachenbehauptung ohne Grundlage")
        NO_CONTACT = "no_contact", _("Kein eigener Kontakt erkennbar")
        SELF_OR_PAID = "self_or_paid", _("Eigenbewertung oder bezahlte Bewertung")
        HATE = "hate", _("Hass oder Diskriminierung")
        THREAT = "threat", _("Drohung")
        SECRET = "secret", _("Geschäftsgeheimnis")
        OFF_TOPIC = "off_topic", _("Ohne Bezug zur Agentur")
        DUPLICATE = "duplicate", _("Doppelt")
        SPAM = "spam", _("Werbung oder Spam")
        AGENCY_REFUSED = "agency_refused", _("Die vorgeschlagene Agentur wurde nicht aufgenommen")

    class Source(models.TextChoices):
        SCREENING = "screening", _("automatische Markierung, Entscheidung durch einen Menschen")
        REVIEWING = "reviewing", _("Prüfung durch einen Menschen vor der Veröffentlichung")
        DEADLINE = "deadline", _("Frist für die erbetene Änderung abgelaufen")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(_("Entscheidung"), max_length=10, choices=Outcome)
    reason = models.CharField(_("Grund"), max_length=20, choices=Reason, blank=True)
    text = models.TextField(_("Begründung"), max_length=5000, blank=True)
    passage = models.TextField(_("Stelle"), max_length=2000, blank=True)
    rule = models.CharField(_("Regel oder Gesetz"), max_length=200, blank=True)
    source = models.CharField(_("gefunden durch"), max_length=12, choices=Source, default=Source.REVIEWING)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="decisions"
    )
    at = models.DateTimeField(_("entschieden"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Entscheidung")
        verbose_name_plural = _("Entscheidungen")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="publish") | (~Q(reason="") & ~Q(text="") & ~Q(rule="")),
                name="decision_restriction_has_reasons",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.review_id}"


class QueueQuerySet(models.QuerySet["QueueEntry"]):
    def waiting(self) -> Self:
        """What a person must decide: reviews in moderation, marked new versions of published ones, and whatever
        screening left lying (it is down: a person looks). Each row knows `waiting_since` and `version`, the
        number of its open revision.
        """
        screened = Q(open__screening__isnull=False)
        overdue = Q(open__created_at__lt=timezone.now() - PATIENCE)
        return (
            self.alias(
                open=FilteredRelation("revisions", condition=Q(revisions__state=Revision.State.PENDING))
            )
            .filter(open__isnull=False)
            .filter(
                Q(status=Status.IN_MODERATION)
                | Q(Q(status__in=COUNTED), screened | overdue)
                | Q(status=Status.SCREENING, status_since__lt=timezone.now() - PATIENCE)
            )
            .annotate(
                version=F("open__number"),
                waiting_since=Case(
                    When(status__in=COUNTED, then=F("open__created_at")), default=F("status_since")
                ),
            )
        )

    def for_moderator(self, user: User) -> Self:
        """Without what this person may not decide: own reviews, and those about an agency they speak for."""
        return self.exclude(author=user).exclude(agency__memberships__user=user)

    def oldest_first(self) -> Self:
        return self.order_by("waiting_since", "pk")

    def after(self, entry: "QueueEntry") -> "QueueEntry | None":
        """What comes after `entry`, from the front again at the end; None if nothing else waits."""
        others = self.exclude(pk=entry.pk).oldest_first()
        later = Q(waiting_since__gt=entry.waiting_since) | Q(
            waiting_since=entry.waiting_since, pk__gt=entry.pk
        )
        return others.filter(later).first() or others.first()

    def for_list(self) -> Self:
        """With all that a line of the queue shows, in a fixed number of queries."""
        pending = Revision.objects.filter(state=Revision.State.PENDING).prefetch_related("marks")
        return self.select_related("agency", "author").prefetch_related(
            Prefetch("revisions", queryset=pending, to_attr="pending_revisions")
        )


class QueueEntry(Review):
    """A review as it waits for a moderator."""

    objects = QueueQuerySet.as_manager()  # type: ignore[misc, assignment] # narrower than Review's, on purpose

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("wartende Bewertung")
        verbose_name_plural = _("wartende Bewertungen")

    waiting_since: datetime  # by QueueQuerySet.waiting
    pending_revisions: list[Revision]  # by QueueQuerySet.for_list

    @property
    def open_revision(self) -> Revision:
        return self.pending_revisions[0]

    @property
    def is_new_version(self) -> bool:
        """Whether visitors read an older version meanwhile."""
        return self.is_public

    @property
    def waiting_for(self) -> str:
        """How long already: "3 Stunden"."""
        is_fresh = timezone.now() - self.waiting_since < timedelta(minutes=1)
        return _now("weniger als 1 Minute") if is_fresh else timesince(self.waiting_since, depth=1)

    @property
    def excerpt(self) -> str:
        """The beginning of what was written."""
        return Truncator(f"{self.open_revision.good} {self.open_revision.better}".strip()).chars(120)

    @property
    def found(self) -> list[tuple[str, int]]:
        """What was marked and how often, in words."""
        return list(Counter(mark.get_code_display() for mark in self.open_revision.marks.all()).items())
