"""Addresses of the tracker and of the letters."""

from django.urls import path

from journeys.views import check_in, interviews, letters, process_letter, start, tracker

app_name = "journeys"

urlpatterns = [
    path("prozesse/", tracker.journey_list, name="journey-list"),
    path("prozesse/neu/", start.start, name="journey-start"),
    path("prozesse/neu/agentur/", start.propose, name="agency-propose"),
    path("prozesse.csv", tracker.export_csv, name="export-csv"),
    path("prozesse.json", tracker.export_json, name="export-json"),
    path("prozesse/<int:pk>/", tracker.journey_detail, name="journey-detail"),
    path("prozesse/<int:pk>/aendern/", tracker.change, name="journey-change"),
    path("prozesse/<int:pk>/loeschen/", tracker.delete, name="journey-delete"),
    path("prozesse/<int:pk>/zaehlen/", tracker.share, name="journey-share"),
    path("prozesse/<int:pk>/erinnern/", tracker.remind, name="journey-remind"),
    path("prozesse/<int:pk>/gesendet/", tracker.mark_sent, name="letter-mark"),
    path("prozesse/<int:pk>/briefe/<slug:step>/", process_letter.journey_letter, name="journey-letter"),
    path("prozesse/briefe/<int:pk>/zuruecknehmen/", tracker.unmark_sent, name="letter-unmark"),
    path("prozesse/<int:pk>/gespraech/", interviews.log, name="interview-log"),
    path("prozesse/gespraeche/<int:pk>/aendern/", interviews.change, name="interview-change"),
    path("prozesse/gespraeche/<int:pk>/loeschen/", interviews.delete, name="interview-delete"),
    path("prozesse/gespraeche/<int:pk>/rueckmeldung/", interviews.state, name="interview-state"),
    path("prozesse/gespraeche/<int:pk>/kalender.ics", interviews.ics, name="interview-ics"),
    path("nachfrage/<str:token>/", check_in.overview, name="check-in-overview"),
    path("nachfrage/<str:token>/keine-fragen/", check_in.mute, name="check-in-mute"),
    path("nachfrage/<str:token>/<slug:answer>/", check_in.answer, name="check-in"),
    path("ratgeber/vorlagen/", letters.letter_list, name="letter-list"),
    path("ratgeber/vorlagen/<slug:slug>.txt", letters.letter_text, name="letter-text"),
    path("ratgeber/vorlagen/<slug:slug>/", letters.letter_detail, name="letter-detail"),
]
