"""Places and postcodes of the German-speaking countries; `load_places` fills the tables from agencies/data."""

from __future__ import annotations

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import TrigramSimilarity
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _


class Country(models.TextChoices):
    """The countries we know places in, by ISO 3166 code."""

    GERMANY = "DE", _("Deutschland")
    AUSTRIA = "AT", _("Österreich")
    SWITZERLAND = "CH", _("Schweiz")
    LIECHTENSTEIN = "LI", _("Liechtenstein")


def on_the_globe(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
    )


class PlaceQuerySet(models.QuerySet["Place"]):
    """All arguments called `folded` have been through agencies.folding.fold."""

    def spelled(self, folded: str) -> Self:
        return self.filter(spellings__folded=folded)

    def starting_with(self, folded: str) -> Self:
        spellings = PlaceName.objects.filter(place=OuterRef("pk"), folded__startswith=folded)
        return self.filter(Exists(spellings))

    def in_country(self, country: str) -> Self:
        """Those in one country, or all for the empty code."""
        return self.filter(country=country) if country else self.all()

    def largest_first(self) -> Self:
        """A district counts a quarter: "Linden" is the town rather than the part of Hannover."""
        weight = F("population") / Case(When(part_of="", then=1), default=4)
        return self.order_by(weight.desc(), "name", "pk")


class Place(models.Model):
    """A town, a village or a district of a city, under its German name."""

    geoname_id = models.PositiveIntegerField(
        unique=True,
        null=True,
        blank=True,
        help_text=_("Leer, wenn der Ort nur aus der Postleitzahlentabelle bekannt ist."),
    )
    name = models.CharField(_("Name"), max_length=100)
    country = models.CharField(_("Land"), max_length=2, choices=Country)
    region = models.CharField(_("Bundesland oder Kanton"), max_length=60)
    part_of = models.CharField(
        _("Stadtteil von"), max_length=100, blank=True, help_text=_("Leer, wenn der Ort für sich steht.")
    )
    population = models.PositiveIntegerField(_("Bevölkerung"))
    latitude = models.FloatField(_("Breite"), help_text=_("Grad, Norden positiv (WGS 84)"))
    longitude = models.FloatField(_("Länge"), help_text=_("Grad, Osten positiv (WGS 84)"))

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("Ort")
        verbose_name_plural = _("Orte")
        constraints = [on_the_globe("place_on_the_globe")]
        indexes = [models.Index(fields=["name", "country"], name="place_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """The name with what tells it apart: "Linden, Hannover", "Linden, Hessen"; "Hamburg" alone."""
        within = self.part_of or self.region
        nothing_new = self.name.startswith(within) or within.startswith(self.name)
        return self.name if nothing_new else f"{self.name}, {within}"


class PlaceNameQuerySet(models.QuerySet["PlaceName"]):
    def similar_to(self, folded: str) -> Self:
        """Spellings above the threshold of pg_trgm, most similar first."""
        similarity = TrigramSimilarity("folded", folded)
        return self.filter(folded__trigram_similar=folded).order_by(similarity.desc(), "-place__population")

    def in_country(self, country: str) -> Self:
        return self.filter(place__country=country) if country else self.all()


class PlaceName(models.Model):
    """One way to write a place: "muenchen", "munich"; "frankfurt am main", "frankfurt"."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="spellings")
    folded = models.CharField(max_length=100)

    objects = PlaceNameQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["folded", "place"], name="place_name_once")]
        indexes = [GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="place_name_trigrams")]

    def __str__(self) -> str:
        return self.folded


class Postcode(models.Model):
    """A postcode with the centre of its area and the town it belongs to."""

    country = models.CharField(_("Land"), max_length=2, choices=Country)
    code = models.CharField(_("Postleitzahl"), max_length=5)
    place_name = models.CharField(_("Ort"), max_length=100)
    latitude = models.FloatField(_("Breite"), help_text=_("Grad, Norden positiv (WGS 84)"))
    longitude = models.FloatField(_("Länge"), help_text=_("Grad, Osten positiv (WGS 84)"))

    class Meta:
        verbose_name = _("Postleitzahl")
        verbose_name_plural = _("Postleitzahlen")
        constraints = [
            models.UniqueConstraint(fields=["country", "code"], name="postcode_once_per_country"),
            on_the_globe("postcode_on_the_globe"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.place_name}"
