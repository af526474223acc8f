"""Checking that the database is whole: its own check, catalogue against columns, links, recounts of roll-ups."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.services import Services
from dealwright.model import ObjectDef, Schema, schema_of
from dealwright.model.rollup import value_select
from dealwright.records.tables import dw_history


def doctor(services: Services) -> list[str]:
    """Findings, one a line; [] when all is well. Reads only."""
    with services.db.read() as uow:
        found = list(_database(uow))
        schema = schema_of(uow)
        for obj in [*schema.objects.values(), *schema.retired.values()]:
            found += _columns(uow, obj)
            found += _links(uow, schema, obj)
            found += _recounts(uow, schema, obj)
            found += _history(uow, obj)
    return found


def _database(uow: UnitOfWork) -> list[str]:
    return [f"database: {line}" for line in uow.dialect.findings(uow.conn)]


def _columns(uow: UnitOfWork, obj: ObjectDef) -> list[str]:
    inspector = sa.inspect(uow.conn)
    if not inspector.has_table(obj.key):
        return [f"{obj.key}: the table is missing"]
    real = {column["name"] for column in inspector.get_columns(obj.key)}
    wanted = {column.name for column in obj.table.c}
    found = [f"{obj.key}.{name}: the column is missing" for name in sorted(wanted - real)]
    found += [
        f"{obj.key}.{name}: a column that no field knows" for name in sorted(real - wanted) if "__was_" not in name
    ]
    return found + [
        f"{link.name}: the table is missing" for link in obj.links.values() if not inspector.has_table(link.name)
    ]


def _links(uow: UnitOfWork, schema: Schema, obj: ObjectDef) -> list[str]:
    found = []
    for field in obj.fields.values():
        if field.type != "relation" or (field.target or "") not in schema.objects:
            continue
        target = schema.objects[field.target or ""].table.alias("target")
        column = obj.table.c[field.columns[0]]
        query = sa.select(sa.func.count()).where(
            column.is_not(None), ~sa.exists(sa.select(1).where(target.c.id == column))
        )
        count = uow.conn.execute(query).scalar_one()
        if count:
            found.append(f"{obj.key}.{field.key}: {count} links lead to nothing")
    return found


def _recounts(uow: UnitOfWork, schema: Schema, obj: ObjectDef) -> list[str]:
    found = []
    for field in obj.fields.values():
        if field.type != "roll_up" or field.config.get("object") not in schema.objects:
            continue
        column: Any = obj.table.c[field.columns[0]]
        value = sa.type_coerce(value_select(uow, schema, field, obj.table.c.id), column.type)
        empty = 0 if field.config.get("op") == "count" else None
        have = sa.func.coalesce(column, sa.literal_column("0")) if empty == 0 else column
        wrong = uow.conn.execute(
            sa.select(sa.func.count()).select_from(obj.table).where(have.is_distinct_from(value))
        ).scalar_one()
        if wrong:
            found.append(f"{obj.key}.{field.key}: {wrong} records differ from the recount")
    return found


def _history(uow: UnitOfWork, obj: ObjectDef) -> list[str]:
    """Every version of a record has its row of history."""
    if obj.kind != "object":
        return []
    last = sa.select(dw_history.c.record_id, sa.func.max(dw_history.c.version).label("version")).where(
        dw_history.c.object_key == obj.key
    )
    newest = last.group_by(dw_history.c.record_id).subquery()
    table = obj.table
    query = (
        sa.select(sa.func.count())
        .select_from(table.outerjoin(newest, newest.c.record_id == table.c.id))
        .where(sa.func.coalesce(newest.c.version, 0) != table.c.version)
    )
    count = uow.conn.execute(query).scalar_one()
    return [f"{obj.key}: {count} records whose last version has no history"] if count else []
