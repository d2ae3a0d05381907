"""One application through one agency, the waits it brought, and what was said and sent while waiting.

A journey is recalled (told in a review) or tracked (logged while it happens). Titles, clients and notes are private:
only their author reads them, and no statistic, review or mail to others carries them.
"""

import uuid
from datetime import date, datetime
from typing import Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import OutgoingMail
from agencies.choices import Field
from agencies.models import Agency, Office, Recruiter
from journeys.choices import (
    Channel,
    Contact,
    Outcome,
    Party,
    Reason,
    Response,
    Role,
    SilentParty,
    Stage,
    Step,
    WaitEnd,
    WaitKind,
)

NOTE_LENGTH = 2000


class JourneyQuerySet(models.QuerySet["Journey"]):
    def tracked_by(self, user: AbstractBaseUser | AnonymousUser) -> Self:
        """The journeys a person follows; nobody else sees them, staff included."""
        return self.filter(author=user.pk, origin=Journey.Origin.TRACKED)

    def for_pages(self) -> Self:
        """What list and timeline show, whatever the number of journeys in four queries."""
        return self.select_related("agency", "review").prefetch_related("interviews__statements", "letters")

    def for_export(self) -> Self:
        """With all that their author noted, whatever their number in five queries."""
        return self.select_related("agency").prefetch_related(
            "interviews__statements", "interviews__check_ins", "letters"
        )


