"""Finding agencies by what people type: whole words, beginnings of words, and words that are nearly right.

Every agency carries a document of weighted, stemmed words for full-text search and the same words as plain text
for comparing trigrams. Both hold folded text (agencies.folding), as does every query, so "München", "muenchen"
and "MUENCHEN" are one word.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.contrib.postgres.search import Lexeme, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection
from django.db.models import Exists, F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Greatest

from agencies.folding import fold
from agencies.models import Agency
from agencies.models.agency import AgencyQuerySet
from agencies.vocabulary import FIELD_WORDS, GENERIC, KIND_WORDS

LONGEST_QUERY = 120  # characters
MOST_WORDS = 8
ENOUGH_TO_COMPLETE = 3  # letters after which the last word may be the beginning of a longer one
ALIKE, MOST_ALIKE = 0.6, 5  # similarity of two names, 0 to 1; how many are offered
ENOUGH_TO_GUESS = 5  # letters; "Bern" is as close to "Berlin" as many a typo is to what was meant
WEIGHTS = [0.02, 0.1, 0.3, 1.0]  # of D description, C fields, B places and services, A names
WORD = re.compile(r"[^\W_]+")
CONNECTING = frozenset(
    fold(
        "in im am an auf bei für und oder von vom mit aus der die das den dem ein eine einer um rund nahe nähe"
        " zu zur zum the a of for and or near at with by"
    ).split()
)
LEGAL_FORMS = frozenset(
    "gmbh ggmbh ag kg ohg ug gbr se sa sarl ek mbh co e k haftungsbeschraenkt ltd inc llc eu".split()
)


# ---- the document ----------------------------------------------------------------------------------------

# The first line of search_words is the folded name alone: it orders lists by name and is compared on its own. The
# second has its other names, also with plain vowels, because "Sohne" is how a foreign keyboard writes "Söhne".
NAME, OTHER_NAMES = 1, 2
REFRESH = r"""
UPDATE agencies_agency agency
SET search_words = concat_ws(E'\n', part.name, part.also, concat_ws(' ', part.places, part.kinds, part.fields)),
    search_document =
        setweight(to_tsvector('german', concat_ws(' ', part.name, part.also)), 'A')
        || setweight(to_tsvector('german', concat_ws(' ', part.places, part.kinds)), 'B')
        || setweight(to_tsvector('german', coalesce(part.fields, '')), 'C')
        || setweight(to_tsvector('german', part.description), 'D')
FROM (
    SELECT id,
        search_fold(name) AS name,
        search_fold(concat_ws(' ', translate(normalize(name, NFC), 'äöüÄÖÜ', 'aouAOU'), legal_name,
                              regexp_replace(domain, '\.[^.]*$', ''))) AS also,
        search_fold(description) AS description,
        (SELECT string_agg(DISTINCT search_fold(concat_ws(' ', office.place, office.postcode)), ' ')
         FROM agencies_office office WHERE office.agency_id = source.id)
        || coalesce((
            SELECT ' ' || string_agg(DISTINCT spelling.folded, ' ')
            FROM agencies_office office
            JOIN agencies_place place ON (place.name, place.country) = (office.place, office.country)
            JOIN agencies_placename spelling ON spelling.place_id = place.id
            WHERE office.agency_id = source.id AND place.part_of = ''), '') AS places,
        (SELECT string_agg(%(kinds)s::jsonb ->> kind, ' ') FROM unnest(kinds) kind) AS kinds,
        (SELECT string_agg(%(fields)s::jsonb ->> field, ' ') FROM unnest(fields) field) AS fields
    FROM agencies_agency source
    WHERE %(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s)
) part
WHERE part.id = agency.id
"""


def refresh_search(agency_ids: Iterable[int] | None = None) -> int:
    """Write what is searched anew, for these agencies or for all, in one statement. How many there were.

    Whatever changes a name, a website, an office, services, fields or a description calls this in its transaction.
    """
    ids = None if agency_ids is None else sorted(set(agency_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            REFRESH, {"ids": ids, "kinds": json.dumps(KIND_WORDS), "fields": json.dumps(FIELD_WORDS)}
        )
        return cursor.rowcount


# ---- the query -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody typed, as the words that count. Without words it finds everything."""

    text: str
    words: tuple[str, ...]
    was_cut: bool = False

    @classmethod
    def of(cls, text: str) -> "Search":
        """Any text at all: what is too long is cut, what is no word is left out."""
        kept = " ".join(text[: 4 * LONGEST_QUERY].replace("\0", " ").split())[:LONGEST_QUERY].strip()
        found = list(dict.fromkeys(WORD.findall(fold(kept))))
        words = [word for word in found if word not in CONNECTING] or found
        was_cut = len(text.strip()) > LONGEST_QUERY or len(words) > MOST_WORDS
        return cls(kept, tuple(words[:MOST_WORDS]), was_cut)

    def __bool__(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self.words)

    def matching(self, agencies: AgencyQuerySet) -> AgencyQuerySet:
        """Those that have every word. A word that no agency has may be nearly right instead."""
        for word, query in zip(self.words, self._queries(), strict=True):
            literally = Q(search_document=query)
            if len(word) < ENOUGH_TO_GUESS:
                agencies = agencies.filter(literally)
            else:
                known = Exists(Agency.objects.listed().filter(literally))
                agencies = agencies.filter(literally | Q(~known, search_words__trigram_word_similar=word))
        return agencies

    def relevance(self) -> Combinable:
        """0 to about 2: weighted words found, plus how much of the query is in the name."""
        query = reduce(or_, self._queries())
        return SearchRank(F("search_document"), query, weights=WEIGHTS) + likeness(" ".join(self.words))

    def _queries(self) -> Sequence[SearchQuery]:
        """One for each word; the last may be the beginning of a longer one."""
        last = len(self.words) - 1
        lexemes = [
            Lexeme(word, prefix=place == last and len(word) >= ENOUGH_TO_COMPLETE)
            for place, word in enumerate(self.words)
        ]
        return [SearchQuery(lexeme, config="german") for lexeme in lexemes]


def likeness(folded: str, line: int = NAME) -> TrigramWordSimilarity:
    """How much of the text is in a line of search_words, from 0 to 1."""
    text = Func(F("search_words"), Value("\n"), Value(line), function="split_part", output_field=TextField())
    return TrigramWordSimilarity(folded, text)


# ---- the same agency under nearly the same name ------------------------------------------------------------


def alike(name: str, domain: str = "") -> list[Agency]:
    """Agencies with a page that a proposal may mean, closest first: the same domain, or nearly the same name."""
    agencies = Agency.objects.readable()
    by_domain = list(agencies.filter(domain=domain)) if domain else []
    folded = " ".join(distinctive(name))
    if not folded:
        return by_domain
    by_name = (
        agencies.exclude(pk__in=[agency.pk for agency in by_domain])
        .filter(search_words__trigram_word_similar=folded)
        .alias(likeness=Greatest(likeness(folded, NAME), likeness(folded, OTHER_NAMES)))
        .filter(likeness__gte=ALIKE)
        .order_by("-likeness", "search_words", "pk")
    )
    return [*by_domain, *by_name[:MOST_ALIKE]]


def distinctive(name: str) -> list[str]:
    """The words of a name that tell it from others: neither its legal form nor, if any other is left, the trade."""
    words = [word for word in Search.of(name).words if word not in LEGAL_FORMS]
    return [word for word in words if word not in GENERIC] or words
