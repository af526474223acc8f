"""What the process adds to the write path: the gate in front of a stage, and the visit behind it (P1, P4)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.foundation.database import state_of
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.model import Money, ObjectDef
from dealwright.process import decide
from dealwright.process.queries import pipelines_of
from dealwright.process.shapes import Move, Pipeline, Refused, Stage
from dealwright.process.tables import dw_stage_visit
from dealwright.records.shapes import Work


def gate(work: Work) -> None:
    """Let a record into a stage, on whatever channel it comes, or name everything that is missing (P1, P2).

    Sets what entering means (probability, moment of closing) and notes the move for `after`. Raises Problem 409
    STAGE_REFUSED, 422 for a stage that the pipeline does not have.
    """
    if work.change.kind not in ("create", "update") or work.parent is not None:
        return
    known = pipelines_of(work.uow, work.obj.key)
    stage_key = field_of(work.obj, "stage")
    if not known or stage_key is None:
        return
    pipeline = _pipeline(work, known)
    stage = _stage(work, pipeline, stage_key)
    order = _form_order(work.obj)
    if work.is_create or stage_key in work.changed or _changed(work, "pipeline"):
        move = Move(pipeline, None if work.is_create else work.before[stage_key], stage)
        closed_at = work.after["closed_at"]
        given = work.given & work.changed
        if work.is_create and stage.is_closed and "closed_at" not in given and (day := _closed_on(work)) is not None:
            # a deal that was closed before it came here keeps its day
            work.set("closed_at", day)
            given = given | {"closed_at"}
        for key, value in decide.effects(move, work.obj.fields, given, work.uow.now, closed_at).items():
            work.set(key, _fitting(work.obj, key, value))
        refused = decide.check(move, work.after, lambda key, value: _is_empty(work.obj, key, value), order)
        work.stage_moves.append(move)
    else:
        cleared = {key for key in work.changed if _is_empty(work.obj, key, work.after[key])}
        refused = decide.check_cleared(pipeline, stage, cleared, order)
    if refused is not None:
        raise refusal(work.obj, refused)


def _closed_on(work: Work) -> Any:
    """When a deal that comes in closed was closed: its close date, when that is past; None when nobody said."""
    field = work.obj.fields.get("closed_at")
    day = work.after["close_date"]
    if field is None or not isinstance(day, date):
        return None
    zone = ZoneInfo(state_of(work.uow).workspace.time_zone)
    if day >= work.uow.now.astimezone(zone).date():
        return None
    return day if field.type == "date" else datetime.combine(day, time(), zone).astimezone(UTC)


def after(work: Work) -> None:
    """Write the visit that begins and close the one that ends, in the record's own transaction (P4)."""
    for move in work.stage_moves:
        if not isinstance(move, Move):
            continue
        uow = work.uow
        if not work.is_create:
            work.writes.change("leave", _leave, {"record": work.record_id, "left_at": uow.now})
        amount = work.after["amount"]
        close_date = work.after["close_date"]
        work.writes.insert(
            dw_stage_visit,
            {
                "id": new_id(), "object_key": work.obj.key, "record_id": work.record_id, "pipeline": move.pipeline.key,
                "from_stage": move.from_stage, "stage": move.to.key, "entered_at": uow.now, "left_at": None,
                "actor_id": work.actor.user_id, "channel": work.change.channel, "reason": work.change.reason,
                "process_version": move.pipeline.version,
                "amount": amount.amount.quantize(Decimal("0.01")) if isinstance(amount, Money) else None,
                "amount_currency": amount.currency if isinstance(amount, Money) else None,
                "close_date": close_date.isoformat() if close_date is not None else None,
                "probability": work.after["probability"],
            },
        )  # fmt: skip


@lru_cache(maxsize=256)
def _form_order(obj: ObjectDef) -> list[str]:
    return decide.form_order(obj.fields.values(), obj.config.get("form") or ())


@lru_cache(maxsize=512)
def field_of(obj: ObjectDef, type_: str) -> str | None:
    """The key of the object's field of type stage or pipeline."""
    return next((field.key for field in obj.fields.values() if field.type == type_), None)


def refusal(obj: ObjectDef, refused: Refused) -> Problem:
    """409 with every missing field: `params.missing` their keys, `errors` one each, in form order."""
    labels = [dict(obj.fields[key].labels) for key in refused.missing]
    stage = dict(refused.stage.labels)
    errors = [
        FieldError(key, "STAGE_REQUIRES", {"field": label, "stage": stage})
        for key, label in zip(refused.missing, labels, strict=True)
    ]
    params = {
        "stage": stage, "stage_key": refused.stage.key, "missing": list(refused.missing), "count": len(labels),
        "fields": labels, "hint": dict(refused.stage.hint or {}),
    }  # fmt: skip
    return Problem(409, "STAGE_REFUSED", field=refused.missing[0], params=params, errors=errors)


def _pipeline(work: Work, known: tuple[Pipeline, ...]) -> Pipeline:
    """The pipeline a record goes through; the default one where nothing is said."""
    key = field_of(work.obj, "pipeline")
    if key is None:
        return known[0]
    chosen = next((p for p in known if p.key == work.after[key]), None)
    if chosen is None:
        work.set(key, known[0].key)
        return known[0]
    return chosen


def _stage(work: Work, pipeline: Pipeline, stage_key: str) -> Stage:
    """The stage of the final values: the first one on creation, and where a new pipeline lacks the old stage."""
    wanted = work.after[stage_key]
    stage = pipeline.by_key.get(wanted)
    may_default = work.is_create or (_changed(work, "pipeline") and stage_key not in work.changed)
    if wanted is None and not work.is_create:
        raise invalid([FieldError(stage_key, "REQUIRED", {"field": dict(work.obj.fields[stage_key].labels)})])
    if stage is not None:
        return stage
    if may_default and stage_key not in work.given:
        work.set(stage_key, pipeline.first.key)
        return pipeline.first
    allowed = [one.key for one in pipeline.active]
    raise invalid([FieldError(stage_key, "OPTION_UNKNOWN", {"value": str(wanted), "allowed": allowed})])


def _changed(work: Work, type_: str) -> bool:
    return field_of(work.obj, type_) in work.changed


def _is_empty(obj: ObjectDef, key: str, value: Any) -> bool:
    field = obj.fields.get(key)
    return field is None or value is None or bool(field.ftype.is_empty(value))


def _fitting(obj: ObjectDef, key: str, value: Any) -> Any:
    """The moment of closing as a day where the field is a date."""
    if key == "closed_at" and value is not None and obj.fields[key].type == "date":
        return value.date()
    if key == "probability" and value is not None:
        scale = int(obj.fields[key].config.get("scale", 0) or 0)
        return round(value, scale)
    return value


def _leave(prefix: str) -> Any:
    here = dw_stage_visit.c.record_id == sa.bindparam(f"{prefix}record")
    left_at = sa.bindparam(f"{prefix}left_at", type_=dw_stage_visit.c.left_at.type)
    return sa.update(dw_stage_visit).where(here, dw_stage_visit.c.left_at.is_(None)).values(left_at=left_at)
