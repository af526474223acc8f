"""Making, reading and ticking off notices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.ids import new_id
from dealwright.foundation.texts import language_of, say
from dealwright.messages.notices.tables import dw_notice
from dealwright.model import schema_of
from dealwright.people.tables import dw_user
from dealwright.records.query import ListRequest, find

PAGE = 30


def notice_row(
    uow: UnitOfWork, user_id: str, kind: str, params: Mapping[str, Any], record: tuple[str, str] | None, by: str | None
) -> dict[str, Any]:
    """The row of a notice, for those who send it with other rows."""
    object_key, record_id = record or (None, None)
    return {
        "id": new_id(), "user_id": user_id, "kind": kind, "by_id": by, "params": dict(params),
        "object_key": object_key, "record_id": record_id, "created_at": uow.now, "read_at": None,
    }  # fmt: skip


def notify(
    uow: UnitOfWork, user_id: str, kind: str, params: Mapping[str, Any] | None = None, *,
    record: tuple[str, str] | None = None, by: str | None = None,
) -> str:  # fmt: skip
    """Tell a person something, in this unit of work; the id of the notice.

    kind: a code whose sentence NOTICE_<KIND> stands in `texts`; `params` fill its blanks and hold no value of a field.
    record: (object key, record id) that it is about; `by`: the user who caused it.
    """
    row = notice_row(uow, user_id, kind, params or {}, record, by)
    uow.conn.execute(sa.insert(dw_notice).values(row))
    return str(row["id"])


def unread(uow: UnitOfWork, user_id: str) -> int:
    """How many notices a person has not read."""
    mine = sa.and_(dw_notice.c.user_id == user_id, dw_notice.c.read_at.is_(None))
    return int(uow.conn.execute(sa.select(sa.func.count()).select_from(dw_notice).where(mine)).scalar_one())


def page(uow: UnitOfWork, access: Access, cursor: str | None = None, limit: int = PAGE) -> dict[str, Any]:
    """A person's notices, newest first: {"notices", "unread", "next"}. One statement more for each object among them.

    A notice about a record out of sight keeps its moment and says nothing else: not which record, nor who did what.
    """
    user_id = access.actor.user_id or ""
    query = sa.select(dw_notice, dw_user.c.name.label("by_name")).select_from(
        dw_notice.outerjoin(dw_user, dw_user.c.id == dw_notice.c.by_id)
    )
    query = query.where(dw_notice.c.user_id == user_id)
    if cursor is not None:
        query = query.where(dw_notice.c.id < cursor)
    rows = [dict(row) for row in uow.conn.execute(query.order_by(dw_notice.c.id.desc()).limit(limit + 1)).mappings()]
    shown = rows[:limit]
    names = _names(uow, access, shown)
    return {
        "notices": [_wire(uow, access, row, names) for row in shown],
        "unread": unread(uow, user_id),
        "next": shown[-1]["id"] if len(rows) > limit else None,
    }


def mark_read(uow: UnitOfWork, user_id: str, ids: Sequence[str] | None) -> int:
    """Tick notices off (None: all of this person's); how many had not been."""
    mine = sa.and_(dw_notice.c.user_id == user_id, dw_notice.c.read_at.is_(None))
    if ids is not None:
        mine = sa.and_(mine, dw_notice.c.id.in_(list(ids)))
    return uow.conn.execute(sa.update(dw_notice).where(mine).values(read_at=uow.now)).rowcount


def _names(uow: UnitOfWork, access: Access, rows: Collection[Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """The labels of the records that the reader may see, out of those that notices are about."""
    found: dict[tuple[str, str], str] = {}
    schema = schema_of(uow)
    for key in sorted({row["object_key"] for row in rows if row["record_id"]}):
        obj = schema.objects.get(key)
        if obj is None:
            continue
        ids = sorted({row["record_id"] for row in rows if row["object_key"] == key})
        readable = obj.name_field and access.object(key).level(obj.name_field) in ("read", "write")
        fields = (obj.name_field,) if readable and obj.name_field else ("id",)
        request = ListRequest(key, {"field": "id", "op": "in", "value": ids}, fields=fields, limit=len(ids))
        for record in find(uow, access, request).records:
            found[key, record["id"]] = str(record.get(fields[0]) or "") if readable else ""
    return found


def _wire(
    uow: UnitOfWork, access: Access, row: Mapping[str, Any], names: Mapping[tuple[str, str], str]
) -> dict[str, Any]:
    locale = access.actor.locale
    plain = {"id": row["id"], "at": row["created_at"], "read": row["read_at"] is not None}
    place = (row["object_key"], row["record_id"])
    if row["record_id"] is not None and place not in names:
        empty = {"kind": "out_of_sight", "by": None, "object": None, "record": None}
        return {**plain, **empty, "text": say("NOTICE_OUT_OF_SIGHT", locale)}
    obj = schema_of(uow).objects.get(row["object_key"] or "")
    params = {**row["params"], "object": dict(obj.labels) if obj is not None else row["params"].get("object", "")}
    by = {"id": row["by_id"], "label": row["by_name"] or ""} if row["by_id"] else None
    if field := (obj.fields.get(str(params.get("field"))) if obj is not None else None):
        hidden = access.object(obj.key).level(field.key) == "hidden" if obj is not None else True
        params["field"] = "" if hidden else field.labels.get(language_of(locale), "")
    code = f"NOTICE_{row['kind'].upper()}" + ("" if by else "_BY_NOBODY" if row["kind"] == "given" else "")
    record = {"id": row["record_id"], "label": names[place]} if row["record_id"] else None
    text = say(code, locale, **{**params, "by": by["label"] if by else "", "record": names.get(place, "")})
    return {
        **plain, "kind": row["kind"], "by": by, "object": row["object_key"], "record": record, "text": text,
        "params": {key: value for key, value in row["params"].items() if key in ("import", "state")},
    }  # fmt: skip
