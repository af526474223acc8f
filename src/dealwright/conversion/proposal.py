"""What would become of a record: the values that each target begins with, and who is there already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dealwright.access import Access, ObjectAccess
from dealwright.conversion.shapes import Conversion, Target
from dealwright.foundation.database import UnitOfWork
from dealwright.model import FieldDef, ObjectDef, Schema, schema_of
from dealwright.records.duplicates import find_duplicates

# Belonging to the record itself, or carried in a way of their own.
NEVER = frozenset({"stage", "pipeline", "file", "image", "team", "auto_number", "formula", "roll_up"})


def proposed(
    schema: Schema, access: Access, conversion: Conversion, target: Target, source: ObjectDef, record: Mapping[str, Any]
) -> dict[str, Any]:
    """Values of a target by field key, as records show them: those of the map, then fields of the same key and type.

    record: the source as the asker may read it, so nothing out of sight is carried.
    """
    obj = schema.object(target.object_key)
    rights, own = access.object(obj.key), access.object(source.key)
    values: dict[str, Any] = {}
    for key, field in obj.fields.items():
        if field.read_only or field.system or field.type in NEVER or not _may_set(rights, field):
            continue
        names = target.fields.get(key)
        if names is None:
            names = (key,) if _is_twin(source.fields.get(key), field) and key not in conversion.own_keys else ()
        for name in names:
            value = record.get(name) if own.level(name) in ("read", "write") else None
            value = _fitting(schema, field, value)
            if value not in (None, "", []):
                values[key] = value
                if field.type == "money":
                    values[f"{key}_currency"] = record.get(f"{name}_currency")
                break
    owner = record.get("owner")
    if owner and access.object(obj.key).may_transfer(None, {"owner": owner["id"]}, access.actor):
        values["owner"] = owner  # whose the source was, theirs is what comes of it
    return values


def _may_set(rights: ObjectAccess, field: FieldDef) -> bool:
    return rights.may_set_on_creation(field)


def _is_twin(one: FieldDef | None, other: FieldDef) -> bool:
    return one is not None and one.type == other.type and one.target == other.target


def _fitting(schema: Schema, field: FieldDef, value: Any) -> Any:
    """Of a value, what the field can hold: options it knows, of lines the columns it has."""
    if field.type == "select":
        return value if value in field.options and field.options[value].active else None
    if field.type == "multi_select":
        return [one for one in value or () if one in field.options and field.options[one].active]
    if field.type == "line_items":
        child = schema.objects.get(str(field.config.get("object")))
        known = {} if child is None else {key: f for key, f in child.fields.items() if not f.read_only and not f.system}
        return [{key: one for key, one in line.items() if key in known} for line in value or ()]
    return value


def raw_of(field: FieldDef, value: Any) -> Any:
    """A value as records show it as one that the write path takes: ids instead of links."""
    if isinstance(value, list):
        return [raw_of(field, one) for one in value]
    if field.type == "line_items" and isinstance(value, Mapping):
        return {k: one["id"] if isinstance(one, Mapping) and "id" in one else one for k, one in value.items()}
    if isinstance(value, Mapping) and "id" in value:
        return {"object": value["object"], "id": value["id"]} if field.type == "relation_any" else value["id"]
    return value


def raw_values(obj: ObjectDef, values: Mapping[str, Any]) -> dict[str, Any]:
    """`raw_of` for a whole record; currencies stay beside their amounts."""
    return {key: raw_of(obj.fields[key], one) if key in obj.fields else one for key, one in values.items()}


def shown_fields(obj: ObjectDef, target: Target, values: Mapping[str, Any], rights: ObjectAccess) -> list[str]:
    """The fields to put before a person: what is mapped, asked for, required or has a value, in the form's order."""
    wanted = {*target.ask, *(key for key, names in target.fields.items() if names), *values}
    wanted |= {field.key for field in obj.required_fields} | {f.key for f in obj.fields.values() if f.type == "stage"}
    wanted -= {"owner", *target.relations}
    order = list(obj.config.get("form") or ())
    keys = [key for key in obj.fields if key in wanted and _may_set(rights, obj.fields[key])]
    return sorted(keys, key=lambda key: order.index(key) if key in order else len(order))


def plan(
    uow: UnitOfWork, access: Access, conversion: Conversion, source: ObjectDef, record: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """What a person is shown before: [{object, link, required, may_create, fields, values, matches, others}].

    matches: records in sight that are the same by name, phone, e-mail or another telling field; others: how many more
    there are out of sight.
    """
    schema = schema_of(uow)
    found = []
    for target in conversion.targets:
        obj, rights = schema.object(target.object_key), access.object(target.object_key)
        values = proposed(schema, access, conversion, target, source, record)
        same = find_duplicates(uow, access, obj.key, raw_values(obj, values)) if rights.can_read else None
        found.append(
            {
                "object": obj.key, "link": target.link, "required": target.required, "may_create": rights.may("create"),
                "links": dict(target.relations), "fields": shown_fields(obj, target, values, rights), "values": values,
                "matches": same["candidates"] if same else [], "others": same["others"] if same else 0,
            }
        )  # fmt: skip
    return found
