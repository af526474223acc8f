"""What happened to a record: history filtered by the reader's field rights, newest first."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.people.tables import dw_user
from dealwright.records.query import get_one
from dealwright.records.tables import dw_history

PAGE = 50


def timeline(
    uow: UnitOfWork,
    access: Access,
    object_key: str,
    record_id: str,
    cursor: str | None = None,
    field: str | None = None,
) -> dict[str, Any]:
    """{"entries": [{id, at, actor, channel, kind, reason, version, changes}], "next"}; 404 outside the reader's scope.

    `changes` holds only fields that the reader may read: {field: [old, new]}, masked ones without values.
    """
    get_one(uow, access, object_key, record_id)
    rights = access.object(object_key)
    if field is not None and rights.level(field) == "hidden":
        raise Problem(422, "UNKNOWN_FIELD", field=field[:80], params={"field": field[:80]})
    history = dw_history
    query = (
        sa.select(history, dw_user.c.name.label("actor_name"))
        .select_from(history.outerjoin(dw_user, dw_user.c.id == history.c.actor_id))
        .where(history.c.record_id == record_id, history.c.object_key == object_key)
        .order_by(history.c.id.desc())
        .limit(PAGE + 1)
    )
    if cursor:
        query = query.where(history.c.id < cursor)
    rows = uow.conn.execute(query).mappings().all()
    entries = []
    for row in rows[:PAGE]:
        changes = {}
        for key, pair in (row["changes"] or {}).items():
            level = rights.level(key)
            if level in ("read", "write"):
                changes[key] = pair
            elif level == "masked":
                changes[key] = ["•••", "•••"]
        if field is not None and field not in changes:
            continue
        actor = {"id": row["actor_id"], "label": row["actor_name"]} if row["actor_id"] else None
        entries.append(
            {
                "id": row["id"], "at": row["at"], "actor": actor, "channel": row["channel"], "kind": row["kind"],
                "reason": row["reason"], "version": row["version"],
                "changes": changes if field is None else {field: changes[field]},
            }
        )  # fmt: skip
    return {"entries": entries, "next": rows[PAGE - 1]["id"] if len(rows) > PAGE else None}
