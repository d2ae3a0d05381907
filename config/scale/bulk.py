"""Filling tables fast: a session that skips triggers, and indexes that are built when the rows are there."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection, models
from psycopg import sql

SESSION = """
SET synchronous_commit = off;
SET maintenance_work_mem = '512MB';
SET work_mem = '256MB';
SET jit = off;
"""
PAST_TRIGGERS = "SET session_replication_role = replica"  # and past foreign keys
PAUSE = "UPDATE pg_index SET indisready = false, indisvalid = false WHERE indrelid = ANY(%s::regclass[])"


class Rows:
    """Takes rows for some tables, drawn by SQL."""

    def __init__(self, session: "psycopg.Connection[Any]") -> None:
        self._session = session

    def run(self, statement: str) -> None:
        self._session.execute(statement)

    def insert(self, model: type[models.Model], columns: Mapping[str, str], source: str) -> None:
        """Rows of a model: SQL by column, and where they come from. Columns left out get the default of their field."""
        others = {
            field.column: self._literal(field.get_db_prep_save(field.get_default(), connection))
            for field in model._meta.concrete_fields
            if field.column not in columns and not (field.generated or field.has_db_default())
        }
        names = ", ".join(f'"{name}"' for name in [*columns, *others])
        drawn = ", ".join([*columns.values(), *others.values()])
        self.run(f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT {drawn} {source}')

    def _literal(self, value: object) -> str:
        return sql.Literal(value).as_string(self._session)


@contextmanager
def pouring(*filled: type[models.Model], prepare: str = "", with_triggers: bool = False) -> Iterator[Rows]:
    """A session of its own, after the SQL of `prepare`, in which no index of these tables is kept; built at the end.

    The flags of pg_index are what REINDEX sets again, of all indexes there are, whatever constraints they serve.
    """
    tables = [model._meta.db_table for model in filled]
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        session.execute(SESSION + prepare)
        if not with_triggers:
            session.execute(PAST_TRIGGERS)
        session.execute(PAUSE, [tables])
        yield Rows(session)
        for table in tables:
            session.execute(sql.SQL("REINDEX TABLE {}").format(sql.Identifier(table)))
            # Only what is known to be visible to everybody is read from an index alone.
            session.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))


def array(words: Iterable[str]) -> str:
    """Words of this code as an array in SQL."""
    quoted = ", ".join(f"'{word}'" for word in words)
    return f"ARRAY[{quoted}]"
