"""The directory, the way to propose a missing agency, and the links by which recruiters decide about their profile.

An agency's own page belongs to reviews.
"""

from django.urls import path

from agencies.views import directory, recruiters

app_name = "agencies"
urlpatterns = [
    path("agenturen/", directory.agency_list, name="agency-list"),
    path("agenturen/neu/", directory.agency_propose, name="agency-propose"),
    path("beratung/bestaetigen/<str:token>/", recruiters.recruiter_answer, name="recruiter-answer"),
    path("beratung/verbergen/<str:token>/", recruiters.recruiter_hide, name="recruiter-hide"),
    path("beratung/zeigen/<str:token>/", recruiters.recruiter_show, name="recruiter-show"),
]
