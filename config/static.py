"""Where static files are, hashed by their content."""

from functools import lru_cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class RememberingStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Looks an address up once in each process: every page asks for twenty, and they change with a release only."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.url = lru_cache(super().url)
