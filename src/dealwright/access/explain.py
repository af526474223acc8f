"""Why somebody may see or change a record, or may not: which role gives it, which share, and what they see of its fields.

The answer is found by the very conditions that guard the rows, asked role by role, so it cannot say one thing while
the lists do another.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.access.rules import Access, ObjectAccess, level_in, role_grants
from dealwright.access.shapes import ROW_ACTIONS, Grant
from dealwright.access.tables import dw_share
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid, not_found
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import ObjectDef, schema_of
from dealwright.people.actors import actor_from
from dealwright.people.shapes import Actor
from dealwright.people.tables import dw_role, dw_team, dw_user

router = APIRouter(prefix="/access", tags=["people"])
NAMES = ("user", "object", "record")


@router.get("/explain", summary="Why somebody may see a record, or may not")
def explain_access(request: Request) -> Response:
    """?user=&object=&record= → {"actions": {read: {"allowed", "because": [..]}}, "fields": [{key, level, roles}]}.

    A reason is {"kind": "role", "role", "scope"} or {"kind": "share", "level", "until", "team"?}. Without a record: what
    the roles give on the object. Needs manage_users; the record itself must be one that the asker may read.
    """
    given = dict(request.query_params)
    unknown = [name for name in given if name not in NAMES]
    if unknown:
        raise Problem(
            422, "UNKNOWN_PARAMETER", field=unknown[0][:80], params={"name": unknown[0][:80], "allowed": list(NAMES)}
        )
    with unit(request) as (uow, access):
        access.require("manage_users")
        obj = schema_of(uow).object(given.get("object", ""))
        row = uow.conn.execute(sa.select(dw_user).where(dw_user.c.id == given.get("user", ""))).first()
        if row is None:
            raise invalid([FieldError("user", "NOT_FOUND")])
        record_id = given.get("record") or None
        if record_id is not None and not _covers(uow, access, access.object(obj.key), "read", record_id):
            raise not_found()
        body = explained(uow, actor_from(uow, row), row.status, obj, record_id)
    return JsonResponse(body)


def explained(uow: UnitOfWork, actor: Actor, status: str, obj: ObjectDef, record_id: str | None) -> dict[str, Any]:
    """What a person's roles and shares give on an object or one record of it."""
    theirs = Access.for_actor(uow, actor)
    known = role_grants(uow)
    labels = {r.id: r.labels for r in uow.conn.execute(sa.select(dw_role.c.id, dw_role.c.labels))}
    grants = [(labels[i], theirs._grant(known[i], obj)) for i in actor.role_ids if i in known]
    actions: dict[str, Any] = {}
    for action in ROW_ACTIONS:
        because = [
            {"kind": "role", "role": label, "scope": getattr(grant, action)}
            for label, grant in grants
            if getattr(grant, action) != "none"
            and (record_id is None or _covered_by(uow, theirs, obj, grant, action, record_id))
        ]
        if record_id is not None and action in ("read", "update"):
            because += _shares(uow, actor, obj, record_id, edits=action == "update")
        # a share opens a row only for somebody who has some right on the object
        allowed = bool(because) and status == "active"
        if record_id is not None and allowed:
            allowed = _covers(uow, theirs, theirs.object(obj.key), action, record_id)
        actions[action] = {"allowed": allowed, "because": because}
    rights = theirs.object(obj.key)
    fields = [
        {
            "key": key, "labels": dict(field.labels), "level": rights.level(key),
            "roles": [label for label, grant in grants if grant.read != "none" and level_in(grant, field) == rights.level(key)],
        }
        for key, field in obj.fields.items()
    ]  # fmt: skip
    return {"status": status, "roles": [label for label, _ in grants], "actions": actions, "fields": fields}


def _covered_by(uow: UnitOfWork, theirs: Access, obj: ObjectDef, grant: Grant, action: str, record_id: str) -> bool:
    one = ObjectAccess(obj, [grant])
    one._dialect = uow.dialect
    table = obj.table
    where = one.scope_condition(getattr(grant, action), table, uow.dialect, edits=action != "read", shares=False)
    return _found(uow, theirs, table, where, record_id)


def _covers(uow: UnitOfWork, theirs: Access, rights: ObjectAccess, action: str, record_id: str) -> bool:
    table = rights.obj.table
    where = rights.row_condition(action, table, theirs.actor, uow.dialect)
    return _found(uow, theirs, table, where, record_id)


def _found(uow: UnitOfWork, theirs: Access, table: sa.Table, where: sa.ColumnElement[bool], record_id: str) -> bool:
    query = sa.select(1).select_from(table).where(table.c.id == record_id, table.c.deleted_at.is_(None), where)
    return uow.conn.execute(query, theirs.row_parameters()).first() is not None


def _shares(uow: UnitOfWork, actor: Actor, obj: ObjectDef, record_id: str, *, edits: bool) -> list[dict[str, Any]]:
    mine = sa.or_(dw_share.c.user_id == actor.user_id, dw_share.c.team_id.in_(actor.my_team_ids or ("",)))
    live = sa.or_(dw_share.c.until.is_(None), dw_share.c.until > uow.now)
    query = (
        sa.select(dw_share.c.level, dw_share.c.until, dw_team.c.name)
        .select_from(dw_share.outerjoin(dw_team, dw_team.c.id == dw_share.c.team_id))
        .where(dw_share.c.object_key == obj.key, dw_share.c.record_id == record_id, mine, live)
    )
    if edits:
        query = query.where(dw_share.c.level == "edit")
    rows = uow.conn.execute(query)
    return [{"kind": "share", "level": r.level, "until": r.until, "team": r.name} for r in rows]
