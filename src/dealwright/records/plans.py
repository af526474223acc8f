"""Kept statements of an object's table: compiled once per object definition and database, then only filled.

Building and compiling a statement costs several times what running it does; an ObjectDef never changes (a change of
the model makes a new one), so what hangs on it can be kept as long as it lives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from dealwright.foundation.database import Dialect, Prepared, UnitOfWork
from dealwright.model.shapes import FieldDef, ObjectDef

Processor = Callable[[Any], Any] | None


class Plan:
    """The statements of one object on one database."""

    def __init__(self, obj: ObjectDef, dialect: Dialect) -> None:
        self.obj = obj
        self.dialect = dialect
        self.columns: list[sa.Column[Any]] = list(obj.table.c)
        self.names = [str(column.name) for column in self.columns]
        self.processors: list[Processor] = [dialect.result_processor(column.type) for column in self.columns]
        self.kept: dict[Any, Prepared] = {}

    def typed(self, row: Sequence[Any]) -> dict[str, Any]:
        """A bare driver row of all columns as values by column name."""
        return {
            name: value if value is None or process is None else process(value)
            for name, value, process in zip(self.names, row, self.processors, strict=False)
        }

    def keep(self, key: Any, build: Callable[[], Any]) -> Prepared:
        """The compiled statement under `key`, built when first asked for."""
        found = self.kept.get(key)
        if found is None:
            found = self.kept[key] = self.dialect.compile(build())
        return found

    def rows(self, uow: UnitOfWork, ids: Sequence[str]) -> list[dict[str, Any]]:
        """The rows of these ids as values by column name."""
        table, dialect = self.obj.table, self.dialect
        statement = self.keep("rows", lambda: sa.select(*self.columns).where(one_of(table.c.id, "b_ids", dialect)))
        return [self.typed(row) for row in uow.fetch(statement, {"b_ids": packed(ids, dialect)})]


def one_of(column: Any, name: str, dialect: Dialect) -> sa.ColumnElement[bool]:
    """`column` is among the ids bound under `name`: one text for any number of them, so the statement can be kept."""
    return dialect.is_one_of(column, name)


def packed(ids: Sequence[str], dialect: Dialect) -> Any:
    """The value to bind for `one_of`."""
    return dialect.pack(ids)


_plans: WeakKeyDictionary[ObjectDef, dict[Any, Plan]] = WeakKeyDictionary()


def plan_of(uow: UnitOfWork, obj: ObjectDef) -> Plan:
    """The plan of an object on the unit's database."""
    by_dialect = _plans.get(obj)
    if by_dialect is None:
        by_dialect = _plans[obj] = {}
    found = by_dialect.get(id(uow.dialect))
    if found is None or found.dialect is not uow.dialect:
        found = by_dialect[id(uow.dialect)] = Plan(obj, uow.dialect)
    return found


def values_of(obj: ObjectDef, row: Mapping[str, Any]) -> dict[str, Any]:
    """Typed values by field key of the fields that live in the row itself."""
    return {key: field.ftype.from_row(field, row) for key, field in obj.row_fields.items()}


def in_row(field: FieldDef) -> bool:
    """Whether a field's value is kept in the object's own table."""
    return not field.ftype.linked and bool(field.columns)
