"""The cache that forgives: Valkey may be down, a page may not.

Rate limits and cached fragments live here. When the server cannot be reached, reads miss, writes are dropped and
the log says so; nothing personal is in a key or a message. After a failure the server is left alone for a moment:
a page asks the cache some twenty times, and must not wait for a timeout each time.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

REST = 5.0  # seconds after a failure during which nobody asks


def hashed_key(key: str, prefix: str, version: int) -> str:
    """The key as it stands in Valkey: a keyed hash that is another one every day (UTC).

    Rate limits count by network address, by mail address and by person. Nobody who reads the server may learn these
    or follow them from day to day. The price: at midnight UTC every limit starts anew, so within one period around
    midnight somebody may do twice as much as the limit says.
    """
    today = datetime.now(UTC).date()
    return (
        f"{prefix}:{version}:{salted_hmac('config.cache', f'{today} {key}', algorithm='sha256').hexdigest()}"
    )


class ForgivingRedisCache(RedisCache):
    """Django's Redis cache, answering as an empty cache while the server is away."""

    _away_until = 0.0  # on time.monotonic(); Django keeps one instance for each thread

    def _try[T](self, call: Callable[[], T], otherwise: T) -> T:
        if time.monotonic() < self._away_until:
            return otherwise
        try:
            return call()
        except (RedisError, OSError) as error:
            self._away_until = time.monotonic() + REST
            log.warning("cache unreachable", error=type(error).__name__)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(ForgivingRedisCache, self).add(*args, **kwargs), True)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._try(lambda: super(ForgivingRedisCache, self).get(key, default, version), default)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(ForgivingRedisCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._try(lambda: super(ForgivingRedisCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        return self._try(lambda: super(ForgivingRedisCache, self).get_many(*args, **kwargs), {})

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return self._try(lambda: super(ForgivingRedisCache, self).set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._try(lambda: super(ForgivingRedisCache, self).delete_many(*args, **kwargs), None)
