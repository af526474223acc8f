"""Setting up, signing in, and the links by which people choose a password."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from limits import RateLimitItem
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request
from starlette.responses import Response

from dealwright.conditions import fold
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.outbox import queue
from dealwright.foundation.services import services_of
from dealwright.people import hashing, invitations, resets, second_step, service, sessions
from dealwright.people.audit import address_in_hand
from dealwright.people.origin import refuse_cross_site
from dealwright.people.tables import dw_user

router = APIRouter(tags=["people"])
_limiter = MovingWindowRateLimiter(MemoryStorage())
SIGN_INS = parse_limit("30/minute")
RESETS = parse_limit("5/minute")
RESETS_OF_ONE = parse_limit("3/hour")  # more mails than this to one address are not sent, and nobody is told so
MAIL = "mail.requested"  # the topic that messages answers


def address_of(request: Request) -> str:
    """Where the request comes from."""
    return request.client.host if request.client else ""


def slow_down(request: Request, what: str, limit: RateLimitItem = SIGN_INS) -> None:
    """Problem 429 when one address tries too often."""
    address_in_hand.set(address_of(request))
    if not _limiter.hit(limit, what, address_of(request)):
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
    with services.db.read() as uow:
        service.check_setup_secret(uow, given.get("token"))
    password_hash = hashing.hashed(given.get("password"))  # 50 ms on purpose: not while the only write lock is held
    with services.db.write() as uow:
        service.check_setup_secret(uow, given.get("token"))
        admin = {"name": given.get("name"), "email": given.get("email"), "password_hash": password_hash}
        extras = services.extras
        user_id = service.set_up(uow, workspace, admin, starter, extras["apply_starter"], extras["default_roles"])
        secret = sessions.open_session(uow, user_id, request.headers.get("user-agent", ""), address_of(request))
    return with_cookie(request, JsonResponse({"user": {"id": user_id}}, 201), secret)


@router.post("/session", summary="Sign in", status_code=201)
def sign_in(request: Request, body: Any = Depends(json_body)) -> Response:
    """{email, password, code?} → 201 and the session cookie; 401 (SECOND_STEP: a code too), 429 after five failures."""
    refuse_cross_site(request)  # nobody is signed in as somebody else by a foreign page
    slow_down(request, "sign_in")
    given = mapping(body)
    email, password = given.get("email"), given.get("password")
    if not isinstance(email, str) or not isinstance(password, str) or "\x00" in email:
        raise invalid([FieldError("email", "REQUIRED")])
    agent = request.headers.get("user-agent", "")
    code = given.get("code")
    secret = sessions.sign_in(services_of(request).db, email, password, agent, address_of(request), code)
    return with_cookie(request, JsonResponse({"signed_in": True}, 201), secret)


@router.post("/invitations/accept", summary="Choose a password through an invitation link", status_code=201)
def accept_invitation(request: Request, body: Any = Depends(json_body)) -> Response:
    """{token, password, name?} → 201, signed in (unless a second step is asked for). The link works once."""
    refuse_cross_site(request)
    slow_down(request, "invitation")
    given, db = mapping(body), services_of(request).db
    with db.read() as uow:
        invitations.check(uow, given.get("token"))
    password_hash = hashing.hashed(given.get("password"))
    with db.write() as uow:
        user_id = invitations.accept(uow, given.get("token"), password_hash, given.get("name"))
        if second_step.is_on(uow, user_id):  # a link is no way around it
            return JsonResponse({"user": {"id": user_id}, "signed_in": False}, 201)
        secret = sessions.open_session(uow, user_id, request.headers.get("user-agent", ""), address_of(request))
    return with_cookie(request, JsonResponse({"user": {"id": user_id}, "signed_in": True}, 201), secret)


def can_mail(request: Request) -> bool:
    """Whether mails with links can be sent: there is a mail server, and an address for the links.

    The address is the operator's: taken from the request, a stranger could have a reset sent that leads to their site.
    """
    settings = services_of(request).settings
    return bool(settings.smtp_url and settings.public_url)


@router.post("/password/forgot", summary="Ask for a link to choose a new password", status_code=202)
def forgot_password(request: Request, body: Any = Depends(json_body)) -> Response:
    """{email} → 202 {"mail"}: the same answer, in the same time, whether somebody has this address or not.

    mail: false when this workspace cannot send any; an administrator makes a link then.
    """
    refuse_cross_site(request)
    slow_down(request, "forgot", RESETS)
    email = mapping(body).get("email")
    if not isinstance(email, str) or not 0 < len(email.strip()) <= 320 or "\x00" in email:
        raise invalid([FieldError("email", "REQUIRED")])
    norm = fold(email.strip())
    if can_mail(request) and _limiter.hit(RESETS_OF_ONE, "forgot", hashing.digest(norm)):
        with services_of(request).db.write() as uow:
            queue(uow, MAIL, {"letter": "reset", "email_norm": norm})  # who that is, is looked up by the worker
    return JsonResponse({"mail": can_mail(request)}, 202)


@router.post("/password/reset", summary="Choose a new password through a link", status_code=201)
def reset_password(request: Request, body: Any = Depends(json_body)) -> Response:
    """{token, password} → 201; one signs in with it then. Ends all sessions. 403 RESET_LINK."""
    refuse_cross_site(request)
    slow_down(request, "reset")
    given, db = mapping(body), services_of(request).db
    with db.read() as uow:
        resets.check(uow, given.get("token"))
    password_hash = hashing.hashed(given.get("password"))
    with db.write() as uow:
        resets.use(uow, given.get("token"), password_hash)
    return JsonResponse({"reset": True}, 201)
