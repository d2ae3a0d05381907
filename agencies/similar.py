"""The agencies that a proposal may mean, so that nobody enters one twice."""

from dataclasses import dataclass

from django.db.models.functions import Greatest

from agencies import cards
from agencies.cards import Card
from agencies.choices import AgencyStatus
from agencies.folding import fold
from agencies.models import Agency, domain_of
from agencies.search import NAME, OTHER_NAMES, Search, likeness
from agencies.vocabulary import GENERIC

ALIKE = 0.6  # similarity of two names, 0 to 1
MOST = 5
MOST_LOOKED_AT = 500  # names that are looked at one by one
LEGAL_FORMS = frozenset(
    fold(
        "GmbH gGmbH AG KG OHG UG GbR SE SA Sàrl mbH & Co. e. K. eK haftungsbeschränkt Ltd. Inc. LLC EU"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Similar:
    """`cards` have a page of their own; `waiting` is a proposal with the same domain, which has none yet."""

    cards: list[Card]
    waiting: Agency | None
    same_domain: bool

    @classmethod
    def to(cls, name: str, website: str) -> "Similar":
        same = living_agency(website)
        waiting = same if same and same.status == AgencyStatus.PROPOSED else None
        found = [same.pk] if same and not waiting else []
        found += [pk for pk in alike(name) if pk not in found]
        known = cards.by_id(found)
        return cls([known[pk] for pk in found], waiting, same is not None)

    def __bool__(self) -> bool:
        return bool(self.cards or self.waiting)


def living_agency(website: str) -> Agency | None:
    """The agency with this website's domain that is neither merged nor refused."""
    domain = domain_of(website)
    return Agency.objects.rateable().filter(domain=domain).first() if domain else None


def alike(name: str) -> list[int]:
    """The ids of agencies with a page and nearly this name, closest first."""
    folded = " ".join(distinctive(name))
    if not folded:
        return []
    readable = Agency.objects.readable()
    same = readable.filter(sort_name__startswith=folded).order_by("sort_name").values_list("pk", flat=True)
    found = {*same[:MOST_LOOKED_AT]}
    if not GENERIC.issuperset(folded.split()):  # of what all of them do, a hundred thousand names are made
        similar = readable.filter(search_words__trigram_word_similar=folded).values_list("pk", flat=True)
        found |= {*similar[:MOST_LOOKED_AT]}
    closeness = Greatest(likeness(folded, NAME), likeness(folded, OTHER_NAMES))
    close = Agency.objects.filter(pk__in=found).alias(closeness=closeness).filter(closeness__gte=ALIKE)
    return list(close.order_by("-closeness", "sort_name", "pk").values_list("pk", flat=True)[:MOST])


def distinctive(name: str) -> list[str]:
    """The words of a name that tell it from others: neither its legal form nor, if any other is left, the trade."""
    words = [word for word in Search(name).words if word not in LEGAL_FORMS]
    return [word for word in words if word not in GENERIC] or words
