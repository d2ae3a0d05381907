"""What demo candidates write: sentences that fit how the process went, put together without repeating themselves."""

from random import Random

GOOD_DE = {
    "answered": [
        "Nach dem Gespräch kam nach {days} Tagen ein Anruf, freundlich und ohne Umwege.",
        "Die Antwort kam nach {days} Tagen, genau wie angekündigt.",
        "Ich wusste nach {days} Tagen, woran ich bin. Das ist selten.",
        "Die Absage war klar begründet, damit konnte ich arbeiten.",
        "Man hat mir gesagt, woran es lag: mehr Erfahrung mit dem System war gefragt.",
        "Auch das Nein kam am Telefon und nicht als Standardmail.",
        "Feedback vom Kunden wurde fast wörtlich weitergegeben.",
    ],
    "any": [
        "Gute Vorbereitung auf das Gespräch, mit echten Fragen des Kunden.",
        "Die Stelle war so, wie sie beschrieben wurde.",
        "Sehr angenehmer Ton, kein Druck.",
        "Mein Lebenslauf ging erst nach Rücksprache an den Kunden.",
        "Der Termin wurde pünktlich eingehalten.",
        "Ich wurde zurückgerufen, wenn ich eine Frage hatte.",
        "Die Gehaltsspanne wurde im ersten Gespräch offen genannt.",
        "Fachlich wusste man, worüber wir sprechen.",
        "Am Abend vor dem Termin kam noch eine kurze Nachricht mit Anfahrt und Ansprechpersonen.",
        "Man hat sich Zeit genommen, auch für meine Bedenken.",
        "Ehrliche Einschätzung, welche Chancen ich habe.",
        "Die Unterlagen wurden ordentlich aufbereitet.",
    ],
}
BETTER_DE = {
    "silent": [
        "Nach dem Gespräch kam nichts mehr. Ich habe {chased} nachgefragt.",
        "Bis heute keine Antwort, weder Zusage noch Absage.",
        "Auf meine Mails wurde nicht geantwortet, am Telefon hieß es, man melde sich.",
        "Ein kurzes Nein hätte gereicht. Stattdessen: Stille.",
        "Zwei Termine, ein halber Urlaubstag, danach nie wieder etwas gehört.",
        "Es hieß „bis Freitag“. Welcher Freitag gemeint war, weiß ich bis heute nicht.",
    ],
    "slow": [
        "Die Antwort kam erst nach {days} Tagen und nur auf Nachfrage.",
        "Drei Wochen Warten ohne Zwischenstand waren zermürbend.",
        "Am Ende kam eine Standardmail mit „anderweitig entschieden“.",
        "Mehr Zwischenstände wären gut, auch wenn es nichts Neues gibt.",
        "Begründung: „passt nicht ganz“. Daraus lerne ich nichts.",
    ],
    "any": [
        "Die Stellenbeschreibung war recht allgemein.",
        "Beim Gehalt wurde nachträglich gerückt.",
        "Die Ansprechperson wechselte mitten im Prozess.",
        "Es gab wenig Vorbereitung auf das Gespräch beim Kunden.",
        "Rückrufe dauerten oft mehrere Tage.",
        "Ich hätte gern früher gewusst, um welche Firma es geht.",
        "Etwas mehr Fachwissen würde helfen.",
        "Manche Fragen wurden dreimal gestellt.",
        "Der erste Anruf kam ohne Ankündigung mitten im Arbeitstag.",
    ],
}
GOOD_EN = {
    "answered": [
        "I got a call after {days} days with a clear answer.",
        "The rejection came with concrete reasons, which helped me prepare for the next interview.",
        "They told me when I would hear back, and kept to it: {days} days.",
    ],
    "any": [
        "Well prepared for the interview with the client.",
        "The role was exactly as described.",
        "Friendly and respectful at every step.",
        "The salary range was named in the first call.",
        "My CV was only passed on after I agreed.",
    ],
}
BETTER_EN = {
    "silent": [
        "After the interview there was nothing but silence. I asked {chased}.",
        "Never heard back after the second interview, not even a no.",
        "They said they would call by Friday. They did not.",
    ],
    "slow": [
        "It took {days} days and several mails to get an answer.",
        "In the end one sentence: they went with someone else.",
    ],
    "any": [
        "The contact person changed in the middle of the process.",
        "Call-backs often took days.",
        "The job ad was rather vague.",
    ],
}
CHASED_DE = ("nicht mehr", "einmal", "zweimal", "dreimal", "viermal")
CHASED_EN = ("no further", "once", "twice", "three times", "four times")

# For the queue: each names what a person must look at.
MARKED_DE = (
    "Herr Mustermann aus der Niederlassung hat mich einfach vergessen.",
    "Ich schreibe lieber direkt an post@beispiel-agentur.example.",
    "Unter 0171 5550123 geht niemand ans Telefon.",
    "Mehr dazu auf www.beispiel-blog.example, dort steht alles.",
    "Das sind doch alles Idioten dort.",
)


def write(rng: Random, *, english: bool, stars: float, days: int | None, chased: int) -> tuple[str, str]:
    """(what was good, what should be better) for one review.

    `days` is the length of the answered wait, None where no answer came; `stars` 1..5 decides how much of each.
    """
    good, better = (GOOD_EN, BETTER_EN) if english else (GOOD_DE, BETTER_DE)
    words = (CHASED_EN if english else CHASED_DE)[min(chased, 4)]
    ending = "silent" if days is None else "slow" if days > 14 else "answered"
    praise = rng.sample(good["any"], k=rng.choice((0, 1, 1, 2) if stars < 3 else (1, 1, 2, 2)))
    blame = rng.sample(better["any"], k=rng.choice((1, 1, 2) if stars < 3 else (0, 0, 1)))
    if ending == "answered" and rng.random() < 0.75:
        praise.insert(0, rng.choice(good["answered"]))
    if ending != "answered" and rng.random() < 0.8:
        blame.insert(0, rng.choice(better[ending]))
    if rng.random() < 0.12:
        praise, blame = [], []
    return tuple(" ".join(part).format(days=days, chased=words) for part in (praise, blame))  # type: ignore[return-value]
