"""Changing a field's type: what would be lost is shown first, the old column stays so that it can be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import Problem, invalid
from dealwright.model import build, layout
from dealwright.model.catalogue import schema_of
from dealwright.model.conversion import convert
from dealwright.model.ddl import add_columns, begin, fresh, operations, record_change
from dealwright.model.definitions import check, field_row, own_field
from dealwright.model.field_types import CoerceContext, ValueProblem, field_type
from dealwright.model.service import refuse_if_read
from dealwright.model.shapes import FieldDef, ObjectDef
from dealwright.model.specs import config_of, spec_of
from dealwright.model.tables import dw_field, dw_schema_change
from dealwright.model.uniqueness import fill_normal_forms, rows_of

CHUNK = 1_000
SHOWN = 50


def _target(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, spec: Mapping[str, Any]) -> FieldDef:
    ftype = field_type(str(spec.get("type")))
    if (
        not field.columns
        or field.computed
        or field.ftype.relational
        or ftype.computed
        or ftype.linked
        or ftype.relational
        or ftype.key == "line_items"
    ):
        raise Problem(409, "TYPE_CHANGE_UNSUPPORTED", params={"from": field.type, "to": ftype.key})
    kept = {k: v for k, v in field.config.items() if k in ("scale", "options", "min", "max")}
    unique = field.unique and ftype.may_be_unique
    new = replace(
        field, type=ftype.key, config=ftype.normal_config({**kept, **config_of(spec)}), unique=unique, default=None
    )
    errors = ftype.check_config(new, schema_of(uow))
    if errors:
        raise invalid(errors)
    return new


def _context(uow: UnitOfWork) -> CoerceContext:
    workspace = state_of(uow).workspace
    return CoerceContext("text", workspace.locale, ZoneInfo(workspace.time_zone), schema_of(uow), workspace, uow.now)


def _converted(
    uow: UnitOfWork, table: sa.Table, old: FieldDef, columns: Mapping[str, str], new: FieldDef
) -> Iterator[tuple[str, Any, Any, bool]]:
    """(record id, old value, new value, lost) of every record that has a value; `columns` maps names to where they are."""
    ctx = _context(uow)
    last = ""
    while True:
        chosen = [table.c.id, *(table.c[where].label(name) for name, where in columns.items())]
        first = next(iter(columns.values()))
        query = (
            sa.select(*chosen).where(table.c.id > last, table.c[first].is_not(None)).order_by(table.c.id).limit(CHUNK)
        )
        rows = uow.conn.execute(query).mappings().all()
        if not rows:
            return
        for row in rows:
            value = old.ftype.from_row(old, dict(row))
            try:
                yield row["id"], value, convert(old, new, value, ctx), False
            except ValueProblem:
                yield row["id"], value, None, True
        last = rows[-1]["id"]


def preview_type_change(uow: UnitOfWork, object_key: str, field_key: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    """{"total", "converts", "lost": [{"value", "count"}]} (at most 50 distinct values); writes nothing."""
    obj = schema_of(uow).object(object_key)
    field = own_field(obj, field_key)
    new = _target(uow, obj, field, spec)
    total = 0
    lost: dict[str, int] = {}
    for _, value, _, is_lost in _converted(uow, obj.table, field, {c: c for c in field.columns}, new):
        total += 1
        if is_lost:
            text = field.ftype.to_text(field, value, state_of(uow).workspace.locale)
            lost[text] = lost.get(text, 0) + 1
    shown = sorted(lost.items(), key=lambda item: -item[1])[:SHOWN]
    return {
        "total": total, "converts": total - sum(lost.values()), "lost_count": sum(lost.values()),
        "lost": [{"value": value, "count": count} for value, count in shown],
    }  # fmt: skip


def change_type(
    uow: UnitOfWork, object_key: str, field_key: str, spec: Mapping[str, Any], actor_id: str | None = None,
    *, accept_loss: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Give a field another type. 409 CONVERSION_LOSS lists the values that do not convert, unless accepted.

    The old columns are kept under other names; `undo_change` brings them back with every value.
    """
    schema = begin(uow)
    preview = preview_type_change(uow, object_key, field_key, spec)
    if preview["lost_count"] and not accept_loss:
        raise Problem(409, "CONVERSION_LOSS", field=field_key, params=preview | {"count": preview["lost_count"]})
    obj = schema.object(object_key)
    field = own_field(obj, field_key)
    refuse_if_read(schema, field)
    new = _target(uow, obj, field, spec)
    shadow = _set_aside(uow, obj, field)
    uow.conn.execute(
        sa.update(dw_field)
        .where(dw_field.c.id == field.id)
        .values({k: v for k, v in field_row(new).items() if k != "id"})
    )
    schema = fresh(uow)
    draft = schema.objects[object_key]
    new = draft.fields[field_key]
    check(schema, [new])
    add_columns(uow, draft, new, unique=False)
    table = sa.Table(
        object_key, sa.MetaData(), *(column._copy() for column in draft.table.c),
        *(sa.Column(where, obj.table.c[name].type) for name, where in shadow.items()),
    )  # fmt: skip
    wanted = {name: where for name, where in shadow.items() if name in field.columns}
    for record_id, _, value, is_lost in _converted(uow, table, field, wanted, new):
        if is_lost or value is None:
            continue
        values = new.ftype.to_row(new, value)
        uow.conn.execute(sa.update(draft.table).where(draft.table.c.id == record_id).values(values))
    if new.unique:
        fill_normal_forms(uow, draft.table, new)
        uow.conn.execute(sa.schema.CreateIndex(build.unique_index(draft.table, new)))
    change_id = record_change(
        uow, actor_id, "field.retyped", object_key, field_key, {**spec_of(field), "shadow": shadow}, spec_of(new)
    )
    fresh(uow)
    return preview | {"change": change_id}


