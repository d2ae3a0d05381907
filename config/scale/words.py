"""What invented agencies are called and say of themselves."""

_FIRST = """
Nord Kiesel Regen Silber Ahorn Birken Donner Eichen Falken Garten Hafen Honig Insel Kasten Kupfer Küsten Laternen Linden
Löwen Mandel Mohn Morgen Mühlen Nebel Ofen Perlen Pflaumen Quitten Rosen Rüben Sand Schiefer Schnee See Sommer Spaten
Stern Storch Sturm Tannen Tinten Turm Ufer Veilchen Wacholder Wald Walnuss Wasser Weiden Wiesen Winkel Winter Wolken
Zeder Ziegel Zimt Zirkel Zwiebel Äpfel Öl Übersee Brücken Dünen Glocken
"""
_SECOND = """
licht stein bogen quelle wiese brücke turm feld blick garten kamm pfad ufer hof nest kern mast schiff segel stube tor
wind wurzel zaun zweig acker bach berg blatt bucht eck fenster grund hügel insel kanne kiste laden mühle platz ring
säule schmiede steg stock tal warte
"""
_TRADES = """
Personalberatung Personalvermittlung Recruiting Zeitarbeit Personal Consulting Talents Headhunting Fachkräfte
Personaldienst Executive Karriere Jobs Projektpartner Ingenieure Pflegepersonal Staffing Personalservice
"""
FIRST, SECOND, TRADES = (tuple(words.split()) for words in (_FIRST, _SECOND, _TRADES))
ENDINGS = ("", "", "", "", "", " & Söhne", " & Töchter", " & Partner", " Gruppe", " Süd", " Nord", " Plus")

PROMISES = (
    "Wir besetzen Stellen, die andere lange suchen.",
    "Unser Büro kennt die Betriebe der Gegend seit vielen Jahren.",
    "Vom ersten Gespräch bis zum ersten Arbeitstag bleibt eine Person zuständig.",
    "Wir vermitteln nur, was wir selbst gesehen haben.",
    "Kurze Wege, klare Absprachen und eine Antwort nach jedem Gespräch.",
    "Spezialisiert auf Berufe mit Verantwortung.",
    "Für kleine Betriebe und große Häuser, mit und ohne Schichtdienst.",
    "Wir arbeiten mit Kliniken, Kanzleien, Werkstätten und Verlagen.",
)
