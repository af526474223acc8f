"""One record with its lines: one statement, whatever it is related to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.model import FieldDef
from dealwright.records.query import expand
from dealwright.records.query.builder import Builder
from dealwright.records.query.listing import Plan, add_live, chosen_fields, kept, scope_key
from dealwright.records.query.wire import Slot, records, slots_of


@dataclass
class OnePlan(Plan):
    """A kept reading: where the lines begin in its rows, and the tables of lines that need a statement of their own."""

    lines_of: str | None = None
    lines_at: int = 0
    line_slots: tuple[Slot, ...] = ()
    others: tuple[FieldDef, ...] = ()


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
    plan: OnePlan = kept(key, lambda: _plan(builder, in_bin, fields, expanded))
    rows = uow.fetch(plan.prepared, {**access.row_parameters(), "n_id": record_id})
    if not rows:
        raise Problem(404, "NOT_FOUND")
    record = records(rows[:1], plan.slots)[0]
    expand.unfold([record], plan.expanded)
    if plan.live:
        add_live(builder, [record], plan.live)
    for name in plan.unasked:
        record.pop(name, None)
    if plan.lines_of is not None:
        at = plan.lines_at
        record[plan.lines_of] = records([row[at:] for row in rows if row[at] is not None], plan.line_slots)
    for one in plan.others:
        record[one.key] = lines(builder, one, record_id)
    return record


def _plan(builder: Builder, in_bin: bool, names: tuple[str, ...] | None, expanded: tuple[str, ...]) -> OnePlan:
    paths = expand.checked(builder, expanded)
    fields = chosen_fields(builder, expand.with_roots(names, paths))
    live = [f for f in fields if f.type == "formula" and f.config.get("live")]
    extra = [f for f in chosen_fields(builder, None) if live and f not in fields]
    slots = [Slot("id", (builder.root.c.id,), None), Slot("version", (builder.root.c.version,), None)]
    for one in (*fields, *extra):
        slots += slots_of(builder, one)
    slots += [expand.slot(builder, path) for path in paths]
    columns = [column for slot in slots for column in slot.columns]
    tables = [f for f in fields if f.type == "line_items" and _shows(builder, f)]
    where = [*builder.base_where(in_bin), builder.root.c.id == sa.bindparam("n_id", type_=sa.Text())]
    source, order, line_slots = builder.from_clause(), [], []
    if tables:
        # The lines come along as rows: asking for them apart would cost a second statement for every document.
        inner = LinesBuilder(builder, builder.schema.objects[tables[0].config["object"]])
        line_slots = inner.slots()
        source = source.outerjoin(
            inner.root, sa.and_(inner.root.c.parent_id == builder.root.c.id, inner.root.c.deleted_at.is_(None))
        )
        for alias, on in inner._ons:
            source = source.outerjoin(alias, on)
        order = [inner.root.c.position, inner.root.c.id]
    places = len(columns)
    columns += [column for slot in line_slots for column in slot.columns]
    labelled = [column.label(f"c{i}") for i, column in enumerate(columns)]
    statement = sa.select(*labelled).select_from(source).where(*where).order_by(*order)
    unasked = tuple(slot.key for one in extra for slot in slots_of(builder, one))
    return OnePlan(
        builder.dialect.compile(statement), slots, [], fields, 0, live, unasked, paths,
        tables[0].key if tables else None, places, tuple(line_slots), tuple(tables[1:]),
    )  # fmt: skip


def _shows(builder: Builder, field: FieldDef) -> bool:
    """Lines are shown or not; a masked table of lines would show how many there are."""
    only = builder.rights.field_condition(field.key, builder.root)
    return builder.rights.level(field.key) in ("read", "write") and only is None


def lines(builder: Builder, field: FieldDef, record_id: str) -> list[dict[str, Any]]:
    """The lines of a record in their order, with the labels of what they refer to."""
    inner = LinesBuilder(builder, builder.schema.objects[field.config["object"]])
    slots = inner.slots()
    columns = [column.label(f"c{i}") for i, column in enumerate(c for slot in slots for c in slot.columns)]
    mine = inner.root.c.parent_id == sa.bindparam("n_parent", type_=sa.Text())
    statement = sa.select(*columns).select_from(inner.from_clause()).where(mine, inner.root.c.deleted_at.is_(None))
    prepared = builder.dialect.compile(statement.order_by(inner.root.c.position, inner.root.c.id))
    return records(builder.uow.fetch(prepared, {**builder.access.row_parameters(), "n_parent": record_id}), slots)


class LinesBuilder(Builder):
    """A builder over the lines of a record that the viewer has been shown already: the lines have its rights."""

    join_name = "m"

    def __init__(self, outer: Builder, child: Any) -> None:
        self.uow, self.access, self.dialect = outer.uow, outer.access, outer.dialect
        self.schema, self.obj = outer.schema, child
        self.rights = outer.access.object(child.key)
        self.context, self.visible = outer.context, outer.visible
        self.root = child.table.alias("n")
        self._joins, self._ons = {}, []

    def slots(self) -> list[Slot]:
        """The entries of a line: its id and its readable fields."""
        found = [Slot("id", (self.root.c.id,), None)]
        for one in self.obj.fields.values():
            if self.rights.level(one.key) != "hidden":
                found += slots_of(self, one)
        return found
