"""Changing the model at run time. Each change is one transaction with the real table, recorded with its inverse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations

from dealwright.foundation.database import UnitOfWork, bump
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.model import build, rollup
from dealwright.model.catalogue import assemble, load, schema_of
from dealwright.model.shapes import FieldDef, ObjectDef, Schema
from dealwright.model.specs import STANDARD, checked_key, field_from, labels_of, spec_of
from dealwright.model.tables import dw_field, dw_object, dw_schema_change

MAX_FIELDS = 500
MAX_OBJECTS = 200


def operations(uow: UnitOfWork) -> Operations:
    """Alembic's operations on the unit's own connection, so that tables and catalogue commit together."""
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


def _object_row(spec: Mapping[str, Any], taken: Sequence[str], position: int, **extra: Any) -> dict[str, Any]:
    labels = labels_of(spec.get("labels"))
    return {
        "id": new_id(), "key": checked_key(spec.get("key"), labels, set(taken)), "labels": labels,
        "plural": labels_of(spec.get("plural") or labels, "plural"), "icon": spec.get("icon"),
        "name_field": spec.get("name_field"), "kind": "object", "parent": None,
        "config": dict(spec.get("config") or {}), "position": position, "retired": False, **extra,
    }  # fmt: skip


def _fields_of(spec: Mapping[str, Any], object_key: str, standard: bool) -> list[FieldDef]:
    specs = list(spec.get("fields") or [])
    given = {str(s.get("key")) for s in specs if isinstance(s, Mapping)}
    if standard:
        if "serial" not in given:
            labels = {"zh": "编号", "en": "No."}
            number = {"key": "serial", "type": "auto_number", "labels": labels, "on_form": False}
            specs.append({**number, "format": spec.get("serial") or "{00000}"})
        specs += [s for s in STANDARD if s["key"] not in given]
    if len(specs) > MAX_FIELDS:
        raise Problem(422, "TOO_MANY", field="fields", params={"count": len(specs), "max": MAX_FIELDS})
    fields: list[FieldDef] = []
    for place, one in enumerate(specs):
        fields.append(field_from(object_key, one, {f.key for f in fields}, place + 1))
    return fields


def create_objects(uow: UnitOfWork, specs: Sequence[Mapping[str, Any]], actor_id: str | None = None) -> list[str]:
    """Create objects that may refer to each other, with their fields and tables; returns their keys.

    Problem 422 with every error of every field, named `object.field.setting`.
    """
    schema = schema_of(uow)
    rows: list[dict[str, Any]] = []
    fields: list[FieldDef] = []
    for spec in specs:
        taken = [*schema.objects, *schema.retired, *(row["key"] for row in rows)]
        if len(taken) >= MAX_OBJECTS:
            raise Problem(422, "TOO_MANY", params={"count": len(taken) + 1, "max": MAX_OBJECTS})
        row = _object_row(spec, taken, len(taken) + 1)
        own = _fields_of(spec, row["key"], spec.get("standard", True) is not False)
        texts = [f.key for f in own if f.type == "text"]
        if row["name_field"] is None:
            row["name_field"] = texts[0] if texts else None
        elif row["name_field"] not in {f.key for f in own}:
            raise invalid([FieldError("name_field", "UNKNOWN_FIELD", {"field": str(row["name_field"])[:80]})])
        rows.append(row)
        fields += own
        for lines_row, line_fields in (_lines_of(f, len(taken) + 100) for f in own if f.type == "line_items"):
            rows.append(lines_row)
            fields += line_fields
    fields = _with_line_objects(fields)
    existing = [_row_of(obj) for obj in [*schema.objects.values(), *schema.retired.values()]]
    old_fields = [f for o in existing for f in _defined(schema, o["key"])]
    fields = _resolved(existing + rows, old_fields, fields)
    draft = assemble(schema.version, existing + rows, old_fields + fields)
    _check(draft, fields)
    uow.conn.execute(sa.insert(dw_object), rows)
    uow.conn.execute(sa.insert(dw_field), [_field_row(f) for f in fields])
    for row in rows:
        _create_table(uow, draft.objects[row["key"]])
        record_change(uow, actor_id, "object.created", row["key"], None, None, {"labels": row["labels"]})
    fresh(uow)
    return [row["key"] for row in rows if row["kind"] == "object"]


def create_object(uow: UnitOfWork, spec: Mapping[str, Any], actor_id: str | None = None) -> str:
    """Create one object with its fields and table; returns its key."""
    if not spec.get("fields"):
        name = {"key": "name", "type": "text", "labels": {"zh": "名称", "en": "Name"}, "required": True}
        spec = {**spec, "fields": [name], "name_field": "name"}
    return create_objects(uow, [spec], actor_id)[0]


def add_field(uow: UnitOfWork, object_key: str, spec: Mapping[str, Any], actor_id: str | None = None) -> FieldDef:
    """Add a field: the column, its indexes and the catalogue row."""
    schema = schema_of(uow)
    obj = schema.object(object_key)
    taken = {*obj.fields, *obj.retired}
    if len(taken) >= MAX_FIELDS:
        raise Problem(422, "TOO_MANY", field="fields", params={"count": len(taken) + 1, "max": MAX_FIELDS})
    field = field_from(object_key, spec, taken, 1 + max((f.position for f in obj.own_fields), default=0))
    extra = [_lines_of(field, len(schema.objects) + 100)] if field.type == "line_items" else []
    fields = _with_line_objects([field, *(f for _, own in extra for f in own)])
    rows = [row for row, _ in extra]
    existing = [_row_of(o) for o in [*schema.objects.values(), *schema.retired.values()]]
    old = [f for o in existing for f in _defined(schema, o["key"])]
    fields = _resolved(existing + rows, old, fields)
    draft = assemble(schema.version, existing + rows, old + fields)
    _check(draft, fields)
    if rows:
        uow.conn.execute(sa.insert(dw_object), rows)
    uow.conn.execute(sa.insert(dw_field), [_field_row(f) for f in fields])
    target = draft.objects[object_key]
    add_columns(uow, target, fields[0])
    for row in rows:
        _create_table(uow, draft.objects[row["key"]])
    record_change(uow, actor_id, "field.added", object_key, field.key, None, spec_of(fields[0]))
    new = fresh(uow)
    if field.type == "roll_up":
        table = new.objects[object_key].table
        ids = [row[0] for row in uow.conn.execute(sa.select(table.c.id))]
        for start in range(0, len(ids), 500):
            rollup.recompute(uow, new, new.objects[object_key].fields[field.key], ids[start : start + 500])
    return new.objects[object_key].fields[field.key]


def add_columns(uow: UnitOfWork, obj: ObjectDef, field: FieldDef) -> None:
    """ALTER TABLE for a field's columns, its link table and indexes."""
    op = operations(uow)
    names = [*field.columns, *([field.norm_column] if field.norm_column else [])]
    for name in names:
        column = obj.table.c[name]
        op.add_column(obj.key, sa.Column(name, column.type, nullable=True))
    if field.link_name:
        uow.conn.execute(sa.schema.CreateTable(obj.links[field.key]))
        uow.conn.execute(sa.schema.CreateIndex(build.link_index(obj.links[field.key])))
    for index in build.field_indexes(obj.table, field):
        uow.conn.execute(sa.schema.CreateIndex(index))


