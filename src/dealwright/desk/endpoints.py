"""The desk over HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.desk import service
from dealwright.desk.sources import KEY
from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.records.read_endpoints import parameters

router = APIRouter(tags=["desk"])
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@router.get("/desk", summary="What to do now")
def my_desk(request: Request) -> Response:
    """{"items": [{source, object, record, title, reason, score, due, days_late, late, amount, currency, about, stage,
    actions, values}], "more": [sources with more], "sources", "late", "done_today", "as_of"}, most urgent first."""
    parameters(request, ())
    with unit(request) as (uow, access):
        found = service.desk(uow, access)
    return JsonResponse(found)


@router.post("/desk/snooze", summary="Let a thing rest until a day")
def snooze(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"source", "record", "until": "2026-11-25" | null} → {"until"}; null brings it back."""
    names = ("source", "record", "until")
    if not isinstance(body, Mapping) or set(body) != set(names):
        raise invalid([FieldError("body", "DESK_SNOOZE")])
    source, record, until = (body[name] for name in names)
    if not (isinstance(source, str) and KEY.fullmatch(source) and isinstance(record, str) and _ID.fullmatch(record)):
        raise invalid([FieldError("record", "DESK_SNOOZE")])
    try:
        day = None if until is None else date.fromisoformat(until)
    except (TypeError, ValueError) as error:
        raise invalid([FieldError("until", "DATE_FORMAT", {"example": "2026-11-25"})]) from error
    with unit(request, write=True) as (uow, access):
        service.snooze(uow, access, source, record, day)
    return JsonResponse({"until": day})


@router.get("/counts", summary="How many records there are of each object, and what waits")
def counts(request: Request) -> Response:
    """{"objects": {key: records in the reader's sight}, "desk": {"items", "late"}}: what stands beside the places."""
    parameters(request, ())
    with unit(request) as (uow, access):
        objects = service.totals(uow, access)
        found = service.desk(uow, access)
    return JsonResponse({"objects": objects, "desk": {"items": len(found["items"]), "late": found["late"]}})
