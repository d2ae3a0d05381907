"""What people call the services and the fields of agencies when they search, in German and English.

Nobody reads these words, so they are not translated: they only join the labels in the search document.
"""

from collections.abc import Mapping

from agencies.choices import Field, Kind
from agencies.folding import fold

ANY_KIND = (
    "Agentur Personaldienstleister Personaldienstleistung Personalagentur Recruiting Recruiter recruitment"
)

KINDS = {
    Kind.PLACEMENT: (
        "Personalvermittlung Personalvermittler Personalberatung Personalberater Arbeitsvermittlung Jobvermittlung"
        " Stellenvermittlung Direktvermittlung Festanstellung placement permanent"
    ),
    Kind.TEMP: (
        "Zeitarbeit Zeitarbeitsfirma Leiharbeit Leihfirma Arbeitnehmerüberlassung Personalleasing Personalservice"
        " Zeitpersonal Temporärbüro temporary temp staffing"
    ),
    Kind.EXECUTIVE: (
        "Executive Search Headhunter Headhunting Direktsuche Direktansprache Personalberatung Personalberater"
        " Führungskräfte Kaderselektion leadership"
    ),
    Kind.FREELANCE: (
        "Freelance Freelancer Freiberufler Contracting Contractor Projektvermittlung Projekte Interim Management"
        " freie Mitarbeit"
    ),
    Kind.RPO: "RPO Recruitment Process Outsourcing Recruiting im Auftrag Personalmarketing",
}

FIELDS = {
    Field.IT: "IT Software Softwareentwicklung Entwickler Informatik EDV Daten developer programmer tech",
    Field.ENGINEERING: "Technik Ingenieurwesen Ingenieur Elektrotechnik Maschinenbau Bau engineering engineer",
    Field.FINANCE: "Finanzen Controlling Buchhaltung Rechnungswesen Banken Versicherung finance accounting",
    Field.HEALTH: "Pflege Medizin Gesundheit Krankenhaus Altenpflege Ärzte Therapie health care nursing medical",
    Field.SALES: "Vertrieb Marketing Verkauf Außendienst sales",
    Field.HR: "Personal Verwaltung Büro Assistenz Sekretariat human resources office administration",
    Field.LEGAL: "Recht Steuern Juristen Anwalt Steuerberatung legal law tax",
    Field.LOGISTICS: "Logistik Einkauf Lager Spedition Transport logistics purchasing warehouse",
    Field.PRODUCTION: "Produktion Handwerk Industrie Fertigung Montage Facharbeiter production trades",
    Field.HOSPITALITY: "Gastronomie Handel Hotel Küche Einzelhandel hospitality retail",
    Field.SCIENCE: "Wissenschaft Pharma Labor Forschung Chemie Biologie science research",
    Field.EDUCATION: "Bildung Soziales Erzieher Kita Pädagogik education social work",
    Field.OTHER: "",
}


def folded[Code: (Kind, Field)](words: Mapping[Code, str], also: str = "") -> dict[str, str]:
    """By code, as search_fold would write them."""
    return {str(code): fold(f"{also} {text}") for code, text in words.items()}


KIND_WORDS = folded(KINDS, ANY_KIND)
FIELD_WORDS = folded(FIELDS)
# Words that say nothing about which agency is meant; a name is compared without them.
GENERIC = frozenset(" ".join((*KIND_WORDS.values(), *FIELD_WORDS.values())).split())
