"""Personas and the state every test starts from."""

import functools

import hypothesis
import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client
from django.utils import translation
from pytest_django import DjangoDbBlocker

from accounts.models import User
from moderation.permissions import GROUP, grant
from tests.factories import MembershipFactory, UserFactory

# How long an example takes says how busy the machine is, not whether it holds.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

PASSWORD = "ein langes Passwort 2026"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Let transactional tests empty the tables: the log refuses TRUNCATE, which has its own test."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_event DISABLE TRIGGER event_no_truncate")
    connection.close()


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Rate limits and pictures of one test never reach the next."""
    cache.clear()
    caches["pictures"].clear()


@pytest.fixture(autouse=True)
def german() -> None:
    """The language of one test's last page never reaches the next."""
    translation.activate("de")


@functools.cache
def hashed_password() -> str:
    """PASSWORD as it is stored; hashed once, as that is slow on purpose."""
    return make_password(PASSWORD)


def person(email: str, *, second_factor: bool = False, **fields: object) -> User:
    """A person with a confirmed address and PASSWORD; with a TOTP device where one is needed."""
    user = UserFactory(email=email, password=hashed_password(), **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    if second_factor:
        TOTP.activate(user, generate_totp_secret())
    return user


@pytest.fixture
def candidate(db: None) -> User:
    return person("kandidatin@beispiel-post.example")


@pytest.fixture
def other_candidate(db: None) -> User:
    return person("fremder@beispiel-post.example")


@pytest.fixture
def moderator(db: None) -> User:
    user = person("moderation@my-recruiter.example", second_factor=True, is_staff=True)
    grant(apps)  # again, because a transactional test empties the tables a migration filled
    user.groups.add(Group.objects.get(name=GROUP))
    return user


@pytest.fixture
def admin_user(db: None) -> User:
    return person("verwaltung@my-recruiter.example", second_factor=True, is_staff=True, is_superuser=True)


@pytest.fixture
def owner(db: None) -> User:
    user = person("inhaberin@probeagentur.example", second_factor=True, owns_agency=True)
    MembershipFactory(user=user)
    return user


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def candidate_client(candidate: User) -> Client:
    return logged_in(candidate)


@pytest.fixture
def other_client(other_candidate: User) -> Client:
    return logged_in(other_candidate)


@pytest.fixture
def moderator_client(moderator: User) -> Client:
    return logged_in(moderator)


@pytest.fixture
def admin_client(admin_user: User) -> Client:
    return logged_in(admin_user)


@pytest.fixture
def owner_client(owner: User) -> Client:
    return logged_in(owner)
