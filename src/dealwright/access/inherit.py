"""A computed field shows what it was computed from: its level is the strictest of its inputs.

A roll-up adds up records, so whoever does not see all of those records does not see the sum of them either. An
administrator who wants the result seen all the same marks the field `declassified`; the change is recorded like every
other one. The field's own level (amounts, sensitive) holds in any case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

from dealwright.access.shapes import LEVEL_RANK, Grant, Level
from dealwright.conditions import parse, paths
from dealwright.model import FieldDef, ObjectDef, Schema
from dealwright.model.formula import parse_formula, references

GrantOf = Callable[[str], Grant]
Input = tuple[str, str, bool]  # object, field, whether the object's rows are other ones than the reader's
_inputs: WeakKeyDictionary[Schema, dict[tuple[str, str], tuple[Input, ...]]] = WeakKeyDictionary()


def inherited(grant: Grant, obj: ObjectDef, schema: Schema, grant_of: GrantOf, level_in: Any) -> Grant:
    """The grant with the levels of computed fields lowered to those of their inputs under the same role."""
    lowered: dict[str, Level] = {}
    for field in obj.fields.values():
        if field.type in ("formula", "roll_up"):
            own: Level = level_in(grant, field)
            level = _strictest(field, own, schema, grant_of, level_in, frozenset())
            if level != own:
                lowered[field.key] = level
    return replace(grant, fields={**grant.fields, **lowered}) if lowered else grant


def _strictest(
    field: FieldDef, level: Level, schema: Schema, grant_of: GrantOf, level_in: Any, seen: frozenset[str]
) -> Level:
    if field.config.get("declassified") or field.id in seen:
        return level
    for object_key, key, elsewhere in inputs_of(schema, field):
        grant = grant_of(object_key)
        if elsewhere and grant.read != "all":
            return "hidden"
        source = schema.objects[object_key].fields.get(key)
        if source is None:
            continue
        found: Level = level_in(grant, source)
        if source.type in ("formula", "roll_up"):
            found = _strictest(source, found, schema, grant_of, level_in, seen | {field.id})
        if LEVEL_RANK[found] < LEVEL_RANK[level]:
            level = found
    return level


def inputs_of(schema: Schema, field: FieldDef) -> tuple[Input, ...]:
    """What a computed field is computed from."""
    kept = _inputs.setdefault(schema, {})
    name = (field.object_key, field.key)
    found = kept.get(name)
    if found is None:
        found = kept[name] = tuple(_read(schema, field))
    return found


def _read(schema: Schema, field: FieldDef) -> Iterator[Input]:
    config: Mapping[str, Any] = field.config
    if field.type == "formula":
        for key in sorted(references(parse_formula(config["expression"]))):
            yield field.object_key, key, False
        return
    child = config["object"]
    if child not in schema.objects:
        return
    # Lines belong to the record itself and have its rights; every other child is a record of its own.
    elsewhere = schema.objects[child].kind != "lines"
    yield child, config["relation"], elsewhere
    if config["op"] != "count":
        yield child, config["field"], elsewhere
    if config.get("where"):
        for path in sorted(paths(parse(config["where"], child, schema))):
            yield child, path[0], elsewhere
