"""Reading the catalogue: the Schema of a workspace, kept per database and version."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.model import build
from dealwright.model.shapes import FieldDef, ObjectDef, Schema
from dealwright.model.tables import dw_field, dw_object

_kept: dict[tuple[str, int], Schema] = {}
SYSTEM_FIELDS = (
    ("owner", "user", "负责人", "Owner"),
    ("team", "team", "团队", "Team"),
    ("created_at", "datetime", "创建时间", "Created"),
    ("created_by", "user", "创建人", "Created by"),
    ("modified_at", "datetime", "修改时间", "Modified"),
    ("modified_by", "user", "修改人", "Modified by"),
)


def system_fields(object_key: str) -> list[FieldDef]:
    """The fields every object has without anybody defining them. Only `owner` may be written by people."""
    return [
        FieldDef(
            id=f"{object_key}.{key}", object_key=object_key, key=key, type=type_, labels={"zh": zh, "en": en},
            position=10_000 + place, system=True, on_form=key == "owner",
        )
        for place, (key, type_, zh, en) in enumerate(SYSTEM_FIELDS)
    ]  # fmt: skip


def field_of(row: Any) -> FieldDef:
    """A field definition out of its catalogue row."""
    return FieldDef(
        id=row["id"], object_key=row["object_key"], key=row["key"], type=row["type"], labels=row["labels"],
        help=row["help"] or {}, config=row["config"] or {}, required=row["required"], unique=row["is_unique"],
        default=row["default_value"], position=row["position"], section=row["section"], on_form=row["on_form"],
        sensitive=row["sensitive"], retired=row["retired"],
    )  # fmt: skip


def schema_of(uow: UnitOfWork) -> Schema:
    """The schema at this unit's version; built once per version and process."""
    version = state_of(uow).schema_version
    key = (uow.db.key, version)
    if uow.memo.get("schema_fresh") or uow.memo.get("bumped"):
        # This unit changed definitions itself: what it sees is not committed yet and must not be kept.
        mine: Schema | None = uow.memo.get("schema")
        if mine is None or mine.version != version:
            mine = uow.memo["schema"] = load(uow, version)
        return mine
    schema = _kept.get(key)
    if schema is None:
        schema = load(uow, version)
        if len(_kept) > 64:
            _kept.clear()
        _kept[key] = schema
    return schema


def load(uow: UnitOfWork, version: int) -> Schema:
    """Read the catalogue and build the definitions and their tables."""
    objects = [dict(row) for row in uow.conn.execute(sa.select(dw_object).order_by(dw_object.c.position)).mappings()]
    rows = uow.conn.execute(sa.select(dw_field).order_by(dw_field.c.position, dw_field.c.id)).mappings()
    return assemble(version, objects, [field_of(row) for row in rows])


def assemble(version: int, objects: Iterable[dict[str, Any]], fields: Iterable[FieldDef]) -> Schema:
    """A Schema out of object rows and field definitions; pure."""
    by_object: dict[str, list[FieldDef]] = {}
    for field in fields:
        by_object.setdefault(field.object_key, []).append(field)
    metadata = sa.MetaData()
    active: dict[str, ObjectDef] = {}
    retired: dict[str, ObjectDef] = {}
    for row in objects:
        own = by_object.get(row["key"], [])
        if row["kind"] == "object":
            own = own + system_fields(row["key"])
        table = build.table_of(metadata, row["key"], row["kind"], own)
        links = {f.key: build.link_table(metadata, f.link_name) for f in own if f.link_name}
        found = ObjectDef(
            id=row["id"], key=row["key"], labels=row["labels"], plural=row["plural"], icon=row["icon"],
            name_field=row["name_field"], kind=row["kind"], parent=row["parent"],
            fields={f.key: f for f in own if not f.retired}, retired={f.key: f for f in own if f.retired},
            table=table, links=links, config=row["config"] or {}, position=row["position"], is_retired=row["retired"],
        )  # fmt: skip
        (retired if row["retired"] else active)[row["key"]] = found
    return Schema(version, active, retired)
