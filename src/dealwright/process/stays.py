"""How long records usually stay in a stage: out of the visits that have ended, of records in the reader's sight."""

from __future__ import annotations

from datetime import datetime
from statistics import median
from typing import Any

import sqlalchemy as sa
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dealwright.access import Access
from dealwright.access.http import unit
from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.jsonout import JsonResponse
from dealwright.model import schema_of
from dealwright.process.queries import pipelines_of
from dealwright.process.shapes import Pipeline
from dealwright.process.steps import field_of
from dealwright.process.tables import dw_stage_visit
from dealwright.records.query import Builder

router = APIRouter(tags=["process"])
MOST = 300  # newest visits of a stage: a median of more says nothing else, and a year-old one says less
FEWEST = 5
DAY_S = 86_400


@router.get("/records/{object_key}/stays", summary="How long records usually stay in each stage")
def stays(request: Request, object_key: str, pipeline: str | None = None) -> Response:
    """{"stages": [{"stage", "median_days", "visits"}]}: the median of the last 300 finished visits, null under five.

    Only of records that the reader sees. One statement. Problem 404 NO_PIPELINE.
    """
    with unit(request) as (uow, access):
        obj = schema_of(uow).object(object_key)
        known = pipelines_of(uow, object_key)
        stage_key = field_of(obj, "stage")
        chosen = next((one for one in known if one.key == pipeline), known[0] if known and pipeline is None else None)
        if chosen is None or stage_key is None or access.object(object_key).level(stage_key) not in ("read", "write"):
            raise Problem(404, "NO_PIPELINE", params={"object": dict(obj.labels)})
        found = _finished(uow, access, object_key, chosen)
    rows = [
        {
            "stage": stage.key,
            "median_days": round(median(days), 1) if len(days := found.get(stage.key, [])) >= FEWEST else None,
            "visits": len(days),
        }
        for stage in chosen.active
    ]
    return JsonResponse({"stages": rows})


def _finished(uow: UnitOfWork, access: Access, object_key: str, pipeline: Pipeline) -> dict[str, list[float]]:
    """Days of the newest finished visits by stage. Each part walks the index of stage and moment from its end."""
    visit = dw_stage_visit.c
    parts = []
    for place, stage in enumerate(pipeline.active):
        if stage.is_closed:
            continue
        builder = Builder(uow, access, object_key, alias=f"t{place}")
        in_sight = sa.exists(
            sa.select(sa.literal(1)).select_from(builder.from_clause()).where(
                builder.root.c.id == visit.record_id, *builder.base_where()
            )
        )  # fmt: skip
        newest = (
            sa.select(visit.stage, visit.entered_at, visit.left_at)
            .where(
                visit.object_key == object_key, visit.stage == stage.key, visit.pipeline == pipeline.key,
                visit.left_at.is_not(None), in_sight,
            )
            .order_by(visit.entered_at.desc())
            .limit(MOST)
            .subquery(f"v{place}")
        )  # fmt: skip
        parts.append(sa.select(newest))
    found: dict[str, list[float]] = {}
    if not parts or not access.object(object_key).can_read:
        return found
    rows: Any = uow.conn.execute(sa.union_all(*parts), access.row_parameters())
    for stage_key, entered_at, left_at in rows:
        found.setdefault(stage_key, []).append(_days(entered_at, left_at))
    return found


def _days(entered_at: datetime, left_at: datetime) -> float:
    return max(0.0, (left_at - entered_at).total_seconds() / DAY_S)
