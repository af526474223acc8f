"""Duplicates and merging over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse, to_json
from dealwright.records.idempotency import Answer, checked_key, fingerprint, once
from dealwright.records.merging import Merge, duplicate_groups, merge, preview, undo
from dealwright.records.read_endpoints import names_of, parameters
from dealwright.records.write_endpoints import object_of, respond, write_path

router = APIRouter(tags=["records"])
WISH = ("others", "versions", "values", "reason")


@router.get("/records/{object_key}/duplicates", summary="Records that may be the same")
def list_duplicates(request: Request, object_key: str) -> Response:
    """{"groups": [{"fields": [{"field", "how"}], "ids", "size"}], "more", "complete"}, the likeliest first."""
    parameters(request, ())
    with unit(request) as (uow, access):
        return JsonResponse(duplicate_groups(uow, access, object_key))


@router.get("/records/{object_key}/{record_id}/merge", summary="What merging records would do")
def preview_merge(request: Request, object_key: str, record_id: str) -> Response:
    """?others=a,b → {"records", "moves": [{object, field, count}]}."""
    others = names_of(parameters(request, ("others",)).get("others")) or ()
    with unit(request) as (uow, access):
        return JsonResponse(preview(uow, access, object_key, record_id, others))


@router.post("/records/{object_key}/{record_id}/merge", summary="Merge records into this one")
def merge_records(request: Request, object_key: str, record_id: str, body: Any = Depends(json_body)) -> Response:
    """200 {"id", "survivor", "merged", "moved", "changed"}; 412 when one of them was changed since it was read."""
    path, key = write_path(request), checked_key(request.headers.get("idempotency-key"))
    mark = fingerprint(request.method, request.url.path, body) if key else ""
    with unit(request, write=True) as (uow, access):
        wish = _wish(object_key, record_id, object_of(body))

        def act() -> Answer:
            return Answer(200, to_json(merge(path, uow, access, wish)))

        answer = once(uow, access.actor.user_id, key, mark, act)
    return respond(answer)


def _wish(object_key: str, record_id: str, given: Mapping[str, Any]) -> Merge:
    unknown = sorted(set(given) - set(WISH))
    if unknown:
        raise invalid([FieldError(name[:80], "UNKNOWN_FIELD", {"field": name[:80]}) for name in unknown])
    others, versions, values = given.get("others"), given.get("versions"), given.get("values") or {}
    if not isinstance(others, list) or not all(isinstance(one, str) and "\x00" not in one for one in others):
        raise invalid([FieldError("others", "LIST_EXPECTED", {})])
    if versions is None:
        raise Problem(428, "MERGE_VERSIONS")
    numbers = isinstance(versions, dict) and all(type(n) is int and abs(n) < 2**31 for n in versions.values())
    if not numbers or not isinstance(values, dict) or not all(isinstance(one, str) for one in values.values()):
        raise invalid([FieldError("versions" if not numbers else "values", "OBJECT_EXPECTED", {})])
    reason = given.get("reason")
    if reason is not None and (not isinstance(reason, str) or len(reason) > 1_000 or "\x00" in reason):
        raise invalid([FieldError("reason", "REASON_LENGTH", {"max": 1_000})])
    return Merge(object_key, record_id, others, versions, values, reason)


@router.post("/merges/{merge_id}/undo", summary="Take a merge back")
def undo_merge(request: Request, merge_id: str) -> Response:
    """200 {"id", "restored", "moved", "left"}: the others are there again; what was changed since is left and named."""
    path = write_path(request)
    with unit(request, write=True) as (uow, access):
        return JsonResponse(undo(path, uow, access, merge_id))
