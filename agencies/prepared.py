"""Queries that Django writes once: for pages that everybody opens, where writing them took longer than answering them.

A queryset is put into SQL anew each time it is evaluated, which costs ten times what a short answer costs. A `Prepared`
one is put into SQL the first time; afterwards only its parameters are filled in (docs/decisions/0023).
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from psycopg.sql import Literal

type Values = tuple[Any, ...]
"""A row as the database sends it, hashable: arrays as tuples, JSON as text."""


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
    statement, params = rows.query.sql_with_params()
    return statement % tuple(
        f"%({one.value})s" if isinstance(one, Parameter) else Literal(one).as_string() for one in params
    )


class Prepared[Row]:
    """Rows of a queryset over `Parameter`s, each made by `row` from its `Values` for `names`.

        TOWNS = Prepared(itemgetter(0), ["place"], lambda: Office.objects.filter(agency=Parameter("agency")))
        TOWNS(agency=12)

    Only for what is always asked in the same form: whatever may be left out or added belongs into a queryset.
    """

    def __init__(
        self, row: Callable[[Values], Row], names: Iterable[str], queryset: Callable[[], QuerySet[Any]]
    ) -> None:
        self._row = row
        self._names = names
        self._queryset = queryset

    def __call__(self, **given: Any) -> list[Row]:
        """One query. KeyError where a parameter is not given."""
        sql, params = self._statement
        values = [given[one.value] if isinstance(one, Parameter) else one for one in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return [self._row(_hashable(row)) for row in cursor.fetchall()]

    @cached_property
    def _statement(self) -> tuple[str, Sequence[Any]]:
        sql, params = self._queryset().values_list(*self._names).query.sql_with_params()
        return sql, params


def _hashable(values: Iterable[Any]) -> Values:
    return tuple([_frozen(value) if type(value) is list else value for value in values])


def _frozen(array: list[Any]) -> tuple[Any, ...]:
    is_nested = bool(array) and type(array[0]) is list
    return tuple(map(_frozen, array)) if is_nested else tuple(array)


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
        read = [turn(value) for turn, value in zip(self._turns, values, strict=True)]
        return self.model.from_db(DEFAULT_DB_ALIAS, self, read)

    def values(self, instance: M) -> Values:
        """What `instance` is made of, of columns without JSON."""
        return _hashable(getattr(instance, name) for name in self)

    @cached_property
    def _turns(self) -> list[Callable[[Any], Any]]:
        """What makes of each value what its field holds."""
        return [_turn(self.model._meta.get_field(name)) for name in self]


def _turn(field: Any) -> Callable[[Any], Any]:
    """Lists are mutable in an instance and JSON is no text; all other fields hold what the database sends."""
    if isinstance(field, ArrayField):
        return _listed
    if turn := getattr(field, "from_db_value", None):
        return lambda value: turn(value, None, connection)
    return lambda value: value


def _listed(value: Any) -> Any:
    return list(map(_listed, value)) if isinstance(value, tuple) else value
