"""The database that synthetic data has for itself, beside the configured one: made, checked, dropped."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from psycopg import sql

from accounts.models import User
from agencies.models import Agency
from config.scale.agencies import DOMAIN
from config.scale.filling import fill
from config.scale.size import Size

SUFFIX = "_scale"
RESERVED = ".example"  # nobody has an address below it (RFC 2606): whoever has another one is real


class Refused(Exception):
    """Why nothing was done, in one sentence."""


def own_name() -> str:
    return f"{connection.settings_dict['NAME']}{SUFFIX}"


def make(size: Size, *, say: Callable[[str], None]) -> None:
    """Make the database anew and fill it. Refused where real people are, in it or in the configured one."""
    if _has_people():
        raise Refused("This installation has real users: synthetic data belongs on another server.")
    if not _is_superuser():
        raise Refused("Synthetic data is filled in past triggers, which takes a superuser of PostgreSQL.")
    remove()
    name = own_name()
    _manage("CREATE DATABASE {}", name)
    with using(name):
        say("tables")
        call_command("migrate", interactive=False, verbosity=0)
        fill(size, say=say)


def remove() -> bool:
    """Drop the database; False if there is none. Refused if it holds what did not come from here."""
    name = own_name()
    if not _exists(name):
        return False
    with using(name):
        if _has_people() or _has_agencies_of_others():
            raise Refused(f"The database {name} has real users or agencies: it was left as it is.")
    _manage("DROP DATABASE {} WITH (FORCE)", name)
    return True


@contextmanager
def using(name: str) -> Iterator[None]:
    """Within it, the default connection of this process leads to another database of the same server."""
    configured = connection.settings_dict["NAME"]
    _lead_to(name)
    try:
        yield
    finally:
        _lead_to(configured)


def _lead_to(name: str) -> None:
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's
    connection.settings_dict["NAME"] = name


def _exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return bool(cursor.fetchall())


def _manage(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))


def _is_superuser() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def _has_people() -> bool:
    return _has_table(User) and User.objects.exclude(email__endswith=RESERVED).exists()


def _has_agencies_of_others() -> bool:
    return _has_table(Agency) and Agency.objects.exclude(domain__endswith=f".{DOMAIN}").exists()


def _has_table(model: type[User | Agency]) -> bool:
    return model._meta.db_table in connection.introspection.table_names()
