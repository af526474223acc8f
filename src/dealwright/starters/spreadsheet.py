"""A workspace that begins with somebody's spreadsheet: its columns become an object, its progress column a pipeline.

`propose` looks and answers, `start` makes all of it in one transaction and queues the import of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.conditions import fold
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.foundation.errors import FieldError, invalid
from dealwright.model import schema_of
from dealwright.model import service as model
from dealwright.model.field_types import CoerceContext
from dealwright.people.tables import dw_user
from dealwright.process import service as process
from dealwright.records.imports import service as imports
from dealwright.records.imports.drafts import looked_at
from dealwright.records.imports.guessing import Known
from dealwright.records.imports.names import named_by
from dealwright.records.imports.proposal import empty_words, propose_object
from dealwright.records.imports.reading import Sheet
from dealwright.records.write_path import WritePath

LISTED = 8  # columns of the list to begin with
# Types that a person may choose for a column; the others need settings that a spreadsheet cannot give.
TYPES = (
    "text", "long_text", "number", "money", "percent", "date", "datetime", "boolean", "select", "phone", "email", "url",
    "region", "user", "owner", "relation", "stage",
)  # fmt: skip


def known_to(uow: UnitOfWork, access: Access, path: WritePath) -> Known:
    """What guesses may lean on: the workspace's forms, its people, and the names of records this person may see."""
    workspace, actor = state_of(uow).workspace, access.actor
    rows = uow.conn.execute(sa.select(dw_user.c.name, dw_user.c.email).where(dw_user.c.status != "disabled"))
    people = frozenset(fold(text).strip() for row in rows for text in row)
    zone = ZoneInfo(workspace.time_zone)
    context = CoerceContext("text", actor.locale, zone, schema_of(uow), workspace, uow.now, actor.user_id)
    return Known(context, people, lambda texts: named_by(uow, path, actor, texts))


def propose(uow: UnitOfWork, access: Access, path: WritePath, sheet: Sheet, file_name: str) -> dict[str, Any]:
    """What the spreadsheet would become, and what was seen of it."""
    schema = schema_of(uow)
    found = propose_object(sheet, file_name, [*schema.objects, *schema.retired], known_to(uow, access, path))
    return {**found, **looked_at(sheet, access.actor.locale), "file": file_name, "rows": len(sheet.rows)}


def start(
    uow: UnitOfWork, access: Access, sheet: Sheet, stored_key: str, file_name: str, plan: Mapping[str, Any]
) -> dict[str, Any]:
    """Make the object, its fields and its pipeline, and start the import of the rows; the import's row.

    plan: {"object": {"labels", "key"?, "icon"?}, "columns": [{"column", "include"?, "is_name"?, "spec"}], "pipeline"?,
    "read"?}. Problem 422 with every fault, named by its place; nothing is made then.
    """
    access.require("design")
    columns = _columns(plan, sheet)
    name = next((one for one in columns if one.get("is_name")), None)
    if name is None:
        raise invalid([FieldError("columns", "SHEET_NO_NAME")])
    fields = [_field(one) for one in columns if one["spec"]["type"] not in ("owner", "stage")]
    for field in fields:
        if field["key"] == name["spec"]["key"]:
            field["required"] = True
    stage = next((one for one in columns if one["spec"]["type"] == "stage"), None)
    if stage is not None:
        fields.append(
            {"key": stage["spec"]["key"], "type": "stage", "labels": stage["spec"]["labels"], "on_form": True}
        )
        fields += _closing(fields)
    order = {one["spec"]["key"]: place for place, one in enumerate(columns)}
    fields.sort(key=lambda field: (field["key"] != name["spec"]["key"], order.get(field["key"], len(order))))
    key = _make_object(uow, access, plan, fields, name["spec"]["key"])
    if stage is not None:
        process.define_pipeline(uow, _pipeline(plan, key), access.actor.user_id)
    return _import(uow, access, sheet, stored_key, file_name, plan, columns, key)


