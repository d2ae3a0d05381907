"""Addresses of the guides. /ratgeber/vorlagen/ belongs to the letters and has to stand before these."""

from django.urls import path

from guides import views

app_name = "guides"
urlpatterns = [
    path("ratgeber/", views.article_list, name="article-list"),
    path("ratgeber/feed.atom", views.feed, name="article-feed"),
    path("ratgeber/<slug:slug>/", views.article_detail, name="article-detail"),
    path("ratgeber/<slug:slug>/bild-<str:version>.png", views.article_picture, name="article-picture"),
]
