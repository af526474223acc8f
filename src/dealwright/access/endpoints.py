"""People, rights and settings over HTTP, put together; API tokens, the smallest part, stand here."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import (
    absence_endpoints,
    explain,
    me,
    roles,
    second_step_endpoints,
    shares,
    teams,
    users,
    workspace,
)
from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, Problem, invalid, not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.people import audit, service, sessions
from dealwright.people.endpoints import mapping, moment_in
from dealwright.people.tables import dw_api_token

router = APIRouter(tags=["people"])
for part in (me, second_step_endpoints, absence_endpoints, users, teams, roles, explain, workspace, shares):
    router.include_router(part.router)


@router.get("/tokens", summary="One's API tokens")
def list_tokens(request: Request) -> Response:
    """{"tokens": [{id, name, scopes, expires_at, created_at}]}; never the secret."""
    with unit(request) as (uow, access):
        query = (
            sa.select(dw_api_token).where(dw_api_token.c.user_id == access.actor.user_id).order_by(dw_api_token.c.id)
        )
        names = ("id", "name", "scopes", "expires_at", "last_used_at", "created_at")
        found = [{k: row[k] for k in names} for row in uow.conn.execute(query).mappings()]
    return JsonResponse({"tokens": found})


@router.post("/tokens", summary="Make an API token", status_code=201)
def create_token(request: Request, body: Any = Depends(json_body)) -> Response:
    """{name, scopes?, expires_at?} → {"id", "token"}; the secret is shown this once."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        scopes = given.get("scopes")
        if scopes is not None and not (isinstance(scopes, list) and all(isinstance(s, str) for s in scopes)):
            raise invalid([FieldError("scopes", "LIST_EXPECTED")])
        if access.actor.kind != "user":  # or a token that ends tomorrow would make one that never does
            raise Problem(403, "SCOPE_MISSING", params={"scope": "session"})
        me_id = access.actor.user_id
        assert me_id is not None
        name = service.checked_name(given.get("name"))
        token_id, secret = sessions.create_token(
            uow, me_id, name, scopes, moment_in(given.get("expires_at"), "expires_at")
        )
        audit.note(uow, "token.created", me_id, target=name, target_id=token_id, after={"scopes": scopes})
    return JsonResponse({"id": token_id, "token": secret}, 201)


@router.delete("/tokens/{token_id}", summary="Revoke an API token", status_code=204)
def delete_token(request: Request, token_id: str) -> Response:
    """204."""
    with unit(request, write=True) as (uow, access):
        mine = sa.and_(dw_api_token.c.id == token_id, dw_api_token.c.user_id == access.actor.user_id)
        gone = uow.conn.execute(sa.delete(dw_api_token).where(mine).returning(dw_api_token.c.name)).first()
        if gone is None:
            raise not_found()
        audit.note(uow, "token.revoked", access.actor.user_id, target=gone.name, target_id=token_id)
    return Response(status_code=204)
