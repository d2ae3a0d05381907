"""Addresses of reviews: writing, confirming, one's own; reading them on agency pages."""

from django.urls import path

from reviews.opendata import files
from reviews.views import claim, compare, data, formula, mine, profile, working, write

app_name = "reviews"

urlpatterns = [
    path("so-rechnen-wir/", formula.formula, name="formula"),
    path("daten/", data.open_data, name="open-data"),
    path(f"daten/{files.TABLE}", data.download, {"name": files.TABLE}, name="open-data-table"),
    path(f"daten/{files.DATA}", data.download, {"name": files.DATA}, name="open-data-set"),
    path("agenturen/<slug:slug>/", profile.agency_profile, name="agency-profile"),
    path("agenturen/<slug:slug>/rechnung/", working.agency_working, name="agency-working"),
    path("agenturen/<slug:slug>/bild-<str:version>.png", profile.agency_picture, name="agency-picture"),
    path("vergleich/", compare.agency_compare, name="agency-compare"),
    path("vergleich/bild-<str:version>.png", compare.agency_compare_picture, name="agency-compare-picture"),
    path("vergleich.csv", compare.agency_compare_csv, name="agency-compare-csv"),
    path("agenturen/<slug:slug>/bewerten/", write.write, name="review-write"),
    path("agenturen/<slug:slug>/bewerten/vorschau/", write.preview, name="review-preview"),
    path("agenturen/<slug:slug>/bewerten/entwurf/", write.save_draft, name="draft-save"),
    path("agenturen/<slug:slug>/bewerten/verwerfen/", write.discard, name="draft-discard"),
    path("bewertung/gesendet/", claim.wait, name="claim-wait"),
    path("bewertung/bestaetigen/<str:token>/", claim.confirm, name="claim-confirm"),
    path("konto/bewertungen/", mine.mine, name="review-mine"),
    path("konto/bewertungen/<int:pk>/danke/", mine.thanks, name="review-thanks"),
    path("konto/bewertungen/<int:pk>/aendern/", mine.edit, name="review-edit"),
    path("konto/bewertungen/<int:pk>/zurueckziehen/", mine.withdraw, name="review-withdraw"),
]
