"""The cache may be down or hang; whoever asks it goes on."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from pytest_django import Settings

from config.cache import REST


@pytest.fixture
def silent_server(settings: Settings) -> Iterator[None]:
    """A server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"redis://127.0.0.1:{listening.getsockname()[1]}/0"
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": address}}
        yield


def test_an_absent_server_is_an_empty_cache(settings: Settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    cache.set("a", 1)
    assert cache.get("a", "nothing") == "nothing"
    assert cache.add("a", 1)
    assert cache.get_many(["a"]) == {}


def test_a_hanging_server_costs_one_timeout_and_not_one_for_each_question(silent_server: None) -> None:
    start = time.monotonic()
    for number in range(20):
        assert cache.get(f"key{number}") is None
    assert time.monotonic() - start < REST


def test_it_is_asked_again_after_a_moment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("config.cache.REST", 0.1)
    address, socket_file = settings.CACHES["default"]["LOCATION"], tmp_path / "v.sock"
    there = Path(address.removeprefix("unix://").partition("?")[0])
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": address.replace(str(there), str(socket_file))}
    }
    cache.set("a", 1)
    socket_file.symlink_to(there)
    assert cache.get("a") is None
    time.sleep(0.1)
    cache.set("a", 1)
    assert cache.get("a") == 1
