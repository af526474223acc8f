"""The real tables behind the definitions: their DDL, the design log, and the schema version, all in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, bump
from dealwright.foundation.ids import new_id
from dealwright.model import build
from dealwright.model.catalogue import load
from dealwright.model.shapes import FieldDef, ObjectDef, Schema
from dealwright.model.tables import dw_schema_change

if TYPE_CHECKING:
    from alembic.operations import Operations


def begin(uow: UnitOfWork) -> Schema:
    """Take the lock of all changes of definitions and read the catalogue as it is now.

    The lock is the row of the schema version: a second designer waits here until the first has committed, and then
    sees what the first one made.
    """
    if uow.memo.get("schema_locked"):
        return fresh(uow)
    uow.memo["schema_locked"] = True
    return fresh(uow)


def operations(uow: UnitOfWork) -> Operations:
    """Alembic's operations on the unit's own connection, so that tables and catalogue commit together."""
    from alembic.migration import MigrationContext  # loaded by the first change: with its templates a tenth of a start
    from alembic.operations import Operations

    return Operations(MigrationContext.configure(uow.conn))


def fresh(uow: UnitOfWork) -> Schema:
    """Raise the schema version and read the catalogue as this transaction now sees it."""
    version = bump(uow, "schema_version")
    uow.memo["schema_fresh"] = True
    schema = uow.memo["schema"] = load(uow, version)
    return schema


def record_change(
    uow: UnitOfWork, actor_id: str | None, kind: str, object_key: str, field_key: str | None,
    before: Any, after: Any, undo_of: str | None = None,
) -> str:  # fmt: skip
    """One row of the design log."""
    change_id = new_id()
    uow.conn.execute(
        sa.insert(dw_schema_change).values(
            id=change_id, at=uow.now, actor_id=actor_id, kind=kind, object_key=object_key, field_key=field_key,
            before=before, after=after, undo_of=undo_of,
        )
    )  # fmt: skip
    return change_id


def add_columns(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, *, unique: bool = True) -> None:
    """ALTER TABLE for a field's columns, its link table and indexes; without `unique` that index comes later."""
    op = operations(uow)
    names = [*field.columns, *([field.norm_column] if field.norm_column else [])]
    for name in names:
        column = obj.table.c[name]
        op.add_column(obj.key, sa.Column(name, column.type, nullable=True))
    if field.link_name:
        uow.conn.execute(sa.schema.CreateTable(obj.links[field.key]))
        uow.conn.execute(sa.schema.CreateIndex(build.link_index(obj.links[field.key])))
    for index in build.field_indexes(obj.table, field):
        if index.unique and not unique:
            continue
        uow.conn.execute(sa.schema.CreateIndex(index))


def create_table(uow: UnitOfWork, obj: ObjectDef) -> None:
    uow.conn.execute(sa.schema.CreateTable(obj.table))
    for link in obj.links.values():
        uow.conn.execute(sa.schema.CreateTable(link))
        uow.conn.execute(sa.schema.CreateIndex(build.link_index(link)))
    for index in build.indexes_of(obj.table, obj.kind, obj.fields):
        uow.conn.execute(sa.schema.CreateIndex(index))
