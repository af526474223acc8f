"""Changing records over HTTP: one change, many changes, the bin, duplicates, files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, File, UploadFile
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse, to_json
from dealwright.foundation.outbox import Handler, JobContext
from dealwright.foundation.services import Services, services_of
from dealwright.model import schema_of
from dealwright.people import actor_of
from dealwright.records import bulk, duplicates, files
from dealwright.records.answers import record_of
from dealwright.records.bulk_changes import ACTIONS, check_wish
from dealwright.records.idempotency import Answer, checked_key, fingerprint, once
from dealwright.records.read_endpoints import parameters
from dealwright.records.rights import stale
from dealwright.records.shapes import Change
from dealwright.records.write_path import WritePath

router = APIRouter(tags=["records"])
CHANNELS = ("api", "form", "board")
MOST_FILES = 50
ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


class BulkRequest(BaseModel):
    """POST /records/{object}/bulk."""

    model_config = ConfigDict(strict=True, extra="forbid")
    ids: list[str] | None = None
    filter: dict[str, Any] | None = None
    values: dict[str, Any] | None = None
    action: str = "update"
    preview: bool = False
    reason: str | None = None
    also: list[dict[str, Any]] | None = None


VALUES_BODY = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}},
    }
}


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """The OpenAPI request body of a model; the body itself is read by our own strict reader."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def write_path(request: Request) -> WritePath:
    """The one write path of this process."""
    path: WritePath = services_of(request).extras["write_path"]
    return path


def object_of(body: Any) -> dict[str, Any]:
    """A JSON object, or Problem 422 OBJECT_EXPECTED."""
    if not isinstance(body, dict):
        raise Problem(422, "OBJECT_EXPECTED")
    return body


def if_match(request: Request) -> int:
    """The version that If-Match names: 428 when it is absent or `*`, 412 when it is no version of ours."""
    raw = request.headers.get("if-match")
    if raw is None or raw.strip() in ("", "*"):
        raise Problem(428, "IF_MATCH_MISSING")
    found = ETAG.fullmatch(raw.strip())
    if found is None:
        raise stale()
    return int(found[1])


def told(request: Request) -> tuple[str, str, str | None]:
    """?channel= and ?reason=: where the change comes from, how its values are written, and why it is made."""
    query = request.query_params
    unknown = [name for name in query if name not in ("channel", "reason")]
    if unknown:
        raise Problem(
            422, "UNKNOWN_PARAMETER", field=unknown[0][:80],
            params={"name": unknown[0][:80], "allowed": ["channel", "reason"]},
        )  # fmt: skip
    channel, reason = query.get("channel", "api"), query.get("reason")
    if channel not in CHANNELS:
        raise Problem(422, "UNKNOWN_CHANNEL", field="channel", params={"allowed": list(CHANNELS)})
    if reason is not None and (len(reason) > 1_000 or "\x00" in reason):
        raise Problem(422, "REASON_LENGTH", field="reason", params={"max": 1_000})
    return channel, "text" if channel == "form" else "api", reason or None


def respond(answer: Answer) -> Response:
    """An answer as a response."""
    headers = {"ETag": answer.etag} if answer.etag else {}
    return Response(answer.body, answer.status, headers, media_type="application/json")


def save(request: Request, body: Any, change: Change, status: int) -> Response:
    """Carry out one change, once per Idempotency-Key, and answer with the record."""
    key = checked_key(request.headers.get("idempotency-key"))
    mark = fingerprint(request.method, request.url.path, body) if key else ""
    path = write_path(request)
    with unit(request, write=True) as (uow, access):

        def act() -> Answer:
            saved = path.save(uow, access.actor, change)
            if change.kind == "delete":
                return Answer(200, to_json({"id": saved.record_id, "version": saved.version}), f'"{saved.version}"')
            record = record_of(uow, access, saved)
            return Answer(status, to_json(record), f'"{saved.version}"')

        answer = once(uow, access.actor.user_id, key, mark, act)
    return respond(answer)


