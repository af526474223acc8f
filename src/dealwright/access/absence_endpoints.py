"""Days away over HTTP: everybody sees who is away and who stands in; one sets one's own."""

from __future__ import annotations

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.people import absences, audit
from dealwright.people.endpoints import mapping, user_in
from dealwright.people.tables import dw_user

router = APIRouter(tags=["people"])


def today(uow: UnitOfWork) -> date:
    """The day it is in the workspace."""
    return uow.now.astimezone(ZoneInfo(state_of(uow).workspace.time_zone)).date()


@router.get("/absences", summary="Who is or will be away")
def list_absences(request: Request) -> Response:
    """{"absences": [{id, user, from, to, deputy}]}: all that are not over, the nearest first."""
    with unit(request) as (uow, _):
        found = [
            {"id": a.id, "user": a.user_id, "from": a.from_day, "to": a.to_day, "deputy": a.deputy_id}
            for a in absences.coming(uow, today(uow))
        ]
    return JsonResponse({"absences": found})


@router.post("/absences", summary="Note days away", status_code=201)
def add_absence(request: Request, body: Any = Depends(json_body)) -> Response:
    """{from, to, deputy?, user?} → {"id"}; days of somebody else need manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        user_id = str(given.get("user") or access.actor.user_id)
        if user_id != access.actor.user_id:
            access.require("manage_users")
            user_in(uow, user_id, "user")
        made = absences.add(uow, user_id, given.get("from"), given.get("to"), given.get("deputy"), today(uow))
        after = {k: given.get(k) for k in ("from", "to", "deputy")}
        _noted(uow, access, user_id, None, after)
    return JsonResponse({"id": made}, 201)


@router.delete("/absences/{absence_id}", summary="Take days away back", status_code=204)
def remove_absence(request: Request, absence_id: str) -> Response:
    """204; those of somebody else need manage_users."""
    with unit(request, write=True) as (uow, access):
        found = absences.get(uow, absence_id)
        if found.user_id != access.actor.user_id:
            access.require("manage_users")
        absences.remove(uow, absence_id)
        before = {"from": found.from_day.isoformat(), "to": found.to_day.isoformat(), "deputy": found.deputy_id}
        _noted(uow, access, found.user_id, before, None)
    return Response(status_code=204)


def _noted(uow: UnitOfWork, access: Any, user_id: str, before: Any, after: Any) -> None:
    name = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == user_id)).scalar()
    who = access.actor.user_id
    audit.note(uow, "absence.changed", who, target=name, target_id=user_id, before=before, after=after)