def _columns(plan: Mapping[str, Any], sheet: Sheet) -> list[dict[str, Any]]:
    """The columns that are to be taken, checked for what the model cannot know."""
    raw = plan.get("columns")
    if not isinstance(raw, list) or not all(
        isinstance(one, Mapping) and isinstance(one.get("spec"), Mapping) for one in raw
    ):
        raise invalid([FieldError("columns", "LIST_EXPECTED")])
    taken = [dict(one) for one in raw if one.get("include", True)]
    errors = []
    for one in taken:
        column, spec = str(one.get("column"))[:80], one["spec"]
        if one.get("column") not in sheet.header:
            errors.append(FieldError(f"columns.{column}", "COLUMN_UNKNOWN", {"column": column}))
        if spec.get("type") not in TYPES:
            errors.append(FieldError(f"columns.{column}", "CONFIG_CHOICE", {"name": "type", "allowed": list(TYPES)}))
        if not isinstance(spec.get("key"), str):
            errors.append(FieldError(f"columns.{column}", "REQUIRED"))
    for type_ in ("stage", "owner"):
        if sum(one["spec"].get("type") == type_ for one in taken) > 1:
            errors.append(FieldError("columns", "SHEET_ONE_ONLY", {"type": type_}))
    if errors:
        raise invalid(errors)
    return taken


def _field(one: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("key", "type", "labels", "options", "target", "scale", "unique")
    return {**{name: one["spec"][name] for name in wanted if name in one["spec"]}, "on_form": True}


def _closing(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What a pipeline fills in by itself: the likelihood of the stage, when it was entered and when all was over."""
    known = {field["key"] for field in fields}
    wanted = (
        ("probability", "percent", "赢率", "Probability"), ("stage_entered_at", "datetime", "进入本阶段", "Entered stage"),
        ("closed_at", "datetime", "结束时间", "Closed at"),
    )  # fmt: skip
    return [
        {"key": key, "type": type_, "labels": {"zh": zh, "en": en}, "on_form": False}
        for key, type_, zh, en in wanted
        if key not in known
    ]


def _make_object(
    uow: UnitOfWork, access: Access, plan: Mapping[str, Any], fields: list[dict[str, Any]], name_field: str
) -> str:
    wanted = plan.get("object")
    if not isinstance(wanted, Mapping):
        raise invalid([FieldError("object", "REQUIRED")])
    shown = [field["key"] for field in fields if field["on_form"]]
    spec = {
        "labels": wanted.get("labels"), "icon": wanted.get("icon"), "name_field": name_field, "fields": fields,
        "config": {"form": shown, "list": [*shown[:LISTED], "owner"]}, **({"key": wanted["key"]} if wanted.get("key") else {}),
    }  # fmt: skip
    return model.create_objects(uow, [spec], access.actor.user_id)[0]


def _pipeline(plan: Mapping[str, Any], object_key: str) -> dict[str, Any]:
    raw = plan.get("pipeline")
    if not isinstance(raw, Mapping) or not isinstance(raw.get("stages"), list):
        raise invalid([FieldError("pipeline", "REQUIRED")])
    wanted = ("key", "labels", "kind", "probability")
    stages = [{name: one.get(name) for name in wanted} if isinstance(one, Mapping) else one for one in raw["stages"]]
    labels = {"zh": "流程", "en": "Pipeline"}
    return {"key": "standard", "object": object_key, "labels": labels, "default": True, "stages": stages}


def _import(
    uow: UnitOfWork, access: Access, sheet: Sheet, stored_key: str, file_name: str, plan: Mapping[str, Any],
    columns: list[dict[str, Any]], object_key: str,
) -> dict[str, Any]:  # fmt: skip
    mapping = {one["column"]: one["spec"]["key"] for one in columns}
    factor = {one["spec"]["key"]: one["spec"]["factor"] for one in columns if one["spec"].get("factor")}
    make = [one["spec"]["key"] for one in columns if one["spec"]["type"] == "relation" and one.get("make")]
    options = {
        "mapping": mapping, "mode": "create", "empty_words": empty_words(sheet), "factor": factor, "make": make,
        "values": _stage_words(plan, columns), "read": plan.get("read") or {}, "object_made": True,
    }  # fmt: skip
    row = imports.create(uow, access, object_key, stored_key, file_name, sheet, options)
    imports.start(uow, access, row["id"])
    return imports.get(uow, access, row["id"])


def _stage_words(plan: Mapping[str, Any], columns: list[dict[str, Any]]) -> dict[str, dict[str, str]]:
    """Which stage each word of the column means: stages may have been renamed or merged before the start."""
    stage = next((one["spec"]["key"] for one in columns if one["spec"]["type"] == "stage"), None)
    stages = (plan.get("pipeline") or {}).get("stages", ())
    words = {str(word): one["key"] for one in stages for word in one.get("words") or ()}
    return {stage: words} if stage and words else {}


__all__ = ["known_to", "propose", "start"]
