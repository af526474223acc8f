"""Starting from a spreadsheet over HTTP: look at it and propose, then make the object and import the rows."""

from __future__ import annotations

import io
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.services import services_of
from dealwright.records.imports import service as imports
from dealwright.records.imports.endpoints import MAX_FILE, upload
from dealwright.records.imports.reading import read_sheet
from dealwright.starters import spreadsheet

router = APIRouter(prefix="/imports", tags=["imports"])


@router.post("/propose-object", summary="What a spreadsheet would become: object, fields, stages")
def propose_object(request: Request, parts: dict[str, Any] = Depends(upload)) -> Response:
    """multipart: file, options {"read": {"sheet", "header", "encoding", "delimiter"}} → {object, columns, pipeline, ...}.

    Nothing is written. Needs the right design.
    """
    with unit(request) as (_, access):
        access.require("design")  # before a stranger's file is read
    sheet = read_sheet(parts["data"], parts["name"], imports.reading_of(parts["options"]))
    with unit(request) as (uow, access):
        found = spreadsheet.propose(uow, access, services_of(request).extras["write_path"], sheet, parts["name"])
    return JsonResponse(found)


@router.post("/from-spreadsheet", summary="Make an object out of a spreadsheet and import its rows", status_code=201)
def start_from_spreadsheet(request: Request, parts: dict[str, Any] = Depends(upload)) -> Response:
    """multipart: file, options {"object", "columns", "pipeline", "read"} as proposed and changed → the import, started.

    One transaction: either the object is there with fields, pipeline and a queued import, or nothing is.
    """
    with unit(request) as (_, access):
        access.require("design")
    options = parts["options"]
    sheet = read_sheet(parts["data"], parts["name"], imports.reading_of(options))
    stored = services_of(request).extras["files"].save(io.BytesIO(parts["data"]), MAX_FILE)
    with unit(request, write=True) as (uow, access):
        row = spreadsheet.start(uow, access, sheet, stored.key, parts["name"], options)
        body = imports.wire(row, uow.now)
    return JsonResponse(body, 201)
