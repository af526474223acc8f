"""Which news one reader may know of: the query builder is asked for each, as that reader, at this moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.model import schema_of
from dealwright.people.tables import dw_user
from dealwright.records.live.shapes import Event, Happening, News
from dealwright.records.query import ListRequest, find
from dealwright.records.tables import dw_history

KINDS = {"created": "create", "changed": "update", "deleted": "delete", "restored": "restore"}


def events_for(uow: UnitOfWork, access: Access, news: News) -> list[Event]:
    """The events that this reader is sent.

    `record` for a record in sight (also in the bin, when it was deleted), with the kind "gone" for one that was the
    reader's own until somebody gave it away. `changed` for an object of which the reader sees anything at all: it names
    no record and says no more than "ask again". One statement for each object with news and a narrowed sight.
    """
    schema = schema_of(uow)
    seen: list[tuple[Happening, str]] = []
    changed = []
    for key in sorted({*news.happenings, *news.changed}):
        obj = schema.objects.get(key)
        if obj is None or obj.kind != "object" or not access.object(key).can_read:
            continue
        if key in news.changed:
            changed.append(Event("changed", {"object": key}, news.last))
        else:
            seen += _in_sight(uow, access, key, news.happenings[key])
    names = _names(uow, {row.actor_id for row, _ in seen if row.actor_id})
    return [*(_event(row, kind, names) for row, kind in sorted(seen, key=lambda one: one[0].id)), *changed]


def _in_sight(
    uow: UnitOfWork, access: Access, object_key: str, rows: Sequence[Happening]
) -> list[tuple[Happening, str]]:
    if access.object(object_key).grant.read == "all":
        return [(row, KINDS[row.kind]) for row in rows]
    # A record in the bin keeps its owner and team: who saw it before sees it there.
    visible = {
        record["id"]
        for in_bin in (False, True)
        for ids in [[row.record_id for row in rows if (row.kind == "deleted") is in_bin]]
        if ids
        for record in find(uow, access, _listed(object_key, ids, in_bin)).records
    }
    hidden = [row for row in rows if row.record_id not in visible and row.kind == "changed"]
    lost = _given_away(uow, access.actor.user_id, hidden)
    told = [(row, KINDS[row.kind]) for row in rows if row.record_id in visible]
    return told + [(row, "gone") for row in hidden if row.id in lost]


def _listed(object_key: str, ids: list[str], in_bin: bool) -> ListRequest:
    where = {"field": "id", "op": "in", "value": ids}
    return ListRequest(object_key, where, fields=("id",), limit=len(ids), in_bin=in_bin)


def _given_away(uow: UnitOfWork, user_id: str | None, rows: Sequence[Happening]) -> set[str]:
    """Ids of the saves by which this reader's own records went to somebody else."""
    if not rows or user_id is None:
        return set()
    query = sa.select(dw_history.c.id, dw_history.c.changes).where(dw_history.c.id.in_([row.id for row in rows]))
    return {row.id for row in uow.conn.execute(query) if _id_of(row.changes.get("owner")) == user_id}


def _id_of(pair: Sequence[object] | None) -> object:
    old = pair[0] if pair else None
    return old.get("id") if isinstance(old, Mapping) else old


def _names(uow: UnitOfWork, user_ids: set[str]) -> dict[str, str]:
    if not user_ids:
        return {}
    found = uow.conn.execute(sa.select(dw_user.c.id, dw_user.c.name).where(dw_user.c.id.in_(sorted(user_ids))))
    return {row.id: row.name for row in found}


def _event(row: Happening, kind: str, names: Mapping[str, str]) -> Event:
    by = {"id": row.actor_id, "label": names.get(row.actor_id, "")} if row.actor_id else None
    if kind == "gone":  # whose it is now is no longer this reader's concern
        return Event("record", {"object": row.object_key, "id": row.record_id, "kind": kind}, row.id)
    data = {"object": row.object_key, "id": row.record_id, "version": row.version, "kind": kind, "by": by}
    return Event("record", data, row.id)