def change_field(
    uow: UnitOfWork, object_key: str, field_key: str, changes: Mapping[str, Any], actor_id: str | None = None
) -> FieldDef:
    """Change labels, help, required, default, section, on_form, options and other settings; never the stored values."""
    schema = schema_of(uow)
    obj = schema.object(object_key)
    field = own_field(obj, field_key)
    unknown = set(changes) & {"key", "type", "unique"}
    if unknown:
        raise invalid([FieldError(name, "FIELD_FIXED", {"name": name}) for name in sorted(unknown)])
    before = spec_of(field)
    config = {k: v for k, v in changes.items() if k not in before or k in field.config}
    head = {
        k: v for k, v in changes.items() if k in ("required", "default", "section", "on_form", "sensitive", "position")
    }
    new = replace(
        field,
        labels=labels_of({**field.labels, **changes["labels"]}) if "labels" in changes else field.labels,
        help=dict(changes["help"]) if "help" in changes else field.help,
        config=field.ftype.normal_config(
            {**field.config, **{k: v for k, v in config.items() if k not in ("labels", "help")}}
        ),
        **head,
    )
    gone = set(field.options) - set(new.options)
    if gone:
        used = _options_in_use(uow, obj, field, gone)
        if used:
            raise Problem(
                409, "OPTION_IN_USE", field=field_key, params={"options": sorted(used), "count": sum(used.values())}
            )
    errors = new.ftype.check_config(new, schema)
    if errors:
        raise invalid(errors)
    row = _field_row(new)
    uow.conn.execute(
        sa.update(dw_field).where(dw_field.c.id == field.id).values({k: v for k, v in row.items() if k != "id"})
    )
    record_change(uow, actor_id, "field.changed", object_key, field_key, before, spec_of(new))
    return fresh(uow).objects[object_key].fields[field_key]


