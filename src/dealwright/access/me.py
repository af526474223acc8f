"""Oneself over HTTP: profile, password, picture, sessions."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends, File, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.access.rules import Access
from dealwright.access.shapes import RIGHTS
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import FieldError, Problem, invalid, not_found
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.services import services_of
from dealwright.model import schema_of
from dealwright.people import actor_of, audit, avatars, hashing, second_step, service, sessions
from dealwright.people.endpoints import can_mail, mapping, slow_down, with_cookie
from dealwright.people.tables import dw_session, dw_user

router = APIRouter(tags=["people"])
PROFILE = ("name", "phone", "locale", "time_zone")


@router.get("/me", summary="Who am I and what may I do")
def me(request: Request) -> Response:
    """{user, workspace, rights, objects: {key: {create, read, update, delete, export, import, bulk, transfer}}}."""
    with unit(request, scope="any", unready=True) as (uow, access):
        body = me_wire(request, uow, access)
    return JsonResponse(body)


def workspace_wire(request: Request, uow: UnitOfWork) -> dict[str, Any]:
    """What everybody may know of the workspace. mail: whether it can send any."""
    workspace = state_of(uow).workspace
    return {
        "name": workspace.name, "locale": workspace.locale, "time_zone": workspace.time_zone,
        "currency": workspace.currency, "fiscal_start_month": workspace.fiscal_start_month,
        "delta_colours": workspace.extra.get("delta_colours") or "neutral", "mail": can_mail(request),
    }  # fmt: skip


def me_wire(request: Request, uow: UnitOfWork, access: Access) -> dict[str, Any]:
    """The answer of /me. Whoever must set up a second step first has no rights until then."""
    actor = access.actor
    user = uow.conn.execute(sa.select(dw_user).where(dw_user.c.id == actor.user_id)).mappings().one()
    objects = {}
    for obj in schema_of(uow).objects.values():
        if obj.kind != "object" or actor.lacks_second_step:
            continue
        grant = access.object(obj.key).grant
        objects[obj.key] = {
            "create": grant.create, "read": grant.read, "update": grant.update, "delete": grant.delete,
            "export": grant.export, "import": grant.import_ > 0, "bulk": grant.bulk > 0, "transfer": grant.transfer,
        }  # fmt: skip
    has_step = second_step.is_on(uow, user["id"])
    return {
        "user": {
            "id": user["id"], "name": user["name"], "email": user["email"], "phone": user["phone"],
            "locale": actor.locale, "time_zone": user["time_zone"], "avatar": user["avatar"],
            "second_step": has_step, "recovery_codes": second_step.codes_left(uow, user["id"]) if has_step else 0,
            "second_step_required": second_step.is_required(state_of(uow).workspace.extra, actor.role_ids),
            "must_set_up_second_step": actor.lacks_second_step,
        },
        "workspace": workspace_wire(request, uow),
        "rights": {right: access.may(right) and not actor.lacks_second_step for right in RIGHTS}, "objects": objects,
    }  # fmt: skip


def confirm_password(request: Request, given: Any) -> str:
    """The asker's id, once {"current_password"} is right: for changes that a borrowed browser must not make.

    Checked with no transaction open. Problem 422 current_password WRONG_PASSWORD, 429 TOO_OFTEN; 403 for programs.
    """
    slow_down(request, "confirm")
    with unit(request, scope="any", unready=True) as (uow, access):
        if access.actor.kind != "user":
            raise Problem(403, "SCOPE_MISSING", params={"scope": "session"})
        me_id = access.actor.user_id
        assert me_id is not None
        stored = uow.conn.execute(sa.select(dw_user.c.password_hash).where(dw_user.c.id == me_id)).scalar()
    current = given.get("current_password")
    if not isinstance(current, str) or not hashing.hasher.verify(current[:200], stored or hashing.nobody()):
        raise invalid([FieldError("current_password", "PASSWORD_IS_WRONG")])
    return me_id


@router.patch("/me", summary="Change oneself")
def change_me(request: Request, body: Any = Depends(json_body)) -> Response:
    """Any of name, phone, locale, time_zone; a new password needs {"password", "current_password"}."""
    given, password_hash = mapping(body), None
    if "password" in given:
        confirm_password(request, given)
        password_hash = hashing.hashed(given["password"])
    with unit(request, write=True) as (uow, access):
        changes = {k: given[k] for k in PROFILE if k in given}
        me_id = access.actor.user_id
        assert me_id is not None
        if password_hash is not None:
            sessions.close_session(uow, access.actor.session_id, me_id, others=True)
            audit.note(uow, "password.changed", me_id, target=access.actor.name, target_id=me_id)
        service.change_user(uow, me_id, changes, password_hash=password_hash)
        now = actor_of(uow, me_id)
        actor = replace(access.actor, name=now.name, locale=now.locale, zone=now.zone)
        body_ = me_wire(request, uow, Access.for_actor(uow, actor))
    return JsonResponse(body_)


@router.post("/me/avatar", summary="Set one's picture", status_code=201)
def set_avatar(request: Request, file: UploadFile = File()) -> Response:
    """multipart: file, a square PNG, JPEG or WebP of at most 512 pixels → {"avatar"}. 413, 415 AVATAR_TYPE, 422 AVATAR_SIZE."""
    with unit(request, write=True):
        pass  # nobody's bytes are read before they are known
    data = file.file.read(avatars.MAX_BYTES + 1)
    if len(data) > avatars.MAX_BYTES:
        raise Problem(413, "TOO_BIG", params={"max": avatars.MAX_BYTES})
    kind = avatars.kind_of(data)
    store = services_of(request).extras["files"]
    stored = store.save(io.BytesIO(data), avatars.MAX_BYTES)
    avatar = f"{stored.key}.{kind}"
    with unit(request, write=True) as (uow, access):
        _replace_avatar(request, uow, access, avatar)
    return JsonResponse({"avatar": avatar}, 201)


@router.delete("/me/avatar", summary="Take one's picture away", status_code=204)
def remove_avatar(request: Request) -> Response:
    """204."""
    with unit(request, write=True) as (uow, access):
        _replace_avatar(request, uow, access, None)
    return Response(status_code=204)


def _replace_avatar(request: Request, uow: UnitOfWork, access: Access, avatar: str | None) -> None:
    mine = dw_user.c.id == access.actor.user_id
    old = uow.conn.execute(sa.select(dw_user.c.avatar).where(mine)).scalar()
    uow.conn.execute(sa.update(dw_user).where(mine).values(avatar=avatar))
    if old:
        store = services_of(request).extras["files"]
        uow.after_commit(lambda: store.delete(old.partition(".")[0]))


@router.get("/users/{user_id}/avatar", summary="A person's picture")
def read_avatar(request: Request, user_id: str) -> Response:
    """The image; 404 for somebody without one. `?v=` only tells one picture from the next."""
    with unit(request) as (uow, _):
        avatar = uow.conn.execute(sa.select(dw_user.c.avatar).where(dw_user.c.id == user_id)).scalar()
    key, _dot, kind = (avatar or "").partition(".")
    try:
        with services_of(request).extras["files"].open(key) as stream:
            data = stream.read()
    except FileNotFoundError:
        raise not_found() from None
    headers = {"Cache-Control": "private, max-age=604800", "Content-Security-Policy": "sandbox; default-src 'none'"}
    return Response(data, media_type=avatars.MIME[kind], headers=headers)


# ── sessions ──


@router.delete("/session", summary="Sign out", status_code=204)
def sign_out(request: Request) -> Response:
    """204; ?everywhere=true ends all sessions of this person."""
    with unit(request, write=True, unready=True) as (uow, access):
        everywhere = request.query_params.get("everywhere") == "true"
        me_id = access.actor.user_id
        sessions.close_session(uow, access.actor.session_id, me_id, everywhere=everywhere)
        audit.note(uow, "session.closed", me_id, target_id=me_id, after={"everywhere": True} if everywhere else None)
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


@router.delete("/sessions/{session_id}", summary="End one of one's sessions", status_code=204)
def end_session(request: Request, session_id: str) -> Response:
    """204; `others` ends all but this one."""
    with unit(request, write=True) as (uow, access):
        me_id = access.actor.user_id
        if session_id == "others":
            sessions.close_session(uow, access.actor.session_id, me_id, others=True)
        else:
            mine = sa.and_(dw_session.c.id == session_id, dw_session.c.user_id == me_id)
            if uow.conn.execute(sa.delete(dw_session).where(mine)).rowcount == 0:
                raise not_found()
        audit.note(uow, "session.closed", me_id, target_id=me_id)
    return Response(status_code=204)
