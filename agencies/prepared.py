"""Queries that Django writes once: for pages that everybody opens, where writing them took longer than answering them.

A queryset is put into SQL anew each time it is evaluated, which costs ten times what a short answer costs. A `Prepared`
one is put into SQL the first time; afterwards only its parameters are filled in (docs/decisions/0023).
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Self

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value


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


class Statement(NamedTuple):
    sql: str
    params: Sequence[Any]
    settle: Callable[[Iterable[Sequence[Any]]], Iterable[Sequence[Any]]]
    """Turns what the database sends into what the fields hold."""


class Prepared[Row]:
    """Rows of a queryset over `Parameter`s, each made by `row` from the values of `names`.

        TOWNS = Prepared(itemgetter(0), ["place"], lambda: Office.objects.filter(agency=Parameter("agency")))
        TOWNS(agency=12)

    Only for what is always asked in the same form: whatever may be left out or added belongs into a queryset.
    """

    def __init__(
        self, row: Callable[[Sequence[Any]], Row], names: Sequence[str], queryset: Callable[[], QuerySet[Any]]
    ) -> None:
        self._row = row
        self._names = names
        self._queryset = queryset

    def __call__(self, **given: Any) -> list[Row]:
        """One query. KeyError where a parameter is not given."""
        sql, params, settle = self._statement
        values = [given[one.value] if isinstance(one, Parameter) else one for one in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            return list(map(self._row, settle(cursor.fetchall())))

    @cached_property
    def _statement(self) -> Statement:
        compiler = self._queryset().values_list(*self._names).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])

        def settle(rows: Iterable[Sequence[Any]]) -> Iterable[Sequence[Any]]:
            return compiler.apply_converters(rows, converters) if converters else rows

        return Statement(sql, params, settle)


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

    def instance(self, values: Sequence[Any]) -> M:
        """From a row of these columns; the others are read when asked for."""
        return self.model.from_db(DEFAULT_DB_ALIAS, self, values)


def instances[M: Model](model: type[M], queryset: Callable[[], QuerySet[M]]) -> Prepared[M]:
    """The rows as instances of their model."""
    columns = Columns(model)
    return Prepared(columns.instance, columns, queryset)