def retire_field(uow: UnitOfWork, object_key: str, field_key: str, actor_id: str | None = None) -> None:
    """Hide a field; its column and data stay and it can be brought back."""
    obj = schema_of(uow).object(object_key)
    field = own_field(obj, field_key)
    if obj.name_field == field_key:
        raise Problem(409, "NAME_FIELD", field=field_key, params={"field": dict(field.labels)})
    _set_retired(uow, field, True)
    record_change(uow, actor_id, "field.retired", object_key, field_key, {"retired": False}, {"retired": True})
    fresh(uow)


def restore_field(uow: UnitOfWork, object_key: str, field_key: str, actor_id: str | None = None) -> None:
    """Bring a retired field back with its data."""
    obj = schema_of(uow).object(object_key)
    field = obj.retired.get(field_key)
    if field is None:
        raise Problem(404, "NOT_FOUND")
    _set_retired(uow, field, False)
    record_change(uow, actor_id, "field.restored", object_key, field_key, {"retired": True}, {"retired": False})
    fresh(uow)


def change_object(uow: UnitOfWork, object_key: str, changes: Mapping[str, Any], actor_id: str | None = None) -> None:
    """Change labels, plural, icon, name field, configuration (sections, list columns ...)."""
    obj = schema_of(uow).object(object_key)
    values: dict[str, Any] = {}
    for name in ("labels", "plural"):
        if name in changes:
            values[name] = labels_of(changes[name], name)
    if "icon" in changes:
        values["icon"] = changes["icon"]
    if "name_field" in changes:
        own_field(obj, str(changes["name_field"]))
        values["name_field"] = changes["name_field"]
    if "config" in changes and isinstance(changes["config"], Mapping):
        values["config"] = {**obj.config, **changes["config"]}
    if not values:
        return
    before = {name: getattr(obj, name) for name in values}
    uow.conn.execute(sa.update(dw_object).where(dw_object.c.id == obj.id).values(values))
    record_change(uow, actor_id, "object.changed", object_key, None, before, values)
    fresh(uow)


def retire_object(uow: UnitOfWork, object_key: str, actor_id: str | None = None, *, retired: bool = True) -> None:
    """Hide an object with its records, or bring it back. Refused 409 while active fields of others point at it."""
    schema = schema_of(uow)
    obj = (schema.objects if retired else schema.retired).get(object_key)
    if obj is None:
        raise Problem(404, "UNKNOWN_OBJECT", params={"object": object_key[:80]})
    users = [f for f in schema.relations_to(object_key) if f.object_key != object_key] if retired else []
    if users:
        names = [f"{f.object_key}.{f.key}" for f in users]
        raise Problem(409, "OBJECT_IN_USE", params={"fields": names, "count": len(names)})
    uow.conn.execute(sa.update(dw_object).where(dw_object.c.id == obj.id).values(retired=retired))
    kind = "object.retired" if retired else "object.restored"
    record_change(uow, actor_id, kind, object_key, None, {"retired": not retired}, {"retired": retired})
    fresh(uow)


def add_index(uow: UnitOfWork, object_key: str, field_key: str, actor_id: str | None = None) -> None:
    """Index a field that people filter and sort by."""
    obj = schema_of(uow).object(object_key)
    field = obj.fields.get(field_key)
    if field is None or not field.columns or field.many:
        raise Problem(422, "UNKNOWN_FIELD", field=field_key, params={"field": field_key[:80]})
    index = build.plain_index(obj.table, field.columns[0])
    if index.name in {one["name"] for one in sa.inspect(uow.conn).get_indexes(obj.key)}:
        return
    uow.conn.execute(sa.schema.CreateIndex(index))
    record_change(uow, actor_id, "index.added", object_key, field_key, None, {"name": index.name})


