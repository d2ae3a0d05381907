"""Who plays in the demo: sixty agencies nobody can mistake for real ones, and how each of them behaves."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Temper:
    """How an agency treats candidates. Days are whole days from an interview to the answer.

    `answers`: chance that an answer comes at all; `fast`, `slow`: the middle and the far end of its days;
    `reasons`: weights of none, phrase, concrete, helpful; `stars`: mean of its ratings; `chased`: chance that it
    answers only after being asked.
    """

    answers: float
    fast: int
    slow: int
    reasons: tuple[int, int, int, int]
    stars: float
    chased: float


TEMPERS = {
    "exemplary": Temper(0.96, 4, 9, (1, 1, 5, 5), 4.4, 0.05),
    "good": Temper(0.88, 6, 16, (2, 3, 5, 2), 3.9, 0.12),
    "middling": Temper(0.74, 10, 28, (3, 5, 3, 1), 3.3, 0.28),
    "slow": Temper(0.66, 18, 42, (3, 6, 2, 1), 2.8, 0.45),
    "ghost": Temper(0.48, 12, 35, (5, 6, 1, 0), 2.1, 0.55),
}


@dataclass(frozen=True)
class Part:
    """One agency: name without the suffix "(Demo)", temper, kinds, fields, places, reviews, founding year, size."""

    name: str
    temper: str
    kinds: str
    fields: str
    places: str
    reviews: int
    founded: int
    size: str


_ROWS = """
Nordlicht & Söhne Personalberatung|good|placement|finance logistics it|Hamburg, Kiel|64|2009|10-49
Hafenkante IT-Vermittlung|exemplary|placement freelance|it|Hamburg, Lübeck|58|2014|10-49
Drei Linden Pflegevermittlung|exemplary|placement temp|health|Leipzig, Halle (Saale)|57|2011|10-49
Zwölfuhr Executive Search|middling|executive|production sales|Zürich, Konstanz|38|2004|2-9
Blaubeer & Partner|good|freelance|it|Hamburg, Bremen|9|2019|2-9
Wolkenstein Technikvermittlung|middling|placement|engineering it|Stade, Hamburg|3|2021|2-9
Karlchen Kieselstein Zeitarbeit|ghost|temp|production logistics|Dortmund, Essen, Bochum|72|1998|250+
Papierflieger Personal|slow|placement temp|hr sales|Köln, Düsseldorf|51|2006|50-249
Silberfuchs Search|middling|executive|finance legal|Frankfurt am Main|34|2001|10-49
Morgentau Medizinvermittlung|good|placement|health science|München, Augsburg|52|2012|10-49
Bergziege Recruiting|exemplary|placement rpo|engineering it|Innsbruck, Salzburg|31|2016|2-9
Kupferkessel Personalservice|ghost|temp placement|production|Nürnberg, Fürth|47|1994|50-249
Tintenfass Talente|good|placement|sales hr|Berlin, Potsdam|38|2010|10-49
Windrad Ingenieure|good|placement freelance|engineering|Bremen, Oldenburg|36|2013|10-49
Zimtstern Gastropersonal|middling|temp|hospitality|München, Rosenheim|29|2015|10-49
Laternenpfahl Logistikleute|slow|temp placement|logistics|Duisburg, Krefeld|33|2003|50-249
Eichhorn & Eichhorn Steuerköpfe|exemplary|placement|legal finance|Stuttgart|27|2008|2-9
Sieben Meilen Freelancing|good|freelance|it engineering|Berlin|41|2017|10-49
Quellwasser Personalberatung|good|placement executive|science health|Basel, Freiburg im Breisgau|34|2007|10-49
Rollmops Recruiting|ghost|placement|sales|Rostock, Schwerin|22|2018|2-9
Federleicht Personal|middling|placement temp|hr education|Hannover, Braunschweig|37|2005|10-49
Taubenschlag Vermittlung|slow|placement|hr finance|Wien|36|2000|50-249
Donauwelle Jobs|middling|placement temp|hospitality production|Linz, Wels|25|2012|10-49
Kastanie Karriere|good|placement|education hr|Graz|21|2014|2-9
Alpenglühen Kaderselektion|middling|executive|finance|Zürich, Zug|32|1999|10-49
Murmeltier Personal|slow|placement|production engineering|Bern, Thun|24|2009|10-49
Seerose Stellenvermittlung|good|placement|health education|Luzern|19|2011|2-9
Glühwurm Tech Talents|exemplary|placement freelance|it|München|45|2018|10-49
Pfefferkorn Personalpartner|ghost|temp|logistics production|Leipzig, Dresden|39|1997|250+
Wagenrad Werkpersonal|slow|temp|production|Chemnitz, Zwickau|26|2002|50-249
Schneekugel Consulting|middling|freelance rpo|it finance|Düsseldorf|30|2013|10-49
Regenbogen Pflegepersonal|good|temp|health|Essen, Oberhausen|28|2016|10-49
Apfelbaum & Töchter|exemplary|placement|finance hr|Münster|23|2010|2-9
Hängematte Headhunting|ghost|executive|sales|Düsseldorf, Köln|18|2020|2-9
Fernrohr Fachkräfte|middling|placement|engineering production|Mannheim, Heidelberg|27|2006|10-49
Klabautermann Crewing|good|temp placement|logistics|Bremerhaven, Emden|14|2012|10-49
Sonnenuhr Sozialberufe|exemplary|placement|education health|Kassel|17|2015|2-9
Buchstabensuppe Medienjobs|middling|placement freelance|sales|Hamburg|20|2014|2-9
Paukenschlag Executive|slow|executive|production finance|München, Wien|16|2003|10-49
Zitronenfalter Zeitarbeit|slow|temp|hospitality logistics|Nürnberg, Erlangen|21|2008|50-249
Kaltes Kännchen Gastrojobs|ghost|temp|hospitality|Berlin|15|2019|10-49
Wetterhahn Wissenschaft|good|placement|science|Göttingen, Jena|12|2016|2-9
Eisvogel Engineering|good|freelance placement|engineering|Ulm, Friedrichshafen|18|2011|10-49
Langer Samstag Retailjobs|middling|placement temp|hospitality sales|Köln, Bonn|19|2010|10-49
Nadelöhr Nachwuchs|middling|placement|it education|Karlsruhe|8|2021|2-9
Brotkrumen Recruiting|slow|placement rpo|it|Berlin, Leipzig|16|2017|10-49
Dreispitz Finanztalente|good|placement executive|finance|Frankfurt am Main, Mainz|22|2009|10-49
Kopfstand Kreative|middling|freelance|sales it|Wien, Graz|11|2018|2-9
Moosgrün Umweltjobs|exemplary|placement|science engineering|Freiburg im Breisgau|13|2019|2-9
Trommelwirbel Personal|ghost|placement temp|sales hr|Hannover|17|2013|10-49
Uhrwerk Personaldienst|middling|temp|production engineering|Villingen-Schwenningen|10|2005|10-49
Kieselweg Kanzleipersonal|good|placement|legal|Bonn|7|2014|2-9
Sternschnuppe Startups|slow|placement|it sales|Berlin|14|2020|2-9
Tausendfüßler Temp|slow|temp|logistics|Kassel, Erfurt|12|2007|50-249
Wanderdüne Vermittlung|middling|placement|hospitality|Sylt, Flensburg|5|2016|2-9
Fadenspule Textilköpfe|good|placement|production sales|Reutlingen|4|2012|1
Laubfrosch Landtechnik|good|placement|engineering|Oldenburg|2|2021|1
Pusteblume Praxisjobs|good|placement|health|Erfurt|1|2022|1
Nachteule Schichtpersonal|middling|temp|health production|Magdeburg|0|2023|2-9
Steinpilz Search|middling|executive|science|Salzburg|0|2022|1
"""

PARTS = tuple(
    Part(name, temper, kinds, fields, places, int(reviews), int(founded), size)
    for name, temper, kinds, fields, places, reviews, founded, size in (
        row.split("|") for row in _ROWS.strip().splitlines()
    )
)
PROPOSED = ("Gummistiefel Gartenbau-Personal", "Zehnte Etage Talents")
