"""What follows from values alone and is asked for again and again: words, cards, geometry, fragments of pages.

Most pages are made anew from parts whose values have not changed. Such a part is made once by a web process and kept
for the next page, as long as it is asked for often enough; nothing has to be emptied, because other values are another
part.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

MANY = 2000  # parts of one kind that a web process keeps, some kB each
SOME = 300  # larger ones, ten kB to a hundred
FEW = 100  # large ones, up to 250 kB


@lru_cache(FEW if settings.REMEMBER else 0)
def one_of_equals[V: Hashable](value: V) -> V:
    """The first of equal values that was seen: what many kept parts are made of is kept once."""
    return value


def remembered[**P, R](most: int) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Keep the last `most` results of a function that depends on nothing but the language and hashable arguments.

    settings.REMEMBER turns it off for measuring.
    """

    def keep(function: Callable[P, R]) -> Callable[P, R]:
        @lru_cache(most if settings.REMEMBER else 0)
        def kept(language: str | None, *args: Hashable, **kwargs: Hashable) -> Any:
            return function(*args, **kwargs)  # type: ignore[arg-type]

        @wraps(function)
        def recall(*args: P.args, **kwargs: P.kwargs) -> R:
            result: R = kept(get_language(), *args, **kwargs)  # type: ignore[arg-type]
            return result

        return recall

    return keep
