"""People over HTTP: added one by one or many at once, changed, invited, given a way back in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.absence_endpoints import today
from dealwright.access.http import unit
from dealwright.access.rules import Access
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid, not_found, problem_body
from dealwright.foundation.http import json_body, optional_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.outbox import queue
from dealwright.people import absences, audit, hashing, invitations, resets, service, sessions
from dealwright.people.endpoints import MAIL, can_mail, mapping, names_in
from dealwright.people.tables import dw_invitation, dw_second_step, dw_team_member, dw_user, dw_user_role

router = APIRouter(prefix="/users", tags=["people"])
MOST_AT_ONCE = 50
AUDITED = ("name", "email", "phone", "locale", "time_zone", "status")


def allowed(request: Request) -> None:
    """Whether the asker may change people at all, before anything is said about what was sent. Problem 401, 403."""
    with unit(request, scope="write") as (_, access):
        access.require("manage_users")


@router.get("", summary="People")
def list_users(request: Request) -> Response:
    """{"users": [{id, name, label, avatar, away}]}, active ones; with manage_users all of them with what is set.

    away: {"to", "deputy"} while somebody is absent today.
    """
    with unit(request) as (uow, access):
        rows = uow.conn.execute(sa.select(dw_user).order_by(dw_user.c.name)).mappings().all()
        away = absences.absence_of(uow, [r["id"] for r in rows], today(uow))
        if access.may("manage_users"):
            found = _full(uow, rows)
        else:
            found = [{"id": r["id"], "name": r["name"]} for r in rows if r["status"] == "active"]
        avatars = {r["id"]: r["avatar"] for r in rows}
        for one in found:
            absent = away.get(one["id"])
            one["label"], one["avatar"] = one["name"], avatars[one["id"]]
            one["away"] = {"to": absent.to_day, "deputy": absent.deputy_id} if absent else None
    return JsonResponse({"users": found})


def _full(uow: UnitOfWork, rows: Any) -> list[dict[str, Any]]:
    def several(query: Any) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for user_id, other in uow.conn.execute(query):
            found.setdefault(user_id, []).append(other)
        return found

    roles = several(sa.select(dw_user_role.c.user_id, dw_user_role.c.role_id))
    first = dw_team_member.c.is_primary.desc()
    teams = several(sa.select(dw_team_member.c.user_id, dw_team_member.c.team_id).order_by(first))
    steps = {
        r[0]
        for r in uow.conn.execute(sa.select(dw_second_step.c.user_id).where(dw_second_step.c.confirmed_at.is_not(None)))
    }
    asked = sa.select(dw_invitation.c.user_id, dw_invitation.c.expires_at)
    invited = {r.user_id: r.expires_at for r in uow.conn.execute(asked)}
    return [
        {k: r[k] for k in ("id", "name", "email", "phone", "status", "locale")}
        | {
            "roles": roles.get(r["id"], []), "teams": teams.get(r["id"], []), "second_step": r["id"] in steps,
            "invitation_until": invited.get(r["id"]),
        }
        for r in rows
    ]  # fmt: skip


def _add(request: Request, uow: UnitOfWork, access: Access, given: Mapping[str, Any], password_hash: str | None) -> Any:
    role_keys = names_in(given, "roles")
    user_id = service.create_user(
        uow, given.get("email"), given.get("name"), password_hash=password_hash,
        role_keys=["salesperson"] if role_keys is None else role_keys,
    )  # fmt: skip
    changes = {k: given[k] for k in ("locale", "phone") if k in given}
    if changes:
        service.change_user(uow, user_id, changes)
    teams = names_in(given, "teams")
    if teams:
        service.set_teams(uow, user_id, teams)
    after = {k: given.get(k) for k in ("email", "roles", "teams") if given.get(k) is not None}
    audit.note(uow, "user.created", access.actor.user_id, target=given["name"], target_id=user_id, after=after)
    made = {"id": user_id}
    return made if password_hash else made | _invite(request, uow, access, user_id, mailed=bool(given.get("mail")))


def _invite(request: Request, uow: UnitOfWork, access: Access, user_id: str, *, mailed: bool) -> dict[str, Any]:
    """A link by mail, made when it is sent; or the link itself, to be handed over."""
    name = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == user_id)).scalar()
    secret = invitations.invite(uow, user_id)  # the 404 and 409 come now, and an earlier link is void at once
    audit.note(uow, "invitation.sent", access.actor.user_id, target=name, target_id=user_id, after={"mail": mailed})
    if not mailed:
        return {"invitation": secret}
    queue(uow, MAIL, {"letter": "invitation", "user_id": user_id, "by_id": access.actor.user_id})
    return {"mailed": True}


def _checked_mail(request: Request, given: Mapping[str, Any]) -> None:
    if given.get("mail") and not can_mail(request):
        raise Problem(409, "MAIL_NOT_SET_UP")


@router.post("", summary="Add a person", status_code=201)
def create_user(request: Request, body: Any = Depends(json_body)) -> Response:
    """{email, name, phone?, locale?, password?, roles: [key], teams: [id], mail?} → {"id"} and, without a password, either
    {"invitation"}, the link's secret, or with mail: true {"mailed"}. Needs manage_users.
    """
    allowed(request)
    given = mapping(body)
    _checked_mail(request, given)
    password_hash = hashing.hashed(given["password"]) if given.get("password") else None
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        made = _add(request, uow, access, given, password_hash)
    return JsonResponse(made, 201)


@router.post("/several", summary="Add several people at once", status_code=201)
def create_several(request: Request, body: Any = Depends(json_body)) -> Response:
    """{people: [{email, name}], roles, teams, locale?, mail?} → {"people": [{email, id?, invitation?, mailed?, problem?}]}.

    Whoever can be added is added; each other one says why not. At most 50. Needs manage_users.
    """
    allowed(request)
    given = mapping(body)
    wanted = given.get("people")
    if not isinstance(wanted, list) or not wanted or not all(isinstance(one, Mapping) for one in wanted):
        raise invalid([FieldError("people", "LIST_EXPECTED")])
    if len(wanted) > MOST_AT_ONCE:
        raise invalid([FieldError("people", "TOO_MANY", {"count": len(wanted), "max": MOST_AT_ONCE})])
    _checked_mail(request, given)
    shared = {k: given[k] for k in ("roles", "teams", "locale", "mail") if k in given}
    answers = []
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        for one in wanted:
            answer: dict[str, Any] = {"email": str(one.get("email"))[:320]}
            try:
                with uow.savepoint():
                    made = _add(
                        request, uow, access, {**shared, "email": one.get("email"), "name": one.get("name")}, None
                    )
                answers.append(answer | made)
            except Problem as problem:
                if problem.status not in (409, 422):
                    raise
                answers.append(answer | {"problem": problem_body(problem, access.actor.locale, None)["message"]})
    return JsonResponse({"people": answers}, 201)


@router.post("/{user_id}/invitation", summary="A new link for somebody to choose a password", status_code=201)
def invite_user(request: Request, user_id: str, body: Any = Depends(optional_body)) -> Response:
    """{mail?} → {"invitation"}: a secret that works once, for a week, and replaces an earlier one; or {"mailed"}.

    Needs manage_users.
    """
    allowed(request)
    given = mapping(body or {})
    _checked_mail(request, given)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        made = _invite(request, uow, access, user_id, mailed=bool(given.get("mail")))
    return JsonResponse(made, 201)


@router.delete("/{user_id}/invitation", summary="Take an invitation back", status_code=204)
def withdraw_invitation(request: Request, user_id: str) -> Response:
    """204; the link does not work any more. 404 when there is none. Needs manage_users."""
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        if not invitations.withdraw(uow, user_id):
            raise not_found()
        name = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == user_id)).scalar()
        audit.note(uow, "invitation.withdrawn", access.actor.user_id, target=name, target_id=user_id)
    return Response(status_code=204)


@router.post("/{user_id}/reset", summary="A link for somebody to choose a new password", status_code=201)
def reset_user(request: Request, user_id: str, body: Any = Depends(optional_body)) -> Response:
    """{mail?} → {"reset"}: a secret that works once, for an hour; or {"mailed"}. Needs manage_users."""
    allowed(request)
    given = mapping(body or {})
    _checked_mail(request, given)
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        me_id = access.actor.user_id
        name = uow.conn.execute(sa.select(dw_user.c.name).where(dw_user.c.id == user_id)).scalar()
        secret = resets.make(uow, user_id, me_id)
        made: dict[str, Any] = {"reset": secret}
        if given.get("mail"):
            queue(uow, MAIL, {"letter": "reset", "user_id": user_id, "by_id": me_id})
            made = {"mailed": True}
        audit.note(uow, "invitation.sent", me_id, target=name, target_id=user_id, after={"reset": True})
    return JsonResponse(made, 201)


@router.patch("/{user_id}", summary="Change a person")
def change_user(request: Request, user_id: str, body: Any = Depends(json_body)) -> Response:
    """Any of name, email, phone, status, password, locale, roles, teams. People are disabled, never deleted."""
    allowed(request)
    given = mapping(body)
    password_hash = hashing.hashed(given["password"]) if "password" in given else None
    with unit(request, write=True) as (uow, access):
        access.require("manage_users")
        names_in(given, "roles"), names_in(given, "teams")
        before = _facts(uow, user_id)
        service.change_user(uow, user_id, given, password_hash=password_hash)
        if given.get("status") == "disabled" or password_hash is not None:
            sessions.close_session(uow, None, user_id, everywhere=True)
        old, new = audit.changes(before, _facts(uow, user_id) | ({"password": True} if password_hash else {}))
        if new:
            who = access.actor.user_id
            audit.note(uow, "user.changed", who, target=before["name"], target_id=user_id, before=old, after=new)
    return JsonResponse({"id": user_id})


def _facts(uow: UnitOfWork, user_id: str) -> dict[str, Any]:
    row = uow.conn.execute(sa.select(dw_user).where(dw_user.c.id == user_id)).mappings().first()
    if row is None:
        raise not_found()
    roles = sa.select(dw_user_role.c.role_id).where(dw_user_role.c.user_id == user_id).order_by(dw_user_role.c.role_id)
    teams = sa.select(dw_team_member.c.team_id).where(dw_team_member.c.user_id == user_id)
    return {k: row[k] for k in AUDITED} | {
        "roles": [r[0] for r in uow.conn.execute(roles)],
        "teams": [r[0] for r in uow.conn.execute(teams.order_by(dw_team_member.c.team_id))],
    }
