"""Fields that wait for others: a roll-up for the relation it runs over, a formula for what it reads.

When a configuration is laid over a workspace that has some of its objects already, new objects and new fields of old
ones refer to each other both ways. Each field is added as soon as everything it needs is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from dealwright.foundation.database import UnitOfWork
from dealwright.model import Schema, schema_of
from dealwright.model import service as model
from dealwright.model.formula import FormulaError, parse_formula, references

Spec = Mapping[str, Any]


def is_ready(schema: Schema, object_key: str, spec: Spec, coming: Iterable[str] = ()) -> bool:
    """Whether a field can be added now. coming: keys of fields that are made together with it."""
    if spec["type"] == "roll_up":
        over = schema.objects.get(str(spec.get("object")))
        if over is None:
            return False
        needs = [spec.get("relation"), spec.get("field")]
        return all(key is None or key == "parent" or key in over.fields for key in needs)
    if spec["type"] == "formula":
        obj = schema.objects.get(object_key)
        there = {*(obj.fields if obj else ()), *coming}
        try:
            return references(parse_formula(str(spec.get("expression", "")))) <= there
        except FormulaError:
            return True  # the model says what is wrong with it
    target = spec.get("target")
    return target is None or target in schema.objects


def put_aside(schema: Schema, specs: list[dict[str, Any]]) -> list[tuple[str, Spec]]:
    """Take out of new objects the fields that need something an old object does not have yet; answers them."""
    new = {spec["key"] for spec in specs}
    aside: list[tuple[str, Spec]] = []
    for spec in specs:
        late = {
            f["key"]
            for f in spec["fields"]
            if f["type"] == "roll_up" and f.get("object") not in new and not is_ready(schema, spec["key"], f)
            and f.get("object") in schema.objects
        }  # fmt: skip
        while True:  # formulas over what is late are late as well
            more = {
                f["key"] for f in spec["fields"] if f["type"] == "formula" and f["key"] not in late and _reads(f) & late
            }
            if not more:
                break
            late |= more
        aside += [(spec["key"], f) for f in spec["fields"] if f["key"] in late]
        spec["fields"] = [f for f in spec["fields"] if f["key"] not in late]
    return aside


def _reads(spec: Spec) -> set[str]:
    try:
        return references(parse_formula(str(spec.get("expression", ""))))
    except FormulaError:
        return set()


def add_all(uow: UnitOfWork, waiting: list[tuple[str, Spec]], actor_id: str | None) -> list[str]:
    """Add fields in an order in which each finds what it needs; lines of what was made."""
    done: list[str] = []
    while waiting:
        schema = schema_of(uow)
        ready = [(key, spec) for key, spec in waiting if is_ready(schema, key, spec)] or waiting[:1]
        for object_key, spec in ready:
            model.add_field(uow, object_key, spec, actor_id)
            done.append(f"+ field {object_key}.{spec['key']}")
        waiting = [item for item in waiting if item not in ready]
    return done
