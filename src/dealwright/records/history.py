"""The history: one row per save, its changes as wire values, written together with the row they tell of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.ids import new_id
from dealwright.model import ObjectDef
from dealwright.records.shapes import Work
from dealwright.records.tables import dw_history
from dealwright.records.wire import field_wire

KINDS = {"create": "created", "update": "changed", "delete": "deleted", "restore": "restored"}


def changes_of(work: Work) -> dict[str, list[Any]]:
    """{field: [old, new]} of what a save changes; computed fields too, as people see them change."""
    changes: dict[str, list[Any]] = {}
    fields, is_create = work.obj.fields, work.is_create
    for key in sorted(work.changed):
        field = fields.get(key)
        if field is None or key == "team":
            continue
        old = None if is_create else field_wire(field, work.before[key])
        changes[key] = [old, field_wire(field, work.after[key])]
    return changes


def history_row(work: Work) -> dict[str, Any]:
    """The history row of a save."""
    return {
        "id": new_id(),
        "object_key": work.obj.key,
        "record_id": work.record_id,
        "version": work.version,
        "at": work.uow.now,
        "actor_id": work.actor.user_id,
        "actor_kind": work.actor.kind,
        "channel": work.change.channel,
        "kind": KINDS[work.change.kind],
        "reason": work.change.reason,
        "changes": changes_of(work),
    }


def rows_of_channel(uow: UnitOfWork, channel: str, *, newest_first: bool = True) -> Iterator[dict[str, Any]]:
    """The saves of one import or bulk change, so that it can be taken back."""
    order = dw_history.c.id.desc() if newest_first else dw_history.c.id
    grouped = dw_history.c.channel.like("bulk:%") | dw_history.c.channel.like("import:%")
    for row in uow.conn.execute(
        sa.select(dw_history).where(dw_history.c.channel == channel, grouped).order_by(order)
    ).mappings():
        yield dict(row)


def undo_values(obj: ObjectDef, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The old values of a history row as raw values of a change that puts them back; computed ones follow by themselves."""
    values: dict[str, Any] = {}
    for key, pair in changes.items():
        field = obj.fields.get(key)
        if field is None or field.read_only:
            continue
        old = pair[0]
        if field.type == "line_items" and old:
            # the lines of then may be gone: they are made anew
            old = [{name: value for name, value in line.items() if name != "id"} for line in old]
        values[key] = old
    return values
