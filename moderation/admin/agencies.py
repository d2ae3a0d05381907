"""Agencies with their offices and people, and the acts on a whole agency."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.people import me
from agencies.addresses import office_at
from agencies.choices import AgencyStatus
from agencies.models import Agency, Membership, Office
from agencies.similar import living_agency
from agencies.slugs import free_slug
from moderation.actions import keep_agency
from moderation.admin.acts import Act, ActingAdmin
from moderation.forms import CloseForm, ListForm, MergeForm, RefuseForm
from reviews.states import Status

WAITING = (Status.SCREENING, Status.IN_MODERATION, Status.CHANGES_REQUESTED)
ACTS = {
    "aufnehmen": Act(
        ListForm,
        _("Aufnehmen"),
        _(
            "Die Agentur steht danach im Verzeichnis. Bewertungen, die auf sie warten, bleiben in der Warteschlange."
        ),
    ),
    "ablehnen": Act(
        RefuseForm,
        _("Ablehnen"),
        _(
            "Wer sie vorgeschlagen oder bewertet hat, bekommt eine Mail mit der Begründung und den Entwurf zurück."
        ),
    ),
    "zusammenfuehren": Act(
        MergeForm,
        _("Zusammenführen"),
        _(
            "Bewertungen, Büros und Menschen ziehen um, die alte Adresse leitet weiter. Wer beide bewertet hat,"
            " zählt danach einmal. Das lässt sich nicht rückgängig machen."
        ),
    ),
    "schliessen": Act(
        CloseForm,
        _("Schließen"),
        _(
            "Die Agentur gibt es nicht mehr: Sie verschwindet aus dem Verzeichnis, Seite und Bewertungen bleiben."
        ),
    ),
}
POSSIBLE: dict[str, tuple[str, ...]] = {
    AgencyStatus.PROPOSED: ("aufnehmen", "ablehnen", "zusammenfuehren"),
    AgencyStatus.LISTED: ("zusammenfuehren", "schliessen"),
    AgencyStatus.CLOSED: ("aufnehmen", "zusammenfuehren"),
}


KNOWN = ("slug", "status", "successor", "proposer", "created_at")


class AgencyForm(forms.ModelForm[Agency]):
    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if living_agency(told.get("website") or "") not in (None, self.instance):
            self.add_error("website", _now("Diese Website gehört schon zu einer Agentur."))
        return told


class OfficeForm(forms.ModelForm[Office]):
    class Meta:
        model = Office
        fields = ("street", "postcode", "place", "country", "is_main")

    def clean(self) -> dict[str, Any]:
        """Let the address be one that exists, and find its coordinates."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors or not self.has_changed():
            return told
        here = office_at(postcode=told["postcode"], place=told["place"], country=told["country"])
        self.instance.latitude, self.instance.longitude = here.latitude, here.longitude
        return told | {"postcode": here.postcode, "place": here.place, "country": here.country}

    def validate_constraints(self) -> None:
        """That one office is the main one is checked, and written, for all of them together."""


class OfficeFormSet(BaseInlineFormSet[Office, Agency, OfficeForm]):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and len(self._main()) > 1:
            raise ValidationError(_now("Nur ein Büro kann der Hauptsitz sein."))

    def save(self, commit: bool = True) -> list[Office]:
        """The old main office steps down before the new one is written: the database refuses two at once."""
        self.instance.offices.update(is_main=False)
        saved = super().save(commit)
        self.instance.offices.filter(pk__in=[form.instance.pk for form in self._main()]).update(is_main=True)
        return saved

    def _main(self) -> list[OfficeForm]:
        kept = (form for form in self.forms if form not in self.deleted_forms)
        return [form for form in kept if form.cleaned_data.get("is_main")]


class OfficeInline(admin.StackedInline[Office, Agency]):
    model = Office
    form = OfficeForm
    formset = OfficeFormSet  # type: ignore[assignment] # its forms are OfficeForms
    extra = 0


class MembershipInline(admin.StackedInline[Membership, Agency]):
    model = Membership
    extra = 0
    raw_id_fields = ("user",)  # the other widget has no name for a screen reader


@admin.register(Agency)
class AgencyAdmin(ActingAdmin[Agency]):
    acts = ACTS
    form = AgencyForm
    list_display = ("name", "status", "domain", "waiting_count", "review_count", "created_at")
    list_filter = ("status",)
    search_fields = ("name", "legal_name", "domain")
    ordering = ("name",)
    inlines = (OfficeInline, MembershipInline)
    fields = ("name", "legal_name", "website", "kinds", "fields", "description", "founded", "size", *KNOWN)
    readonly_fields = KNOWN

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        waiting = Count("reviews", filter=Q(reviews__status__in=WAITING))
        return super().get_queryset(request).annotate(review_count=Count("reviews"), waiting_count=waiting)

    def get_inlines(self, request: HttpRequest, obj: Agency | None) -> Any:
        return [inline for inline in self.inlines if obj or inline is OfficeInline]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Lists of codes as boxes to tick."""
        if isinstance(db_field, ArrayField):
            return forms.MultipleChoiceField(
                label=db_field.verbose_name,
                choices=db_field.base_field.choices or (),
                required=False,
                widget=forms.CheckboxSelectMultiple,
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Agency | None = None) -> bool:
        """Agencies are refused, closed or merged; their address and history stay."""
        return False

    def get_view_on_site_url(self, obj: Agency | None = None) -> str | None:
        return super().get_view_on_site_url(obj) if obj and obj.is_readable else None

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["choices"] = db_field.get_choices(blank_choice=[("", _("keine Angabe"))])
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    @admin.display(description=_("zusammengeführt mit"))
    def successor(self, agency: Agency) -> str:
        return agency.merged_into.name if agency.merged_into else ""

    @admin.display(description=_("vorgeschlagen von"))
    def proposer(self, agency: Agency) -> str:
        return agency.proposed_by.pseudonym if agency.proposed_by else ""

    @admin.display(description=_("wartend"), ordering="waiting_count")
    def waiting_count(self, agency: Agency) -> int:
        return int(getattr(agency, "waiting_count", 0))

    @admin.display(description=_("Bewertungen"), ordering="review_count")
    def review_count(self, agency: Agency) -> int:
        return int(getattr(agency, "review_count", 0))

    # ---- writing -----------------------------------------------------------------------------------------

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        """What staff enters needs no second look: it is listed at once."""
        if not change:
            obj.slug, obj.status = free_slug(obj.name), AgencyStatus.LISTED
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        changed = {*form.changed_data, *(formset.prefix for formset in formsets if formset.has_changed())}
        keep_agency(agency=form.instance, by=me(request), is_new=not change, changed=changed)

    # ---- acts on the whole -------------------------------------------------------------------------------

    def possible(self, subject: Agency) -> tuple[str, ...]:
        return POSSIBLE.get(subject.status, ())

    def more(self, subject: Agency) -> dict[str, Any]:
        return {"counts": _counts(subject)}


def _counts(agency: Agency) -> list[tuple[str, int]]:
    """How many reviews stand where, before somebody decides about all of them."""
    counts = agency.reviews.values_list("status").annotate(n=Count("pk")).order_by("status")
    return [(str(Status(status).label), n) for status, n in counts]
