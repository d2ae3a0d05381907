"""The filters of the directory: what an address may ask for, and in which order the answer comes.

Whatever is not understood is left out and named in a notice; it never ends in an error.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django import forms
from django.db.models import Case, F, OuterRef, Q, Subquery, TextChoices, When
from django.db.models.expressions import OrderBy
from django.http import QueryDict
from django.urls import reverse_lazy
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import CharFilter, ChoiceFilter, FilterSet

from agencies.choices import Field, Kind
from agencies.distance import distance_km, inside_box
from agencies.models import Office, WaitCurve
from agencies.models.agency import AgencyQuerySet
from agencies.places import LONGEST_INPUT, Located, find_place
from agencies.search import Search

DEFAULT_RADIUS = "50"  # km
HALF_A_TENTH = 0.05  # a mean of 3.45 is shown as 3,5
BY_NAME = ("search_words", "pk")  # the words begin with the folded name

# Each choice continues the sentence above the list.
KINDS = [
    (Kind.PLACEMENT, gettext_lazy("eine feste Stelle")),
    (Kind.TEMP, gettext_lazy("eine Stelle in Zeitarbeit")),
    (Kind.EXECUTIVE, gettext_lazy("eine Führungsposition")),
    (Kind.FREELANCE, gettext_lazy("ein freies Projekt")),
    (Kind.RPO, gettext_lazy("eine Stelle über Recruiting im Auftrag")),
]
FIELDS = [choice for choice in Field.choices if choice[0] != Field.OTHER]
RADII = [(str(km), f"{km} km") for km in (10, 25, 50, 100, 200)]
SCORES = [
    ("3", gettext_lazy("mindestens 3,0")),
    ("3.5", gettext_lazy("mindestens 3,5")),
    ("4", gettext_lazy("mindestens 4,0")),
    ("4.5", gettext_lazy("mindestens 4,5")),
]
FEEDBACK = [  # percent
    ("50", gettext_lazy("in 5 von 10 Fällen")),
    ("70", gettext_lazy("in 7 von 10 Fällen")),
    ("90", gettext_lazy("in 9 von 10 Fällen")),
]


class Sort(TextChoices):
    RELEVANCE = "relevance", gettext_lazy("Passend zur Suche")
    FEEDBACK = "feedback", gettext_lazy("Schnellste Rückmeldung")
    SCORE = "score", gettext_lazy("Bester Wert")
    REVIEWS = "reviews", gettext_lazy("Meiste Bewertungen")
    NAME = "name", gettext_lazy("Name")
    DISTANCE = "distance", gettext_lazy("Entfernung")


CAUTIOUS = gettext_lazy(
    "Es zählt die vorsichtige Schätzung, das untere Ende des 90-%-Bereichs: Fünf glückliche Fälle stehen nicht"
    " vor fünfzig guten."
)
EXPLANATIONS = {
    Sort.RELEVANCE: gettext_lazy("Treffer im Namen stehen vorn, dann solche in Ort und Leistung."),
    Sort.FEEDBACK: CAUTIOUS,
    Sort.SCORE: CAUTIOUS,
    Sort.REVIEWS: gettext_lazy("Es zählt, wie viele Menschen bewertet haben, nicht wie."),
    Sort.NAME: gettext_lazy("Nach dem Alphabet, Umlaute wie ae, oe, ue."),
    Sort.DISTANCE: gettext_lazy("Das nächste Büro zuerst, Luftlinie."),
}


class Chip(NamedTuple):
    """A filter that is set: its name in the address and its words."""

    name: str
    label: str


class SearchField(forms.CharField):
    """Free text; cleans to a `Search`, whatever was typed."""

    def clean(self, value: str | None) -> Search:
        return Search(value or "")

    def prepare_value(self, value: str | None) -> str:
        return self.clean(value).text


class PlaceField(forms.CharField):
    """A town or a postcode; cleans to where it lies."""

    def clean(self, value: str | None) -> Located | None:
        text = self.prepare_value(value)
        if not text:
            return None
        place = find_place(text)
        if place is None:
            raise forms.ValidationError("unknown")  # named by AgencyFilter.notices
        return place

    def prepare_value(self, value: str | None) -> str:
        return readable(value or "")[:LONGEST_INPUT]

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Towns are offered while one is typed, by the same address that answers the search."""
        return {
            "maxlength": LONGEST_INPUT,
            "placeholder": gettext_lazy("Ort oder PLZ"),
            "list": "orte",
            "autocomplete": "off",
            "hx-get": reverse_lazy("agencies:agency-list"),
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#orte",
            "hx-push-url": "false",
            "hx-sync": "this:queue last",
        }


