"""Setting up, signing in and out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import Response

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.services import services_of
from dealwright.people import invitations, service, sessions
from dealwright.people.origin import refuse_cross_site
from dealwright.people.tables import dw_user

router = APIRouter(tags=["people"])
_limiter = MovingWindowRateLimiter(MemoryStorage())
SIGN_INS = parse_limit("30/minute")


def address_of(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else ""


def slow_down(request: Request, what: str) -> None:
    """Problem 429 when one address tries too often."""
    if not _limiter.hit(SIGN_INS, what, address_of(request)):
        raise Problem(429, "TOO_OFTEN", headers={"Retry-After": "60"})


def with_cookie(request: Request, response: Response, secret: str | None) -> Response:
    """Set (or take back) the session cookie; `__Host-` and Secure over https."""
    secure = services_of(request).settings.secure_cookies
    name = sessions.SECURE_COOKIE if secure else sessions.COOKIE
    if secret is None:
        response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")
    else:
        age = int(sessions.IDLE.total_seconds())
        response.set_cookie(name, secret, max_age=age, path="/", secure=secure, httponly=True, samesite="lax")
    return response


def mapping(body: Any) -> Mapping[str, Any]:
    """The body as an object. Problem 422."""
    if not isinstance(body, Mapping):
        raise invalid([FieldError("body", "BODY_OBJECT")])
    return body


def names_in(body: Mapping[str, Any], key: str) -> list[str] | None:
    """A list of texts in a body; None when it is not there. Problem 422 LIST_EXPECTED."""
    found = body.get(key)
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise invalid([FieldError(key, "LIST_EXPECTED")])
    return found


def user_in(uow: UnitOfWork, user_id: Any, field: str) -> None:
    """Problem 422 NOT_FOUND for an id in a body that is nobody's."""
    if not isinstance(user_id, str) or uow.conn.execute(sa.select(1).where(dw_user.c.id == user_id)).first() is None:
        raise invalid([FieldError(field, "NOT_FOUND")])


def moment_in(raw: Any, field: str) -> datetime | None:
    """A moment with its zone in a body; None when it is not there. Problem 422 DATETIME_FORMAT."""
    if raw is None:
        return None
    try:
        at = datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise invalid([FieldError(field, "DATETIME_FORMAT", {"example": "2026-12-31T00:00:00Z"})]) from None
    if at.tzinfo is None or not 1900 <= at.year <= 2200:
        raise invalid([FieldError(field, "DATETIME_FORMAT", {"example": "2026-12-31T00:00:00Z"})])
    return at


@router.get("/setup", summary="Whether the workspace still has to be set up")
def setup_state(request: Request) -> Response:
    """{"needed": bool}."""
    with services_of(request).db.read() as uow:
        return JsonResponse({"needed": service.is_needed(uow)})


@router.post("/setup", summary="Set the workspace up through the one-time link", status_code=201)
def set_up(request: Request, body: Any = Depends(json_body)) -> Response:
    """{token, name, email, password, workspace: {name, locale, time_zone, currency}, starter} → signed in."""
    refuse_cross_site(request)
    slow_down(request, "setup")
    given = mapping(body)
    services = services_of(request)
    workspace, starter = mapping(given.get("workspace") or {}), given.get("starter")
    if starter is not None and not isinstance(starter, str):
        raise invalid([FieldError("starter", "TEXT_EXPECTED")])
    request.state.locale = workspace.get("locale") if workspace.get("locale") in ("zh-CN", "en") else None
    with services.db.write() as uow:
        service.check_setup_secret(uow, given.get("token"))
        password = sessions.check_password(given.get("password"))
        admin = {"name": given.get("name"), "email": given.get("email"), "password": password}
        extras = services.extras
        user_id = service.set_up(uow, workspace, admin, starter, extras["apply_starter"], extras["default_roles"])
        secret = sessions.open_session(uow, user_id, request.headers.get("user-agent", ""), address_of(request))
    return with_cookie(request, JsonResponse({"user": {"id": user_id}}, 201), secret)


@router.post("/session", summary="Sign in", status_code=201)
def sign_in(request: Request, body: Any = Depends(json_body)) -> Response:
    """{email, password} → 201 and the session cookie; 401, 429 after five failures."""
    refuse_cross_site(request)  # nobody is signed in as somebody else by a foreign page
    slow_down(request, "sign_in")
    given = mapping(body)
    email, password = given.get("email"), given.get("password")
    if not isinstance(email, str) or not isinstance(password, str) or "\x00" in email:
        raise invalid([FieldError("email", "REQUIRED")])
    agent = request.headers.get("user-agent", "")
    secret = sessions.sign_in(services_of(request).db, email, password, agent, address_of(request))
    return with_cookie(request, JsonResponse({"signed_in": True}, 201), secret)


@router.post("/invitations/accept", summary="Choose a password through an invitation link", status_code=201)
def accept_invitation(request: Request, body: Any = Depends(json_body)) -> Response:
    """{token, password, name?} → 201, signed in. The link works once."""
    refuse_cross_site(request)
    slow_down(request, "invitation")
    given = mapping(body)
    with services_of(request).db.write() as uow:
        user_id = invitations.accept(uow, given.get("token"), given.get("password"), given.get("name"))
        secret = sessions.open_session(uow, user_id, request.headers.get("user-agent", ""), address_of(request))
    return with_cookie(request, JsonResponse({"user": {"id": user_id}}, 201), secret)
