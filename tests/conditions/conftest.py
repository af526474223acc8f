"""The fields of tests/cases/conditions.json, as every reader of conditions sees them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dealwright.conditions import Context, FieldShape
from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database
from world import World

FILE = json.loads((Path(__file__).parents[1] / "cases" / "conditions.json").read_text("utf-8"))
CASES: list[dict[str, Any]] = FILE["cases"]
REFUSED: list[dict[str, Any]] = FILE["refused"]
NAMES: Mapping[str, str] = FILE["names"]


def shape_of(key: str, raw: Mapping[str, Any]) -> FieldShape:
    options = tuple((option, labels) for option, labels in raw["options"]) if "options" in raw else None
    return FieldShape(key, raw["kind"], raw["labels"], options, raw.get("target"), raw.get("scale"), raw.get("unit"))


class CaseFields:
    """A `conditions.Fields` over the file."""

    shapes = {
        object_key: {key: shape_of(key, raw) for key, raw in fields.items()}
        for object_key, fields in FILE["fields"].items()
    }

    def field(self, object_key: str, path: Sequence[str]) -> FieldShape | None:
        here: str | None = object_key
        found: FieldShape | None = None
        for key in path:
            found = self.shapes.get(here or "", {}).get(key)
            if found is None:
                return None
            here = found.target
        return found


FIELDS = CaseFields()


def context_of(case: Mapping[str, Any]) -> Context:
    raw = {**FILE["context"], **case.get("context", {})}
    return Context(
        now=datetime.fromisoformat(raw["now"]), zone=ZoneInfo(raw["zone"]), user_id=raw["user"],
        team_user_ids=lambda: raw["team_users"], team_tree_user_ids=lambda: raw["team_tree_users"],
        team_ids=raw["teams"], team_tree_ids=raw["team_tree"], fiscal_start_month=raw["fiscal_start_month"],
    )  # fmt: skip


def typed(kind: str, raw: Any) -> Any:
    """A value of a case as the model would hold it."""
    if raw is None or raw == []:
        return None
    if kind == "number":
        return Decimal(str(raw))
    if kind == "date":
        return date.fromisoformat(raw)
    if kind == "datetime":
        return datetime.fromisoformat(raw).astimezone(UTC)
    return raw["id"] if kind == "relation" and isinstance(raw, dict) else raw


@pytest.fixture
def world(db: Database, clock: FixedClock, tmp_path: Path) -> World:
    return World(db, clock, tmp_path)
