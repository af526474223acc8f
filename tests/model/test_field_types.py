"""tests/cases/field_types.json: what each type takes, refuses, stores and says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from dealwright.foundation.database import Database, Workspace
from dealwright.foundation.ids import new_id
from dealwright.model import CoerceContext, FieldDef, Schema, Unresolved, ValueProblem
from dealwright.model.catalogue import assemble
from dealwright.model.field_types import REGISTRY

TYPES: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "cases" / "field_types.json").read_text("utf-8"))[
    "types"
]
LABELS = {"zh": "x", "en": "x"}
CASES = [(group, case) for group in TYPES for case in group["cases"]]
ACCOUNT = {
    "id": new_id(), "key": "account", "labels": LABELS, "plural": LABELS, "icon": None, "name_field": None,
    "kind": "object", "parent": None, "config": {}, "position": 1, "retired": False,
}  # fmt: skip
SCHEMA: Schema = assemble(1, [ACCOUNT], [])


def field_of(group: dict[str, Any], key: str = "f", unique: bool = False) -> FieldDef:
    ftype = REGISTRY[group["type"]]
    return FieldDef(
        new_id(), "account", key, ftype.key, LABELS, config=ftype.normal_config(group["config"]), unique=unique
    )


def context(mode: Any) -> CoerceContext:
    return CoerceContext(mode, "zh-CN", ZoneInfo("Asia/Shanghai"), SCHEMA, Workspace())


def full(raw: Any) -> Any:
    """A case's value with its long parts written out."""
    if isinstance(raw, dict) and "$text" in raw:
        return "".join(ch * count for ch, count in raw["$text"])
    if isinstance(raw, dict) and "$list" in raw:
        return [full(raw["$list"][0])] * raw["$list"][1]
    return raw


def modes(case: dict[str, Any]) -> list[str]:
    return ["api", "text"] if case["mode"] == "both" else [case["mode"]]


def name(value: Any) -> str | None:
    return f"{value['type']}" if isinstance(value, dict) and "type" in value else str(value.get("raw"))[:40] or "empty"


@pytest.mark.parametrize(("group", "case"), CASES, ids=name)
def test_a_value_is_taken_or_refused(group: dict[str, Any], case: dict[str, Any]) -> None:
    field = field_of(group)
    ftype, raw = field.ftype, full(case["raw"])
    for mode in modes(case):
        if "code" in case:
            with pytest.raises(ValueProblem) as refused:
                ftype.coerce(field, raw, context(mode))
            assert refused.value.code == case["code"]
            continue
        value = ftype.coerce(field, raw, context(mode))
        assert (None if value is None else ftype.to_wire(field, value)) == full(case["wire"])
        if value is not None:
            assert ftype.coerce(field, ftype.to_wire(field, value), context("api")) == value
            assert not ftype.is_empty(value)


@pytest.mark.parametrize("group", TYPES, ids=lambda group: group["type"])
def test_what_counts_as_the_same_value(group: dict[str, Any]) -> None:
    field = field_of(group)

    def key(raw: Any) -> str | None:
        return field.ftype.unique_key(field, field.ftype.coerce(field, raw, context("text")))

    for values in group["same"]:
        assert len({key(raw) for raw in values}) == 1, values
        assert key(values[0]) is not None
    for values in group["different"]:
        assert len({key(raw) for raw in values}) == len(values), values


@pytest.mark.parametrize("group", TYPES, ids=lambda group: group["type"])
def test_what_a_person_reads(group: dict[str, Any]) -> None:
    field = field_of(group)
    for wire, zh, en in group["text"]:
        value = field.ftype.coerce(field, wire, context("api"))
        assert (field.ftype.to_text(field, value, "zh-CN"), field.ftype.to_text(field, value, "en")) == (zh, en)


def test_every_type_has_cases() -> None:
    assert set(REGISTRY) - {group["type"] for group in TYPES} == {"stage", "pipeline", "team", "users", "image"}


def test_a_value_comes_back_from_the_database_as_it_went_in(db: Database) -> None:
    fields: list[FieldDef] = []
    values: dict[str, Any] = {}
    for group, case in CASES:
        if "wire" not in case or case["mode"] == "text" or group["type"] == "line_items":
            continue
        field = field_of(group, f"f{len(fields)}")
        if not field.columns:
            continue
        value = field.ftype.coerce(field, full(case["raw"]), context("api"))
        assert not isinstance(value, Unresolved)
        fields.append(field)
        values[field.key] = value
    table = assemble(1, [ACCOUNT], fields).objects["account"].table
    table.name = "stored"
    with db.write() as uow:
        uow.conn.execute(sa.schema.CreateTable(table))
        row: dict[str, Any] = {"id": "1", "version": 1, "created_at": uow.now, "modified_at": uow.now}
        for field in fields:
            row |= field.ftype.to_row(field, values[field.key])
        uow.conn.execute(sa.insert(table).values(row))
        stored = dict(uow.conn.execute(sa.select(table)).mappings().one())
    assert {field.key: field.ftype.from_row(field, stored) for field in fields} == values
