"""Oneself, people, teams, roles, tokens and shares over HTTP."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import shares
from dealwright.access.check import checked_grants
from dealwright.access.http import unit
from dealwright.access.rules import Access
from dealwright.access.shapes import RIGHTS
from dealwright.foundation.database import UnitOfWork, Workspace, save_workspace, state_of
from dealwright.foundation.errors import FieldError, Problem, invalid, not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import schema_of
from dealwright.model.currencies import CURRENCIES
from dealwright.people import actor_of, invitations, roles, service, sessions
from dealwright.people.endpoints import mapping, moment_in, names_in, user_in, with_cookie
from dealwright.people.shapes import LOCALES
from dealwright.people.tables import dw_api_token, dw_session, dw_team, dw_team_member, dw_user, dw_user_role

router = APIRouter(tags=["people"])
router.include_router(shares.router)


@router.get("/me", summary="Who am I and what may I do")
def me(request: Request) -> Response:
    """{user, workspace, rights, objects: {key: {create, read, update, delete, export, import, bulk, transfer}}}."""
    with unit(request, scope="any") as (uow, access):
        body = me_wire(uow, access)
    return JsonResponse(body)


def me_wire(uow: UnitOfWork, access: Access) -> dict[str, Any]:
    """The answer of /me."""
    actor, workspace = access.actor, state_of(uow).workspace
    user = uow.conn.execute(sa.select(dw_user).where(dw_user.c.id == actor.user_id)).mappings().one()
    objects = {}
    for obj in schema_of(uow).objects.values():
        if obj.kind != "object":
            continue
        grant = access.object(obj.key).grant
        objects[obj.key] = {
            "create": grant.create, "read": grant.read, "update": grant.update, "delete": grant.delete,
            "export": grant.export, "import": grant.import_ > 0, "bulk": grant.bulk > 0, "transfer": grant.transfer,
        }  # fmt: skip
    return {
        "user": {"id": user["id"], "name": user["name"], "email": user["email"], "locale": actor.locale, "avatar": user["avatar"]},
        "workspace": {
            "name": workspace.name, "locale": workspace.locale, "time_zone": workspace.time_zone,
            "currency": workspace.currency, "fiscal_start_month": workspace.fiscal_start_month,
        },
        "rights": {right: access.may(right) for right in RIGHTS}, "objects": objects,
    }  # fmt: skip


@router.patch("/me", summary="Change oneself")
def change_me(request: Request, body: Any = Depends(json_body)) -> Response:
    """Any of name, locale, time_zone; a new password needs {"password", "current_password"}."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        changes = {k: given[k] for k in ("name", "locale", "time_zone") if k in given}
        me_id = access.actor.user_id
        assert me_id is not None
        if "password" in given:
            stored = uow.conn.execute(sa.select(dw_user.c.password_hash).where(dw_user.c.id == me_id)).scalar()
            current = given.get("current_password")
            if not isinstance(current, str) or not stored or not sessions.hasher.verify(current[:200], stored):
                raise invalid([FieldError("current_password", "WRONG_PASSWORD")])
            changes["password"] = given["password"]
            sessions.close_session(uow, access.actor.session_id, me_id, others=True)
        service.change_user(uow, me_id, changes)
        now = actor_of(uow, me_id)
        actor = replace(access.actor, name=now.name, locale=now.locale, zone=now.zone)
        body_ = me_wire(uow, Access.for_actor(uow, actor))
    return JsonResponse(body_)


@router.delete("/session", summary="Sign out", status_code=204)
def sign_out(request: Request) -> Response:
    """204; ?everywhere=true ends all sessions of this person."""
    with unit(request, write=True) as (uow, access):
        everywhere = request.query_params.get("everywhere") == "true"
        sessions.close_session(uow, access.actor.session_id, access.actor.user_id, everywhere=everywhere)
    return with_cookie(request, Response(status_code=204), None)


@router.get("/sessions", summary="Where one is signed in")
def list_sessions(request: Request) -> Response:
    """{"sessions": [{id, created_at, last_seen_at, user_agent, address, current}]}."""
    with unit(request) as (uow, access):
        query = (
            sa.select(dw_session)
            .where(dw_session.c.user_id == access.actor.user_id)
            .order_by(dw_session.c.last_seen_at.desc())
        )
        found = [
            {k: row[k] for k in ("id", "created_at", "last_seen_at", "user_agent", "address")}
            | {"current": row["id"] == access.actor.session_id}
            for row in uow.conn.execute(query).mappings()
        ]
    return JsonResponse({"sessions": found})


