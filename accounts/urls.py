from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("", views.settings_page, name="settings"),
    path("daten/", views.export, name="export"),
    path("loeschen/", views.delete, name="delete"),
    path("postfach/", views.mailbox_works, name="mailbox-works"),
    path("einwilligung/<slug:kind>/fragen/", views.consent_ask, name="consent-ask"),
    path("einwilligung/<slug:kind>/beenden/", views.consent_end, name="consent-end"),
    path("einwilligung/bestaetigen/<str:token>/", views.consent_confirm, name="consent-confirm"),
    path("abbestellen/<str:token>/", views.consent_withdraw, name="consent-withdraw"),
]
