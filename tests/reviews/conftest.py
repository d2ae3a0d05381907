"""What tests of reviews share."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connections

type Act = Callable[[int], Any]


@pytest.fixture
def at_once() -> Callable[[int, Act], list[Any]]:
    """Do the same thing several times at the same moment, each on its own connection."""

    def run(times: int, act: Act) -> list[Any]:
        barrier = Barrier(times)

        def one(number: int) -> Any:
            barrier.wait()
            try:
                return act(number)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(times) as pool:
            return list(pool.map(one, range(times)))

    return run
