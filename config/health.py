"""Readiness: whether what no page can do without answers. Pages forgive a cache or a broker that is away."""

from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from health_check.views import HealthCheckView

from config.watchdog import late_entries


class ReadyView(HealthCheckView):  # type: ignore[misc] # the package has no types
    """/readyz: 200 when the database answers, 500 with the reason otherwise; as text, or as asked for.

    Work in the background that has stopped takes no page away, so the answer stays 200. It is named in the header
    `Degraded`, and line by line in the text.
    """

    checks = ("health_check.checks.Database",)

    async def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = await super().get(request, *args, **kwargs)
        late = await sync_to_async(late_entries)() if answer.status_code == 200 else []
        if late:
            answer["Degraded"] = ", ".join(one.entry for one in late)
        if answer["Content-Type"].startswith("text/plain"):
            lines = (
                f"degraded: {one.entry}, last run {f'{one.since:%Y-%m-%dT%H:%M:%SZ}' if one.since else 'never'}\n"
                for one in late
            )
            answer.content += "".join(lines).encode()
        return answer

    def render_to_response(self, context: dict[str, Any], *, status: int) -> HttpResponse:
        """Text instead of the package's HTML page, whose style the CSP would refuse."""
        answer: HttpResponse = self.render_to_response_text(status)
        return answer
