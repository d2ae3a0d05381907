"""/so-rechnen-wir/: the formulas in words, with the constants and functions that compute every score; a calculator."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agencies.figures import decimal
from agencies.trend import LEAST_MONTHS
from reviews import examples, segments
from reviews.calculator import EXAMPLE, Calculation, CalculatorForm
from reviews.scoring import FORMULA, FRESH_DAYS


@require_safe
def formula(request: HttpRequest) -> HttpResponse:
    form = CalculatorForm.of(request.GET)
    context = {
        "form": form or CalculatorForm(initial=EXAMPLE),
        "calculation": Calculation.of(form) if form and form.is_valid() else None,
        "formula": FORMULA,
        "number": {
            "mean": decimal(FORMULA.prior_mean),
            "square": decimal(FORMULA.prior_square, 2),
            "z": decimal(FORMULA.z, 3),
            "proven": decimal(FORMULA.weight_proven),
            "unproven": decimal(FORMULA.weight_unproven),
            "weight": decimal(FORMULA.min_weight),
            "certainty": round(100 * FORMULA.reliable),
        },
        "weights": examples.weights(),
        "worked": examples.worked_score(),
        "cases": examples.cases(),
        "ranking": examples.ranking(),
        "pairs": examples.pairs(),
        "division": examples.division(),
        "outcomes": segments.outcomes(),
        "least_months": LEAST_MONTHS,
        "fresh_days": FRESH_DAYS,
        "waits": examples.worked_curve(),
    }
    return render(request, "reviews/formula.html", context)
