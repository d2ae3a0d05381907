"""Readiness: whether the parts that a page needs answer."""

from typing import Any

from django.http import HttpResponse
from health_check.views import HealthCheckView


class ReadyView(HealthCheckView):  # type: ignore[misc] # the package has no types
    """/readyz: 200 when database and cache answer, 500 with the failing part otherwise; as text, or as asked for."""

    checks = ("health_check.checks.Database", "health_check.checks.Cache")  # there are no uploads to store

    def render_to_response(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Text instead of the package's HTML page, whose style the CSP would refuse."""
        answer: HttpResponse = self.render_to_response_text(status)
        return answer
