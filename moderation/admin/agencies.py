"""Agencies with their offices and people, and the acts on a whole agency."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.people import me
from agencies.addresses import office_at
from agencies.choices import AgencyStatus
from agencies.models import Agency, Membership, Office
from agencies.similar import living_agency
from agencies.slugs import free_slug
from moderation.actions import Refused, keep_agency
from moderation.admin.plain import PlainAdmin
from moderation.forms import CloseForm, ListForm, MergeForm, RefuseForm
from reviews.states import Status

type ActForm = ListForm | RefuseForm | MergeForm | CloseForm

WAITING = (Status.SCREENING, Status.IN_MODERATION, Status.CHANGES_REQUESTED)
ACTS: dict[str, tuple[type[ActForm], Any, Any]] = {  # form, name of the act, what it does
    "aufnehmen": (
        ListForm,
        _("Aufnehmen"),
        _(
            "Die Agentur steht danach im Verzeichnis. Bewertungen, die auf sie warten, bleiben in der Warteschlange."
        ),
    ),
    "ablehnen": (
        RefuseForm,
        _("Ablehnen"),
        _(
            "Wer sie vorgeschlagen oder bewertet hat, bekommt eine Mail mit der Begründung und den Entwurf zurück."
        ),
    ),
    "zusammenfuehren": (
        MergeForm,
        _("Zusammenführen"),
        _(
            "Bewertungen, Büros und Menschen ziehen um, die alte Adresse leitet weiter. Wer beide bewertet hat,"
            " zählt danach einmal. Das lässt sich nicht rückgängig machen."
        ),
    ),
    "schliessen": (
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
class AgencyAdmin(PlainAdmin[Agency]):
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
        has_page = obj is not None and obj.status in {AgencyStatus.LISTED, AgencyStatus.CLOSED}
        return super().get_view_on_site_url(obj) if has_page else None

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

    def get_urls(self) -> list[URLPattern]:
        act = path(
            "<int:pk>/entscheiden/<slug:act>/",
            self.admin_site.admin_view(self.act),
            name="agencies_agency_act",
        )
        return [act, *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        agency = self.get_object(request, object_id)
        acts = [(name, ACTS[name][1]) for name in POSSIBLE.get(agency.status, ())] if agency else []
        return super().change_view(request, object_id, form_url, {"acts": acts} | (extra_context or {}))

    def act(self, request: HttpRequest, pk: int, act: str) -> HttpResponse:
        """What an act will do, and the button that does it."""
        agency = get_object_or_404(Agency, pk=pk)
        if not self.has_change_permission(request, agency):
            raise PermissionDenied
        if act not in POSSIBLE.get(agency.status, ()):
            raise Http404
        form_class, name, effect = ACTS[act]
        form = form_class(request.POST if request.method == "POST" else None, agency=agency)
        if form.is_valid() and _done(request, form):
            return HttpResponseRedirect(reverse("admin:agencies_agency_change", args=[agency.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{agency.name}: {name}",
            "opts": self.opts,
            "original": agency,
            "form": form,
            "name": name,
            "effect": effect,
            "counts": _counts(agency),
        }
        return TemplateResponse(request, "admin/act.html", context)


def _done(request: HttpRequest, form: ActForm) -> bool:
    try:
        messages.success(request, form.save(by=me(request)))
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    return True


def _counts(agency: Agency) -> list[tuple[str, int]]:
    """How many reviews stand where, before somebody decides about all of them."""
    counts = agency.reviews.values_list("status").annotate(n=Count("pk")).order_by("status")
    return [(str(Status(status).label), n) for status, n in counts]
