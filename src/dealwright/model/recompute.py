"""Working computed fields out for records that are there already, when a definition came or changed."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.model import rollup
from dealwright.model.dependents import computed_fields, reads
from dealwright.model.formula import compute
from dealwright.model.shapes import FieldDef, ObjectDef, Schema
from dealwright.model.uniqueness import rows_of

MAX_DEPTH = 8
CHUNK = 500


def settle(uow: UnitOfWork, schema: Schema, field: FieldDef, depth: int = 0) -> None:
    """Work out a formula or roll-up for every record of its object, then whatever reads it."""
    obj = schema.objects.get(field.object_key)
    if obj is None or depth > MAX_DEPTH:
        return
    if field.type == "roll_up":
        ids = [row["id"] for row in rows_of(uow, obj.table, [])]
        for start in range(0, len(ids), CHUNK):
            rollup.recompute(uow, schema, field, ids[start : start + CHUNK])
    elif field.type == "formula" and field.columns:
        _formulas(uow, obj, field)
    place = (field.object_key, field.key)
    for other in list(computed_fields(schema)):
        if place in reads(other, schema):
            settle(uow, schema, other, depth + 1)


def _formulas(uow: UnitOfWork, obj: ObjectDef, field: FieldDef) -> None:
    zone = ZoneInfo(state_of(uow).workspace.time_zone)
    stored = [f for f in obj.fields.values() if f.columns]
    names = sorted({name for f in stored for name in f.columns})
    statement = sa.update(obj.table).where(obj.table.c.id == sa.bindparam("b_id"))
    changes: list[dict[str, Any]] = []
    for row in rows_of(uow, obj.table, names):
        values = {f.key: f.ftype.from_row(f, row) for f in stored}
        value = compute(obj, values, uow.now, zone).get(field.key)
        if value != values.get(field.key):
            changes.append({"b_id": row["id"], "b_value": value})
    column = obj.table.c[field.columns[0]]
    for start in range(0, len(changes), CHUNK):
        bind = sa.bindparam("b_value", type_=column.type)
        uow.conn.execute(statement.values({column: bind}), changes[start : start + CHUNK])
