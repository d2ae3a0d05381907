"""Readiness: whether what no page can do without answers. Pages forgive a cache or a broker that is away."""

from typing import Any

from django.http import HttpResponse
from health_check.views import HealthCheckView


class ReadyView(HealthCheckView):  # type: ignore[misc] # the package has no types
    """/readyz: 200 when the database answers, 500 with the reason otherwise; as text, or as asked for."""

    checks = ("health_check.checks.Database",)

    def render_to_response(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Text instead of the package's HTML page, whose style the CSP would refuse."""
        answer: HttpResponse = self.render_to_response_text(status)
        return answer
