"""Finding agencies by what people type: whole words, beginnings of words, and words that are nearly right.

Every agency carries a document of weighted, stemmed words for full-text search. All text is folded (agencies.folding),
as is every query, so "München", "muenchen" and "MUENCHEN" are one word. The words of all listed agencies stand in a
table of their own: a word that is not among them is taken for a mistyped one, and those it is close to are searched
for instead. So typing errors cost a look into that table, however many agencies have the word that was meant.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import cached_property, reduce
from operator import and_, or_

from django.contrib.postgres.search import (
    Lexeme,
    LexemeCombinable,
    SearchQuery,
    SearchRank,
    SearchVector,
    TrigramWordSimilarity,
)
from django.db import connection
from django.db.models import F, Func, TextField, Value
from django.db.models.expressions import CombinedExpression

from agencies.folding import fold
from agencies.models import Agency
from agencies.models.agency import AgencyQuerySet
from agencies.vocabulary import FIELD_WORDS, KIND_WORDS

LONGEST_QUERY = 120  # characters
MOST_WORDS = 8
ENOUGH_TO_COMPLETE = 3  # letters after which the last word may be the beginning of a longer one
AS_CLOSE = 0.05  # as good a guess as the best one; likeness is that of difflib, 0 to 1
CLOSE = 0.3  # still a guess, if only together with the other words
LEAST_ALIKE = 0.6
MOST_NEAR = 20  # words with similar trigrams that are compared letter by letter
MOST_MEANT = 6  # meanings of one word
MOST_SOUGHT = 50  # agencies, so that an index is worth its while
LAST = "\U0010ffff"  # behind every letter
LONGEST_WORD = 40  # letters that are compared
ENOUGH_TO_GUESS = 5  # letters; "Bern" is as close to "Berlin" as many a typo is to what was meant
WEIGHTS = [0.02, 0.1, 0.3, 1.0]  # of D description, C fields, B places and services, A names
DOCUMENT = "search_document"
WORDS_OF_NAME = SearchVector("sort_name", config="simple")  # as in the index
WORD = re.compile(r"[^\W_]+")
CONNECTING = frozenset(
    fold(
        "in im am an auf bei für und oder von vom mit aus der die das den dem ein eine einer um rund nahe nähe"
        " zu zur zum the a of for and or near at with by"
    ).split()
)


# ---- the document ----------------------------------------------------------------------------------------

# The first line of search_words is the folded name alone, which is compared on its own. The second has its other
# names, also with plain vowels, because "Sohne" is how a foreign keyboard writes "Söhne".
NAME, OTHER_NAMES = 1, 2
REFRESH = r"""
WITH chosen AS MATERIALIZED (
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
), trade AS (  -- once for all that do the same
    SELECT kinds, fields, concat_ws(' ', spoken_kinds, spoken_fields) AS trade,
        setweight(to_tsvector('german', coalesce(spoken_kinds, '')), 'B')
        || setweight(to_tsvector('german', coalesce(spoken_fields, '')), 'C') AS document
    FROM (SELECT DISTINCT kinds, fields FROM chosen) combination,
        LATERAL (SELECT string_agg(%(kinds)s::jsonb ->> kind, ' ') AS spoken_kinds FROM unnest(kinds) kind),
        LATERAL (SELECT string_agg(%(fields)s::jsonb ->> field, ' ') AS spoken_fields FROM unnest(fields) field)
), part AS (
    SELECT id, status, trade, document, sort_name AS name,
        search_fold(concat_ws(' ', translate(normalize(name, NFC), 'äöüÄÖÜ', 'aouAOU'), legal_name,
                              regexp_replace(domain, '\.[^.]*$', ''))) AS also,
        search_fold(description) AS description,
        concat_ws(' ', town.places, other_name.places) AS places
    FROM chosen JOIN trade USING (kinds, fields) LEFT JOIN town USING (id) LEFT JOIN other_name USING (id)
), said AS (
    SELECT concat_ws(' ', name, also, places) AS words, true AS is_name FROM part WHERE status = 'listed'
    UNION ALL SELECT DISTINCT trade, true FROM part WHERE status = 'listed'
    UNION ALL SELECT description, false FROM part WHERE status = 'listed'
), known AS (  -- in the order of their letters, so that two of these never wait for each other
    INSERT INTO agencies_word AS word (text, stem, is_name)
    SELECT text, coalesce((tsvector_to_array(to_tsvector('german', text)))[1], ''), is_name
    FROM (SELECT text, bool_or(is_name) AS is_name FROM said, string_to_table(words, ' ') text GROUP BY text) each
    WHERE text <> '' ORDER BY text
    ON CONFLICT (text) DO UPDATE SET is_name = true WHERE excluded.is_name AND NOT word.is_name
)
UPDATE agencies_agency agency
SET search_words = concat_ws(E'\n', part.name, part.also, part.places),
    search_document =
        setweight(to_tsvector('german', concat_ws(' ', part.name, part.also)), 'A')
        || setweight(to_tsvector('german', part.places), 'B')
        || part.document
        || setweight(to_tsvector('german', part.description), 'D')
