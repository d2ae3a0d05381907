"""The maths behind every number a visitor sees: pure functions (but for the clock in `today`), no models, no database.

The formulas are published; /so-rechnen-wir/ explains them with the constants of `FORMULA`. Shares lie in
0..1, stars in 1..5, days are whole days, "today" is a day in UTC.
"""

from reviews.scoring.compare import Estimate, difference, is_reliable
from reviews.scoring.criteria import (
    CRITERIA,
    MIN_CRITERIA,
    REQUIRED_CRITERION,
    is_rateable,
    overall,
    overall_stars,
)
from reviews.scoring.formula import FORMULA, FRESH_DAYS, Formula, today, window_start
from reviews.scoring.frequencies import dots, dots_of
from reviews.scoring.risk import Ending, RiskDay, Wait, joined, risk_days
from reviews.scoring.segments import is_segment_shown, safe_segments, standardised
from reviews.scoring.stars import (
    Rating,
    Score,
    Sums,
    growth,
    is_shown,
    market_mean,
    missing,
    order_key,
    period,
    proof_weight,
    score_ratings,
    summarise,
)
from reviews.scoring.waits import Chance, Curve, Headline, Point, headline, outlook

__all__ = [
    "CRITERIA",
    "FORMULA",
    "FRESH_DAYS",
    "MIN_CRITERIA",
    "REQUIRED_CRITERION",
    "Chance",
    "Curve",
    "Ending",
    "Estimate",
    "Formula",
    "Headline",
    "Point",
    "Rating",
    "RiskDay",
    "Score",
    "Sums",
    "Wait",
    "difference",
    "dots",
    "dots_of",
    "growth",
    "headline",
    "is_rateable",
    "is_reliable",
    "is_segment_shown",
    "is_shown",
    "joined",
    "market_mean",
    "missing",
    "order_key",
    "outlook",
    "overall",
    "overall_stars",
    "period",
    "proof_weight",
    "risk_days",
    "safe_segments",
    "score_ratings",
    "standardised",
    "summarise",
    "today",
    "window_start",
]
