"""Changing the model at run time. Each change is one transaction with the real table, recorded with its inverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.model import build, ddl, layout
from dealwright.model.catalogue import assemble
from dealwright.model.definitions import (
    MAX_FIELDS,
    check,
    defined,
    field_row,
    fields_of,
    lines_key,
    lines_of,
    object_row,
    own_field,
    resolved,
    row_of,
    with_line_objects,
)
from dealwright.model.dependents import dependents, uses_of_object
from dealwright.model.recompute import settle
from dealwright.model.shapes import FieldDef, ObjectDef, Schema
from dealwright.model.specs import check_options, check_settings, config_of, field_from, labels_of, spec_of
from dealwright.model.tables import dw_field, dw_object
from dealwright.model.uniqueness import fill_normal_forms

MAX_OBJECTS = 200
FLAGS = ("required", "default", "section", "on_form", "sensitive", "position")


def create_objects(uow: UnitOfWork, specs: Sequence[Mapping[str, Any]], actor_id: str | None = None) -> list[str]:
    """Create objects that may refer to each other, with their fields and tables; returns their keys.

    Problem 422 with every error of every field, named `object.field.setting`.
    """
    schema = ddl.begin(uow)
    rows: list[dict[str, Any]] = []
    fields: list[FieldDef] = []
    for spec in specs:
        taken = [*schema.objects, *schema.retired, *(row["key"] for row in rows)]
        if len(taken) >= MAX_OBJECTS:
            raise Problem(422, "TOO_MANY", params={"count": len(taken) + 1, "max": MAX_OBJECTS})
        row = object_row(spec, taken, len(taken) + 1)
        own = fields_of(spec, row["key"], spec.get("standard", True) is not False)
        texts = [f.key for f in own if f.type == "text"]
        if row["name_field"] is None:
            row["name_field"] = texts[0] if texts else None
        elif row["name_field"] not in {f.key for f in own}:
            raise invalid([FieldError("name_field", "UNKNOWN_FIELD", {"field": str(row["name_field"])[:80]})])
        rows.append(row)
        fields += own
        for lines_row, line_fields in (lines_of(f, len(taken) + 100) for f in own if f.type == "line_items"):
            rows.append(lines_row)
            fields += line_fields
    draft, fields = _draft(schema, rows, fields)
    for row in rows:
        if row["config"].get("layout"):
            row["config"]["layout"] = {
                **layout.checked(draft.objects[row["key"]], row["config"]["layout"]),
                "version": 1,
            }
    uow.conn.execute(sa.insert(dw_object), rows)
    if fields:
        uow.conn.execute(sa.insert(dw_field), [field_row(f) for f in fields])
    for row in rows:
        ddl.create_table(uow, draft.objects[row["key"]])
        ddl.record_change(uow, actor_id, "object.created", row["key"], None, None, {"labels": row["labels"]})
    ddl.fresh(uow)
    return [row["key"] for row in rows if row["kind"] == "object"]


def _draft(schema: Schema, rows: list[dict[str, Any]], fields: list[FieldDef]) -> tuple[Schema, list[FieldDef]]:
    """The schema as it would be with new objects and fields, checked; and the new fields, completed."""
    fields = with_line_objects(fields)
    existing = [row_of(obj) for obj in [*schema.objects.values(), *schema.retired.values()]]
    known = {row["key"] for row in existing}
    for row in rows:
        if row["key"] in known:
            raise Problem(409, "KEY_TAKEN", field="key", params={"key": row["key"]})
        known.add(row["key"])
    old = [f for row in existing for f in defined(schema, row["key"])]
    fields = resolved(existing + rows, old, fields)
    draft = assemble(schema.version, existing + rows, old + fields)
    check(draft, fields)
    return draft, fields


def create_object(uow: UnitOfWork, spec: Mapping[str, Any], actor_id: str | None = None) -> str:
    """Create one object with its fields and table; returns its key."""
    check_settings(spec)
    if not spec.get("fields"):
        name = {"key": "name", "type": "text", "labels": {"zh": "名称", "en": "Name"}, "required": True}
        spec = {**spec, "fields": [name], "name_field": "name"}
    return create_objects(uow, [spec], actor_id)[0]


def add_field(uow: UnitOfWork, object_key: str, spec: Mapping[str, Any], actor_id: str | None = None) -> FieldDef:
    """Add a field: the column, its indexes and the catalogue row; a computed one is worked out for every record."""
    schema = ddl.begin(uow)
    obj = schema.object(object_key)
    taken = {*obj.fields, *obj.retired}
    if len(taken) >= MAX_FIELDS:
        raise Problem(422, "TOO_MANY", field="fields", params={"count": len(taken) + 1, "max": MAX_FIELDS})
    field = field_from(object_key, spec, taken, 1 + max((f.position for f in obj.own_fields), default=0))
    extra = [lines_of(field, len(schema.objects) + 100)] if field.type == "line_items" else []
    rows = [row for row, _ in extra]
    draft, fields = _draft(schema, rows, [field, *(f for _, own in extra for f in own)])
    if rows:
        uow.conn.execute(sa.insert(dw_object), rows)
    uow.conn.execute(sa.insert(dw_field), [field_row(f) for f in fields])
    ddl.add_columns(uow, draft.objects[object_key], fields[0])
    for row in rows:
        ddl.create_table(uow, draft.objects[row["key"]])
    ddl.record_change(uow, actor_id, "field.added", object_key, field.key, None, spec_of(fields[0]))
    new = ddl.fresh(uow)
    made = new.objects[object_key].fields[field.key]
    settle(uow, new, made)
    return made


def change_field(
    uow: UnitOfWork, object_key: str, field_key: str, changes: Mapping[str, Any], actor_id: str | None = None
) -> FieldDef:
    """Change labels, help, required, unique, default, section, on_form, options and other settings; no stored value.

    Problem 422 FIELD_FIXED for key, type and what decides the column; 409 OPTION_IN_USE, UNIQUE_DUPLICATES.
    """
    schema = ddl.begin(uow)
    field = own_field(schema.object(object_key), field_key)
    fixed = set(changes) & {"key", "type"}
    if fixed:
        raise invalid([FieldError(name, "FIELD_FIXED", {"name": name}) for name in sorted(fixed)])
    check_settings(changes)
    given = changes.get("labels")
    if "labels" in changes:
        given = labels_of({**field.labels, **given} if isinstance(given, Mapping) else given)
    new = replace(
        field,
        labels=given or field.labels,
        help=dict(changes["help"] or {}) if "help" in changes else field.help,
        unique=bool(changes.get("unique", field.unique)),
        config=field.ftype.normal_config({**field.config, **config_of(changes)}),
        **{name: _flag(name, changes[name]) for name in FLAGS if name in changes},
    )
    return replace_definition(uow, schema, field, new, actor_id)


def _flag(name: str, value: Any) -> Any:
    return value if name in ("default", "section") else (value or 0) if name == "position" else bool(value)


def restore_definition(
    uow: UnitOfWork, object_key: str, field_key: str, before: Mapping[str, Any], actor_id: str | None
) -> None:
    """Give a field exactly the settings of an earlier specification of the same type."""
    schema = ddl.begin(uow)
    field = own_field(schema.object(object_key), field_key)
    if field.type != before["type"]:
        raise Problem(409, "CANNOT_UNDO", params={"kind": "field.changed"})
    new = replace(
        field, labels=before["labels"], help=before.get("help") or {}, unique=bool(before.get("unique")),
        config=field.ftype.normal_config(config_of(before)), **{name: before[name] for name in FLAGS if name in before},
    )  # fmt: skip
    replace_definition(uow, schema, field, new, actor_id)


def replace_definition(
    uow: UnitOfWork, schema: Schema, field: FieldDef, new: FieldDef, actor_id: str | None
) -> FieldDef:
    """Put a new definition in the place of one with the same key and type, and do what follows from it."""
    obj = schema.objects[field.object_key]
    if new.type == "roll_up":
        rows = [row_of(one) for one in schema.objects.values()]
        others = [f for row in rows for f in defined(schema, row["key"]) if f.id != field.id]
        new = resolved(rows, others, [new])[0]
    if new.unique and not new.ftype.may_be_unique:
        raise invalid([FieldError("unique", "UNIQUE_UNSUPPORTED", {"type": new.type})])
    if [(c.name, repr(c.type)) for c in new.ftype.columns(new)] != [(c.name, repr(c.type)) for c in _columns(field)]:
        names = sorted(k for k in {*new.config, *field.config} if new.config.get(k) != field.config.get(k))
        raise invalid([FieldError(names[0], "FIELD_FIXED", {"name": ", ".join(names)})])
    check_options(new)
    gone = set(field.options) - set(new.options)
    used = _options_in_use(uow, obj, field, gone) if gone else {}
    if used:
        params = {"options": sorted(used), "count": sum(used.values())}
        raise Problem(409, "OPTION_IN_USE", field=field.key, params=params)
    check(_with(schema, new), [new])
    row = {k: v for k, v in field_row(new).items() if k != "id"}
    uow.conn.execute(sa.update(dw_field).where(dw_field.c.id == field.id).values(row))
    if new.unique != field.unique:
        _set_unique(uow, obj, field, new)
    before = {**spec_of(field), "position": field.position}
    after = {**spec_of(new), "position": new.position}
    ddl.record_change(uow, actor_id, "field.changed", field.object_key, field.key, before, after)
    fresh = ddl.fresh(uow)
    made = fresh.objects[field.object_key].fields[field.key]
    if made.computed and made.config != field.config:
        settle(uow, fresh, made)
    return made


def _columns(field: FieldDef) -> list[sa.Column[Any]]:
    return field.ftype.columns(field)


def _with(schema: Schema, new: FieldDef) -> Schema:
    """The schema with one definition replaced."""
    rows = [row_of(obj) for obj in [*schema.objects.values(), *schema.retired.values()]]
    fields = [new if f.id == new.id else f for row in rows for f in defined(schema, row["key"])]
    return assemble(schema.version, rows, fields)


def _set_unique(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, new: FieldDef) -> None:
    """Add the column of normal forms and its index, or take both away."""
    op = ddl.operations(uow)
    if field.unique:
        op.drop_index(str(build.unique_index(obj.table, field).name), table_name=obj.key)
        op.drop_column(obj.key, str(field.norm_column))
        return
    op.add_column(obj.key, sa.Column(str(new.norm_column), sa.Text(), nullable=True))
    others = [f for f in [*obj.fields.values(), *obj.retired.values()] if f.id != new.id]
    table = build.table_of(sa.MetaData(), obj.key, obj.kind, [*others, new])
    fill_normal_forms(uow, table, new)
    uow.conn.execute(sa.schema.CreateIndex(build.unique_index(table, new)))


def retire_field(uow: UnitOfWork, object_key: str, field_key: str, actor_id: str | None = None) -> None:
    """Hide a field; its column and data stay and it can be brought back. 409 NAME_FIELD, FIELD_IN_USE."""
    schema = ddl.begin(uow)
    obj = schema.object(object_key)
    field = own_field(obj, field_key)
    if obj.name_field == field_key:
        raise Problem(409, "NAME_FIELD", field=field_key, params={"field": dict(field.labels)})
    refuse_if_read(schema, field)
    _set_retired(uow, field, True)
    ddl.record_change(uow, actor_id, "field.retired", object_key, field_key, {"retired": False}, {"retired": True})
    ddl.fresh(uow)


def refuse_if_read(schema: Schema, field: FieldDef) -> None:
    """409 FIELD_IN_USE with the formulas and roll-ups that read a field (or its lines)."""
    users = dependents(schema, field.object_key, field.key)
    if field.type == "line_items":
        lines = lines_key(field)
        users += [name for name in dependents(schema, lines) if not name.startswith(f"{lines}.")]
    users = [name for name in users if name != f"{field.object_key}.{field.key}"]
    if users:
        raise Problem(409, "FIELD_IN_USE", field=field.key, params={"fields": users, "count": len(users)})


def restore_field(uow: UnitOfWork, object_key: str, field_key: str, actor_id: str | None = None) -> None:
    """Bring a retired field back with its data. 422 when what it needs is gone by now."""
    schema = ddl.begin(uow)
    field = schema.object(object_key).retired.get(field_key)
    if field is None:
        raise Problem(404, "NOT_FOUND")
    check(_with(schema, field.with_(retired=False)), [field.with_(retired=False)])
    _set_retired(uow, field, False)
    ddl.record_change(uow, actor_id, "field.restored", object_key, field_key, {"retired": True}, {"retired": False})
    fresh = ddl.fresh(uow)
    settle(uow, fresh, fresh.objects[object_key].fields[field_key])


def change_object(
    uow: UnitOfWork, object_key: str, changes: Mapping[str, Any], actor_id: str | None = None, *, whole: bool = False
) -> None:
    """Change labels, plural, icon, name field, configuration (sections, list columns ...).

    A given `config` is laid over the present one, or with `whole` takes its place.
    """
    obj = ddl.begin(uow).object(object_key)
    check_settings(changes)
    values: dict[str, Any] = {}
    for name in ("labels", "plural"):
        if name in changes:
            values[name] = labels_of(changes[name], name)
    if "icon" in changes:
        values["icon"] = changes["icon"]
    if "name_field" in changes:
        chosen = own_field(obj, str(changes["name_field"]))
        if chosen.column is None or chosen.ftype.kind != "text":
            raise invalid([FieldError("name_field", "NAME_FIELD_TYPE", {"field": dict(chosen.labels)})])
        values["name_field"] = chosen.key
    if isinstance(changes.get("config"), Mapping):
        values["config"] = {**({} if whole else obj.config), **changes["config"]}
        values["config"].pop("layout", None)  # has a way of its own, with checks and a version
        if "layout" in obj.config:
            values["config"]["layout"] = obj.config["layout"]
    if not values:
        return
    before = {name: getattr(obj, name) for name in values}
    uow.conn.execute(sa.update(dw_object).where(dw_object.c.id == obj.id).values(values))
    ddl.record_change(uow, actor_id, "object.changed", object_key, None, before, values)
    ddl.fresh(uow)


def retire_object(uow: UnitOfWork, object_key: str, actor_id: str | None = None, *, retired: bool = True) -> None:
    """Hide an object with its records and lines, or bring it back. Refused 409 while fields of others point at it."""
    schema = ddl.begin(uow)
    obj = (schema.objects if retired else schema.retired).get(object_key)
    if obj is None or obj.kind != "object":
        raise Problem(404, "UNKNOWN_OBJECT", params={"object": object_key[:80]})
    if retired and (names := uses_of_object(schema, object_key)):
        raise Problem(409, "OBJECT_IN_USE", params={"fields": names, "count": len(names)})
    mine = sa.or_(dw_object.c.id == obj.id, dw_object.c.parent == object_key)
    uow.conn.execute(sa.update(dw_object).where(mine).values(retired=retired))
    kind = "object.retired" if retired else "object.restored"
    ddl.record_change(uow, actor_id, kind, object_key, None, {"retired": not retired}, {"retired": retired})
    ddl.fresh(uow)


def order_objects(uow: UnitOfWork, order: Sequence[str], actor_id: str | None = None) -> list[str]:
    """Put the objects into an order, which the navigation follows; returns it whole. Recorded, can be undone.

    Problem 422 UNKNOWN_OBJECT for a key that is no object of this workspace.
    """
    schema = ddl.begin(uow)
    before = [obj.key for obj in schema.objects.values() if obj.kind == "object"]
    unknown = [key for key in order if key not in before]
    if unknown:
        raise Problem(422, "UNKNOWN_OBJECT", field="order", params={"object": unknown[0][:80]})
    wanted = list(dict.fromkeys([*order, *before]))
    if wanted != before:
        # places are taken anew by objects alone: tables of lines stand nowhere, retired objects behind
        for place, key in enumerate(wanted, 1):
            uow.conn.execute(sa.update(dw_object).where(dw_object.c.key == key).values(position=place))
        ddl.record_change(uow, actor_id, "objects.ordered", "", None, before, wanted)
        ddl.fresh(uow)
    return wanted


def add_index(uow: UnitOfWork, object_key: str, field_key: str, actor_id: str | None = None) -> None:
    """Index a field that people filter and sort by."""
    obj = ddl.begin(uow).object(object_key)
    field = obj.fields.get(field_key)
    if field is None or not field.columns or field.many:
        raise Problem(422, "UNKNOWN_FIELD", field=field_key, params={"field": field_key[:80]})
    index = build.plain_index(obj.table, field.columns[0])
    if index.name in {one["name"] for one in sa.inspect(uow.conn).get_indexes(obj.key)}:
        return
    uow.conn.execute(sa.schema.CreateIndex(index))
    ddl.record_change(uow, actor_id, "index.added", object_key, field_key, None, {"name": index.name})


def _set_retired(uow: UnitOfWork, field: FieldDef, retired: bool) -> None:
    uow.conn.execute(sa.update(dw_field).where(dw_field.c.id == field.id).values(retired=retired))
    if field.type == "line_items":
        lines = dw_object.c.key == lines_key(field)
        uow.conn.execute(sa.update(dw_object).where(lines).values(retired=retired))


def _options_in_use(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, keys: set[str]) -> dict[str, int]:
    """How many records hold each of the options."""
    if not field.columns:
        return {}
    column = obj.table.c[field.columns[0]]
    if field.many:
        found: dict[str, int] = {}
        for (held,) in uow.conn.execute(sa.select(column).where(column.is_not(None))):
            for key in keys & set(held):
                found[key] = found.get(key, 0) + 1
        return found
    rows = uow.conn.execute(sa.select(column, sa.func.count()).where(column.in_(sorted(keys))).group_by(column))
    return {row[0]: row[1] for row in rows}