@router.post("/records/{object_key}", summary="Create a record", status_code=201, openapi_extra=VALUES_BODY)
def create_record(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """201 with the record and its ETag. 422 names every wrong field; 409 STAGE_REFUSED names every missing one."""
    channel, mode, reason = told(request)
    values = object_of(body)
    change = Change("create", object_key, None, values, None, channel, reason, mode)  # type: ignore[arg-type]
    return save(request, body, change, 201)


@router.patch("/records/{object_key}/{record_id}", summary="Change a record", openapi_extra=VALUES_BODY)
def change_record(request: Request, object_key: str, record_id: str, body: Any = Depends(json_body)) -> Response:
    """200 with the record. Needs If-Match: 428 without, 412 when somebody saved in between."""
    channel, mode, reason = told(request)
    values = object_of(body)
    version = if_match(request)
    change = Change("update", object_key, record_id, values, version, channel, reason, mode)  # type: ignore[arg-type]
    return save(request, body, change, 200)


@router.delete("/records/{object_key}/{record_id}", summary="Put a record into the bin")
def delete_record(request: Request, object_key: str, record_id: str) -> Response:
    """200 {"id", "version"}. Needs If-Match. 409 IN_USE while a field that may not be empty points at it."""
    channel, _, reason = told(request)
    change = Change("delete", object_key, record_id, {}, if_match(request), channel, reason)
    return save(request, None, change, 200)


@router.post("/records/{object_key}/{record_id}/restore", summary="Take a record out of the bin")
def restore_record(request: Request, object_key: str, record_id: str) -> Response:
    """200 with the record."""
    version = if_match(request) if "if-match" in request.headers else None
    return save(request, None, Change("restore", object_key, record_id, {}, version), 200)


@router.post("/records/{object_key}/bulk", summary="Change many records", openapi_extra=body_schema(BulkRequest))
def change_many(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """With preview: counts and reasons, nothing changed. Else 200 done, or 202 with the job's id above 500 records."""
    wanted = object_of(body)
    unknown = sorted(set(wanted) - set(BulkRequest.model_fields))
    if unknown:
        raise invalid([FieldError(name[:80], "UNKNOWN_FIELD", {"field": name[:80]}) for name in unknown])
    action, values = wanted.get("action", "update"), wanted.get("values") or {}
    if action not in ACTIONS:
        raise invalid([FieldError("action", "UNKNOWN_ACTION", {"allowed": list(ACTIONS)})])
    if not isinstance(values, Mapping) or (action in ("update", "add", "remove")) != bool(values):
        raise invalid([FieldError("values", "BULK_VALUES", {})])
    reason = wanted.get("reason")
    if reason is not None and (not isinstance(reason, str) or len(reason) > 1_000):
        raise invalid([FieldError("reason", "REASON_LENGTH", {"max": 1_000})])
    given = {"action": action, "values": dict(values), "reason": reason, "also": wanted.get("also")}
    path, key = write_path(request), checked_key(request.headers.get("idempotency-key"))
    mark = fingerprint(request.method, request.url.path, body) if key else ""
    with unit(request, write=True) as (uow, access):
        check_wish(uow, access, schema_of(uow).object(object_key), given)
        ids = bulk.chosen_ids(uow, access, object_key, wanted.get("ids"), wanted.get("filter"))
        bulk.check_allowed(access, object_key, len(ids))
        if wanted.get("preview") is True:
            return JsonResponse(bulk.preview(path, uow, access.actor, object_key, ids, given))

        def act() -> Answer:
            done = bulk.start(path, uow, access.actor, object_key, ids, given)
            return Answer(200 if done["state"] == "done" else 202, to_json(done))

        answer = once(uow, access.actor.user_id, key, mark, act)
    return respond(answer)


@router.get("/bulk/{bulk_id}", summary="Progress of a bulk change")
def bulk_progress(request: Request, bulk_id: str) -> Response:
    """{"id", "state", "total", "done", "changed", "refused", "refusals"}."""
    with unit(request) as (uow, access):
        return JsonResponse(bulk.progress(uow, bulk_id, access.actor.user_id))


@router.post("/bulk/{bulk_id}/undo", summary="Take a bulk change back")
def bulk_undo(request: Request, bulk_id: str) -> Response:
    """The progress of the change that takes it back; records changed since are refused and named."""
    path = write_path(request)
    with unit(request, write=True) as (uow, access):
        done = bulk.undo(path, uow, access.actor, bulk_id)
    return JsonResponse(done, 200 if done["state"] == "done" else 202)


@router.post("/records/{object_key}/duplicates", summary="Look for duplicates", openapi_extra=VALUES_BODY)
def look_for_duplicates(request: Request, object_key: str, body: Any = Depends(json_body)) -> Response:
    """{"values", "exclude"?} → {"candidates": [{id, label, fields}], "others": n out of the asker's sight}."""
    wanted = object_of(body)
    values, exclude = wanted.get("values"), wanted.get("exclude")
    if not isinstance(values, Mapping) or not isinstance(exclude, str | None) or set(wanted) - {"values", "exclude"}:
        raise invalid([FieldError("values", "OBJECT_EXPECTED", {})])
    with unit(request) as (uow, access):
        return JsonResponse(duplicates.find_duplicates(uow, access, object_key, values, exclude))


@router.post("/files", summary="Upload a file", status_code=201)
def upload(request: Request, file: UploadFile = File()) -> Response:
    """201 {"id", "name", "size", "mime"}; name the id in a field of a record to keep it. 413 above the limit."""
    services = services_of(request)
    with unit(request) as (_, access):
        may = access.actor.scopes is None or "write" in access.actor.scopes
        if not may or access.actor.kind == "anonymous":
            raise Problem(403, "FORBIDDEN", params={"right": "write"})
    # the bytes are stored before the transaction: a slow disk must not hold the only write lock
    limit = int(services.extras.get("max_file_bytes", files.MAX_BYTES))
    stored = files.keep(services.extras["files"], file.file, limit)
    with unit(request, write=True) as (uow, access):
        answer = files.register(uow, access.actor, stored, file.filename)
    return JsonResponse(answer, 201)


@router.get("/files", summary="Names of files")
def describe_files(request: Request) -> Response:
    """?ids=a,b (at most 50) → {"files": [{"id", "name", "size", "mime"}]}: those that the asker may have."""
    given = parameters(request, ("ids",))
    ids = list(dict.fromkeys(part for part in given.get("ids", "").split(",") if part))
    if len(ids) > MOST_FILES:
        raise invalid([FieldError("ids", "TOO_MANY", {"count": len(ids), "max": MOST_FILES})])
    with unit(request) as (uow, access):
        return JsonResponse({"files": files.described(uow, access, ids)})


@router.get("/files/{file_id}", summary="Download a file")
def download(request: Request, file_id: str) -> Response:
    """The bytes; 404 unless the asker may read the record and the field that hold the file."""
    with unit(request) as (uow, access):
        row = files.readable(uow, access, file_id)
    try:
        stream = services_of(request).extras["files"].open(row["stored_key"])
    except FileNotFoundError:
        raise Problem(404, "NOT_FOUND") from None
    shown = row["mime"] in files.SHOWN
    headers = {
        "Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(row['name'])}",
        "Content-Length": str(row["size"]),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
    }
    mime = row["mime"] if shown else "application/octet-stream"
    return StreamingResponse(_chunks(stream), headers=headers, media_type=mime)


def _chunks(stream: Any) -> Any:
    with stream:
        while chunk := stream.read(1 << 16):
            yield chunk


def handlers(services: Services) -> list[Handler]:
    """The outbox topics of this package: bulk changes, and the announcement that a record changed."""
    path: WritePath = services.extras["write_path"]

    def run_bulk(context: JobContext, payload: dict[str, Any]) -> None:
        bulk.run_job(context.db, path, actor_of, payload["bulk_id"], context.extend)

    def announce(context: JobContext, payload: dict[str, Any]) -> None:
        """Nobody listens yet; webhooks and asynchronous rules will be called from here."""
        for listener in services.extras.get("record_listeners", ()):
            listener(context, payload)

    return [Handler(bulk.TOPIC, run_bulk, timeout_s=60), Handler("record.changed", announce, at_once=200)]
