"""Reading pipelines and visits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.process.shapes import Pipeline, Stage
from dealwright.process.tables import dw_pipeline, dw_stage, dw_stage_visit

Pipelines = dict[str, tuple[Pipeline, ...]]
# Every change of a pipeline raises the schema version (it changes the options of a field), so that is the key.
_kept: dict[tuple[str, int], Pipelines] = {}


def pipelines(uow: UnitOfWork) -> Pipelines:
    """{object key: its pipelines, the default one first}; kept per database and schema version."""
    found: Pipelines | None = uow.memo.get("pipelines")
    if found is not None:
        return found
    key = (uow.db.key, state_of(uow).schema_version)
    in_the_making = bool(uow.memo.get("schema_fresh"))
    found = None if in_the_making else _kept.get(key)
    if found is None:
        found = _load(uow)
        if not in_the_making:
            if len(_kept) > 64:
                _kept.clear()
            _kept[key] = found
    uow.memo["pipelines"] = found
    return found


def pipelines_of(uow: UnitOfWork, object_key: str) -> tuple[Pipeline, ...]:
    """The pipelines of one object, the default one first; empty when it has none."""
    return pipelines(uow).get(object_key, ())


def _load(uow: UnitOfWork) -> Pipelines:
    stages: dict[str, list[Stage]] = {}
    for row in uow.conn.execute(sa.select(dw_stage).order_by(dw_stage.c.position, dw_stage.c.key)).mappings():
        stages.setdefault(row["pipeline_id"], []).append(
            Stage(
                row["key"], row["labels"], row["kind"], row["position"], row["probability"],
                tuple(row["required"] or ()), row["hint"], row["retired"], _factor(row["settings"]),
            )
        )  # fmt: skip
    found: dict[str, list[Pipeline]] = {}
    order = (dw_pipeline.c.is_default.desc(), dw_pipeline.c.position, dw_pipeline.c.key)
    for row in uow.conn.execute(sa.select(dw_pipeline).order_by(*order)).mappings():
        found.setdefault(row["object_key"], []).append(
            Pipeline(
                row["id"], row["key"], row["object_key"], row["labels"], row["is_default"], row["position"],
                row["version"], tuple(stages.get(row["id"], ())),
            )
        )  # fmt: skip
    return {key: tuple(items) for key, items in found.items()}


def _factor(settings: Any) -> Decimal | None:
    found = (settings or {}).get("stale_factor")
    return None if found is None else Decimal(str(found))


def visits_of(uow: UnitOfWork, record_id: str) -> list[dict[str, Any]]:
    """The visits of a record from the first to the present one."""
    rows = uow.conn.execute(
        sa.select(dw_stage_visit).where(dw_stage_visit.c.record_id == record_id).order_by(dw_stage_visit.c.id)
    )
    return [dict(row) for row in rows.mappings()]