FROM part
WHERE part.id = agency.id
"""
FORGET = """
DELETE FROM agencies_word
WHERE stem NOT IN (
    SELECT word FROM ts_stat($$SELECT search_document FROM agencies_agency WHERE status = 'listed'$$)
)
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


def forget_words() -> int:
    """Drop the words that no listed agency has any more; how many there were. Slow, for the night."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET)
        forgotten: int = cursor.rowcount
    return forgotten


# ---- the query -------------------------------------------------------------------------------------------


class Search:
    """What somebody typed, as the words that count. Any text will do: what is no word is left out."""

    def __init__(self, text: str) -> None:
        begin = "".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST_QUERY])
        self.text = " ".join(begin.split())[:LONGEST_QUERY].strip()
        found = list(dict.fromkeys(WORD.findall(fold(self.text))))
        words = [word for word in found if word not in CONNECTING] or found
        self.words = words[:MOST_WORDS]
        self.was_cut = len(text.strip()) > LONGEST_QUERY or len(words) > MOST_WORDS

    def __bool__(self) -> bool:
        """Whether there is anything to search for."""
        return bool(self.words)

    def matching(self, agencies: AgencyQuerySet) -> AgencyQuerySet:
        """Those that have every word, or nearly so where a word seems mistyped."""
        return agencies.filter(**{DOCUMENT: self._query}) if self else agencies

    def named(self, agencies: AgencyQuerySet) -> AgencyQuerySet:
        """Those that have every word in their name, and the last one at least as a beginning."""
        query = both(map(self._lexeme, range(len(self.words))), "simple")
        return agencies.alias(words_of_name=WORDS_OF_NAME).filter(words_of_name=query)

    @property
    def is_guess(self) -> bool:
        """Whether something else is searched for than what was typed."""
        return any(self._meant[word] != [word] for word in self.words)

    def relevance(self) -> CombinedExpression:
        """0 to about 2: weighted words found, plus how much of the query is in the name."""
        every = either(map(self._any_of, range(len(self.words))), "german")
        meant = " ".join(self._meant[word][0] for word in self.words)
        return SearchRank(F(DOCUMENT), every, weights=WEIGHTS) + TrigramWordSimilarity(meant, "sort_name")

    @cached_property
    def _query(self) -> SearchQuery:
        return self._every(self._meant)

    @cached_property
    def _meant(self) -> dict[str, list[str]]:
        """By word what it means: itself, or the words of ours that it is close to.

        A word that no agency has is taken for a mistyped one. If nobody has all words together, each of them may be:
        "Söne" is the beginning of "Sönning", but not beside "Nordlicht".
        """
        meant = {word: [word] for word in self.words}
        unknown = [word for word in unknown_words(self.words, self._is_beginning) if is_long(word)]
        meant |= {word: near for word, near in closest(unknown, AS_CLOSE).items() if near}
        if len(meant) == 1 or self._is_found(meant):
            return meant
        wider = {word: near for word, near in closest(filter(is_long, self.words), CLOSE).items() if near}
        wider = meant | {word: list(dict.fromkeys([*meant[word], *near])) for word, near in wider.items()}
        return wider if self._is_found(wider) else meant

    def _is_found(self, meant: Mapping[str, list[str]]) -> bool:
        """Whether a listed agency has every word.

        To find one alone, PostgreSQL may read the whole table in hope of frequent words, even if nobody has them.
        """
        found = Agency.objects.listed().filter(**{DOCUMENT: self._every(meant)})
        return found[:MOST_SOUGHT].count() > 0

    def _every(self, meant: Mapping[str, list[str]]) -> SearchQuery:
        """All words, each in one of its meanings."""
        return both((self._any_of(place, meant) for place in range(len(self.words))), "german")

    def _any_of(self, place: int, meant: Mapping[str, list[str]] | None = None) -> LexemeCombinable:
        meanings = (meant or self._meant)[self.words[place]]
        return reduce(or_, (self._lexeme(place, word) for word in meanings))

    def _lexeme(self, place: int, word: str = "") -> Lexeme:
        """The word at this place, or another in its stead; the last one typed may be a beginning."""
        typed = self.words[place]
        return Lexeme(word or typed, prefix=word in {"", typed} and self._is_beginning(typed))

    def _is_beginning(self, word: str) -> bool:
        """Whether it may be the beginning of a longer word."""
        return word == self.words[-1] and len(word) >= ENOUGH_TO_COMPLETE


def both(parts: Iterable[LexemeCombinable], config: str) -> SearchQuery:
    return SearchQuery(reduce(and_, parts), config=config)  # type: ignore[arg-type]


def either(parts: Iterable[LexemeCombinable], config: str) -> SearchQuery:
    return SearchQuery(reduce(or_, parts), config=config)  # type: ignore[arg-type]


# ---- words that are nearly right -------------------------------------------------------------------------

UNKNOWN = """
SELECT word
FROM unnest(%(words)s::text[], %(beginnings)s::boolean[]) WITH ORDINALITY AS asked (word, is_beginning, place),
    LATERAL (SELECT (tsvector_to_array(to_tsvector('german', word)))[1] COLLATE "C" AS stem) stemmed
