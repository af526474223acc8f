"""The second step of signing in over HTTP: set up, confirmed, its recovery codes, switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.access.me import confirm_password
from dealwright.foundation.database import state_of
from dealwright.foundation.errors import Problem, not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.people import audit, second_step
from dealwright.people.endpoints import mapping, slow_down
from dealwright.people.tables import dw_user

router = APIRouter(tags=["people"])


@router.post("/me/second-step", summary="Begin to set up the second step", status_code=201)
def begin(request: Request, body: Any = Depends(json_body)) -> Response:
    """{current_password} → {"secret", "address"}: the address is what an authenticator reads from a QR code."""
    me_id = confirm_password(request, mapping(body))
    with unit(request, write=True, unready=True) as (uow, _):
        found = second_step.begin(uow, me_id)
    return JsonResponse(found, 201)


@router.post("/me/second-step/confirm", summary="Switch the second step on with a first code")
def confirm(request: Request, body: Any = Depends(json_body)) -> Response:
    """{code} → {"codes"}: ten recovery codes, shown this once. 422 WRONG_CODE."""
    slow_down(request, "second_step")
    given = body if isinstance(body, Mapping) else {}
    with unit(request, write=True, unready=True) as (uow, access):
        me_id = _person(access)
        codes = second_step.confirm(uow, me_id, given.get("code"))
        audit.note(uow, "second_step.on", me_id, target=access.actor.name, target_id=me_id)
    return JsonResponse({"codes": codes})


@router.post("/me/second-step/codes", summary="New recovery codes in place of the old ones", status_code=201)
def new_codes(request: Request, body: Any = Depends(json_body)) -> Response:
    """{current_password} → {"codes"}."""
    me_id = confirm_password(request, mapping(body))
    with unit(request, write=True) as (uow, _):
        if not second_step.is_on(uow, me_id):
            raise Problem(409, "SECOND_STEP_NOT_BEGUN")
        codes = second_step.new_codes(uow, me_id)
    return JsonResponse({"codes": codes}, 201)


@router.post("/me/second-step/off", summary="Switch the second step off")
def turn_off(request: Request, body: Any = Depends(json_body)) -> Response:
    """{current_password} → {"second_step": false}. 409 SECOND_STEP_REQUIRED where the workspace asks for it."""
    me_id = confirm_password(request, mapping(body))
    with unit(request, write=True) as (uow, access):
        if second_step.is_required(state_of(uow).workspace.extra, access.actor.role_ids):
            raise Problem(409, "SECOND_STEP_REQUIRED")
        if second_step.turn_off(uow, me_id):
            audit.note(uow, "second_step.off", me_id, target=access.actor.name, target_id=me_id)
    return JsonResponse({"second_step": False})


@router.post("/users/{user_id}/second-step/off", summary="Switch the second step of somebody off who is locked out")
def turn_off_of(request: Request, user_id: str, body: Any = Depends(json_body)) -> Response:
    """{current_password} of the administrator → {"second_step": false}. Needs manage_users; it is in the log."""
    with unit(request, scope="write") as (_, access):
        access.require("manage_users")
    given = mapping(body)
    me_id = confirm_password(request, given)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        name = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == user_id)).scalar()
        if name is None:
            raise not_found()
        if second_step.turn_off(uow, user_id):
            audit.note(uow, "second_step.off", me_id, target=name, target_id=user_id)
    return JsonResponse({"second_step": False})


def _person(access: Any) -> str:
    """The asker's id; programs have no second step. Problem 403 SCOPE_MISSING."""
    if access.actor.kind != "user":
        raise Problem(403, "SCOPE_MISSING", params={"scope": "session"})
    return str(access.actor.user_id)
