"""Addresses of the tracker and of the letters."""

from django.urls import path

from journeys.views import letters

app_name = "journeys"

urlpatterns = [
    path("ratgeber/vorlagen/", letters.letter_list, name="letter-list"),
    path("ratgeber/vorlagen/<slug:slug>.txt", letters.letter_text, name="letter-text"),
    path("ratgeber/vorlagen/<slug:slug>/", letters.letter_detail, name="letter-detail"),
]
