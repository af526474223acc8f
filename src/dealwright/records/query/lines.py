"""The lines of a record, read in the record's own statement: one JSON array of bare rows, then the usual converters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from dealwright.model import FieldDef, ObjectDef
from dealwright.records.query.builder import Builder
from dealwright.records.query.wire import Slot, records, slots_of

PART = 50  # a function takes at most 100 arguments on PostgreSQL and 127 on SQLite
Revive = Callable[[Any], Any]


class LinesBuilder(Builder):
    """A builder over the lines of a record that the viewer has been shown already: the lines have its rights."""

    def __init__(self, outer: Builder, child: ObjectDef, name: str) -> None:
        self.uow, self.access, self.dialect = outer.uow, outer.access, outer.dialect
        self.schema, self.obj = outer.schema, child
        self.rights = outer.access.object(child.key)
        self.context, self.visible = outer.context, outer.visible
        self.root = child.table.alias(name)
        self.join_name = f"{name}_j"
        self._joins, self._ons = {}, []

    def slots(self) -> list[Slot]:
        """The entries of a line: its id and its readable fields."""
        found = [Slot("id", (self.root.c.id,), None)]
        for one in self.obj.fields.values():
            if self.rights.level(one.key) != "hidden":
                found += slots_of(self, one)
        return found


def lines_slot(outer: Builder, field: FieldDef, place: int) -> Slot:
    """The entry of a field of lines: the lines in their order, with the labels of what they refer to."""
    child = outer.schema.objects[field.config["object"]]
    inner = LinesBuilder(outer, child, f"l{place}")
    slots = inner.slots()
    columns = [column for slot in slots for column in slot.columns]
    dialect = outer.dialect
    rows = (
        sa.select(*(dialect.into_json(column).label(f"c{place}") for place, column in enumerate(columns)))
        .select_from(inner.from_clause())
        .where(inner.root.c.parent_id == outer.root.c.id, inner.root.c.deleted_at.is_(None))
        .order_by(inner.root.c.position, inner.root.c.id)
        .correlate(outer.root)
        .subquery()
    )
    parts = [dialect.json_array(*rows.c[at : at + PART]) for at in range(0, len(columns), PART)]
    array = dialect.json_array_agg(parts[0] if len(parts) == 1 else dialect.json_array(*parts))
    whole = sa.select(array).select_from(rows).scalar_subquery()
    revive = [dialect.out_of_json(column.type) for column in columns]
    return Slot(field.key, (whole,), _reader(slots, revive, is_parted=len(parts) > 1))


def _reader(
    slots: list[Slot], revive: Sequence[Revive | None], *, is_parted: bool
) -> Callable[[Sequence[Any], int], Any]:
    plain = not any(revive)

    def read(row: Sequence[Any], at: int) -> list[dict[str, Any]]:
        rows = row[at]
        if isinstance(rows, str):
            rows = msgspec.json.decode(rows)
        if not rows:
            return []
        if is_parted:
            rows = [[value for part in one for value in part] for one in rows]
        if not plain:
            rows = [[v if v is None or r is None else r(v) for v, r in zip(one, revive, strict=True)] for one in rows]
        return records(rows, slots)

    return read
