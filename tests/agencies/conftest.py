from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from agencies import gazetteer
from agencies.models import Place, Postcode


@pytest.fixture(scope="module")
def gazetteer_loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """All places and postcodes, for the tests of one file."""
    with django_db_blocker.unblock():
        gazetteer.load()
    yield
    with django_db_blocker.unblock():
        Place.objects.all().delete()
        Postcode.objects.all().delete()
