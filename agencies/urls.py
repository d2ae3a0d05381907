"""The directory, the way to propose a missing agency, and the links by which recruiters decide about their profile.

An agency's own page belongs to reviews.
"""

from django.urls import path

from agencies import views

app_name = "agencies"
urlpatterns = [
    path("agenturen/", views.agency_list, name="agency-list"),
    path("agenturen/neu/", views.agency_propose, name="agency-propose"),
    path("beratung/bestaetigen/<str:token>/", views.recruiter_answer, name="recruiter-answer"),
    path("beratung/verbergen/<str:token>/", views.recruiter_hide, name="recruiter-hide"),
    path("beratung/zeigen/<str:token>/", views.recruiter_show, name="recruiter-show"),
]
