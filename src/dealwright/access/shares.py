"""Shares over HTTP: a record opened to one person or team, by those who may change it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.access.rules import Access
from dealwright.access.tables import dw_share
from dealwright.foundation.database import UnitOfWork, touch
from dealwright.foundation.errors import FieldError, invalid, not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.ids import new_id
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import schema_of
from dealwright.people.endpoints import mapping, moment_in, user_in
from dealwright.people.tables import dw_team

router = APIRouter(tags=["people"])


def _covered(uow: UnitOfWork, access: Access, object_key: str, record_id: str, action: str) -> None:
    obj = schema_of(uow).object(object_key)
    table = obj.table
    where = access.object(object_key).row_condition(action, table, access.actor, uow.dialect)
    query = sa.select(1).where(table.c.id == record_id, table.c.deleted_at.is_(None), where)
    if uow.conn.execute(query, access.row_parameters()).first() is None:
        raise not_found()


@router.get("/records/{object_key}/{record_id}/shares", summary="With whom a record is shared")
def list_shares(request: Request, object_key: str, record_id: str) -> Response:
    """{"shares": [{id, user, team, level, until}]}."""
    with unit(request) as (uow, access):
        _covered(uow, access, object_key, record_id, "read")
        rows = uow.conn.execute(
            sa.select(dw_share).where(dw_share.c.object_key == object_key, dw_share.c.record_id == record_id)
        )
        found = [
            {"id": r["id"], "user": r["user_id"], "team": r["team_id"], "level": r["level"], "until": r["until"]}
            for r in rows.mappings()
        ]
    return JsonResponse({"shares": found})


@router.post("/records/{object_key}/{record_id}/shares", summary="Share a record", status_code=201)
def share(request: Request, object_key: str, record_id: str, body: Any = Depends(json_body)) -> Response:
    """{user | team, level: read | edit, until?} → {"id"}; only who may change the record may share it."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        _covered(uow, access, object_key, record_id, "update")
        user_id, team_id = given.get("user"), given.get("team")
        if (user_id is None) == (team_id is None) or given.get("level") not in ("read", "edit"):
            raise invalid([FieldError("level", "SHARE_FORMAT")])
        if user_id is not None:
            user_in(uow, user_id, "user")
        elif uow.conn.execute(sa.select(1).where(dw_team.c.id == str(team_id))).first() is None:
            raise invalid([FieldError("team", "NOT_FOUND")])
        share_id = new_id()
        uow.conn.execute(
            sa.insert(dw_share).values(
                id=share_id, object_key=object_key, record_id=record_id, user_id=user_id, team_id=team_id,
                level=given["level"], until=moment_in(given.get("until"), "until"), by_id=access.actor.user_id, created_at=uow.now,
            )
        )  # fmt: skip
        touch(uow, object_key)  # who sees what has changed
    return JsonResponse({"id": share_id}, 201)


@router.delete("/records/{object_key}/{record_id}/shares/{share_id}", summary="Take a share back", status_code=204)
def unshare(request: Request, object_key: str, record_id: str, share_id: str) -> Response:
    """204."""
    with unit(request, write=True) as (uow, access):
        _covered(uow, access, object_key, record_id, "update")
        gone = sa.delete(dw_share).where(dw_share.c.id == share_id, dw_share.c.record_id == record_id)
        if uow.conn.execute(gone).rowcount == 0:
            raise not_found()
        touch(uow, object_key)
    return Response(status_code=204)
