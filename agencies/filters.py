"""The filters of the directory: what an address may ask for, and in which order the answer comes.

Whatever is not understood is left out and named in a notice; it never ends in an error.
"""

from collections.abc import Callable, Iterator, Sequence
from copy import copy
from typing import Any, NamedTuple, Self

from django import forms
from django.db.models import Expression, F, FloatField, OuterRef, Q, Subquery, TextChoices, Value
from django.db.models.functions import Cast, Coalesce
from django.http import QueryDict
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters import Filter, FilterSet

from agencies import keyset
from agencies.choices import Field, Kind
from agencies.distance import distance_km, inside_box
from agencies.models import Office
from agencies.models.agency import AgencyQuerySet
from agencies.places import LONGEST_INPUT, Located, find_place
from agencies.search import Search

DEFAULT_RADIUS = "50"  # km
HALF_A_TENTH = 0.05  # a mean of 3.45 is shown as 3,5


type Options = Sequence[tuple[str, Any]]
"""Value and words of each option of a filter."""

# Each continues the sentence above the list.
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


class LastingField(forms.CharField):
    """Holds nothing of a request, so that all forms may share it; a form copies its fields for each address."""

    def __deepcopy__(self, memo: object) -> Self:
        return self


class OptionField(LastingField):
    """The value of one option, "" for none; what is no option is an error."""

    def __init__(self, *, options: Options, empty_label: str | None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.options = options

    def clean(self, value: str | None) -> str:
        chosen: str = super().clean(value)
        if chosen and chosen not in dict(self.options):
            raise forms.ValidationError("unknown")  # named by AgencyFilter.notices
        return chosen


class SearchField(LastingField):
    """Free text; cleans to a `Search`, whatever was typed."""

    def clean(self, value: str | None) -> Search:
        return Search(value or "")

    def prepare_value(self, value: str | None) -> str:
        return self.clean(value).text


class PlaceField(LastingField):
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


class LightFilter(Filter):  # type: ignore[misc]
    """A filter set copies its filters for each address; this one shares its words and options with its copies."""

    def __deepcopy__(self, memo: object) -> Self:
        twin = copy(self)
        twin.method = self.method  # binds it to the copy
        return twin


class OptionFilter(LightFilter):
    field_class = OptionField


class SearchFilter(LightFilter):
    field_class = SearchField


class PlaceFilter(LightFilter):
    field_class = PlaceField


def readable(text: str) -> str:
    """What somebody sent, fit to be shown again: one line, no control or direction characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


class AgencyFilter(FilterSet):  # type: ignore[misc]
    """Agencies by an address: the names of the filters are the names in the address.

    After it was made, `refused` holds by name what was sent and is not known, and `data` no longer does.
    """

    q = SearchFilter(label=gettext_lazy("Name, Fachgebiet oder Ort"), method="with_words")
    form = OptionFilter(
        label=gettext_lazy("Anstellung"),
        empty_label=gettext_lazy("irgendeine Stelle"),
        options=KINDS,
        method="passing",
    )
    fach = OptionFilter(
        label=gettext_lazy("Fachgebiet"),
        empty_label=gettext_lazy("allen Fachgebieten"),
        options=FIELDS,
        method="passing",
    )
    umkreis = OptionFilter(label=gettext_lazy("Umkreis"), empty_label=None, options=RADII, method="unchanged")
    ort = PlaceFilter(label=gettext_lazy("Ort oder Postleitzahl"), method="around")
    min_feedback = OptionFilter(
        label=gettext_lazy("Rückmeldung binnen 14 Tagen"),
        empty_label=gettext_lazy("egal wie oft"),
        options=FEEDBACK,
        method="passing",
    )
    min_score = OptionFilter(
        label=gettext_lazy("Gesamtwert"),
        empty_label=gettext_lazy("irgendeinen Wert"),
        options=SCORES,
        method="passing",
    )
    sort = OptionFilter(
        label=gettext_lazy("Geordnet nach"),
        empty_label=None,
        options=Sort.choices,
        method="unchanged",
    )

    def __init__(self, data: QueryDict, queryset: AgencyQuerySet) -> None:
        data = data.copy()
        data["umkreis"] = data.get("umkreis") or DEFAULT_RADIUS
        super().__init__(data, queryset)
        self.refused = {name: readable(str(data[name])) for name in self.errors}
        self.errors.clear()  # the notices say it
        for name in self.refused.keys() - {"ort"}:  # a mistyped place stays where it can be corrected
            del data[name]
        data.setdefault("umkreis", DEFAULT_RADIUS)
        self.looks_within = self.radius  # km, see narrow

    def get_form_class(self) -> type[forms.Form]:
        """The same for every address; a filter set would make one for each."""
        if AgencyFilter._form_class is None:
            AgencyFilter._form_class = super().get_form_class()
        return AgencyFilter._form_class

    _form_class: type[forms.Form] | None = None

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

    def options_chosen(self) -> dict[str, str]:
        """By name the chosen option of each filter that has some, "" for none."""
        return {name: self.form.cleaned_data.get(name) or "" for name in CONDITIONS}

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
        return str(dict(self.filters[name].extra["options"])[value]) if value else ""

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
            if not value:
                yield _("Was bei „%(filter)s“ steht, lässt sich nicht lesen und bleibt weg.") % {
                    "filter": label
                }
                continue
            yield _("„%(value)s“ kennen wir bei „%(filter)s“ nicht und lassen es weg.") % {
                "value": Truncator(value).chars(40),
                "filter": label,
            }
        if self.words.was_cut:
            yield _("Deine Suche war sehr lang. Gesucht wird nur nach ihrem Anfang.")
        if self.data.get("q", "").strip() and not self.words:
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

    def narrow(self, least: int) -> None:
        """Look no further around the place than where so many are found: the nearest of them come first anyway."""
        for km in sorted(int(km) for km, _label in RADII):
            self.looks_within = min(km, self.radius)
            if km >= self.radius or self.found().values("pk")[:least].count() == least:
                return

    def found(self, *names: str) -> AgencyQuerySet:
        """What passes the filters of these names, or all of them; in no order."""
        found: AgencyQuerySet = self.queryset.all()
        for name in names or self.filters:
            found = self.filters[name].filter(found, self.form.cleaned_data.get(name))
        return found

    def ordered(self, agencies: AgencyQuerySet) -> AgencyQuerySet:
        """Each with the keys that its place in the list depends on (agencies.keyset)."""
        return keyset.ordered(agencies, self.order_keys)

    @property
    def order_keys(self) -> tuple[Expression | F, ...]:
        """All ascend, and are those of an index where there is one."""
        match self.order:
            case Sort.RELEVANCE:
                return by_relevance(self.words)
            case Sort.DISTANCE:
                return (F("km"), F("score__sort_name"), F("pk"))
            case Sort.NAME:
                return (F("sort_name"), F("pk"))
        return INDEXED[self.order]

    @property
    def key_kinds(self) -> tuple[type, ...]:
        return KEY_KINDS[self.order]

    def unchanged(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        """The radius goes with the place, the order comes last."""
        return queryset

    def with_words(self, queryset: AgencyQuerySet, name: str, value: Search) -> AgencyQuerySet:
        return value.matching(queryset)

    def passing(self, queryset: AgencyQuerySet, name: str, value: str) -> AgencyQuerySet:
        return queryset.filter(CONDITIONS[name](value))

    def around(self, queryset: AgencyQuerySet, name: str, value: Located) -> AgencyQuerySet:
        """Those with an office within the radius, or in the very town if an office has no coordinates."""
        away = distance_km(value.latitude, value.longitude)
        box = inside_box(value.latitude, value.longitude, self.looks_within)
        in_town = Q(latitude=None, place=value.name, country=value.country)
        near = Office.objects.alias(away=away).filter((box & Q(away__lte=self.looks_within)) | in_town)
        nearest = Office.objects.filter(agency=OuterRef("pk"), latitude__isnull=False).order_by(away)
        km = Coalesce(Subquery(nearest.values(km=away)[:1]), Value(float(self.radius)))
        return queryset.filter(pk__in=near.values("agency")).annotate(km=km)


def by_relevance(words: Search) -> tuple[Expression | F, ...]:
    """In double precision, so that a cursor names the very number."""
    return (Cast(-words.relevance(), FloatField()), F("score__sort_name"), F("pk"))


# What an option of a filter asks of an agency: feedback by the dots that are shown, the score by the mean that is
# shown and not by its lower bound.
CONDITIONS: dict[str, Callable[[str], Q]] = {
    "form": lambda value: Q(kinds__contains=[value]),
    "fach": lambda value: Q(fields__contains=[value]),
    "min_feedback": lambda value: Q(score__waits_shown=True, score__dots_answered__gte=int(value) // 10),
    "min_score": lambda value: Q(score__is_shown=True, score__mean__gte=float(value) - HALF_A_TENTH),
}
INDEXED: dict[Sort, tuple[Expression | F, ...]] = {
    Sort.FEEDBACK: (F("score__feedback_rank"), -F("score__waits"), F("score__sort_name"), F("score__agency")),
    Sort.SCORE: (F("score__score_rank"), -F("score__n"), F("score__sort_name"), F("score__agency")),
    Sort.REVIEWS: (-F("score__n"), F("score__sort_name"), F("score__agency")),
}
KEY_KINDS: dict[Sort, tuple[type, ...]] = {
    Sort.RELEVANCE: (float, str, int),
    Sort.FEEDBACK: (float, int, str, int),
    Sort.SCORE: (float, int, str, int),
    Sort.REVIEWS: (int, str, int),
    Sort.NAME: (str, int),
    Sort.DISTANCE: (float, str, int),
}
