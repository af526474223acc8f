"""One record with its lines: one statement, whatever it is related to."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef
from dealwright.records.query import expand
from dealwright.records.query.builder import Builder
from dealwright.records.query.lines import lines_slot
from dealwright.records.query.listing import Plan, add_live, chosen_fields, kept, scope_key
from dealwright.records.query.wire import Slot, records, slots_of


def get_one(
    uow: UnitOfWork, access: Access, object_key: str, record_id: str, *, in_bin: bool = False,
    fields: tuple[str, ...] | None = None, expanded: tuple[str, ...] = (),
) -> dict[str, Any]:  # fmt: skip
    """One record with its readable fields (or those of `fields`), lines included, related records of `expanded` unfolded.

    404 when it is missing or outside the viewer's scope; 422 as for a list.
    """
    builder = Builder(uow, access, object_key)
    if not builder.rights.can_read or "\x00" in record_id:
        raise Problem(404, "NOT_FOUND")
    key = ("one", scope_key(uow, access), object_key, in_bin, fields, expanded)
    plan: Plan = kept(key, lambda: _plan(builder, in_bin, fields, expanded))
    rows = uow.fetch(plan.prepared, {**access.row_parameters(), "n_id": record_id})
    if not rows:
        raise Problem(404, "NOT_FOUND")
    record = records(rows, plan.slots)[0]
    expand.unfold([record], plan.expanded)
    if plan.live:
        add_live(builder, [record], plan.live)
    for name in plan.unasked:
        record.pop(name, None)
    return record


def _plan(builder: Builder, in_bin: bool, names: tuple[str, ...] | None, expanded: tuple[str, ...]) -> Plan:
    paths = expand.checked(builder, expanded)
    fields = chosen_fields(builder, expand.with_roots(names, paths))
    live = [f for f in fields if f.type == "formula" and f.config.get("live")]
    extra = [f for f in chosen_fields(builder, None) if live and f not in fields]
    slots = [Slot("id", (builder.root.c.id,), None), Slot("version", (builder.root.c.version,), None)]
    for one in (*fields, *extra):
        slots += slots_of(builder, one)
    slots += [expand.slot(builder, path) for path in paths]
    tables = [one for one in fields if one.type == "line_items" and _shows(builder, one)]
    slots += [lines_slot(builder, one, place) for place, one in enumerate(tables)]
    columns = [column.label(f"c{i}") for i, column in enumerate(c for slot in slots for c in slot.columns)]
    where = [*builder.base_where(in_bin), builder.root.c.id == sa.bindparam("n_id", type_=sa.Text())]
    statement = sa.select(*columns).select_from(builder.from_clause()).where(*where)
    unasked = tuple(slot.key for one in extra for slot in slots_of(builder, one))
    return Plan(builder.dialect.compile(statement), slots, [], fields, 0, live, unasked, paths)


def _shows(builder: Builder, field: FieldDef) -> bool:
    """Lines are shown or not; a masked table of lines would show how many there are."""
    only = builder.rights.field_condition(field.key, builder.root)
    return builder.rights.level(field.key) in ("read", "write") and only is None
