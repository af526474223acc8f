"""Conversion over HTTP: what would become of a record, converting it, taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.conversion import service
from dealwright.conversion.undo import undo
from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse, to_json
from dealwright.records.idempotency import Answer, checked_key, fingerprint, once
from dealwright.records.write_endpoints import if_match, object_of, respond, write_path

router = APIRouter(tags=["conversion"])


@router.get("/records/{object_key}/{record_id}/conversion", summary="What a record would become")
def show_conversion(request: Request, object_key: str, record_id: str) -> Response:
    """{"version", "targets": [{object, link, required, may_create, links, fields, values, matches, others}], "conversion"}.

    404 NO_CONVERSION for an object that becomes nothing.
    """
    with unit(request) as (uow, access):
        return JsonResponse(service.described(uow, access, object_key, record_id))


@router.post("/records/{object_key}/{record_id}/conversion", summary="Convert a record", status_code=201)
def convert_record(request: Request, object_key: str, record_id: str, body: Any = Depends(json_body)) -> Response:
    """{"targets": {object: null | {"use": id} | {"values": {...}}}} with If-Match → 201, the conversion.

    409 ALREADY_CONVERTED; 422 names everything that is missing in all targets, fields as `account.name`.
    """
    wanted = object_of(body)
    version, path = if_match(request), write_path(request)
    key = checked_key(request.headers.get("idempotency-key"))
    mark = fingerprint(request.method, request.url.path, body) if key else ""
    with unit(request, write=True) as (uow, access):
        targets = wanted.get("targets")
        if not isinstance(targets, Mapping) or set(wanted) != {"targets"}:
            raise invalid([FieldError("targets", "OBJECT_EXPECTED", {})])

        def act() -> Answer:
            done = service.convert(uow, access, path, object_key, record_id, version, targets)
            return Answer(201, to_json(done))

        answer = once(uow, access.actor.user_id, key, mark, act)
    return respond(answer)


@router.post("/conversions/{conversion_id}/undo", summary="Take a conversion back")
def undo_conversion(request: Request, conversion_id: str) -> Response:
    """{"undone": true, "left": [{object, id, label, reason: changed | in_use | forbidden}]}. 409 when it is undone already."""
    path = write_path(request)
    with unit(request, write=True) as (uow, access):
        return JsonResponse(undo(uow, access, path, conversion_id))