def own_field(obj: ObjectDef, field_key: str) -> FieldDef:
    """A field that an administrator defined, or Problem 404."""
    field = obj.fields.get(field_key)
    if field is None or field.system:
        raise Problem(404, "UNKNOWN_FIELD", field=field_key[:80], params={"field": field_key[:80]})
    return field


# ── parts ──


def _row_of(obj: ObjectDef) -> dict[str, Any]:
    return {
        "id": obj.id, "key": obj.key, "labels": obj.labels, "plural": obj.plural, "icon": obj.icon,
        "name_field": obj.name_field, "kind": obj.kind, "parent": obj.parent, "config": obj.config,
        "position": obj.position, "retired": obj.is_retired,
    }  # fmt: skip


def _defined(schema: Schema, key: str) -> list[FieldDef]:
    obj = schema.objects.get(key) or schema.retired[key]
    return [f for f in [*obj.fields.values(), *obj.retired.values()] if not f.system]


def _field_row(field: FieldDef) -> dict[str, Any]:
    return {
        "id": field.id, "object_key": field.object_key, "key": field.key, "type": field.type, "labels": field.labels,
        "help": field.help, "config": field.config, "required": field.required, "is_unique": field.unique,
        "default_value": field.default, "position": field.position, "section": field.section,
        "on_form": field.on_form, "sensitive": field.sensitive, "retired": field.retired,
    }  # fmt: skip


def lines_key(field: FieldDef) -> str:
    """Key of the child object of a table of lines."""
    return f"{field.object_key}_{field.key}"


def _lines_of(field: FieldDef, position: int) -> tuple[dict[str, Any], list[FieldDef]]:
    key = lines_key(field)
    row = {
        "id": new_id(), "key": key, "labels": dict(field.labels), "plural": dict(field.labels), "icon": None,
        "name_field": None, "kind": "lines", "parent": field.object_key, "config": {}, "position": position,
        "retired": False,
    }  # fmt: skip
    own: list[FieldDef] = []
    for place, spec in enumerate(field.config.get("fields") or []):
        own.append(field_from(key, spec, {"parent", "position", *(f.key for f in own)}, place + 1))
    return row, own


def _with_line_objects(fields: list[FieldDef]) -> list[FieldDef]:
    return [
        replace(f, config={"object": lines_key(f), "fields": f.config.get("fields", [])})
        if f.type == "line_items"
        else f
        for f in fields
    ]


def _resolved(rows: list[dict[str, Any]], old: list[FieldDef], fields: list[FieldDef]) -> list[FieldDef]:
    """Roll-ups get their result type from the field they run over, which may be a roll-up itself: two rounds."""
    for _ in range(2):
        draft = assemble(0, rows, old + fields)
        fields = [
            replace(f, config=rollup.resolve(dict(f.config), draft.objects.get(str(f.config.get("object")))))
            if f.type == "roll_up"
            else f
            for f in fields
        ]
    return fields


def _check(draft: Schema, fields: Sequence[FieldDef]) -> None:
    errors = []
    for field in fields:
        for error in field.ftype.check_config(field, draft):
            errors.append(FieldError(f"{field.object_key}.{field.key}.{error.field}", error.code, error.params))
    if errors:
        raise invalid(errors)


def _create_table(uow: UnitOfWork, obj: ObjectDef) -> None:
    uow.conn.execute(sa.schema.CreateTable(obj.table))
    for link in obj.links.values():
        uow.conn.execute(sa.schema.CreateTable(link))
        uow.conn.execute(sa.schema.CreateIndex(build.link_index(link)))
    for index in build.indexes_of(obj.table, obj.kind, obj.fields):
        uow.conn.execute(sa.schema.CreateIndex(index))


def _set_retired(uow: UnitOfWork, field: FieldDef, retired: bool) -> None:
    uow.conn.execute(sa.update(dw_field).where(dw_field.c.id == field.id).values(retired=retired))


def _options_in_use(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, keys: set[str]) -> dict[str, int]:
    if not field.columns or field.many:
        return {}
    column = obj.table.c[field.columns[0]]
    rows = uow.conn.execute(sa.select(column, sa.func.count()).where(column.in_(sorted(keys))).group_by(column))
    return {row[0]: row[1] for row in rows}
