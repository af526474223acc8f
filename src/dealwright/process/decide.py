"""What a stage demands and what entering it sets: values in, verdict or effects out. Nothing is read or written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from dealwright.process.shapes import Move, Pipeline, Refused, Stage


def demanded(pipeline: Pipeline, to: Stage, from_stage: str | None = None) -> set[str]:
    """The field keys that must be filled in for a record to be in `to`.

    Going forward, and on creation, the stages passed count too: a jump does not get round what lies between. Going
    back, and losing (which may happen at any time), only the stage's own demands count. Source: docs/packages/process.md.
    """
    before = pipeline.by_key.get(from_stage or "")
    if to.kind == "lost" or (before is not None and before.position > to.position):
        return set(to.required)
    passed = [s for s in pipeline.active if s.kind == "open" and (to.is_closed or s.position <= to.position)]
    return {key for stage in (*passed, to) for key in stage.required}


def check(
    move: Move, values: Mapping[str, Any], is_empty: Callable[[str, Any], bool], order: Iterable[str]
) -> Refused | None:
    """Say whether a record with these final values may make a move; all that is missing at once, in `order`."""
    wanted = demanded(move.pipeline, move.to, move.from_stage)
    missing = tuple(key for key in order if key in wanted and is_empty(key, values[key]))
    return Refused(move.to, missing) if missing else None


def check_cleared(pipeline: Pipeline, stage: Stage, cleared: set[str], order: Iterable[str]) -> Refused | None:
    """Say whether fields may be emptied while a record stays in a stage: not those it had to have to get there."""
    wanted = demanded(pipeline, stage) & cleared
    missing = tuple(key for key in order if key in wanted)
    return Refused(stage, missing) if missing else None


def effects(move: Move, fields: Iterable[str], given: set[str], now: datetime, closed_at: Any) -> dict[str, Any]:
    """Field values that a move sets of itself: probability and the moment of closing, unless somebody named them.

    Also where the record came from and since when it stands there, for objects that keep these two.
    """
    known = set(fields)
    found: dict[str, Any] = {}
    if move.from_stage != move.to.key:
        found = {
            key: value for key, value in (("stage_entered_at", now), ("last_stage", move.from_stage)) if key in known
        }
    if "probability" in known and "probability" not in given and move.to.probability is not None:
        found["probability"] = Decimal(move.to.probability)
    if "closed_at" in known and "closed_at" not in given:
        before = move.pipeline.by_key.get(move.from_stage or "")
        if not move.to.is_closed:
            found["closed_at"] = None
        elif closed_at is None or before is None or not before.is_closed:
            found["closed_at"] = now
    return found


def form_order(fields: Iterable[Any], form: Iterable[str]) -> list[str]:
    """Field keys as the form shows them: those on the form first, in its order."""
    keys = [field.key for field in fields]
    first = [key for key in form if key in keys]
    return first + [key for key in keys if key not in first]
