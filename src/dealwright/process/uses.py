"""The stages that demand a field: told to whoever takes the field away, and made to do without it."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.model import FieldDef, ObjectDef
from dealwright.process.queries import pipelines_of
from dealwright.process.tables import dw_pipeline, dw_stage
from dealwright.records.design import FieldUser, Use


def _find(uow: UnitOfWork, obj: ObjectDef, field: FieldDef) -> Iterator[Use]:
    for pipeline in pipelines_of(uow, obj.key):
        if field.type == "stage":
            yield Use("pipeline", obj.key, pipeline.key, pipeline.labels, removable=False)
        for stage in pipeline.active:
            if field.key in stage.required:
                yield Use("stage", obj.key, pipeline.key, stage.labels, part=stage.key)


def _forget(uow: UnitOfWork, obj: ObjectDef, field: FieldDef, actor_id: str | None) -> None:
    for pipeline in pipelines_of(uow, obj.key):
        touched = [stage for stage in pipeline.stages if field.key in stage.required]
        for stage in touched:
            here = (dw_stage.c.pipeline_id == pipeline.id) & (dw_stage.c.key == stage.key)
            kept = [key for key in stage.required if key != field.key]
            uow.conn.execute(sa.update(dw_stage).where(here).values(required=kept))
        if touched:
            mine = dw_pipeline.c.id == pipeline.id
            uow.conn.execute(sa.update(dw_pipeline).where(mine).values(version=dw_pipeline.c.version + 1))
    uow.memo.pop("pipelines", None)
    uow.memo["schema_fresh"] = True  # until the version rises, the kept pipelines are those of before


REQUIREMENTS = FieldUser(_find, _forget)
