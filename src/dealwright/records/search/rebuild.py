"""Keeping the index true when the model changes: a field that is retyped, retired, brought back, or becomes the name."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.model import ObjectDef, Schema, schema_of
from dealwright.records.plans import values_of
from dealwright.records.search.index import entries, searchable
from dealwright.records.search.tables import dw_search

CHUNK = 500
Words = Mapping[tuple[str, str], tuple[str, bool]]


def words_of(schema: Schema) -> Words:
    """What decides the index rows of a field: by object and field key its type, and whether it names the records."""
    return {
        (obj.key, key): (obj.fields[key].type, key == obj.name_field)
        for obj in schema.objects.values()
        if obj.kind == "object"
        for key in searchable(obj)
    }


def follow_change(uow: UnitOfWork, before: Words) -> None:
    """Index anew the fields that are searched otherwise than `before` the change of the model in this unit of work."""
    schema = schema_of(uow)
    after = words_of(schema)
    changed: dict[str, set[str]] = {}
    for object_key, field_key in {*before, *after}:
        if before.get((object_key, field_key)) != after.get((object_key, field_key)):
            changed.setdefault(object_key, set()).add(field_key)
    for object_key, keys in changed.items():
        gone = dw_search.c.field_key.in_(sorted(keys))
        uow.conn.execute(sa.delete(dw_search).where(dw_search.c.object_key == object_key, gone))
        if object_key in schema.objects:
            _index(uow, schema.objects[object_key], keys)


def _index(uow: UnitOfWork, obj: ObjectDef, keys: set[str]) -> None:
    wanted = sorted(keys & searchable(obj))
    columns = [obj.table.c[obj.fields[key].columns[0]] for key in wanted]
    if not columns:
        return
    filled = sa.or_(*(column.is_not(None) for column in columns))
    last = ""
    while True:
        live = (obj.table.c.id > last, obj.table.c.deleted_at.is_(None), filled)
        rows = (
            uow.conn.execute(sa.select(*obj.table.c).where(*live).order_by(obj.table.c.id).limit(CHUNK))
            .mappings()
            .all()
        )
        if not rows:
            return
        last = rows[-1]["id"]
        found = []
        for row in rows:
            values = values_of(obj, dict(row))
            found += entries(obj, row["id"], {key: values.get(key) for key in wanted})
        if found:
            uow.conn.execute(sa.insert(dw_search), found)
