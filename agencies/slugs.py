"""The last part of an agency's address: "Müller & Söhne GmbH" is mueller-soehne-gmbh."""

from __future__ import annotations

import itertools

from django.utils.text import slugify

from agencies.folding import fold
from agencies.models import Agency
from agencies.models.agency import RESERVED_SLUGS

LONGEST = 120  # characters; leaves room for a number


def free_slug(name: str) -> str:
    """A slug that no agency and no page of ours has; a second agency of the same name gets "-2"."""
    slug = slugify(fold(name))[:LONGEST].strip("-") or "agentur"
    taken = RESERVED_SLUGS.union(Agency.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
    numbered = (f"{slug}-{number}" for number in itertools.count(2))
    return next(candidate for candidate in itertools.chain([slug], numbered) if candidate not in taken)
