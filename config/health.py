"""Readiness: the parts this process cannot work without, and whether the workers answer."""

from health_check.views import HealthCheckView


class ReadyView(HealthCheckView):
    """/readyz: 200 when database, cache and migrations are there, 500 with the failing part otherwise."""

    checks = ("health_check.checks.Database", "health_check.checks.Cache")  # there are no uploads to store

    async def get(self, request, *args, **kwargs):  # type: ignore[no-untyped-def]
        request.GET = request.GET.copy()
        request.GET.setdefault("format", "text")
        return await super().get(request, *args, **kwargs)
