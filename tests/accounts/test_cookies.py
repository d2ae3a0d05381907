"""What the browser is told to keep: as little as possible, for this host only, out of reach of scripts."""

import json
import os
import secrets
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.accounts.entering import logged_in_properly
from tests.config.test_project import PRODUCTION, ROOT

NAMES = ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN")
FLAGS = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY")


def in_production(*names: str) -> dict[str, object]:
    """These settings as a production process has them."""
    ask = "import json; from django.conf import settings"
    code = f"{ask}; print(json.dumps({{name: getattr(settings, name) for name in {names!r}}}))"
    environment = {**os.environ, **PRODUCTION, "SECRET_KEY": secrets.token_urlsafe(64)}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    environment["DJANGO_SETTINGS_MODULE"] = "config.settings"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))


def test_in_production_cookies_are_for_this_host_and_for_tls_only() -> None:
    settings = in_production(*NAMES, *FLAGS)
    assert (
        settings["SESSION_COOKIE_NAME"] == "__Host-session"
    )  # the browser itself then insists on host and TLS
    assert settings["CSRF_COOKIE_NAME"] == "__Host-csrf"
    assert settings["SESSION_COOKIE_DOMAIN"] is settings["CSRF_COOKIE_DOMAIN"] is None
    assert all(settings[flag] for flag in FLAGS)


@pytest.mark.django_db
def test_no_script_reads_them_and_no_foreign_form_sends_them(candidate: User) -> None:
    client = logged_in_properly(candidate)
    client.get(reverse("accounts:settings"))
    assert set(client.cookies) == {"session", "csrf"}
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert cookie["path"] == "/"


@pytest.mark.django_db
def test_reading_sets_none(client: Client) -> None:
    for name in ("start", "agencies:agency-list", "reviews:formula", "imprint"):
        assert not client.get(reverse(name)).cookies, name
