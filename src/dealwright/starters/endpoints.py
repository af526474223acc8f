"""The workspace's configuration over HTTP: export, difference, import."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.errors import FieldError, invalid
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.starters import format, service

router = APIRouter(prefix="/configuration", tags=["configuration"])


@router.get("", summary="The configuration as a YAML file")
def export_configuration(request: Request) -> Response:
    """text/yaml in the form of a starter. Needs the right manage_config."""
    with unit(request) as (uow, access):
        access.require("manage_config")
        text = format.write(service.export(uow))
    return Response(text, media_type="application/yaml; charset=utf-8")


def _text(body: Any) -> str:
    if not isinstance(body, dict) or not isinstance(body.get("text"), str):
        raise invalid([FieldError("text", "REQUIRED")])
    return str(body["text"])


@router.post("/diff", summary="How a configuration file differs from the workspace")
def diff_configuration(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"text": yaml} → {"differences": [line]}."""
    text = _text(body)
    with unit(request) as (uow, access):
        access.require("manage_config")
        config = format.read(text)  # not before: a stranger's file is not worth reading
        lines = service.diff(uow, config)
    return JsonResponse({"differences": lines})


@router.post("/import", summary="Lay a configuration file over the workspace")
def import_configuration(request: Request, body: Any = Depends(json_body)) -> Response:
    """{"text": yaml} or {"starter": name} → {"done": [line]}; nothing is taken away."""
    named = isinstance(body, dict) and isinstance(body.get("starter"), str)
    with unit(request) as (_, access):
        access.require("manage_config")
    # between the two units: a long file must not hold the only write lock while it is read
    config = service.starter(body["starter"]) if named else format.read(_text(body))
    with unit(request, write=True) as (uow, access):
        access.require("manage_config")
        done = service.apply(uow, config, access.actor.user_id)
    return JsonResponse({"done": done})
