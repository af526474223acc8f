"""Roll-ups over related records, worked out anew in the transaction of the save that touched them.

They are computed values: the parent's version does not rise and its history says nothing. A parent's own formulas
and the roll-ups over them follow, to a bounded depth. A save that cannot move a total (the record counts for it
neither before nor after) leaves the parent alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from dealwright.conditions import All, Condition, Context, matches, parse, paths
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.model import FieldDef, Money, ObjectDef, Schema
from dealwright.model.formula import compute, parse_formula, references
from dealwright.model.rollup import value_select
from dealwright.records.plans import plan_of, values_of
from dealwright.records.shapes import MAX_DEPTH, Work, same
from dealwright.records.store import set_computed


class RollUps:
    """What a schema says about roll-ups, read out once."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._over: dict[str, list[OneRollUp]] = {}
        for field in schema.all_fields():
            child = schema.objects.get(field.config.get("object", "")) if field.type == "roll_up" else None
            if child is not None and child.kind == "object":
                self._over.setdefault(field.config["object"], []).append(OneRollUp(schema, field))

    def over(self, child_key: str) -> list[OneRollUp]:
        """The roll-ups that run over an object by a relation; those over lines are worked out with their document."""
        return self._over.get(child_key, [])


class OneRollUp:
    """One roll-up field and what it depends on."""

    def __init__(self, schema: Schema, field: FieldDef) -> None:
        self.schema, self.field = schema, field
        self.relation: str = field.config["relation"]
        self.over: str | None = field.config.get("field") if field.config["op"] != "count" else None

    @cached_property
    def where(self) -> Condition:
        """Which records count."""
        raw = self.field.config.get("where")
        return parse(raw, self.field.config["object"], self.schema) if raw else All(())

    @cached_property
    def inputs(self) -> frozenset[str]:
        """The child's fields that the total depends on."""
        found = {self.relation, *(path[0] for path in paths(self.where))}
        return frozenset(found | {self.over} if self.over else found)

    @cached_property
    def is_fixed(self) -> bool:
        """Whether the condition means the same at any moment, so that its statement can be kept."""
        raw = self.field.config.get("where")
        return raw is None or not any(word in str(raw) for word in ("relative", "period", "who"))

    def part(self, values: Mapping[str, Any], context: Context) -> tuple[str, Any] | None:
        """(parent id, value) that a record with these values brings in; None when it does not count."""
        parent = values[self.relation]
        if parent is None or not matches(self.where, lambda path: _plain(values[path[0]]), context):
            return None
        value = _plain(values[self.over]) if self.over else 1
        return None if value is None else (parent, value)


_known: WeakKeyDictionary[Schema, RollUps] = WeakKeyDictionary()


def roll_ups(schema: Schema) -> RollUps:
    """The roll-ups of a schema."""
    found = _known.get(schema)
    if found is None:
        found = _known[schema] = RollUps(schema)
    return found


def touched(work: Work) -> dict[str, tuple[dict[str, OneRollUp], set[str]]]:
    """{parent object: (roll-ups to work out, parent ids)} of one save."""
    found: dict[str, tuple[dict[str, OneRollUp], set[str]]] = {}
    known = roll_ups(work.schema).over(work.obj.key)
    if not known:
        return found
    workspace = state_of(work.uow).workspace
    first_month = workspace.fiscal_start_month
    context = Context(work.uow.now, ZoneInfo(workspace.time_zone), fiscal_start_month=first_month)
    kind = work.change.kind
    for one in known:
        if kind == "update" and not one.inputs & work.changed:
            continue
        before = None if kind in ("create", "restore") else one.part(work.before, context)
        after = None if kind == "delete" else one.part(work.after, context)
        if before == after:
            continue
        fields, ids = found.setdefault(one.field.object_key, ({}, set()))
        fields[one.field.key] = one
        ids.update(part[0] for part in (before, after) if part is not None)
    return found


def roll_up_parents(work: Work) -> None:
    """Bring the roll-ups of the parents before and after the save up to date; memo "later_rollups" collects instead."""
    later: dict[str, tuple[dict[str, OneRollUp], set[str]]] | None = work.uow.memo.get("later_rollups")
    for parent_key, (fields, ids) in touched(work).items():
        if later is not None:
            kept, waiting = later.setdefault(parent_key, ({}, set()))
            kept.update(fields)
            waiting.update(ids)
        else:
            recompute(work.uow, work.schema, parent_key, fields.values(), sorted(ids))


def settle_later(uow: UnitOfWork, schema: Schema) -> None:
    """Work out what an import collected in memo "later_rollups", once per parent instead of once per row."""
    later = uow.memo.get("later_rollups")
    for parent_key, (fields, ids) in list((later or {}).items()):
        listed = sorted(ids)
        for start in range(0, len(listed), 500):
            recompute(uow, schema, parent_key, fields.values(), listed[start : start + 500])
    if later:
        later.clear()


def recompute(
    uow: UnitOfWork, schema: Schema, parent_key: str, ups: Iterable[OneRollUp], ids: list[str], depth: int = 1
) -> None:
    """Work out roll-ups of given parents, then what depends on them."""
    obj = schema.objects[parent_key]
    listed = sorted(ups, key=lambda one: one.field.key)
    set_computed(
        uow, obj, ids, _values(uow, schema, listed), tuple(one.field.key for one in listed) if _kept(listed) else None
    )
    follow(uow, schema, obj, {one.field.key for one in listed}, ids, depth)


def _kept(ups: list[OneRollUp]) -> bool:
    return all(one.is_fixed for one in ups)


def _values(uow: UnitOfWork, schema: Schema, ups: list[OneRollUp]) -> Any:
    """The new values by column, as selects; made only when the statement is not kept yet."""

    def build() -> dict[str, Any]:
        parent = schema.objects[ups[0].field.object_key].table
        return {one.field.columns[0]: value_select(uow, schema, one.field, parent.c.id) for one in ups}

    return build


def follow(uow: UnitOfWork, schema: Schema, obj: ObjectDef, keys: set[str], ids: list[str], depth: int) -> None:
    """The parent's formulas that read the new roll-ups, and the roll-ups above that read either."""
    if depth >= MAX_DEPTH:
        return
    formulas = _dependent(obj, keys)
    above = [one for one in roll_ups(schema).over(obj.key) if one.inputs & (keys | formulas)]
    if not formulas and not above:
        return
    zone = ZoneInfo(state_of(uow).workspace.time_zone)
    plan = plan_of(uow, obj)
    for row in plan.rows(uow, ids):
        values = values_of(obj, row)
        new: dict[str, Any] = {}
        for key, value in compute(obj, values, uow.now, zone).items():
            if key in formulas and not same(values.get(key), value):
                new |= obj.fields[key].ftype.to_row(obj.fields[key], value)
        if new:
            set_computed(uow, obj, [row["id"]], lambda new=new: new, None)  # type: ignore[misc]
        for one in above:
            parent = row[f"{one.relation}_id"]
            if parent is not None:
                recompute(uow, schema, one.field.object_key, [one], [parent], depth + 1)


def _dependent(obj: ObjectDef, keys: set[str]) -> set[str]:
    """The stored formulas that read any of these fields, directly or through another formula."""
    found: set[str] = set()
    for field in obj.formulas:
        if not field.config.get("live") and set(references(parse_formula(field.config["expression"]))) & (keys | found):
            found.add(field.key)
    return found


def _plain(value: Any) -> Any:
    return value.amount if isinstance(value, Money) else value