class SearchFilter(CharFilter):  # type: ignore[misc]
    field_class = SearchField


class PlaceFilter(CharFilter):  # type: ignore[misc]
    field_class = PlaceField


def readable(text: str) -> str:
    """What somebody sent, fit to be shown again: one line, no control or direction characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class AgencyFilter(FilterSet):  # type: ignore[misc]
    """Agencies by an address: the names of the filters are the names in the address.

    After it was made, `refused` holds by name what was sent and is not known, and `data` no longer does.
    """

    q = SearchFilter(label=gettext_lazy("Name, Fachgebiet oder Ort"), method="with_words")
    form = ChoiceFilter(
        label=gettext_lazy("Anstellung"),
        empty_label=gettext_lazy("irgendeine Stelle"),
        choices=KINDS,
        method="of_kind",
    )
    fach = ChoiceFilter(
        label=gettext_lazy("Fachgebiet"),
        empty_label=gettext_lazy("allen Fachgebieten"),
        choices=FIELDS,
        method="in_field",
    )
    umkreis = ChoiceFilter(label=gettext_lazy("Umkreis"), empty_label=None, choices=RADII, method="unchanged")
    ort = PlaceFilter(label=gettext_lazy("Ort oder Postleitzahl"), method="around")
    min_feedback = ChoiceFilter(
        label=gettext_lazy("Rückmeldung binnen 14 Tagen"),
        empty_label=gettext_lazy("egal wie oft"),
        choices=FEEDBACK,
        method="answering",
    )
    min_score = ChoiceFilter(
        label=gettext_lazy("Gesamtwert"),
        empty_label=gettext_lazy("irgendeinen Wert"),
        choices=SCORES,
        method="rated",
    )
    sort = ChoiceFilter(
        label=gettext_lazy("Geordnet nach"), empty_label=None, choices=Sort.choices, method="unchanged"
    )

    def __init__(self, data: QueryDict, queryset: AgencyQuerySet) -> None:
        data = data.copy()
        data["umkreis"] = data.get("umkreis") or DEFAULT_RADIUS
        super().__init__(data, queryset)
        self.refused = {name: readable(str(data[name])) for name in self.errors}
        self.errors.clear()  # the notices say it
        for field in self.form.fields.values():
            field.template_name = "agencies/pick.html"
        for name in self.refused.keys() - {"ort"}:  # a mistyped place stays where it can be corrected
            del data[name]
        data.setdefault("umkreis", DEFAULT_RADIUS)

    # ---- what was asked for ------------------------------------------------------------------------------

    @property
    def words(self) -> Search:
        words: Search = self.form.cleaned_data["q"]
        return words

    @property
    def place(self) -> Located | None:
        place: Located | None = self.form.cleaned_data.get("ort")
        return place

    @property
    def radius(self) -> int:
        """In km."""
        return int(self.data["umkreis"])

    @property
    def order(self) -> Sort:
        wanted = self.form.cleaned_data.get("sort")
        return Sort(wanted) if wanted in self.orders else self.usual_order

    @property
    def usual_order(self) -> Sort:
        return Sort.RELEVANCE if self.words else Sort.FEEDBACK

    @property
    def orders(self) -> list[Sort]:
        """Those that make sense here."""
        senseless = {Sort.RELEVANCE: not self.words, Sort.DISTANCE: not self.place}
        return [sort for sort in Sort if not senseless.get(sort)]

    def chips(self) -> Iterator[Chip]:
        """The filters that are set; the order is none of them."""
        if self.words:
            yield Chip("q", _("„%(words)s“") % {"words": self.words.text})
        for name in ("form", "fach"):
            if chosen := self._choice(name):
                yield Chip(name, chosen)
        if self.place:
            yield Chip("ort", _("%(place)s, %(km)s km") % {"place": self.place.name, "km": self.radius})
        if chosen := self._choice("min_feedback"):
            yield Chip("min_feedback", _("%(often)s binnen 14 Tagen") % {"often": chosen})
        if chosen := self._choice("min_score"):
            yield Chip("min_score", chosen)

    def _choice(self, name: str) -> str:
        """The words of the chosen option, "" if none was chosen."""
        value = self.form.cleaned_data.get(name)
        return str(dict(self.form.fields[name].choices)[value]) if value else ""

    def pairs(self, without: str = "") -> list[tuple[str, str]]:
        """What the answer depends on, as it stands in the address; radius and distance go with the place."""
        names = [chip.name for chip in self.chips() if chip.name != without]
        names += ["umkreis"] if "ort" in names and self.data["umkreis"] != DEFAULT_RADIUS else []
        keeps_order = self.order != Sort.DISTANCE or "ort" in names
        names += ["sort"] if self.order != self.usual_order and keeps_order else []
        return [(name, str(self.form[name].value())) for name in names]

    def notices(self) -> Iterator[str]:
        """What was not understood, or not as it was sent."""
        for name, value in self.refused.items():
            label = self.form.fields[name].label
            yield _("„%(value)s“ kennen wir bei „%(filter)s“ nicht und lassen es weg.") % {
                "value": Truncator(value).chars(40),
                "filter": label,
            }
        if self.words.was_cut:
            yield _("Deine Suche war sehr lang. Gesucht wird nur nach ihrem Anfang.")
        if self.words.text and not self.words:
            yield _("Nach diesen Zeichen lässt sich nicht suchen. Gib ein Wort oder einen Namen ein.")
        if self.place and self.place.guessed:
            yield _("Einen Ort mit dieser Schreibweise kennen wir nicht. Gesucht wird rund um %(place)s.") % {
                "place": self.place.label
            }
        if (
            "sort" not in self.refused
            and self._choice("sort")
            and self.form["sort"].value() not in self.orders
        ):
            yield _("„%(order)s“ passt nicht zu dieser Suche und bleibt außer Acht.") % {
                "order": self._choice("sort")
            }

    # ---- the filters -------------------------------------------------------------------------------------

    def filter_queryset(self, queryset: AgencyQuerySet) -> AgencyQuerySet:
        found: AgencyQuerySet = super().filter_queryset(queryset)
        return found.order_by(*self._ordering(), *BY_NAME)

    def unchanged(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        """The radius goes with the place, the order comes last."""
        return queryset

    def with_words(self, queryset: AgencyQuerySet, name: str, value: Search) -> AgencyQuerySet:
        return value.matching(queryset)

    def of_kind(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        return queryset.filter(kinds__contains=[value])

    def in_field(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        return queryset.filter(fields__contains=[value])

    def around(self, queryset: AgencyQuerySet, name: str, value: Located) -> AgencyQuerySet:
        """Those with an office within the radius, or in the very town if an office has no coordinates."""
        away = distance_km(value.latitude, value.longitude)
        near = Office.objects.filter(inside_box(value.latitude, value.longitude, self.radius)).alias(km=away)
        within = Q(pk__in=near.filter(km__lte=self.radius).values("agency"))
        in_town = Office.objects.filter(latitude=None, place=value.name, country=value.country).values(
            "agency"
        )
        nearest = Office.objects.filter(agency=OuterRef("pk"), latitude__isnull=False).order_by(away)
        return queryset.filter(within | Q(pk__in=in_town)).annotate(km=Subquery(nearest.values(km=away)[:1]))

    def answering(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        """By the dots that are shown."""
        return queryset.filter(score__waits_shown=True, score__dots_answered__gte=int(value) // 10)

    def rated(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        """By the mean that is shown, not by its lower bound."""
        return queryset.filter(score__is_shown=True, score__mean__gte=float(value) - HALF_A_TENTH)

    def _ordering(self) -> list[OrderBy]:
        match self.order:
            case Sort.RELEVANCE:
                return [self.words.relevance().desc()]
            case Sort.FEEDBACK:
                return [WAITS_GROUP.asc(), LOWER_SHARE.desc(nulls_last=True), F("score__waits").desc()]
            case Sort.SCORE:
                return [LOWER_SCORE.desc(nulls_last=True), F("score__n").desc()]
            case Sort.REVIEWS:
                return [F("score__n").desc()]
            case Sort.DISTANCE:
                return [F("km").asc(nulls_last=True)]
        return []


WAITS_GROUP = Case(
    When(score__waits_shown=True, score__waits_source=WaitCurve.Source.MEASURED, then=0),
    When(score__waits_shown=True, then=1),
    default=2,
)
LOWER_SHARE = Case(When(score__waits_shown=True, then="score__answered_14_lower"))
LOWER_SCORE = Case(When(score__is_shown=True, then="score__lower"))
