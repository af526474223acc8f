"""Pipelines and the path of a record over HTTP. The move itself is PATCH of the record's stage."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.http import json_body
from dealwright.foundation.jsonout import JsonResponse
from dealwright.foundation.services import services_of
from dealwright.model import schema_of
from dealwright.people.shapes import system_actor
from dealwright.people.tables import dw_user
from dealwright.process import service
from dealwright.process.path import path_of
from dealwright.process.queries import pipelines, pipelines_of, visits_of
from dealwright.process.shapes import Pipeline
from dealwright.process.steps import field_of
from dealwright.records.rights import visible_values
from dealwright.records.shapes import Change
from dealwright.records.write_endpoints import if_match

router = APIRouter(tags=["process"])


@router.get("/pipelines", summary="Pipelines and their stages")
def list_pipelines(request: Request) -> Response:
    """{"pipelines": [{key, object, labels, default, version, stages: [...]}]} of the objects that the asker may read."""
    with unit(request) as (uow, access):
        known = pipelines(uow)
        found = [
            pipeline_wire(pipeline, access.object(object_key).readable_fields)
            for object_key, items in known.items()
            if object_key in schema_of(uow).objects and access.object(object_key).grant.read != "none"
            for pipeline in items
        ]
        if access.may("design"):
            found = [pipeline_wire(pipeline) for items in known.values() for pipeline in items]
    return JsonResponse({"pipelines": found})


@router.put("/pipelines", summary="Create or change a pipeline")
def put_pipeline(request: Request, body: Any = Depends(json_body)) -> Response:
    """One pipeline in full. Needs the right `design`. 409 STAGE_IN_USE with counts unless `move` says where to.

    With If-Match, the version that was seen: 412 PIPELINE_CHANGED when somebody saved another one since.
    """
    if not isinstance(body, dict):
        raise Problem(422, "OBJECT_EXPECTED")
    seen = if_match(request) if "if-match" in request.headers else None
    path = services_of(request).extras["write_path"]
    with unit(request, write=True, scope="design") as (uow, access):
        access.require("design")

        def move(record_id: str, stage: str, object_key: str) -> None:
            stage_key = field_of(schema_of(uow).object(object_key), "stage") or "stage"
            change = Change("update", object_key, record_id, {stage_key: stage}, channel="system")
            path.save(uow, system_actor(), change)

        pipeline = service.define_pipeline(uow, body, access.actor.user_id, move=move, seen=seen)
    return JsonResponse(pipeline_wire(pipeline), headers={"ETag": f'"{pipeline.version}"'})


@router.get("/pipelines/counts", summary="How many records stand in each stage")
def stage_counts(request: Request, object: str = "") -> Response:
    """{"pipelines": {key: {stage: n}}}: all live records, whoever asks; what a designer has to know. Needs `design`."""
    with unit(request) as (uow, access):
        access.require("design")
        obj = schema_of(uow).object(object)
        known = pipelines_of(uow, object)
        found = {
            pipeline.key: service.count_in_stages(
                uow, obj, pipeline.key, [stage.key for stage in pipeline.stages], len(known) > 1
            )
            for pipeline in known
        }
    return JsonResponse({"pipelines": found})


@router.get("/records/{object_key}/{record_id}/path", summary="The path of a record through its pipeline")
def record_path(request: Request, object_key: str, record_id: str) -> Response:
    """Stages with the record's visits, days in each, and what each would still ask for; see `path_of`."""
    with unit(request) as (uow, access):
        obj = schema_of(uow).object(object_key)
        known = pipelines_of(uow, object_key)
        stage_key = field_of(obj, "stage")
        if not known or stage_key is None:
            raise Problem(404, "NO_PIPELINE", params={"object": dict(obj.labels)})
        values = visible_values(uow, access, obj, record_id)
        rights = access.object(object_key)
        if rights.level(stage_key) not in ("read", "write"):
            raise Problem(404, "NO_PIPELINE", params={"object": dict(obj.labels)})
        pipeline_key = field_of(obj, "pipeline")
        chosen = next((p for p in known if pipeline_key and p.key == values[pipeline_key]), known[0])
        readable = {key for key in obj.fields if rights.level(key) != "hidden"}
        visits = with_names(uow, visits_of(uow, record_id))
        found = path_of(chosen, obj, values[stage_key], values, visits, readable, uow.now)
    return JsonResponse(found)


def with_names(uow: UnitOfWork, visits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Visits with {"id", "label"} of who moved the record."""
    ids = sorted({visit["actor_id"] for visit in visits if visit["actor_id"]})
    names: dict[str, str] = {}
    if ids:
        rows = uow.conn.execute(sa.select(dw_user.c.id, dw_user.c.name).where(dw_user.c.id.in_(ids)))
        names = {row[0]: row[1] for row in rows}
    for visit in visits:
        actor_id = visit["actor_id"]
        visit["actor"] = {"id": actor_id, "label": names.get(actor_id, "")} if actor_id else None
    return visits


def pipeline_wire(pipeline: Pipeline, readable: Collection[str] | None = None) -> dict[str, Any]:
    """A pipeline as JSON, in the form that PUT takes; required fields outside `readable` are not named."""
    return {
        "key": pipeline.key, "object": pipeline.object_key, "labels": dict(pipeline.labels),
        "default": pipeline.is_default, "version": pipeline.version,
        "stages": [
            {
                "key": stage.key, "labels": dict(stage.labels), "kind": stage.kind,
                "probability": None if stage.probability is None else int(stage.probability),
                "required": [key for key in stage.required if readable is None or key in readable], "hint": dict(stage.hint) if stage.hint else None,
                "stale_factor": None if stage.stale_factor is None else float(stage.stale_factor),
            }
            for stage in pipeline.active
        ],
    }  # fmt: skip