@router.patch("/workspace", summary="Change the workspace's settings")
def change_workspace(request: Request, body: Any = Depends(json_body)) -> Response:
    """Any of name, locale, time_zone, currency, fiscal_start_month. Needs manage_config."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        old = state_of(uow).workspace
        errors = []
        month = given.get("fiscal_start_month", old.fiscal_start_month)
        if given.get("locale", old.locale) not in LOCALES:
            errors.append(
                FieldError("locale", "OPTION_UNKNOWN", {"value": str(given["locale"])[:20], "allowed": list(LOCALES)})
            )
        if str(given.get("currency", old.currency)) not in CURRENCIES:
            errors.append(
                FieldError("currency", "CURRENCY_UNKNOWN", {"currency": str(given["currency"])[:10], "example": "CNY"})
            )
        if isinstance(month, bool) or not isinstance(month, int) or not 1 <= month <= 12:
            errors.append(
                FieldError("fiscal_start_month", "CONFIG_NUMBER", {"name": "fiscal_start_month", "min": 1, "max": 12})
            )
        if errors:
            raise invalid(errors)
        new = Workspace(
            service.checked_name(given.get("name", old.name) or "Dealwright"), given.get("locale", old.locale),
            service.checked_zone(given.get("time_zone", old.time_zone)), given.get("currency", old.currency), month, old.extra,
        )  # fmt: skip
        save_workspace(uow, new)
        body_ = me_wire(uow, access)["workspace"]
    return JsonResponse(body_)


@router.get("/users", summary="People")
def list_users(request: Request) -> Response:
    """{"users": [{id, name, email, status, roles, teams}]}; without manage_users only id and name of active people."""
    with unit(request) as (uow, access):
        rows = uow.conn.execute(sa.select(dw_user).order_by(dw_user.c.name)).mappings().all()
        if not access.may("manage_users"):
            found = [{"id": r["id"], "name": r["name"], "label": r["name"]} for r in rows if r["status"] == "active"]
        else:
            role_ids: dict[str, list[str]] = {}
            for user_id, role_id in uow.conn.execute(sa.select(dw_user_role.c.user_id, dw_user_role.c.role_id)):
                role_ids.setdefault(user_id, []).append(role_id)
            team_ids: dict[str, list[str]] = {}
            for user_id, team_id in uow.conn.execute(sa.select(dw_team_member.c.user_id, dw_team_member.c.team_id)):
                team_ids.setdefault(user_id, []).append(team_id)
            found = [
                {k: r[k] for k in ("id", "name", "email", "status", "locale")}
                | {"label": r["name"], "roles": role_ids.get(r["id"], []), "teams": team_ids.get(r["id"], [])}
                for r in rows
            ]
    return JsonResponse({"users": found})


@router.post("/users", summary="Add a person", status_code=201)
def create_user(request: Request, body: Any = Depends(json_body)) -> Response:
    """{email, name, locale?, password?, roles: [key], teams: [id]} → {"id"}, without a password also {"invitation"}. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        password = sessions.check_password(given["password"]) if given.get("password") else None
        role_keys = names_in(given, "roles")
        user_id = service.create_user(
            uow, given.get("email"), given.get("name"), password=password,
            role_keys=["salesperson"] if role_keys is None else role_keys,
        )  # fmt: skip
        if "locale" in given:
            service.change_user(uow, user_id, {"locale": given["locale"]})
        teams = names_in(given, "teams")
        if teams:
            service.set_teams(uow, user_id, teams)
        invitation = None if password else invitations.invite(uow, user_id)
    return JsonResponse({"id": user_id, **({"invitation": invitation} if invitation else {})}, 201)


@router.post("/users/{user_id}/invitation", summary="A new link for somebody to choose a password", status_code=201)
def invite_user(request: Request, user_id: str) -> Response:
    """{"invitation"}: a secret that works once, for a week, and replaces an earlier one. Needs manage_users."""
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        secret = invitations.invite(uow, user_id)
    return JsonResponse({"invitation": secret}, 201)


@router.patch("/users/{user_id}", summary="Change a person")
def change_user(request: Request, user_id: str, body: Any = Depends(json_body)) -> Response:
    """Any of name, email, status, password, locale, roles, teams. People are disabled, never deleted."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        names_in(given, "roles"), names_in(given, "teams")
        service.change_user(uow, user_id, given)
        if given.get("status") == "disabled" or "password" in given:
            sessions.close_session(uow, None, user_id, everywhere=True)
    return JsonResponse({"id": user_id})


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
    return JsonResponse({"id": team_id}, 201)


@router.patch("/teams/{team_id}", summary="Change a team")
def change_team(request: Request, team_id: str, body: Any = Depends(json_body)) -> Response:
    """Any of name, parent, manager. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        if given.get("manager") is not None:
            user_in(uow, given["manager"], "manager")
        service.change_team(uow, team_id, given)
    return JsonResponse({"id": team_id})


@router.get("/roles", summary="Roles and their grants")
def list_roles(request: Request) -> Response:
    """{"roles": [{id, key, labels, grants, people}]}."""
    with unit(request) as (uow, access):
        if not (access.may("manage_users") or access.may("design")):
            access.require("manage_users")
        found = roles.list_roles(uow)
    return JsonResponse({"roles": found})


@router.post("/roles", summary="Add a role", status_code=201)
def create_role(request: Request, body: Any = Depends(json_body)) -> Response:
    """{key, labels, grants} → {"id"}. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        role_id = roles.create_role(uow, {**given, "grants": checked_grants(given.get("grants"))})
    return JsonResponse({"id": role_id}, 201)


@router.patch("/roles/{role_id}", summary="Change a role")
def change_role(request: Request, role_id: str, body: Any = Depends(json_body)) -> Response:
    """Any of labels, grants. Needs manage_users."""
    given = mapping(body)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        if "grants" in given:
            checked_grants(given["grants"])
        roles.change_role(uow, role_id, given)
    return JsonResponse({"id": role_id})


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
    return JsonResponse({"id": token_id, "token": secret}, 201)


@router.delete("/tokens/{token_id}", summary="Revoke an API token", status_code=204)
def delete_token(request: Request, token_id: str) -> Response:
    """204."""
    with unit(request, write=True) as (uow, access):
        mine = sa.and_(dw_api_token.c.id == token_id, dw_api_token.c.user_id == access.actor.user_id)
        if uow.conn.execute(sa.delete(dw_api_token).where(mine)).rowcount == 0:
            raise not_found()
    return Response(status_code=204)
