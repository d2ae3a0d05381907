"""One application through one agency, and the waits it brought."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

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
    WaitEnd,
    WaitKind,
)


class Journey(models.Model):
    """What one person experienced with one agency. `voice` is that person there, by a random number only."""

    class Origin(models.TextChoices):
        RECALLED = "recalled", _("in einer Bewertung erzählt")
        TRACKED = "tracked", _("im Prozess verfolgt")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="journeys")
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
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Prozess")
        verbose_name_plural = _("Prozesse")
        indexes = [
            models.Index(fields=["agency", "author"], name="journey_agency_author"),
            models.Index(fields=["agency", "voice"], name="journey_agency_voice"),
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
    """

    journey = models.ForeignKey(Journey, on_delete=models.CASCADE, related_name="interviews")
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
    logged_at = models.DateTimeField(default=timezone.now, editable=False)
    entry_day = models.PositiveSmallIntegerField(default=0)  # at risk from this day on; 0 for recalled waits
    wait_days = models.PositiveSmallIntegerField(_("Tage"))
    wait_end = models.CharField(max_length=10, choices=WaitEnd)

    class Meta:
        verbose_name = _("Gespräch")
        verbose_name_plural = _("Gespräche")
        ordering = ["held_on", "round", "pk"]
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
