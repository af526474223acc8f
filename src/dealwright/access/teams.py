"""The tree of teams over HTTP."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.people import audit, service
from dealwright.people.endpoints import mapping, user_in
from dealwright.people.tables import dw_team, dw_team_member

router = APIRouter(tags=["people"])
TEAM = ("name", "parent", "manager")


def _facts(uow: UnitOfWork, team_id: str) -> dict[str, Any]:
    row = uow.conn.execute(sa.select(dw_team).where(dw_team.c.id == team_id)).first()
    if row is None:
        raise not_found()
    return {"name": row.name, "parent": row.parent_id, "manager": row.manager_id}


@router.get("/teams", summary="The tree of teams")
def list_teams(request: Request) -> Response:
    """{"teams": [{id, name, parent, manager, members}]}."""
    with unit(request) as (uow, _):
        members: dict[str, int] = {}
        count = sa.select(dw_team_member.c.team_id, sa.func.count()).group_by(dw_team_member.c.team_id)
        for team_id, number in uow.conn.execute(count):
            members[team_id] = number
        found = [
            {
                "id": r.id,
                "name": r.name,
                "label": r.name,
                "parent": r.parent_id,
                "manager": r.manager_id,
                "members": members.get(r.id, 0),
            }
            for r in uow.conn.execute(sa.select(dw_team).order_by(dw_team.c.path))
        ]
    return JsonResponse({"teams": found})


@router.post("/teams", summary="Add a team", status_code=201)
def create_team(request: Request, body: Any = Depends(json_body)) -> Response:
    """{name, parent?, manager?} → {"id"}. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        if given.get("manager") is not None:
            user_in(uow, given["manager"], "manager")
        team_id = service.create_team(uow, given.get("name"), given.get("parent"), given.get("manager"))
        after = {k: given.get(k) for k in TEAM}
        audit.note(uow, "team.created", access.actor.user_id, target=given["name"], target_id=team_id, after=after)
    return JsonResponse({"id": team_id}, 201)


@router.patch("/teams/{team_id}", summary="Change a team")
def change_team(request: Request, team_id: str, body: Any = Depends(json_body)) -> Response:
    """Any of name, parent, manager. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        if given.get("manager") is not None:
            user_in(uow, given["manager"], "manager")
        before = _facts(uow, team_id)
        service.change_team(uow, team_id, given)
        old, new = audit.changes(before, _facts(uow, team_id))
        if new:
            who = access.actor.user_id
            audit.note(uow, "team.changed", who, target=before["name"], target_id=team_id, before=old, after=new)
    return JsonResponse({"id": team_id})
