"""Icons, marks and figures for every template (a builtin library, see TEMPLATES in the settings).

The numbers come in as the models store them; agencies/figures.py turns them into geometry, templates/figures/ into SVG;
small ones that pages repeat, icons, marks, dots and bars, are written here.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cache, lru_cache, wraps
from typing import Any

from django import template
from django.db.models import Model
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies import figures
from agencies.remembered import FEW, MANY, SOME, remembered
from agencies.tenths import Tenths

register = template.Library()


# ---- what is drawn once ------------------------------------------------------------------------------------


@register.simple_tag
def drawn(template_name: str, **values: Any) -> SafeString:
    """A template that shows its values and nothing else, rendered once for each set of values and language.

    `{% drawn "reviews/review_card.html" reading=reading %}`: the values must be hashable and hold all that the template
    shows; it sees no request. Most pages are made anew from fragments whose values have not changed.
    """
    return SafeString(_drawn(template_name, _named(values)).decode())


@register.simple_tag
def section(template_name: str, **values: Any) -> SafeString:
    """The same for a large part of a page, of which a web process keeps fewer."""
    return SafeString(_section(template_name, SOME)(_named(values)).decode())


@register.simple_tag
def large_section(template_name: str, **values: Any) -> SafeString:
    """The same for the largest, of which it keeps few."""
    return SafeString(_section(template_name, FEW)(_named(values)).decode())


type Named = tuple[tuple[str, Any], ...]


# Kept as bytes: a text takes four times as much as soon as somebody put one rare character into it.


@remembered(MANY)
def _drawn(template_name: str, values: Named) -> bytes:
    """Without the line end of the file: within a sentence a comma may follow."""
    return get_template(template_name).render(dict(values)).removesuffix("\n").encode()


@cache
def _section(template_name: str, most: int) -> Callable[[Named], bytes]:
    return remembered(most)(lambda values: get_template(template_name).render(dict(values)).encode())


def _named(values: dict[str, Any]) -> Named:
    return tuple((name, _hashable(one)) for name, one in values.items())


type Prepare = Callable[..., dict[str, Any]]


def figure(template_name: str, most: int = MANY) -> Callable[[Prepare], Callable[..., SafeString]]:
    """A tag that draws a template from numbers, once for each set of them and language; so many are kept."""

    def register_tag(prepare: Prepare) -> Callable[..., SafeString]:
        @remembered(most)
        def draw(*args: Hashable, **kwargs: Hashable) -> SafeString:
            return SafeString(get_template(template_name).render(prepare(*args, **kwargs)))

        @register.simple_tag
        @wraps(prepare)
        def tag(*args: Any, **kwargs: Any) -> SafeString:
            named = {name: _hashable(one) for name, one in kwargs.items()}
            return draw(*map(_hashable, args), **named)

        return tag

    return register_tag


def _hashable(value: Any) -> Any:
    """Rows come as lists, those of stored numbers as lists of lists.

    Markup becomes text, which is escaped: it is equal to the same characters that somebody typed. TypeError for an
    instance of a model: two of them are equal by their number, whatever else they hold.
    """
    if isinstance(value, Model):
        raise TypeError(f"drawn from plain values, not from {value!r}")
    if isinstance(value, SafeString):
        return "".join(value)
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


# ---- icons and marks ---------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache
def icon(name: str) -> SafeString:
    """An icon of static/icons/sprite.svg, always beside a word and therefore hidden from screen readers."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("icons/sprite.svg"), name
    )


@register.simple_tag
@lru_cache
def mark(state: str) -> SafeString:
    """One of the shapes answered, waiting, silent, withdrawn, open, now; the word stands beside it."""
    return format_html(
        '<svg class="mark s-{}" viewBox="0 0 16 16" aria-hidden="true"><path d="{}"/></svg>',
        state,
        figures.MARKS[state],
    )


@register.filter
def stars(value: float | None) -> str:
    """A mean as it is shown: 3.949 is "3,9" in German, "3.9" in English."""
    return "" if value is None else figures.decimal(value)


# ---- ten dots ----------------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache
def dots(answered: int, late: int | None, withdrawn: int = 0, big: bool = False) -> SafeString:
    """Ten dots without their sentence: `dots_say` or other words must stand beside them."""
    marks = figures.dots(Tenths(answered, late, withdrawn))
    paths = format_html_join("", '<path class="s-{1}" transform="translate({0})" d="{2}"/>', marks)
    size = " big" if big else ""
    return format_html('<svg class="dots{}" viewBox="0 0 210 16" aria-hidden="true">{}</svg>', size, paths)


@register.simple_tag
def dots_say(answered: int) -> SafeString:
    """The sentence: 7 von 10 bekamen innerhalb von 14 Tagen eine Rückmeldung."""
    return format_html(_sentence(answered), number=format_html("<b>{}</b>", figures.number_of_ten(answered)))


def dots_in_words(answered: int) -> str:
    """The same sentence where there is no markup."""
    return _sentence(answered).format(number=figures.number_of_ten(answered))


