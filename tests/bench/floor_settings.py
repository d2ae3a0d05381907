"""The settings of production with the pages of the floor: the same middleware, no page of ours."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.floor"