WHERE stem IS NOT NULL AND NOT EXISTS (SELECT FROM agencies_word known WHERE known.stem = stemmed.stem)
    AND NOT (is_beginning AND EXISTS (
        SELECT FROM agencies_word known WHERE known.stem >= stemmed.stem AND known.stem < stemmed.stem || %(last)s
    ))
ORDER BY place
"""
NEAR = """
SELECT asked.word, near.text
FROM unnest(%(words)s::text[]) AS asked (word), LATERAL (
    SELECT text FROM agencies_word
    WHERE is_name AND text %% asked.word
    ORDER BY similarity(text, asked.word) DESC, text LIMIT %(most)s
) near
UNION ALL
SELECT swapped.word, text
FROM unnest(%(swapped_words)s::text[], %(swaps)s::text[]) AS swapped (word, swap)
    JOIN agencies_word ON text = swap AND is_name
"""


def is_long(word: str) -> bool:
    """Whether it says enough to guess what it means, and may be a word at all."""
    return ENOUGH_TO_GUESS <= len(word) <= LONGEST_WORD


def unknown_words(words: Sequence[str], is_beginning: Callable[[str], bool]) -> list[str]:
    """Those that no listed agency has. One statement."""
    if not words:
        return []
    beginnings = [is_beginning(word) for word in words]
    with connection.cursor() as cursor:
        cursor.execute(UNKNOWN, {"words": list(words), "beginnings": beginnings, "last": LAST})
        return [word for (word,) in cursor.fetchall()]


def closest(words: Iterable[str], within: float) -> dict[str, list[str]]:
    """By word those of ours that are nearly it, closest first, down to `within` below the likeness of the best.

    Trigrams find them, and two letters in the wrong order, which change most trigrams of a short word, are put right
    by trying; the order of all letters then decides. One statement, none without words.
    """
    asked = list(dict.fromkeys(words))
    if not asked:
        return {}
    swaps = [(word, swap) for word in asked for swap in swapped(word)]
    with connection.cursor() as cursor:
        cursor.execute(
            NEAR,
            {
                "words": asked,
                "most": MOST_NEAR,
                "swapped_words": [word for word, _swap in swaps],
                "swaps": [swap for _word, swap in swaps],
            },
        )
        rows = cursor.fetchall()
    near: dict[str, set[str]] = {word: set() for word in asked}
    for word, text in rows:
        near[word].add(text)
    return {word: _best(word, texts, within) for word, texts in near.items()}


def _best(word: str, texts: Collection[str], within: float) -> list[str]:
    letters = SequenceMatcher(b=word, autojunk=False)  # the class prepares its second text once
    likeness = dict.fromkeys({*swapped(word)}.intersection(texts), 1.0)
    best = max(likeness.values(), default=0.0)
    for text in texts:
        letters.set_seq1(text)
        least = max(best - within, LEAST_ALIKE)
        if text not in likeness and letters.quick_ratio() >= least and (ratio := letters.ratio()) >= least:
            likeness[text] = ratio
            best = max(best, ratio)
    near = [text for text, ratio in likeness.items() if ratio >= best - within]
    return sorted(near, key=lambda text: (-likeness[text], text))[:MOST_MEANT]


def swapped(word: str) -> list[str]:
    """The word with two neighbouring letters exchanged, at each place: "pfelge" gives "pflege"."""
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


def likeness(folded: str, line: int = NAME) -> TrigramWordSimilarity:
    """How much of the text is in a line of search_words, from 0 to 1."""
    text = Func(F("search_words"), Value("\n"), Value(line), function="split_part", output_field=TextField())
    return TrigramWordSimilarity(folded, text)