def _sentence(answered: int) -> str:
    return ngettext(
        "{number} bekam innerhalb von 14 Tagen eine Rückmeldung.",
        "{number} bekamen innerhalb von 14 Tagen eine Rückmeldung.",
        answered,
    )


@register.simple_tag
def dots_rest(answered: int, late: int | None, withdrawn: int = 0) -> str:
    """What became of the others: 1 später, 2 hörten auch nach 30 Tagen nichts."""
    if late is None:
        return _("Was bis Tag 30 kam, ist noch nicht bekannt.")
    silent = Tenths(answered, late, withdrawn).silent
    parts = [
        (late, _("%(n)s später")),
        (
            silent,
            ngettext(
                "%(n)s hörte auch nach 30 Tagen nichts", "%(n)s hörten auch nach 30 Tagen nichts", silent
            ),
        ),
        (withdrawn, ngettext("%(n)s zog vorher zurück", "%(n)s zogen vorher zurück", withdrawn)),
    ]
    said = [text % {"n": n} for n, text in parts if n]
    return f"{', '.join(said)}." if said else ""


@figure("figures/dots_key.html")
def dots_key(answered: int, late: int | None, withdrawn: int = 0) -> dict[str, Any]:
    """The three or four states as a legend with numbers."""
    return {"ten": Tenths(answered, late, withdrawn)}


# ---- bars --------------------------------------------------------------------------------------------------


SCORE_BAR = (
    '<svg class="bar" width="100%" height="10" aria-hidden="true"><rect class="track" y="4" width="100%" height="2"/>'
    '<rect class="maybe" x="{lower}" width="{width}" height="10"/><rect class="fill" width="{lower}" height="10"/>'
    '<line class="mean-in" x1="{mean}" x2="{mean}" y1="-3" y2="13"/>'
    '<line class="mean" x1="{mean}" x2="{mean}" y1="-4" y2="14"/></svg>'
)
CRITERION_BAR = (
    '<svg class="bar" width="100%" height="10" aria-hidden="true"><rect class="track" y="4" width="100%" height="2"/>'
    '<rect class="fill" width="{width}" height="10"/>{tick}</svg>'
)
TICK = (
    '<line class="tick-in" x1="{at}" x2="{at}" y1="-3" y2="13"/>'
    '<line class="tick" x1="{at}" x2="{at}" y1="-4" y2="14"/>'
)


@register.simple_tag
def score_bar(mean: float, lower: float, upper: float) -> SafeString:
    """The score with its 90 % range, without words: a number must stand beside it."""
    bar = figures.score_bar(mean, lower, upper)
    return format_html(SCORE_BAR, lower=bar.lower, width=bar.width, mean=bar.mean)


@figure("figures/score_scale.html")
def score_scale(mean: float, lower: float, upper: float, market: float | None = None) -> dict[str, Any]:
    """The score bar with its scale of 1 to 5 and the market's mean below it, for the head of a profile."""
    return {"bar": figures.score_bar(mean, lower, upper, market)}


@register.simple_tag
def criterion_bar(mean: float, market: float | None = None) -> SafeString:
    """A bar of 1 to 5 with the market's mean as a tick."""
    bar = figures.criterion_bar(mean, market)
    return format_html(
        CRITERION_BAR, width=bar.width, tick=format_html(TICK, at=bar.market) if bar.market else ""
    )


@figure("figures/histogram.html")
def histogram(counts: Sequence[int]) -> dict[str, Any]:
    """Counts of 1, 2, 3, 4 and 5 stars, in this order."""
    words = star_words()
    return {"rows": [(row, words[row.stars - 1]) for row in figures.histogram(counts)]}


def star_words() -> tuple[str, ...]:
    """What 1, 2, 3, 4 and 5 stars mean."""
    return _("mangelhaft"), _("ausreichend"), _("befriedigend"), _("gut"), _("sehr gut")


# ---- curves ------------------------------------------------------------------------------------------------


@figure("figures/curve.html", SOME)
def curve(
    us: Iterable[Sequence[float]],
    market: Iterable[Sequence[float]] | None,
    label: str,
    until: int | None = figures.LAST_DAY,
) -> dict[str, Any]:
    """The waiting curve of one agency before the market's, with its three numbers and its table.

    `us` and `market` are rows (day, share, lower, upper); `until` is the last day of which `us` is known.
    """
    behind = figures.curve(_("Alle Agenturen"), market) if market else None
    return _chart([figures.curve(label, us, until)], behind)


@figure("figures/curve.html", FEW)
def curves(lines: Sequence[figures.Curve], market: figures.Curve | None = None) -> dict[str, Any]:
    """Two to four curves in one figure with a legend and a table; made with `figures.curve(name, rows, until)`."""
    return _chart(lines, market)


def _chart(lines: Sequence[figures.Curve], market: figures.Curve | None) -> dict[str, Any]:
    chart = figures.chart(lines, market)
    readings = [(_reading(one.of_ten), one.day, _reading(one.market)) for one in chart.readings]
    return {"chart": chart, "readings": readings if len(chart.lines) == 1 else []}


def _reading(number: int | None) -> str:
    return "" if number is None else figures.number_of_ten(number)
