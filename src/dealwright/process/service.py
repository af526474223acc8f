"""Defining pipelines: their rows, and the options of the object's stage field, in one transaction.

A stage is an option like any other, so it is validated, translated and shown like one; what makes it a stage (its
kind, what it demands) lives here. A stage that goes is retired, never deleted: past visits keep their name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.errors import FieldError, Problem, invalid
from dealwright.foundation.ids import new_id
from dealwright.model import ObjectDef, schema_of
from dealwright.model import service as model
from dealwright.model.keys import KEY
from dealwright.process.queries import pipelines_of
from dealwright.process.shapes import KINDS, Pipeline
from dealwright.process.steps import field_of
from dealwright.process.tables import dw_pipeline, dw_stage

MAX_STAGES = 50
MAX_PIPELINES = 30


def define_pipeline(
    uow: UnitOfWork,
    spec: Mapping[str, Any],
    actor_id: str | None = None,
    *,
    move: Callable[[str, str, str], None] | None = None,
    seen: int | None = None,
) -> Pipeline:
    """Create or change one pipeline.

    spec: {"key", "object", "labels", "default"?, "stages": [{"key", "labels" (or zh, en), "kind": open|won|lost,
    "probability", "required": [field keys], "hint"?, "stale_factor"?}], "move"?: {retired stage: stage}}. `move(record_id,
    stage, object_key)` carries a record over, through the write path. seen: the version that was changed, 412 when it is
    no longer the one in use (0: none was seen). Problem 422 names every fault; 409 IN_USE with counts
    when a stage that goes still holds records and no way out is given (P6).
    """
    object_key = str(spec.get("object") or "")
    obj = schema_of(uow).object(object_key)
    known = {pipeline.key: pipeline for pipeline in pipelines_of(uow, object_key)}
    wanted = check_spec(obj, spec, set(known))
    obj = _with_stage_field(uow, obj, len({*known, wanted["key"]}) > 1, actor_id)
    before = known.get(wanted["key"])
    if seen is not None and seen != (before.version if before else 0):
        raise Problem(412, "PIPELINE_CHANGED", params={"pipeline": wanted["labels"]})
    gone = [] if before is None else [s.key for s in before.active if s.key not in {w["key"] for w in wanted["stages"]}]
    _check_unused(uow, obj, wanted, gone, several=len(known) > 1, move=move)
    _write_rows(uow, wanted, before, first=not known)
    uow.memo.pop("pipelines", None)
    uow.memo["schema_fresh"] = True
    _write_options(uow, obj, actor_id)
    uow.memo.pop("pipelines", None)
    if gone and move is not None:
        _carry_over(uow, obj, wanted, gone, move, several=len(known) > 1)
    return next(p for p in pipelines_of(uow, object_key) if p.key == wanted["key"])


def check_spec(obj: ObjectDef, spec: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """The specification in its full form; Problem 422 with every fault."""
    errors: list[FieldError] = []
    key = spec.get("key")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        errors.append(FieldError("key", "KEY_FORMAT", {"key": str(key)[:40]}))
    elif key not in known and len(known) >= MAX_PIPELINES:
        errors.append(FieldError("key", "TOO_MANY", {"count": len(known) + 1, "max": MAX_PIPELINES}))
    labels = _labels(spec)
    if labels is None:
        errors.append(FieldError("labels", "LABEL_MISSING", {"key": str(key)[:40]}))
    raw = spec.get("stages")
    stages: list[dict[str, Any]] = []
    if not isinstance(raw, list) or not 1 <= len(raw) <= MAX_STAGES:
        raise invalid([*errors, FieldError("stages", "STAGES_FORMAT", {"max": MAX_STAGES})])
    for place, one in enumerate(raw):
        stage = _check_stage(obj, one, place, {s["key"] for s in stages}, errors)
        if stage is not None:
            stages.append(stage)
    errors = errors or faults_of(stages)
    if errors:
        raise invalid(errors)
    move = spec.get("move") or {}
    return {
        "key": key, "object": obj.key, "labels": labels, "default": bool(spec.get("default")), "stages": stages,
        "move": dict(move) if isinstance(move, Mapping) else {},
    }  # fmt: skip


def faults_of(stages: list[dict[str, Any]]) -> list[FieldError]:
    """What is wrong with stages taken together (bad input 57): no beginning, no end, one that nobody gets to.

    A record begins in the first open stage and goes on in their order, so an open stage behind an end is out of reach.
    """
    errors: list[FieldError] = []
    if not any(stage["kind"] == "open" for stage in stages):
        errors.append(FieldError("stages", "STAGES_NO_OPEN", {}))
    ends = [at for at, stage in enumerate(stages) if stage["kind"] != "open"]
    if not ends:
        last = stages[-1]["labels"]
        errors.append(FieldError("stages", "STAGES_NO_END", {"stage": last}))
    late = [stage["labels"] for stage in stages[ends[0] :] if stage["kind"] == "open"] if ends else []
    if late:
        errors.append(FieldError("stages", "STAGES_AFTER_END", {"stages": late, "end": stages[ends[0]]["labels"]}))
    names: dict[str, dict[str, Any]] = {}
    for stage in stages:
        for name in {*stage["labels"].values()}:
            if names.setdefault(name.casefold(), stage) is not stage:
                errors.append(FieldError("stages", "STAGES_SAME_NAME", {"name": name}))
    return errors


def _check_stage(
    obj: ObjectDef, raw: Any, place: int, taken: set[str], errors: list[FieldError]
) -> dict[str, Any] | None:
    where = f"stages.{place}"
    if not isinstance(raw, Mapping):
        errors.append(FieldError(where, "STAGES_FORMAT", {"max": MAX_STAGES}))
        return None
    key, labels, kind = raw.get("key"), _labels(raw), raw.get("kind", "open")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        errors.append(FieldError(f"{where}.key", "KEY_FORMAT", {"key": str(key)[:40]}))
    elif key in taken:
        errors.append(FieldError(f"{where}.key", "OPTION_TWICE", {"key": key}))
    if labels is None:
        errors.append(FieldError(f"{where}.labels", "LABEL_MISSING", {"key": str(key)[:40]}))
    if kind not in KINDS:
        errors.append(FieldError(f"{where}.kind", "CONFIG_CHOICE", {"name": "kind", "allowed": list(KINDS)}))
    probability: Decimal | None = None
    if raw.get("probability") is not None:
        try:
            probability = Decimal(str(raw["probability"]))
        except InvalidOperation:
            probability = None
        if probability is None or not probability.is_finite() or not 0 <= probability <= 100 or probability % 1:
            errors.append(
                FieldError(f"{where}.probability", "CONFIG_NUMBER", {"name": "probability", "min": 0, "max": 100})
            )
            probability = None
    factor = _factor(raw.get("stale_factor"))
    if factor is None and raw.get("stale_factor") is not None:
        errors.append(
            FieldError(f"{where}.stale_factor", "CONFIG_NUMBER", {"name": "stale_factor", "min": "0.1", "max": 20})
        )
    required = raw.get("required") or []
    if not isinstance(required, list):
        errors.append(FieldError(f"{where}.required", "LIST_EXPECTED", {}))
        required = []
    for name in required:
        if not isinstance(name, str) or name not in obj.fields or obj.fields[name].type in ("stage", "pipeline"):
            errors.append(FieldError(f"{where}.required", "UNKNOWN_FIELD", {"field": str(name)[:80]}))
    return {
        "key": key, "labels": labels, "kind": kind, "probability": probability, "position": place,
        "required": list(dict.fromkeys(str(name) for name in required)), "hint": raw.get("hint") if isinstance(raw.get("hint"), Mapping) else None,
        "settings": None if factor is None else {"stale_factor": float(factor)},
    }  # fmt: skip


def _factor(raw: Any) -> Decimal | None:
    """A factor of 0.1 to 20 with at most two places; None for anything else."""
    if isinstance(raw, bool) or not isinstance(raw, int | float | Decimal | str):
        return None
    try:
        found = Decimal(str(raw))
    except InvalidOperation:
        return None
    fits = found.is_finite() and Decimal("0.1") <= found <= 20 and found == round(found, 2)
    return found if fits else None


def _labels(raw: Mapping[str, Any]) -> dict[str, str] | None:
    labels = raw.get("labels") or {name: raw[name] for name in ("zh", "en") if name in raw}
    if isinstance(labels, str):
        labels = {"zh": labels, "en": labels}
    if not isinstance(labels, Mapping):
        return None
    zh, en = (str(labels.get(name) or "").strip() for name in ("zh", "en"))
    return {"zh": zh or en, "en": en or zh} if 0 < max(len(zh), len(en)) <= 100 else None


def _with_stage_field(uow: UnitOfWork, obj: ObjectDef, several: bool, actor_id: str | None) -> ObjectDef:
    """The object with a stage field, and a pipeline field once there is a choice."""
    if field_of(obj, "stage") is None:
        labels = {"zh": "阶段", "en": "Stage"}
        model.add_field(uow, obj.key, {"key": "stage", "type": "stage", "labels": labels, "options": []}, actor_id)
        obj = schema_of(uow).object(obj.key)
    if several and field_of(obj, "pipeline") is None:
        labels = {"zh": "销售管道", "en": "Pipeline"}
        model.add_field(
            uow, obj.key, {"key": "pipeline", "type": "pipeline", "labels": labels, "options": []}, actor_id
        )
        obj = schema_of(uow).object(obj.key)
    return obj


def count_in_stages(
    uow: UnitOfWork, obj: ObjectDef, pipeline_key: str, stages: list[str], several: bool
) -> dict[str, int]:
    """How many live records stand in each of these stages of a pipeline."""
    if not stages:
        return {}
    table = obj.table
    stage = table.c[field_of(obj, "stage") or "stage"]
    where: list[sa.ColumnElement[bool]] = [stage.in_(stages), table.c.deleted_at.is_(None)]
    pipeline = field_of(obj, "pipeline")
    if several and pipeline is not None:
        where.append(table.c[pipeline] == pipeline_key)
    rows = uow.conn.execute(sa.select(stage, sa.func.count()).where(*where).group_by(stage))
    return {key: int(count) for key, count in rows}


def _check_unused(
    uow: UnitOfWork, obj: ObjectDef, wanted: dict[str, Any], gone: list[str], *, several: bool, move: Any
) -> None:
    counts = count_in_stages(uow, obj, wanted["key"], gone, several)
    kept = {stage["key"] for stage in wanted["stages"]}
    unmapped = {key: n for key, n in counts.items() if n and (move is None or wanted["move"].get(key) not in kept)}
    if unmapped:
        raise Problem(
            409, "STAGE_IN_USE",
            params={"count": sum(unmapped.values()), "stages": unmapped, "move_to": sorted(kept)},
        )  # fmt: skip


def _carry_over(
    uow: UnitOfWork, obj: ObjectDef, wanted: dict[str, Any], gone: list[str], move: Callable[[str, str, str], None],
    *, several: bool,
) -> None:  # fmt: skip
    table = obj.table
    stage = table.c[field_of(obj, "stage") or "stage"]
    where = [stage.in_(gone), table.c.deleted_at.is_(None)]
    pipeline = field_of(obj, "pipeline")
    if several and pipeline is not None:  # another pipeline may have a stage of the same key
        where.append(table.c[pipeline] == wanted["key"])
    rows = uow.conn.execute(sa.select(table.c.id, stage).where(*where)).all()
    for record_id, old in rows:
        move(record_id, wanted["move"][old], obj.key)


def _write_rows(uow: UnitOfWork, wanted: dict[str, Any], before: Pipeline | None, *, first: bool) -> None:
    is_default = wanted["default"] or first or (before is not None and before.is_default)
    if is_default:
        uow.conn.execute(
            sa.update(dw_pipeline).where(dw_pipeline.c.object_key == wanted["object"]).values(is_default=False)
        )
    if before is None:
        pipeline_id = new_id()
        count = uow.conn.execute(
            sa.select(sa.func.count()).where(dw_pipeline.c.object_key == wanted["object"])
        ).scalar_one()
        uow.conn.execute(
            sa.insert(dw_pipeline).values(
                id=pipeline_id, key=wanted["key"], object_key=wanted["object"], labels=wanted["labels"],
                is_default=is_default, position=count, version=1,
            )
        )  # fmt: skip
    else:
        pipeline_id = before.id
        uow.conn.execute(
            sa.update(dw_pipeline)
            .where(dw_pipeline.c.id == pipeline_id)
            .values(labels=wanted["labels"], is_default=is_default, version=dw_pipeline.c.version + 1)
        )
    known = before.by_key if before is not None else {}
    kept = {stage["key"] for stage in wanted["stages"]}
    for stage in wanted["stages"]:
        values = {
            name: stage[name] for name in ("labels", "position", "kind", "probability", "required", "hint", "settings")
        }
        values["retired"] = False
        if stage["key"] in known:
            where = (dw_stage.c.pipeline_id == pipeline_id) & (dw_stage.c.key == stage["key"])
            uow.conn.execute(sa.update(dw_stage).where(where).values(values))
        else:
            uow.conn.execute(sa.insert(dw_stage).values(pipeline_id=pipeline_id, key=stage["key"], **values))
    gone = [key for key in known if key not in kept]
    if gone:
        where = (dw_stage.c.pipeline_id == pipeline_id) & dw_stage.c.key.in_(gone)
        uow.conn.execute(sa.update(dw_stage).where(where).values(retired=True, required=[]))


def _write_options(uow: UnitOfWork, obj: ObjectDef, actor_id: str | None) -> None:
    """Bring the options of the stage and pipeline fields in line with the pipelines of the object."""
    known = pipelines_of(uow, obj.key)
    options: dict[str, dict[str, Any]] = {}
    for pipeline in known:
        for stage in pipeline.stages:
            found = options.get(stage.key)
            if found is None:
                options[stage.key] = {
                    "key": stage.key, "labels": dict(stage.labels), "active": not stage.retired, "kind": stage.kind,
                    "probability": None if stage.probability is None else int(stage.probability),
                    "stale_factor": None if stage.stale_factor is None else float(stage.stale_factor),
                }  # fmt: skip
            else:
                found["active"] = found["active"] or not stage.retired
    stage_key, pipeline_key = field_of(obj, "stage"), field_of(obj, "pipeline")
    assert stage_key is not None
    model.change_field(uow, obj.key, stage_key, {"options": list(options.values())}, actor_id)
    if pipeline_key is not None:
        choices = [{"key": p.key, "labels": dict(p.labels), "active": True} for p in known]
        default = {"default": known[0].key, "options": choices}
        model.change_field(uow, obj.key, pipeline_key, default, actor_id)
