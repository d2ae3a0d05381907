"""Limits count visitors without knowing them: no address stands in the cache, and nobody can be followed for days."""

import hashlib
import os
import pickle
import subprocess
import sys
from datetime import UTC, datetime

import pytest
import time_machine
from allauth.core.internal.ratelimit import get_ip
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from tests.accounts.entering import ask_for_code, ask_for_reset, log_in, log_in_wrongly, sign_up
from tests.factories import AgencyFactory
from tests.reviews.sending import send

pytestmark = pytest.mark.django_db

VISITOR = "203.0.113.77"
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


def visitor(address: str = VISITOR) -> Client:
    return Client(REMOTE_ADDR=address)


def what_valkey_holds() -> str:
    """All keys and values of the cache, as whoever reads the server sees them."""
    server = cache._cache.get_client()  # type: ignore[attr-defined]
    keys = [key for key in server.keys("*") if server.type(key) == b"string"]
    assert keys, "the limits counted nothing"
    values = [server.get(key) for key in keys]
    return repr([(key, value, _unpickled(value)) for key, value in zip(keys, values, strict=True)])


def _unpickled(value: bytes) -> object:
    try:
        return pickle.loads(value)
    except (pickle.UnpicklingError, ValueError):
        return value


def search(address: str) -> int:
    return visitor(address).get(reverse("agencies:agency-list"), {"q": "Kiel"}).status_code


@pytest.fixture
def one_search_a_day(settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"search": "1/d/ip"}


def test_no_address_stands_in_the_cache(candidate: User) -> None:
    for way_in in (sign_up, log_in, log_in_wrongly, ask_for_reset, ask_for_code):
        way_in(candidate.email, visitor())
    search(VISITOR)
    send(visitor(), AgencyFactory(), email=candidate.email)
    held = what_valkey_holds()
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in (VISITOR, candidate.email)]
    assert [text for text in (VISITOR, candidate.email, *digests) if text in held] == []


def test_nobody_can_be_followed_from_day_to_day() -> None:
    with time_machine.travel(NOON, tick=False):
        today = cache.make_key("somebody")
    with time_machine.travel(NOON.replace(day=5), tick=False):
        assert cache.make_key("somebody") != today


def test_the_hash_needs_the_secret_key(settings: Settings) -> None:
    before = cache.make_key("somebody")
    settings.SECRET_KEY = "another one"
    assert cache.make_key("somebody") != before


@pytest.mark.usefixtures("one_search_a_day")
def test_a_limit_holds_until_midnight_and_then_starts_anew() -> None:
    with time_machine.travel(NOON, tick=False):
        assert (search(VISITOR), search(VISITOR)) == (200, 429)
    with time_machine.travel(NOON.replace(hour=23, minute=59), tick=False):
        assert search(VISITOR) == 429
    with time_machine.travel(NOON.replace(day=5, hour=0), tick=False):
        assert search(VISITOR) == 200


@pytest.mark.usefixtures("one_search_a_day")
@pytest.mark.parametrize(
    ("one", "other", "are_the_same"),
    [
        ("203.0.113.77", "203.0.113.78", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.77", "203.0.113.77", True),
        ("::ffff:203.0.113.77", "::ffff:198.51.100.1", False),
    ],
)
def test_a_limit_counts_networks(one: str, other: str, are_the_same: bool) -> None:
    search(one)
    assert search(other) == (429 if are_the_same else 200)


def test_behind_a_proxy_the_address_before_it_counts(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    headers = {"x-forwarded-for": f"198.51.100.1, {VISITOR}"}  # what a visitor claims, what the proxy saw
    assert get_ip(RequestFactory(headers=headers).get("/")) == VISITOR


def test_settings_for_a_proxy_count_by_the_address_before_it() -> None:
    assert _count_of_proxies(BEHIND_TLS_PROXY="1") == 1
    assert _count_of_proxies(BEHIND_TLS_PROXY="1", TRUSTED_PROXIES="2") == 2
    assert _count_of_proxies() == 0


def _count_of_proxies(**environment: str) -> int:
    code = "from config import settings; print(settings.ALLAUTH_TRUSTED_PROXY_COUNT)"
    known = {k: v for k, v in os.environ.items() if k not in {"BEHIND_TLS_PROXY", "TRUSTED_PROXIES"}}
    done = subprocess.run(
        [sys.executable, "-c", code], env=known | environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)
