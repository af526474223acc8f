"""Which computed fields read which others: for refusing cycles, for refusing to take away what is in use, and for
working out anew what depends on a change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from dealwright.conditions import parse, paths
from dealwright.foundation.errors import Problem
from dealwright.model.formula import FormulaError, parse_formula, references
from dealwright.model.shapes import FieldDef, Schema

Place = tuple[str, str]  # object key, field key


def reads(field: FieldDef, schema: Schema) -> set[Place]:
    """The fields that a formula or roll-up reads; empty for every other type and for a broken definition."""
    if field.type == "formula":
        try:
            found = references(parse_formula(str(field.config.get("expression", ""))))
        except FormulaError:
            return set()
        return {(field.object_key, key) for key in found}
    if field.type != "roll_up":
        return set()
    child = str(field.config.get("object"))
    keys = {field.config.get("relation"), field.config.get("field")}
    if field.config.get("where"):
        with suppress(Problem):
            keys |= {path[0] for path in paths(parse(field.config["where"], child, schema))}
    return {(child, str(key)) for key in keys if key}


def computed_fields(schema: Schema) -> Iterator[FieldDef]:
    """Every active formula and roll-up."""
    return (field for field in schema.all_fields() if field.type in ("formula", "roll_up"))


def dependents(schema: Schema, object_key: str, field_key: str | None = None) -> list[str]:
    """The computed fields that read a field (or any field of an object), as "object.field", in order."""
    found = {
        f"{field.object_key}.{field.key}"
        for field in computed_fields(schema)
        if any(key == object_key and field_key in (None, name) for key, name in reads(field, schema))
    }
    return sorted(found)


def uses_of_object(schema: Schema, object_key: str) -> list[str]:
    """Fields of other objects that point at an object or are worked out from its records, as "object.field"."""
    family = (object_key, *(one.key for one in schema.objects.values() if one.parent == object_key))
    names = [f"{f.object_key}.{f.key}" for f in schema.relations_to(object_key)]
    names += [name for key in family for name in dependents(schema, key)]
    return sorted({name for name in names if name.split(".")[0] not in family})


def find_cycle(schema: Schema, start: Place) -> list[str]:
    """The way from a computed field back to itself, across formulas and roll-ups; [] when there is none."""

    def walk(place: Place, way: tuple[Place, ...]) -> tuple[Place, ...]:
        if place in way:
            return (*way[way.index(place) :], place) if place == start else ()
        obj = schema.objects.get(place[0])
        field = obj.fields.get(place[1]) if obj else None
        for other in sorted(reads(field, schema)) if field is not None else ():
            if found := walk(other, (*way, place)):
                return found
        return ()

    return [".".join(place) for place in walk(start, ())]
