"""Finding agencies by what people type: whole words, beginnings of words, and words that are nearly right.

Every agency carries a document of weighted, stemmed words for full-text search, and its names and towns as plain
text for comparing trigrams. Both hold folded text (agencies.folding), as does every query, so "München",
"muenchen" and "MUENCHEN" are one word. A word that no agency has is taken for a mistyped one: of the trade, if it
is close to a word of ours (agencies.vocabulary), else of a name or a town.
"""

import json
import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cached_property, reduce
from operator import or_

from django.contrib.postgres.search import Lexeme, SearchQuery, SearchRank, TrigramWordSimilarity
from django.db import connection
from django.db.models import Exists, F, Func, Max, TextField, Value
from django.db.models.expressions import CombinedExpression

from agencies.folding import fold
from agencies.models import Agency
from agencies.models.agency import AgencyQuerySet
from agencies.vocabulary import FIELD_WORDS, GENERIC, KIND_WORDS

LONGEST_QUERY = 120  # characters
MOST_WORDS = 8
ENOUGH_TO_COMPLETE = 3  # letters after which the last word may be the beginning of a longer one
MEANT = 0.8  # likeness to a word of the trade, as difflib reckons it
AS_CLOSE = 0.05  # as good a guess as the best one
ENOUGH_TO_GUESS = 5  # letters; "Bern" is as close to "Berlin" as many a typo is to what was meant
WEIGHTS = [0.02, 0.1, 0.3, 1.0]  # of D description, C fields, B places and services, A names
DOCUMENT = "search_document"
WORD = re.compile(r"[^\W_]+")
CONNECTING = frozenset(
    fold(
        "in im am an auf bei für und oder von vom mit aus der die das den dem ein eine einer um rund nahe nähe"
        " zu zur zum the a of for and or near at with by"
    ).split()
)


# ---- the document ----------------------------------------------------------------------------------------

# The first line of search_words is the folded name alone: it orders lists by name and is compared on its own. The
# second has its other names, also with plain vowels, because "Sohne" is how a foreign keyboard writes "Söhne".
NAME, OTHER_NAMES = 1, 2
REFRESH = r"""
WITH chosen AS (
    SELECT * FROM agencies_agency WHERE %(ids)s::bigint[] IS NULL OR id = ANY(%(ids)s)
), town AS (
    SELECT agency_id AS id, string_agg(DISTINCT search_fold(concat_ws(' ', place, postcode)), ' ') AS places
    FROM agencies_office JOIN chosen ON chosen.id = agency_id GROUP BY agency_id
), other_name AS (  -- of the town: Munich, Muenchen
    SELECT agency_id AS id, string_agg(DISTINCT spelling.folded, ' ') AS places
    FROM agencies_office office
    JOIN chosen ON chosen.id = agency_id
    JOIN agencies_place place ON (place.name, place.country) = (office.place, office.country) AND place.part_of = ''
    JOIN agencies_placename spelling ON spelling.place_id = place.id
    GROUP BY agency_id
), part AS (
    SELECT id,
        search_fold(name) AS name,
        search_fold(concat_ws(' ', translate(normalize(name, NFC), 'äöüÄÖÜ', 'aouAOU'), legal_name,
                              regexp_replace(domain, '\.[^.]*$', ''))) AS also,
        search_fold(description) AS description,
        concat_ws(' ', town.places, other_name.places) AS places,
        (SELECT string_agg(%(kinds)s::jsonb ->> kind, ' ') FROM unnest(kinds) kind) AS kinds,
        (SELECT string_agg(%(fields)s::jsonb ->> field, ' ') FROM unnest(fields) field) AS fields
    FROM chosen LEFT JOIN town USING (id) LEFT JOIN other_name USING (id)
)
UPDATE agencies_agency agency
SET search_words = concat_ws(E'\n', part.name, part.also, part.places),
    search_document =
        setweight(to_tsvector('german', concat_ws(' ', part.name, part.also)), 'A')
        || setweight(to_tsvector('german', concat_ws(' ', part.places, part.kinds)), 'B')
        || setweight(to_tsvector('german', coalesce(part.fields, '')), 'C')
        || setweight(to_tsvector('german', part.description), 'D')
FROM part
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
        refreshed: int = cursor.rowcount
    return refreshed


# ---- the query -------------------------------------------------------------------------------------------


class Search:
    """What somebody typed, as the words that count. Any text will do: what is no word is left out."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text[: 4 * LONGEST_QUERY].replace("\0", " ").split())[:LONGEST_QUERY].strip()
        found = list(dict.fromkeys(WORD.findall(fold(self.text))))
        words = [word for word in found if word not in CONNECTING] or found
        self.words = words[:MOST_WORDS]
        self.was_cut = len(text.strip()) > LONGEST_QUERY or len(words) > MOST_WORDS

    def __bool__(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self.words)

    def matching(self, agencies: AgencyQuerySet) -> AgencyQuerySet:
        """Those that have every word, or nearly so where a word seems mistyped: guessed among what the others find."""
        for word, query in sorted(self._queries.items(), key=lambda item: item[0] in self.mistyped):
            if word not in self.mistyped:
                agencies = agencies.filter(**{DOCUMENT: query})
            elif meant := get_close_matches(word, GENERIC, n=1, cutoff=MEANT):
                agencies = agencies.filter(**{DOCUMENT: SearchQuery(Lexeme(meant[0]), config="german")})
            else:
                agencies = nearest(agencies, word)
        return agencies

    @cached_property
    def mistyped(self) -> list[str]:
        """The words that no agency has, unless they are too short to guess at."""
        listed = Agency.objects.listed()
        known = {
            f"word_{number}": Exists(listed.filter(**{DOCUMENT: query}))
            for number, query in enumerate(self._queries.values())
        }
        row = Agency.objects.annotate(**known).values_list(*known).first() if known else None
        unknown = [word for word, is_known in zip(self._queries, row or (), strict=False) if not is_known]
        return [word for word in unknown if len(word) >= ENOUGH_TO_GUESS]

    def relevance(self) -> CombinedExpression:
        """0 to about 2: weighted words found, plus how much of the query is in the name."""
        query = reduce(or_, self._queries.values())
        return SearchRank(F(DOCUMENT), query, weights=WEIGHTS) + likeness(" ".join(self.words))

    @cached_property
    def _queries(self) -> dict[str, SearchQuery]:
        """One by word; the last may be the beginning of a longer one."""
        last = len(self.words) - 1
        return {
            word: SearchQuery(
                Lexeme(word, prefix=place == last and len(word) >= ENOUGH_TO_COMPLETE), config="german"
            )
            for place, word in enumerate(self.words)
        }


def nearest(agencies: AgencyQuerySet, word: str) -> AgencyQuerySet:
    """Those whose names or towns come closest to a mistyped word: "Muenchn" is not Münster while there is München."""
    likeness = TrigramWordSimilarity(word, "search_words")
    similar = {"search_words__trigram_word_similar": word}
    best = agencies.filter(**similar).aggregate(best=Max(likeness))["best"] or 1.0
    return agencies.alias(likeness=likeness).filter(**similar, likeness__gte=best - AS_CLOSE)


def likeness(folded: str, line: int = NAME) -> TrigramWordSimilarity:
    """How much of the text is in a line of search_words, from 0 to 1."""
    text = Func(F("search_words"), Value("\n"), Value(line), function="split_part", output_field=TextField())
    return TrigramWordSimilarity(folded, text)
