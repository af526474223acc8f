"""Drafting definitions: from specifications to rows of the catalogue, checked as a whole before anything is built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from dealwright.foundation.database import Workspace
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.model import rollup
from dealwright.model.catalogue import assemble
from dealwright.model.dependents import find_cycle
from dealwright.model.field_types import CoerceContext, ValueProblem
from dealwright.model.shapes import FieldDef, ObjectDef, Schema
from dealwright.model.specs import STANDARD, check_settings, checked_key, field_from, labels_of

MAX_FIELDS = 500
UTC = ZoneInfo("UTC")


def object_row(spec: Mapping[str, Any], taken: Sequence[str], position: int, **extra: Any) -> dict[str, Any]:
    check_settings(spec)
    labels = labels_of(spec.get("labels"))
    return {
        "id": new_id(), "key": checked_key(spec.get("key"), labels, set(taken)), "labels": labels,
        "plural": labels_of(spec.get("plural") or labels, "plural"), "icon": spec.get("icon"),
        "name_field": spec.get("name_field"), "kind": "object", "parent": None,
        "config": dict(spec.get("config") or {}), "position": position, "retired": False, **extra,
    }  # fmt: skip


def fields_of(spec: Mapping[str, Any], object_key: str, standard: bool) -> list[FieldDef]:
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


def own_field(obj: ObjectDef, field_key: str) -> FieldDef:
    """A field that an administrator defined, or Problem 404."""
    field = obj.fields.get(field_key)
    if field is None or field.system:
        raise Problem(404, "UNKNOWN_FIELD", field=field_key[:80], params={"field": field_key[:80]})
    return field


def row_of(obj: ObjectDef) -> dict[str, Any]:
    return {
        "id": obj.id, "key": obj.key, "labels": obj.labels, "plural": obj.plural, "icon": obj.icon,
        "name_field": obj.name_field, "kind": obj.kind, "parent": obj.parent, "config": obj.config,
        "position": obj.position, "retired": obj.is_retired,
    }  # fmt: skip


def defined(schema: Schema, key: str) -> list[FieldDef]:
    obj = schema.objects.get(key) or schema.retired[key]
    return [f for f in [*obj.fields.values(), *obj.retired.values()] if not f.system]


def field_row(field: FieldDef) -> dict[str, Any]:
    return {
        "id": field.id, "object_key": field.object_key, "key": field.key, "type": field.type, "labels": field.labels,
        "help": field.help, "config": field.config, "required": field.required, "is_unique": field.unique,
        "default_value": field.default, "position": field.position, "section": field.section,
        "on_form": field.on_form, "sensitive": field.sensitive, "retired": field.retired,
    }  # fmt: skip


def lines_key(field: FieldDef) -> str:
    """Key of the child object of a table of lines."""
    return f"{field.object_key}_{field.key}"


def lines_of(field: FieldDef, position: int) -> tuple[dict[str, Any], list[FieldDef]]:
    key = lines_key(field)
    if len(key) > 50:  # a table's name, with room for those of its indexes
        raise invalid([FieldError("key", "KEY_FORMAT", {"key": key})])
    row = {
        "id": new_id(), "key": key, "labels": dict(field.labels), "plural": dict(field.labels), "icon": None,
        "name_field": None, "kind": "lines", "parent": field.object_key, "config": {}, "position": position,
        "retired": False,
    }  # fmt: skip
    own: list[FieldDef] = []
    for place, spec in enumerate(field.config.get("fields") or []):
        own.append(field_from(key, spec, {"parent", "position", *(f.key for f in own)}, place + 1))
    return row, own


def with_line_objects(fields: list[FieldDef]) -> list[FieldDef]:
    return [
        replace(f, config={"object": lines_key(f), "fields": f.config.get("fields", [])})
        if f.type == "line_items"
        else f
        for f in fields
    ]


def resolved(rows: list[dict[str, Any]], old: list[FieldDef], fields: list[FieldDef]) -> list[FieldDef]:
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


def check(draft: Schema, fields: Sequence[FieldDef]) -> None:
    """Problem 422 with every error of the given fields, named `object.field.setting`."""
    errors = []
    for field in fields:
        found = [*field.ftype.check_config(field, draft), *column_errors(field, draft)] or [
            *default_errors(field, draft),
            *cycle_errors(field, draft),
        ]
        for error in found:
            errors.append(FieldError(f"{field.object_key}.{field.key}.{error.field}", error.code, error.params))
    if errors:
        raise invalid(errors)


def column_errors(field: FieldDef, schema: Schema) -> list[FieldError]:
    """KEY_TAKEN when a column would have the name of another field's: amount has amount_currency, account account_id."""
    obj = schema.objects.get(field.object_key) or schema.retired.get(field.object_key)
    others = [f for f in [*obj.fields.values(), *obj.retired.values()] if f.id != field.id] if obj else []
    taken = {name for other in others for name in column_names(other)}
    clash = sorted(column_names(field) & taken)
    return [FieldError("key", "KEY_TAKEN", {"key": clash[0]})] if clash else []


def column_names(field: FieldDef) -> set[str]:
    """Every column a field has or may come to have in its object's table."""
    return {*field.columns, field.key, *([f"{field.key}_norm"] if field.ftype.may_be_unique else [])}


def default_errors(field: FieldDef, schema: Schema) -> list[FieldError]:
    """What is wrong with the default: it must be a value that the field takes."""
    if field.default is None or field.computed:
        return []
    ctx = CoerceContext("api", "zh-CN", UTC, schema, Workspace())
    try:
        field.ftype.coerce(field, field.default, ctx)
    except ValueProblem as problem:
        return [FieldError("default", problem.code, dict(problem.params))]
    return []


def cycle_errors(field: FieldDef, schema: Schema) -> list[FieldError]:
    """A formula or roll-up that reads itself, across objects too."""
    if field.type not in ("formula", "roll_up"):
        return []
    way = find_cycle(schema, (field.object_key, field.key))
    name = "expression" if field.type == "formula" else "field"
    return [FieldError(name, "FORMULA_CYCLE", {"path": " → ".join(way)})] if way else []
