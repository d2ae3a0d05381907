"""Queries that Django writes once: for pages that everybody opens, where writing them took longer than answering them.

A queryset is put into SQL anew each time it is evaluated, which costs ten times what a short answer costs. A `Prepared`
one is put into SQL the first time; afterwards only its parameters are filled in (docs/decisions/0023).
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, F, FloatField, Func, Model, QuerySet, TextField, Value
from django.db.models.base import ModelState
from django.db.models.functions import Cast
from psycopg import Cursor
from psycopg.sql import Literal

type Values = tuple[Any, ...]
"""A row as the database sends it, hashable: arrays as tuples, arrays of arrays and JSON as text.

Those are long, and mostly the same as before: whoever has seen the text need not read it again.
"""

AGAIN = 5  # times a statement is sent before it is worth a plan that is kept


@contextmanager
def planned_once() -> Iterator[Any]:
    """Django's cursor for statements that come again and again: PostgreSQL plans each once for a connection.

    Their parameters are sent beside them, so the text stays the same. psycopg counts only these, because it keeps the
    text of all that it counts.
    """
    with connection.cursor() as cursor:
        session = connection.connection
        cursor.cursor = Cursor(session)
        session.prepare_threshold = AGAIN
        try:
            yield cursor
        finally:
            session.prepare_threshold = None


class Parameter(Value):
    """Stands in a queryset for a value that each call of a `Prepared` gives by this name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


def among(field: str, name: str) -> Func:
    """A condition: the field is one of the values in the list that is given by this name."""
    return Func(
        F(field),
        Parameter(name),
        template="%(expressions)s)",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )


def written(rows: QuerySet[Any, Any]) -> str:
    """The SQL of a queryset over `Parameter`s, for a place in a statement whose parameters have these names."""
    sql, params = rows.query.sql_with_params()
    return _filled(sql, params, lambda one: f"%({one.value})s")


def _filled(sql: str, params: Iterable[Any], place: Callable[[Parameter], str]) -> str:
    """With our own constants in their places: only as such they lead a plan that is made once to a partial index."""
    told = [
        place(one) if isinstance(one, Parameter) else Literal(one).as_string().replace("%", "%%")
        for one in params
    ]
    return sql.replace("%%", "%%%%") % tuple(told)


class Prepared[Row]:
    """Rows of a queryset over `Parameter`s, each made by `row` from its `Values` for `names`.

        TOWNS = Prepared(itemgetter(0), ["place"], lambda: Office.objects.filter(agency=Parameter("agency")))
        TOWNS(agency=12)

    Only for what is always asked in the same form: whatever may be left out or added belongs into a queryset. One plan
    serves all values, unless they are `uneven`: for one there are a few rows, for another thousands.
    """

    def __init__(
        self,
        row: Callable[[Values], Row],
        names: Iterable[str],
        queryset: Callable[[], QuerySet[Any]],
        *,
        uneven: bool = False,
    ) -> None:
        self._row = row
        self._names = names
        self._queryset = queryset
        self._uneven = uneven

    def __call__(self, **given: Any) -> list[Row]:
        """One query. KeyError where a parameter is not given."""
        sql, parameters = self._statement
        with connection.cursor() if self._uneven else planned_once() as cursor:
            cursor.execute(sql, [given[name] for name in parameters])
            return [self._row(_hashable(row)) for row in cursor.fetchall()]

    @cached_property
    def _statement(self) -> tuple[str, list[str]]:
        """With the names of its parameters, in their order."""
        queryset = self._queryset()
        tables = {field.attname for field in queryset.model._meta.concrete_fields if _is_table(field)}
        read = [Cast(name, TextField()) if name in tables else name for name in self._names]
        sql, params = queryset.values_list(*read).query.sql_with_params()
        names = [one.value for one in params if isinstance(one, Parameter)]
        return _filled(sql, params, lambda _one: "%s"), names


def _hashable(values: Iterable[Any]) -> Values:
    return tuple([tuple(value) if type(value) is list else value for value in values])


def _is_table(field: Any) -> bool:
    """An array of arrays."""
    return isinstance(field, ArrayField) and isinstance(field.base_field, ArrayField)


class Columns[M: Model](tuple[str, ...]):
    """Some columns of a model, in the order in which it takes their values; all, if none are named."""

    model: type[M]

    def __new__(cls, model: type[M], *names: str) -> Self:
        every = [field.attname for field in model._meta.concrete_fields]
        chosen = super().__new__(cls, [name for name in every if not names or name in names])
        chosen.model = model
        return chosen

    def behind(self, path: str) -> list[str]:
        """Their names in a queryset over another model, from which `path` leads to this one."""
        return [f"{path}__{name}" for name in self]

    def instance(self, values: Values) -> M:
        """From the values of these columns; the others are read when asked for."""
        read = [turn(value) if turn else value for turn, value in zip(self._turns, values, strict=True)]
        # As Django makes the instance of a pickle: __init__ and its signals would cost ten times as much.
        instance = self.model.__new__(self.model)
        instance.__dict__.update(zip(self, read, strict=True))
        instance._state = ModelState()
        instance._state.adding, instance._state.db = False, DEFAULT_DB_ALIAS
        return instance

    def values(self, instance: M) -> Values:
        """What `instance` is made of, of columns without JSON and arrays of arrays."""
        return _hashable(getattr(instance, name) for name in self)

    @cached_property
    def _turns(self) -> list[Callable[[Any], Any] | None]:
        """What makes of each value what its field holds; None where it holds the value."""
        return [_turn(self.model._meta.get_field(name)) for name in self]


def _turn(field: Any) -> Callable[[Any], Any] | None:
    """Lists are mutable in an instance and JSON is no text; all other fields hold what the database sends."""
    if _is_table(field):
        return partial(_table, number=float if isinstance(field.base_field.base_field, FloatField) else int)
    if isinstance(field, ArrayField):
        return list
    if turn := getattr(field, "from_db_value", None):
        return lambda value: turn(value, None, connection)
    return None


def _table(text: str, number: Callable[[str], float]) -> Any:
    """From `{{0,12,12},{1,9,9}}`."""
    return json.loads(text.replace("{", "[").replace("}", "]"), parse_int=number)
