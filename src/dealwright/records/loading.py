"""Values that live outside the row (many-valued relations, lines), read when somebody asks for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.model import ObjectDef, Schema
from dealwright.records.plans import values_of
from dealwright.records.wire import field_wire


def loader(uow: UnitOfWork, schema: Schema, obj: ObjectDef, record_id: str) -> Callable[[str], Any]:
    """A function from field key to the stored value of a field without a column; None for other keys."""

    def load(key: str) -> Any:
        field = obj.fields.get(key)
        if field is None:
            return None
        if field.ftype.linked:
            return linked_ids(uow, obj, key, record_id)
        if field.type == "line_items":
            return lines_wire(schema, obj, key, line_rows(uow, schema, obj, key, record_id)) or None
        return None

    return load


def linked_ids(uow: UnitOfWork, obj: ObjectDef, key: str, record_id: str) -> list[str] | None:
    """Target ids of a many-valued relation in their order."""
    link = obj.links[key]
    rows = uow.conn.execute(
        sa.select(link.c.target_id).where(link.c.record_id == record_id).order_by(link.c.position, link.c.target_id)
    )
    return [row[0] for row in rows] or None


def line_object(schema: Schema, obj: ObjectDef, key: str) -> ObjectDef:
    """The child object of a table of lines."""
    return schema.object(obj.fields[key].config.get("object") or f"{obj.key}_{key}")


def line_rows(uow: UnitOfWork, schema: Schema, obj: ObjectDef, key: str, record_id: str) -> list[dict[str, Any]]:
    """The stored lines of a record, in their order, as rows of the child's table."""
    table = line_object(schema, obj, key).table
    rows = uow.conn.execute(
        sa.select(*table.c)
        .where(table.c.parent_id == record_id, table.c.deleted_at.is_(None))
        .order_by(table.c.position, table.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def lines_wire(schema: Schema, obj: ObjectDef, key: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines as JSON, each with its id."""
    child = line_object(schema, obj, key)
    return [line_wire(child, row["id"], values_of(child, row)) for row in rows]


def line_wire(child: ObjectDef, line_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """One line as JSON."""
    return {"id": line_id, **{key: field_wire(child.fields[key], value) for key, value in values.items()}}
