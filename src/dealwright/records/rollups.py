"""Roll-ups over related records, worked out anew in the transaction of the save that touched them.

They are computed values: the parent's version does not rise and its history says nothing. A parent's own formulas
and the roll-ups over them follow, to a bounded depth.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.conditions import parse, paths
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.model import FieldDef, ObjectDef, Schema
from dealwright.model.formula import compute
from dealwright.model.rollup import value_select
from dealwright.records.plans import values_of
from dealwright.records.shapes import MAX_DEPTH, Work, same
from dealwright.records.store import set_computed


def over(schema: Schema, child_key: str) -> list[FieldDef]:
    """The roll-ups that run over an object by a relation; those over lines are worked out with their document."""
    return [
        field
        for field in schema.all_fields()
        if field.type == "roll_up" and field.config.get("object") == child_key and field.config["relation"] != "parent"
    ]


def inputs(schema: Schema, field: FieldDef) -> set[str]:
    """The child's fields that a roll-up depends on."""
    config = field.config
    found = {config["relation"]}
    if config["op"] != "count":
        found.add(config["field"])
    if config.get("where"):
        found |= {path[0] for path in paths(parse(config["where"], config["object"], schema))}
    return found


def touched(work: Work) -> dict[str, tuple[list[FieldDef], list[str]]]:
    """{parent object: (roll-ups to work out, parent ids)} of one save."""
    found: dict[str, tuple[list[FieldDef], set[str]]] = {}
    whole = work.change.kind != "update"
    for field in over(work.schema, work.obj.key):
        if not whole and not inputs(work.schema, field) & work.changed:
            continue
        relation = field.config["relation"]
        ids = {work.after[relation]}
        if not work.is_create:
            ids.add(work.before[relation])
        ids.discard(None)
        if ids:
            fields, all_ids = found.setdefault(field.object_key, ([], set()))
            fields.append(field)
            all_ids.update(ids)
    return {key: (fields, sorted(ids)) for key, (fields, ids) in found.items()}


def roll_up_parents(work: Work) -> None:
    """Bring the roll-ups of the parents before and after the save up to date; memo "later_rollups" collects instead."""
    later: dict[str, tuple[dict[str, FieldDef], set[str]]] | None = work.uow.memo.get("later_rollups")
    for parent_key, (fields, ids) in touched(work).items():
        if later is not None:
            kept, waiting = later.setdefault(parent_key, ({}, set()))
            kept.update({field.key: field for field in fields})
            waiting.update(ids)
        else:
            recompute(work.uow, work.schema, parent_key, fields, ids)


def settle_later(uow: UnitOfWork, schema: Schema) -> None:
    """Work out what an import collected in memo "later_rollups", once per parent instead of once per row."""
    later = uow.memo.get("later_rollups")
    for parent_key, (fields, ids) in list((later or {}).items()):
        listed = sorted(ids)
        for start in range(0, len(listed), 500):
            recompute(uow, schema, parent_key, list(fields.values()), listed[start : start + 500])
    if later:
        later.clear()


def recompute(
    uow: UnitOfWork, schema: Schema, parent_key: str, fields: Iterable[FieldDef], ids: list[str], depth: int = 1
) -> None:
    """Work out roll-ups of given parents, then what depends on them."""
    obj = schema.objects[parent_key]
    table = obj.table
    if not uow.dialect.is_sqlite:
        # Two savers of two children of one parent must not each overlook the other's row: the second waits here,
        # and its statement below, begun later, sees the first one's commit.
        uow.conn.execute(uow.dialect.for_update(sa.select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id)))
    values = {field.columns[0]: value_select(uow, schema, field, table.c.id) for field in fields}
    set_computed(uow, obj, ids, values)
    follow(uow, schema, obj, {field.key for field in fields}, ids, depth)


def follow(uow: UnitOfWork, schema: Schema, obj: ObjectDef, keys: set[str], ids: list[str], depth: int) -> None:
    """The parent's formulas that read the new roll-ups, and the roll-ups above that read either."""
    above = over(schema, obj.key)
    if depth >= MAX_DEPTH or not (obj.formulas or above):
        return
    changed = set(keys)
    zone = ZoneInfo(state_of(uow).workspace.time_zone)
    table = obj.table
    rows = [dict(row) for row in uow.conn.execute(sa.select(*table.c).where(table.c.id.in_(ids))).mappings()]
    for row in rows:
        values = values_of(obj, row)
        new: dict[str, Any] = {}
        for key, value in compute(obj, values, uow.now, zone).items():
            if not same(values.get(key), value):
                new |= obj.fields[key].ftype.to_row(obj.fields[key], value)
                changed.add(key)
        if new:
            set_computed(uow, obj, [row["id"]], new)
    next_: dict[str, tuple[list[FieldDef], set[str]]] = {}
    for field in above:
        if inputs(schema, field) & changed:
            column = f"{field.config['relation']}_id"
            parents = {row[column] for row in rows if row[column] is not None}
            if parents:
                fields, all_ids = next_.setdefault(field.object_key, ([], set()))
                fields.append(field)
                all_ids.update(parents)
    for key, (fields, all_ids) in next_.items():
        recompute(uow, schema, key, fields, sorted(all_ids), depth + 1)
