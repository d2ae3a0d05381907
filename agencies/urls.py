"""The directory: search, filters and the way to propose a missing agency. An agency's own page belongs to reviews."""

from django.urls import path

from agencies import views

app_name = "agencies"
urlpatterns = [
    path("agenturen/", views.agency_list, name="agency-list"),
    path("agenturen/neu/", views.agency_propose, name="agency-propose"),
]
