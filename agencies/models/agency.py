"""Agencies, their offices, the recruiters who work there and the people who may speak for them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Language
from agencies.choices import RATEABLE, READABLE, AgencyStatus, Field, Kind, RecruiterState, Size
from agencies.folding import SearchFold
from agencies.models.places import Country
from agencies.websites import are_of_one, check_website, domain_of

DEMO = " (Demo)"  # ends the name of every invented agency, so that nobody takes it for a real one
RESERVED_SLUGS = frozenset({"neu", "new", "vorschlagen", "suche", "import", "feed", "vergleich"})


class AgencyQuerySet(models.QuerySet["Agency"]):
    def listed(self) -> "AgencyQuerySet":
        """What visitors find: listed agencies, in directory, search and comparison."""
        return self.filter(status=AgencyStatus.LISTED)

    def readable(self) -> "AgencyQuerySet":
        return self.filter(status__in=READABLE)

    def rateable(self) -> "AgencyQuerySet":
        return self.filter(status__in=RATEABLE)

    def in_directory(self) -> "AgencyQuerySet":
        """The same as `listed`, by the column beside the numbers that order the directory."""
        return self.filter(score__is_listed=True)

    def with_score(self) -> "AgencyQuerySet":
        return self.select_related("score")

    def with_numbers(self) -> "AgencyQuerySet":
        """Every stored number of its own, for any number of agencies in three queries."""
        return self.with_score().prefetch_related("criterion_scores", "curves")


class Agency(models.Model):
    name = models.CharField(_("Name"), max_length=120)
    legal_name = models.CharField(_("Firma laut Register"), max_length=160, blank=True)
    slug = models.SlugField(_("Adresse der Seite"), max_length=140, unique=True)
    website = models.URLField(_("Website"), max_length=300, blank=True)
    domain = models.CharField(_("Domain"), max_length=253, blank=True, editable=False)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=Kind), default=list, blank=True, verbose_name=_("Leistungen")
    )
    fields = ArrayField(
        models.CharField(max_length=20, choices=Field),
        default=list,
        blank=True,
        verbose_name=_("Fachgebiete"),
    )
    description = models.TextField(_("Beschreibung"), max_length=2000, blank=True)
    founded = models.PositiveSmallIntegerField(
        _("gegründet"), null=True, blank=True, validators=[MinValueValidator(1850), MaxValueValidator(2100)]
    )
    size = models.CharField(_("Größe"), max_length=10, choices=Size, blank=True)
    status = models.CharField(_("Stand"), max_length=10, choices=AgencyStatus, default=AgencyStatus.PROPOSED)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed"
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="proposed_agencies",
    )
    created_at = models.DateTimeField(_("angelegt"), default=timezone.now, editable=False)
    # Kept by agencies.search.refresh_search, see there: names and places; and with services, fields, description.
    search_words = models.TextField(default="", editable=False)
    search_document = SearchVectorField(null=True, editable=False)
    sort_name = models.GeneratedField(
        expression=SearchFold("name"),
        output_field=models.TextField(db_collation="C"),
        db_persist=True,
    )  # folded: "aerger" stands before "apfel", whatever the database thinks of umlauts

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("Agentur")
        verbose_name_plural = _("Agenturen")
        constraints = [
            models.UniqueConstraint(
                fields=["domain"],
                condition=~Q(domain="") & Q(status__in=["proposed", "listed", "closed"]),
                name="agency_domain_unique_while_alive",
                violation_error_message=_("Diese Website gehört schon zu einer Agentur."),
            ),
            models.CheckConstraint(
                condition=Q(status="merged", merged_into__isnull=False)
                | (~Q(status="merged") & Q(merged_into=None)),
                name="agency_merged_points_to_its_successor",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="agency_not_merged_into_itself"
            ),
        ]
        indexes = [
            GinIndex(fields=["search_document"], name="agency_search_document"),
            GinIndex(OpClass("search_words", name="gin_trgm_ops"), name="agency_search_words"),
            GinIndex(SearchVector("sort_name", config="simple"), name="agency_words_of_name"),
            GinIndex(fields=["kinds"], name="agency_kinds"),
            GinIndex(fields=["fields"], name="agency_fields"),
            models.Index(fields=["status", "name"], name="agency_status_name"),
            models.Index(fields=["sort_name", "id"], name="agency_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("reviews:agency-profile", args=[self.slug])

    @property
    def is_demo(self) -> bool:
        return self.name.endswith(DEMO)

    @property
    def short_name(self) -> str:
        """The name without "(Demo)", which pages show apart and smaller."""
        return self.name.removesuffix(DEMO)

    @property
    def name_in_mails(self) -> StrOrPromise:
        """What a mail calls it, after "zu". A proposal was named by a stranger, whose words no mail carries."""
        is_checked = self.status not in {AgencyStatus.PROPOSED, AgencyStatus.REFUSED}
        return self.name if is_checked else _("einer vorgeschlagenen Agentur")

    def clean(self) -> None:
        self.domain = domain_of(self.website) if self.website else ""
        if self.website:
            try:
                check_website(self.website)
            except ValidationError as error:
                raise ValidationError({"website": error}) from error

    def is_own_address(self, email: str) -> bool:
        """Whether a mail address belongs to this agency, or to one that was merged into it, by its domain."""
        host = domain_of(email.rpartition("@")[2])
        return any(are_of_one(host, agency.domain) for agency in (self, *self.absorbed.all()))

    @property
    def is_readable(self) -> bool:
        return self.status in READABLE

    @property
    def is_rateable(self) -> bool:
        return self.status in RATEABLE


class Office(models.Model):
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="offices")
    street = models.CharField(_("Straße und Hausnummer"), max_length=120, blank=True)
    postcode = models.CharField(_("Postleitzahl"), max_length=10, blank=True)
    place = models.CharField(_("Ort"), max_length=80)
    country = models.CharField(_("Land"), max_length=2, choices=Country, default=Country.GERMANY)
    latitude = models.FloatField(_("Breite"), null=True, blank=True)
    longitude = models.FloatField(_("Länge"), null=True, blank=True)
    is_main = models.BooleanField(_("Hauptsitz"), default=False)

    class Meta:
        verbose_name = _("Büro")
        verbose_name_plural = _("Büros")
        ordering = ["-is_main", "place", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["agency"], condition=Q(is_main=True), name="office_one_main_per_agency"
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="office_coordinates_are_a_pair_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["latitude", "longitude"], name="office_position"),
            models.Index(fields=["country", "postcode", "agency"], name="office_postcode"),
        ]

    def __str__(self) -> str:
        return f"{self.postcode} {self.place}".strip()


class RecruiterQuerySet(models.QuerySet["Recruiter"]):
    def public(self) -> "RecruiterQuerySet":
        """Profiles that the person confirmed and did not hide (nobody is rated by name against their will)."""
        return self.filter(confirmed_at__isnull=False, hidden_at=None)

    def unwilling(self) -> "RecruiterQuerySet":
        """People who said no, or took their yes back: they are not asked again."""
        return self.exclude(refused_at=None, hidden_at=None)

    def unanswered(self) -> "RecruiterQuerySet":
        return self.filter(confirmed_at=None, refused_at=None, asked_at__isnull=False)


class Recruiter(models.Model):
    """A person who works for an agency. Invisible until they confirm the profile themselves by mail.

    What the person decided stands in the times below, which only agencies.actions set.
    """

    agency = models.ForeignKey(
        Agency, on_delete=models.CASCADE, related_name="recruiters", verbose_name=_("Agentur")
    )
    name = models.CharField(_("Name"), max_length=100)
    position = models.CharField(_("Funktion"), max_length=100, blank=True)
    email = models.EmailField(
        _("E-Mail"),
        blank=True,  # emptied when nobody answers, see agencies.consent.forget_addresses
        help_text=_("Nur für die Bestätigung durch die Person selbst, nie öffentlich."),
    )
    language = models.CharField(_("Sprache"), max_length=2, choices=Language, default=Language.GERMAN)
    asked_at = models.DateTimeField(_("gefragt"), null=True, blank=True, editable=False)
    confirmed_at = models.DateTimeField(_("bestätigt"), null=True, blank=True, editable=False)
    refused_at = models.DateTimeField(_("abgelehnt"), null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(_("verborgen"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("angelegt"), default=timezone.now, editable=False)

    objects = RecruiterQuerySet.as_manager()

    class Meta:
        verbose_name = _("Berater:in")
        verbose_name_plural = _("Berater:innen")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "email"], condition=~Q(email=""), name="recruiter_once_per_agency"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None) | Q(refused_at=None), name="recruiter_says_yes_or_no"
            ),
            models.CheckConstraint(
                condition=Q(hidden_at=None) | Q(confirmed_at__isnull=False),
                name="recruiter_hides_what_was_public",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_at=None, refused_at=None) | ~Q(email=""),
                name="recruiter_who_answered_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> RecruiterState:
        if self.hidden_at:
            return RecruiterState.HIDDEN
        if self.confirmed_at:
            return RecruiterState.PUBLIC
        if self.refused_at:
            return RecruiterState.REFUSED
        return RecruiterState.ASKED if self.asked_at else RecruiterState.NEW

    @property
    def is_public(self) -> bool:
        """The same rule as RecruiterQuerySet.public, for one that is at hand."""
        return self.state == RecruiterState.PUBLIC

    @property
    def has_answered(self) -> bool:
        return self.state not in {RecruiterState.NEW, RecruiterState.ASKED}

    @property
    def is_unwilling(self) -> bool:
        """The same rule as RecruiterQuerySet.unwilling."""
        return self.state in {RecruiterState.REFUSED, RecruiterState.HIDDEN}


class Membership(models.Model):
    """A person who speaks for an agency, from the day this was verified."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    verified_at = models.DateTimeField(_("geprüft"), null=True, blank=True)
    created_at = models.DateTimeField(_("angelegt"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("Vertretung")
        verbose_name_plural = _("Vertretungen")
        constraints = [models.UniqueConstraint(fields=["agency", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user_id} / {self.agency_id}"
