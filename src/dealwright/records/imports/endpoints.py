"""Imports over HTTP: upload and propose, try, start, watch, cancel, undo, fetch the refused rows."""

from __future__ import annotations

import io
import json
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, Problem, forbidden, invalid
from dealwright.foundation.files import FileStore
from dealwright.foundation.http import json_body, optional_body
from dealwright.foundation.jsonin import read_json
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.services import services_of
from dealwright.model import schema_of
from dealwright.model import service as model
from dealwright.records.imports import drafts, service
from dealwright.records.imports import mapping as mappings
from dealwright.records.imports.options import Options
from dealwright.records.imports.reading import read_sheet
from dealwright.records.imports.run import dry_run
from dealwright.records.imports.tables import dw_import
from dealwright.records.imports.undo import start_undo, undo_preview

router = APIRouter(prefix="/imports", tags=["imports"])
MAX_FILE = 50_000_000


async def upload(request: Request) -> dict[str, Any]:
    """The parts of a multipart upload: file, object, options (JSON)."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem(415, "WRONG_TYPE", params={"expected": "multipart/form-data"})
    form = await request.form(max_files=1, max_fields=10)
    file = form.get("file")
    if not isinstance(file, UploadFile):
        raise invalid([FieldError("file", "REQUIRED")])
    raw = form.get("options")
    options = read_json(raw.encode()) if isinstance(raw, str) and raw else {}
    if not isinstance(options, dict):
        raise invalid([FieldError("options", "MAPPING_FORMAT")])
    data = await file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Problem(413, "TOO_BIG", params={"max": MAX_FILE})
    return {
        "data": data,
        "name": file.filename or "",
        "object": str(form.get("object") or options.get("object") or ""),
        "options": options,
    }


@router.post("", summary="Upload a file and propose or set its mapping", status_code=201)
def create_import(request: Request, parts: dict[str, Any] = Depends(upload)) -> Response:
    """multipart: file, object, options {"mapping", "key", "mode", "make", "new_fields": true, "start": true}.

    Answers the import with header, sample rows, the mapping (proposed unless given) and proposed new fields.
    """
    sheet = read_sheet(parts["data"], parts["name"], service.reading_of(parts["options"]))
    store: FileStore = services_of(request).extras["files"]
    options, object_key = parts["options"], parts["object"]
    stored = store.save(io.BytesIO(parts["data"]), MAX_FILE)
    with unit(request, write=True) as (uow, access):
        obj = schema_of(uow).object(object_key)
        if not access.object(object_key).import_limit:
            raise forbidden("import", object=dict(obj.labels))
        options, note = drafts.remembered(uow, access, object_key, sheet, options)
        mapping = service.checked_mapping(options)
        if mapping is None:
            mapping = mappings.propose(sheet, service.fillable(access, obj))
        if options.get("new_fields"):
            access.require("design")
            for spec in service.propose_new_fields(sheet, mapping, [*obj.fields, *obj.retired]):
                made = model.add_field(
                    uow, object_key, {k: v for k, v in spec.items() if k != "column"}, access.actor.user_id
                )
                mapping = {**mapping, spec["column"]: made.key}
        row = service.create(uow, access, object_key, stored.key, parts["name"], sheet, {**options, "mapping": mapping})
        if options.get("start"):
            service.start(uow, access, row["id"])
            row = service.get(uow, access, row["id"])
        body = drafts.draft(uow, access, row, sheet, remembered=note)
    return JsonResponse(body, 201)


@router.get("", summary="One's imports, newest first")
def list_imports(request: Request) -> Response:
    """{"imports": [...]} (at most 50)."""
    with unit(request) as (uow, access):
        query = sa.select(dw_import).order_by(dw_import.c.id.desc()).limit(50)
        if not access.may("manage_config"):
            query = query.where(dw_import.c.actor_id == access.actor.user_id)
        found = [service.wire(dict(row), uow.now) for row in uow.conn.execute(query).mappings()]
    return JsonResponse({"imports": found})


@router.get("/{import_id}", summary="State and progress of an import")
def read_import(request: Request, import_id: str) -> Response:
    """{state, total, done, created, updated, unchanged, refused, rate (rows/s), seconds_left}."""
    with unit(request) as (uow, access):
        body = service.wire(service.get(uow, access, import_id), uow.now)
    return JsonResponse(body)


@router.get("/{import_id}/draft", summary="An import that has not begun, with its rows and its mapping")
def read_draft(request: Request, import_id: str) -> Response:
    """As the upload answered it, with the options as they are now."""
    with unit(request) as (uow, access):
        row = service.get(uow, access, import_id)
    sheet = service.sheet_of(services_of(request).extras["files"], row)
    with unit(request) as (uow, access):
        body = drafts.draft(uow, access, service.get(uow, access, import_id), sheet)
    return JsonResponse(body)


@router.put("/{import_id}/options", summary="Other options for an import that has not begun")
def change_options(request: Request, import_id: str, body: Any = Depends(json_body)) -> Response:
    """{"mapping", "key", "mode", "make", "values", "empty_words", "defaults", "factor", "read"} → the draft; 409 once it runs.

    Without a mapping it is proposed anew, as another header row or sheet needs it.
    """
    if not isinstance(body, dict):
        raise invalid([FieldError("body", "BODY_OBJECT")])
    how = service.reading_of(body)
    with unit(request) as (uow, access):
        row = service.get(uow, access, import_id)
    sheet = service.sheet_of(services_of(request).extras["files"], row, how)
    with unit(request, write=True) as (uow, access):
        row = drafts.change(uow, access, import_id, sheet, body)
        found = drafts.draft(uow, access, row, sheet)
    return JsonResponse(found)


@router.get("/{import_id}/undo", summary="What taking an import back would do")
def preview_undo(request: Request, import_id: str) -> Response:
    """{"removed", "reverted", "kept", "object"}: kept are the records changed since, object is what the import made."""
    with unit(request) as (uow, access):
        found = undo_preview(uow, access, import_id)
    return JsonResponse(found)


@router.post("/{import_id}/try", summary="What would happen, without writing anything")
def try_import(request: Request, import_id: str) -> Response:
    """{"rows", "tried", "created", "updated", "unchanged", "refused", "errors": [{line, message}]}."""
    services = services_of(request)
    with unit(request) as (uow, access):
        row = service.get(uow, access, import_id)
        actor = access.actor
    sheet = service.sheet_of(services.extras["files"], row)
    options = Options(**row["options"])
    return JsonResponse(dry_run(services.db, services.extras["write_path"], actor, row["object_key"], sheet, options))


@router.post("/{import_id}/start", summary="Start an import")
def start_import(request: Request, import_id: str) -> Response:
    """202; the worker runs it."""
    with unit(request, write=True) as (uow, access):
        service.start(uow, access, import_id)
        body = service.wire(service.get(uow, access, import_id), uow.now)
    return JsonResponse(body, 202)


@router.post("/{import_id}/cancel", summary="Stop an import")
def cancel_import(request: Request, import_id: str) -> Response:
    """The import; rows already imported stay until it is undone."""
    with unit(request, write=True) as (uow, access):
        service.cancel(uow, access, import_id)
        body = service.wire(service.get(uow, access, import_id), uow.now)
    return JsonResponse(body)


@router.post("/{import_id}/undo", summary="Take an import back")
def undo_import(request: Request, import_id: str, body: Any = Depends(optional_body)) -> Response:
    """{"object": true} takes back the object too that the import made. 202; the worker does it. `undo` of the import then tells {"removed", "reverted", "kept", "left": [record]}."""
    with unit(request, write=True) as (uow, access):
        start_undo(uow, access, import_id, with_object=isinstance(body, dict) and body.get("object") is True)
        body = service.wire(service.get(uow, access, import_id), uow.now)
    return JsonResponse(body, 202)


@router.get("/{import_id}/refused", summary="The refused rows as CSV with the reason")
def refused_rows(request: Request, import_id: str) -> Response:
    """text/csv."""
    with unit(request) as (uow, access):
        row = service.get(uow, access, import_id)
        sheet = service.sheet_of(services_of(request).extras["files"], row)
        data = service.refused_csv(uow, access, import_id, sheet)
    return Response(
        data,
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="refused.csv"'},
    )


__all__ = ["json", "router"]