class Journey(models.Model):
    """What one person experienced with one agency. `voice` is that person there, by a random number only.

    `shared_at` is the consent that the dates of its interviews count, anonymously, among the agency's measured waits;
    None without it. Withdrawing it takes them out again.
    """

    class Origin(models.TextChoices):
        RECALLED = "recalled", _("in einer Bewertung erzählt")
        TRACKED = "tracked", _("im Prozess verfolgt")

    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="journeys", db_index=False
    )  # other indexes begin with it
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="journeys"
    )
    voice = models.UUIDField(default=uuid.uuid4, editable=False)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.RECALLED)
    office = models.ForeignKey(
        Office,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="journeys",
        verbose_name=_("Büro"),
    )
    recruiter = models.ForeignKey(
        Recruiter,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="journeys",
        verbose_name=_("Berater:in"),
    )
    role = models.CharField(_("Anstellung"), max_length=10, choices=Role, blank=True)
    field = models.CharField(_("Fachgebiet"), max_length=20, choices=Field, blank=True)
    contact = models.CharField(_("Beginn des Kontakts"), max_length=12, choices=Contact, blank=True)
    month = models.DateField(_("Monat des Kontakts"), help_text=_("der erste Tag des Monats"))
    stage = models.CharField(_("am weitesten gekommen bis"), max_length=10, choices=Stage)
    outcome = models.CharField(_("Ausgang"), max_length=10, choices=Outcome)
    title = models.CharField(_("Stelle"), max_length=120, blank=True)
    client = models.CharField(_("Kunde"), max_length=120, blank=True)
    note = models.TextField(_("Notiz"), max_length=NOTE_LENGTH, blank=True)
    shared_at = models.DateTimeField(_("Daten zählen seit"), null=True, blank=True, editable=False)
    is_reminded = models.BooleanField(_("an diesen Prozess erinnern"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = JourneyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Prozess")
        verbose_name_plural = _("Prozesse")
        indexes = [
            models.Index(fields=["agency", "author"], name="journey_agency_author"),
            models.Index(fields=["agency", "voice"], name="journey_agency_voice"),
            models.Index(
                fields=["agency", "month"],
                name="journey_agency_month",
                include=["id", "role", "outcome", "field", "office"],  # by which scores are divided
            ),
            models.Index(fields=["agency"], name="journey_tracked", condition=Q(origin="tracked")),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="journey_month_is_a_first"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.month:%Y-%m}"


class Interview(models.Model):
    """One wait for feedback: after an interview, or (kind `application`) after the CV went out.

    `wait_days` and `wait_end` are what survival analysis reads: whole days from the start to the answer, the
    withdrawal or the last day we know of (`told_on`, the author's last statement). journeys.waits derives them.

    The rest is of tracked interviews. `held_at` (UTC) is the moment it takes place, which may lie ahead; `held_on` is
    its day in the author's zone. `settled_at` is when the author first stated an answer or a withdrawal: a wait is
    measured only if the consent came before that. `was_moved`: its day was changed when it had already taken place,
    or to a day gone by, so its dates are remembered and no longer measured. `in_review`: the review of its journey
    tells of it; others stay private whatever is published.

    `agency` is the journey's, written by triggers (journeys 0007), so that all waits of an agency lie side by side. An
    instance that was not read from the database does not know it.
    """

    journey = models.ForeignKey(
        Journey, on_delete=models.CASCADE, related_name="interviews", db_index=False
    )  # interview_of_journey is its index
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, blank=True, editable=False, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=12, choices=WaitKind, default=WaitKind.INTERVIEW)
    round = models.PositiveSmallIntegerField(_("Runde"), default=1)
    party = models.CharField(_("mit wem"), max_length=10, choices=Party, blank=True)
    held_on = models.DateField(_("Tag"), help_text=_("bei „ungefähr“ der 15. des Monats"))
    is_exact = models.BooleanField(_("Tag ist genau"), default=True)
    response = models.CharField(_("Rückmeldung"), max_length=10, choices=Response)
    channel = models.CharField(_("auf welchem Weg"), max_length=10, choices=Channel, blank=True)
    reason = models.CharField(_("Begründung"), max_length=10, choices=Reason, blank=True)
    chased = models.PositiveSmallIntegerField(_("Nachfragen"), null=True, blank=True)
    silent_party = models.CharField(_("wer schwieg"), max_length=10, choices=SilentParty, blank=True)
    told_on = models.DateField(_("erzählt am"))
    held_at = models.DateTimeField(_("Zeit"), null=True, blank=True)
    note = models.TextField(_("Notiz"), max_length=NOTE_LENGTH, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True, editable=False)
    was_moved = models.BooleanField(default=False, editable=False)
    in_review = models.BooleanField(default=False, editable=False)
    logged_at = models.DateTimeField(default=timezone.now, editable=False)
    entry_day = models.PositiveSmallIntegerField(default=0)  # at risk from this day on; 0 for recalled waits
    wait_days = models.PositiveSmallIntegerField(_("Tage"))
    wait_end = models.CharField(max_length=10, choices=WaitEnd)

    class Meta:
        verbose_name = _("Gespräch")
        verbose_name_plural = _("Gespräche")
        ordering = ["held_on", "round", "pk"]
        indexes = [
            models.Index(fields=["journey"], name="interview_of_journey"),
            models.Index(
                fields=["agency", "held_on"],
                name="interview_of_agency",
                include=[  # all that a waiting curve reads
                    *("id", "journey", "kind", "entry_day", "wait_days", "wait_end", "response"),
                    *("reason", "channel", "chased", "silent_party", "in_review"),
                ],
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(told_on__gte=F("held_on")), name="interview_told_after_it_was_held"
            ),
            models.CheckConstraint(
                condition=(Q(wait_end="silent") & Q(response__in=["nothing", "holding"]))
                | (Q(wait_end="answered") & Q(response__in=["positive", "negative", "cancelled"]))
                | (Q(wait_end="withdrawn") & Q(response="withdrew")),
                name="interview_wait_ends_as_its_response_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.round}: {self.wait_end} {self.wait_days}"

    def as_known_on(self, day: date) -> "Interview":
        """The wait as it stood on a day: silent, if the answer came later. Not to be saved."""
        days = (day - self.held_on).days
        if self.wait_days <= days:
            return self
        kept = {name: getattr(self, name) for name in ("kind", "round", "party", "held_on", "is_exact")}
        silence = {"response": Response.NOTHING, "wait_days": days, "wait_end": WaitEnd.SILENT}
        return Interview(**kept, **silence, told_on=day)


class Statement(models.Model):
    """What the author said about a wait at one moment: the history behind an interview's present answer.

    `on` is the day it happened: of the answer, the withdrawal, or of the statement itself where all is silent.
    """

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="statements")
    response = models.CharField(max_length=10, choices=Response)
    on = models.DateField()
    told_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Aussage")
        verbose_name_plural = _("Aussagen")
        ordering = ["told_at", "pk"]

    def __str__(self) -> str:
        return f"{self.interview_id} {self.response} {self.on}"


class SentLetter(models.Model):
    """A letter, or a call, that the author marked as sent: an event of the timeline, and how chasing is measured."""

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="letters")
    interview = models.ForeignKey(
        Interview, on_delete=models.CASCADE, null=True, blank=True, related_name="letters"
    )
    step = models.CharField(_("Schritt"), max_length=20, choices=Step)
    sent_on = models.DateField(_("am"))
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("gesendeter Brief")
        verbose_name_plural = _("gesendete Briefe")
        ordering = ["sent_on", "pk"]

    def __str__(self) -> str:
        return f"{self.step} {self.sent_on}"


class CheckInQuerySet(models.QuerySet["CheckIn"]):
    def due(self, now: datetime) -> Self:
        return self.filter(state=CheckIn.State.PLANNED, due_at__lte=now)


class CheckIn(models.Model):
    """One question, on one day after an interview: has there been an answer?

    `due_at` (UTC) is a humane hour in the author's zone. Planned with the interview, planned again when it moves,
    cancelled by an answer. Once claimed it belongs to the `mail` of that person and day.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("geplant")
        CLAIMED = "claimed", _("in einer Mail")
        CANCELLED = "cancelled", _("erledigt")
        MISSED = "missed", _("zu spät")

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="check_ins")
    day = models.PositiveSmallIntegerField(_("Tag"))
    due_at = models.DateTimeField(_("fällig"))
    state = models.CharField(_("Stand"), max_length=10, choices=State, default=State.PLANNED)
    mail = models.ForeignKey(
        OutgoingMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="check_ins"
    )
    response = models.CharField(_("Rückmeldung"), max_length=10, choices=Response, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = CheckInQuerySet.as_manager()

    class Meta:
        verbose_name = _("Nachfrage")
        verbose_name_plural = _("Nachfragen")
        ordering = ["due_at", "pk"]
        constraints = [models.UniqueConstraint(fields=["interview", "day"], name="checkin_once_a_day")]
        indexes = [
            models.Index(fields=["due_at"], name="checkin_due", condition=Q(state="planned")),
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} day {self.day}: {self.state}"