def _set_aside(uow: UnitOfWork, obj: ObjectDef, field: FieldDef) -> dict[str, str]:
    op = operations(uow)
    for index in build.field_indexes(obj.table, field):
        uow.conn.execute(sa.schema.DropIndex(index, if_exists=True))
    names = {c["name"] for c in sa.inspect(uow.conn).get_columns(obj.key)}
    shadow: dict[str, str] = {}
    for name in [*field.columns, *([field.norm_column] if field.norm_column else [])]:
        number = 1
        while f"{name}__was_{number}" in names:
            number += 1
        shadow[name] = f"{name}__was_{number}"
        op.alter_column(obj.key, name, new_column_name=shadow[name])
    return shadow


def undo_change(uow: UnitOfWork, change_id: str, actor_id: str | None = None) -> None:
    """Run the inverse of a recorded change. 409 when it was undone already or cannot be undone any more."""
    from dealwright.model import service

    begin(uow)
    row = uow.conn.execute(sa.select(dw_schema_change).where(dw_schema_change.c.id == change_id)).mappings().first()
    if row is None:
        raise Problem(404, "NOT_FOUND")
    if row["undone_at"] is not None:
        raise Problem(409, "ALREADY_UNDONE")
    object_key, field_key, before = row["object_key"], row["field_key"], row["before"]
    kind = row["kind"]
    if kind == "field.added":
        service.retire_field(uow, object_key, field_key, actor_id)
    elif kind == "field.retired":
        service.restore_field(uow, object_key, field_key, actor_id)
    elif kind == "field.restored":
        service.retire_field(uow, object_key, field_key, actor_id)
    elif kind == "field.changed":
        service.restore_definition(uow, object_key, field_key, before, actor_id)
    elif kind == "object.created":
        service.retire_object(uow, object_key, actor_id)
    elif kind == "object.retired":
        service.retire_object(uow, object_key, actor_id, retired=False)
    elif kind == "object.restored":
        service.retire_object(uow, object_key, actor_id)
    elif kind == "object.changed":
        service.change_object(uow, object_key, before, actor_id, whole=True)
    elif kind == "objects.ordered":
        known = schema_of(uow).objects
        service.order_objects(uow, [key for key in before if key in known], actor_id)
    elif kind == "layout.changed":
        layout.put_back(uow, object_key, before, actor_id)
    elif kind == "field.retyped":
        _undo_retype(uow, object_key, field_key, dict(before), actor_id)
    else:
        raise Problem(409, "CANNOT_UNDO", params={"kind": kind})
    uow.conn.execute(sa.update(dw_schema_change).where(dw_schema_change.c.id == change_id).values(undone_at=uow.now))


def _undo_retype(
    uow: UnitOfWork, object_key: str, field_key: str, before: dict[str, Any], actor_id: str | None
) -> None:
    schema = begin(uow)
    obj = schema.object(object_key)
    field = own_field(obj, field_key)
    refuse_if_read(schema, field)
    shadow: dict[str, str] = before.pop("shadow")
    names = {c["name"] for c in sa.inspect(uow.conn).get_columns(obj.key)}
    if not set(shadow.values()) <= names:
        raise Problem(409, "CANNOT_UNDO", params={"kind": "field.retyped"})
    ftype = field_type(before["type"])
    old = replace(
        field, type=before["type"], unique=bool(before.get("unique")), default=before.get("default"),
        config=ftype.normal_config(config_of(before)),
    )  # fmt: skip
    aside = _set_aside(uow, obj, field)
    op = operations(uow)
    for name, where in shadow.items():
        op.alter_column(obj.key, where, new_column_name=name)
    uow.conn.execute(
        sa.update(dw_field)
        .where(dw_field.c.id == field.id)
        .values({k: v for k, v in field_row(old).items() if k != "id"})
    )
    draft = fresh(uow).objects[object_key]
    made = draft.fields[field_key]
    _keep_later_values(uow, obj, draft, field, made, aside)
    if made.unique:
        fill_normal_forms(uow, draft.table, made)
    for index in build.field_indexes(draft.table, made):
        uow.conn.execute(sa.schema.CreateIndex(index))
    record_change(uow, actor_id, "field.retyped", object_key, field_key, {**spec_of(field), "shadow": aside}, before)


def _keep_later_values(
    uow: UnitOfWork, obj: ObjectDef, draft: ObjectDef, new: FieldDef, old: FieldDef, aside: Mapping[str, str]
) -> None:
    """Values entered since the change of type are converted back; those that were not touched return as they were.

    One that does not convert back leaves the earlier value.
    """
    ctx = _context(uow)
    columns = [*draft.table.c, *(sa.Column(where, obj.table.c[name].type) for name, where in aside.items())]
    table = sa.Table(draft.key, sa.MetaData(), *(column._copy() for column in columns))
    for row in rows_of(uow, table, [*old.columns, *aside.values()]):
        value = new.ftype.from_row(new, {name: row[where] for name, where in aside.items() if name in new.columns})
        earlier = old.ftype.from_row(old, row)
        try:
            if value is None or (earlier is not None and convert(old, new, earlier, ctx) == value):
                continue
        except ValueProblem:
            pass
        try:
            back = convert(new, old, value, ctx)
        except ValueProblem:
            continue
        values = old.ftype.to_row(old, back)
        uow.conn.execute(sa.update(draft.table).where(draft.table.c.id == row["id"]).values(values))
