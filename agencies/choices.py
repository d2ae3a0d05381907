"""The words of the trade: kinds of service, fields of work, sizes. Codes are stable, labels are translated."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    PLACEMENT = "placement", _("Personalvermittlung")
    TEMP = "temp", _("Zeitarbeit")
    EXECUTIVE = "executive", _("Executive Search")
    FREELANCE = "freelance", _("Freelance und Contracting")
    RPO = "rpo", _("Recruiting im Auftrag (RPO)")


class Field(models.TextChoices):
    IT = "it", _("IT und Software")
    ENGINEERING = "engineering", _("Technik und Ingenieurwesen")
    FINANCE = "finance", _("Finanzen und Controlling")
    HEALTH = "health", _("Pflege und Medizin")
    SALES = "sales", _("Vertrieb und Marketing")
    HR = "hr", _("Personal und Verwaltung")
    LEGAL = "legal", _("Recht und Steuern")
    LOGISTICS = "logistics", _("Logistik und Einkauf")
    PRODUCTION = "production", _("Produktion und Handwerk")
    HOSPITALITY = "hospitality", _("Gastronomie und Handel")
    SCIENCE = "science", _("Wissenschaft und Pharma")
    EDUCATION = "education", _("Bildung und Soziales")
    OTHER = "other", _("Anderes")


class Size(models.TextChoices):
    SOLO = "1", _("eine Person")
    SMALL = "2-9", _("2 bis 9 Personen")
    MEDIUM = "10-49", _("10 bis 49 Personen")
    LARGE = "50-249", _("50 bis 249 Personen")
    HUGE = "250+", _("ab 250 Personen")


class AgencyStatus(models.TextChoices):
    PROPOSED = "proposed", _("vorgeschlagen")
    LISTED = "listed", _("gelistet")
    MERGED = "merged", _("zusammengeführt")
    CLOSED = "closed", _("geschlossen")
    REFUSED = "refused", _("abgelehnt")


READABLE = (AgencyStatus.LISTED, AgencyStatus.CLOSED)
"""What has a page of its own: listed agencies, and closed ones whose reviews stay."""

RATEABLE = (*READABLE, AgencyStatus.PROPOSED)
"""What a candidate may write about: also a proposed agency, whose review waits with it."""


class RecruiterState(models.TextChoices):
    NEW = "new", _("noch nicht gefragt")
    ASKED = "asked", _("gefragt")
    REFUSED = "refused", _("abgelehnt")
    PUBLIC = "public", _("öffentlich")
    HIDDEN = "hidden", _("verborgen")
