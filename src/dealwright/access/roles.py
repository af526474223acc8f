"""Roles and their matrix over HTTP, and the log of what was done."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.check import checked_grants
from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import schema_of
from dealwright.people import audit, roles
from dealwright.people.endpoints import mapping

router = APIRouter(tags=["people"])


@router.get("/roles", summary="Roles and their grants")
def list_roles(request: Request) -> Response:
    """{"roles": [{id, key, labels, grants, people}]}."""
    with unit(request) as (uow, access):
        if not (access.may("manage_users") or access.may("design")):
            access.require("manage_users")
        found = roles.list_roles(uow)
    return JsonResponse({"roles": found})


def _checked(uow: UnitOfWork, grants: Any) -> dict[str, Any]:
    """Grants that name objects there are, in their words. Problem 422."""
    found = checked_grants(grants)
    schema = schema_of(uow)
    every = [*schema.objects.values(), *schema.retired.values()]
    known = {name for obj in every for name in (obj.key, obj.id)}
    unknown = [key for key in found.get("objects", {}) if key not in known]
    if unknown:
        field = f"grants.objects.{unknown[0]}"[:120]
        raise invalid([FieldError(field, "UNKNOWN_OBJECT", {"object": unknown[0][:80]})])
    return found


@router.post("/roles", summary="Add a role", status_code=201)
def create_role(request: Request, body: Any = Depends(json_body)) -> Response:
    """{key, labels, grants} → {"id"}. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        role_id = roles.create_role(uow, {**given, "grants": _checked(uow, given.get("grants"))})
        made = roles.get_role(uow, role_id)
        who, after = access.actor.user_id, {"labels": made["labels"], "grants": made["grants"]}
        audit.note(uow, "role.created", who, target=made["key"], target_id=role_id, after=after)
    return JsonResponse({"id": role_id}, 201)


@router.patch("/roles/{role_id}", summary="Change a role")
def change_role(request: Request, role_id: str, body: Any = Depends(json_body)) -> Response:
    """Any of labels, grants. Needs manage_users. 409 ROLE_FIXED for the administrator's rights."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        if "grants" in given:
            _checked(uow, given["grants"])
        before = roles.get_role(uow, role_id)
        roles.change_role(uow, role_id, given)
        old, new = audit.changes(before, roles.get_role(uow, role_id))
        if new:
            who = access.actor.user_id
            audit.note(uow, "role.changed", who, target=before["key"], target_id=role_id, before=old, after=new)
    return JsonResponse({"id": role_id})


@router.delete("/roles/{role_id}", summary="Delete a role", status_code=204)
def delete_role(request: Request, role_id: str) -> Response:
    """204. 409 ROLE_IN_USE with the count of its people unless ?move_to= names the role they get instead."""
    unknown = [name for name in request.query_params if name != "move_to"]
    if unknown:
        raise Problem(
            422, "UNKNOWN_PARAMETER", field=unknown[0][:80], params={"name": unknown[0][:80], "allowed": ["move_to"]}
        )
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        before = roles.get_role(uow, role_id)
        _, people = roles.delete_role(uow, role_id, request.query_params.get("move_to") or None)
        who, old = access.actor.user_id, {"labels": before["labels"], "grants": before["grants"], "people": people}
        audit.note(uow, "role.deleted", who, target=before["key"], target_id=role_id, before=old)
    return Response(status_code=204)


AUDIT = ("kind", "actor", "target", "cursor")


@router.get("/audit", summary="What was done to rights, people and settings, and who took data out")
def read_audit(request: Request) -> Response:
    """?kind=a,b&actor=&target=&cursor= → {"entries": [{at, actor, kind, target, before, after, address}], "next"}.

    Newest first, 100 at a time. Needs the right audit.
    """
    given = dict(request.query_params)
    unknown = [name for name in given if name not in AUDIT]
    if unknown:
        raise Problem(
            422, "UNKNOWN_PARAMETER", field=unknown[0][:80], params={"name": unknown[0][:80], "allowed": list(AUDIT)}
        )
    with unit(request) as (uow, access):
        access.require("audit")
        kinds = [kind for kind in given.get("kind", "").split(",") if kind]
        found = audit.entries(
            uow, kinds=kinds, actor_id=given.get("actor"), target_id=given.get("target"), cursor=given.get("cursor")
        )
    return JsonResponse(found)
