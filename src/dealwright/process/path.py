"""The path of a record through its pipeline, as the screen shows it: where it was, is, and what comes next asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dealwright.model import ObjectDef
from dealwright.process import decide
from dealwright.process.shapes import Move, Pipeline
from dealwright.process.steps import _is_empty

DAY_S = 86_400


def path_of(
    pipeline: Pipeline, obj: ObjectDef, stage_key: str | None, values: Mapping[str, Any],
    visits: list[dict[str, Any]], readable: set[str], now: datetime,
) -> dict[str, Any]:  # fmt: skip
    """{"pipeline", "stage", "stages": [{key, labels, kind, state, days, visits, missing}], "next"}.

    state: "past", "present", "ahead" or "skipped" (passed without a visit). days: spent there in all visits, with one
    decimal. missing: what a move from here to that stage would be refused for, of the fields the reader may know.
    """
    present = pipeline.by_key.get(stage_key or "")
    order = decide.form_order(obj.fields.values(), obj.config.get("form") or ())
    by_stage: dict[str, list[dict[str, Any]]] = {}
    for visit in visits:
        by_stage.setdefault(visit["stage"], []).append(visit)
    rows: list[dict[str, Any]] = []
    for stage in pipeline.stages:
        own = by_stage.get(stage.key, [])
        if stage.retired and not own:
            continue
        refused = None
        if not stage.retired:
            move = Move(pipeline, stage_key, stage)
            refused = decide.check(move, values, lambda key, value: _is_empty(obj, key, value), order)
        missing = [key for key in (refused.missing if refused else ()) if key in readable]
        rows.append(
            {
                "key": stage.key, "labels": dict(stage.labels), "kind": stage.kind,
                "probability": None if stage.probability is None else int(stage.probability),
                "retired": stage.retired, "state": _state(stage, present, bool(own)),
                "days": round(sum(_days(visit, now) for visit in own), 1),
                "visits": [
                    {name: visit[name] for name in ("entered_at", "left_at", "from_stage", "actor", "channel", "reason")}
                    for visit in own
                ],
                "missing": [{"field": key, "label": dict(obj.fields[key].labels)} for key in missing],
            }
        )  # fmt: skip
    following = [
        r for r in rows if present and not r["retired"] and pipeline.by_key[r["key"]].position > present.position
    ]
    next_ = following[0] if following and present is not None and not present.is_closed else None
    return {
        "pipeline": pipeline.key, "labels": dict(pipeline.labels), "stage": stage_key, "stages": rows,
        "next": {"stage": next_["key"], "missing": next_["missing"]} if next_ else None,
    }  # fmt: skip


def _state(stage: Any, present: Any, visited: bool) -> str:
    if present is not None and stage.key == present.key:
        return "present"
    if present is None or stage.is_closed or stage.position > present.position:
        return "past" if visited and stage.is_closed else "ahead"
    return "past" if visited else "skipped"


def _days(visit: dict[str, Any], now: datetime) -> float:
    left: datetime = visit["left_at"] or now
    return max(0.0, (left - visit["entered_at"]).total_seconds() / DAY_S)
