"""Notices over HTTP: one's own, nobody else's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.messages.notices import service
from dealwright.records.read_endpoints import parameters

router = APIRouter(prefix="/notices", tags=["notices"])
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MOST = 200


@router.get("", summary="One's notices, newest first")
def list_notices(request: Request) -> Response:
    """?cursor=&limit= → {"notices": [{id, at, read, kind, by, object, record, text, params}], "unread", "next"}."""
    given = parameters(request, ("cursor", "limit"))
    limit, cursor = given.get("limit", str(service.PAGE)), given.get("cursor") or None
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= 100):
        raise Problem(422, "LIMIT_RANGE", field="limit", params={"max": 100})
    if cursor is not None and not _ID.fullmatch(cursor):
        raise Problem(422, "BAD_CURSOR", field="cursor")
    with unit(request) as (uow, access):
        found = service.page(uow, access, cursor, int(limit))
    return JsonResponse(found)


@router.post("/read", summary="Tick notices off")
def read_notices(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"ids": [...]} or {"all": true} → {"unread"}."""
    if not isinstance(body, Mapping) or set(body) - {"ids", "all"} or ("ids" in body) == ("all" in body):
        raise invalid([FieldError("ids", "NOTICES_CHOICE")])
    ids = body.get("ids")
    if "all" in body and body["all"] is not True:
        raise invalid([FieldError("all", "NOTICES_CHOICE")])
    if "ids" in body and not (
        isinstance(ids, list) and all(isinstance(one, str) and _ID.fullmatch(one) for one in ids)
    ):
        raise invalid([FieldError("ids", "NOTICES_CHOICE")])
    if ids is not None and len(ids) > MOST:
        raise Problem(422, "TOO_MANY", field="ids", params={"count": len(ids), "max": MOST})
    with unit(request, write=True) as (uow, access):
        user_id = access.actor.user_id or ""
        service.mark_read(uow, user_id, ids)
        left = service.unread(uow, user_id)
    return JsonResponse({"unread": left})
