"""Warning of duplicates before a record is saved: the same name, phone, e-mail or unique value.

Records that the asker may not see are counted, never named.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.access import Access
from dealwright.foundation.database import UnitOfWork, state_of
from dealwright.model import CoerceContext, FieldDef, ObjectDef, ValueProblem, schema_of

MOST = 10
WARNED_TYPES = frozenset({"phone", "email"})


def watched(field: FieldDef) -> bool:
    """Whether a field tells records apart: unique ones, and those the administrator marked `duplicate_warning`."""
    return bool(field.columns) and not field.computed and (field.unique or bool(field.config.get("duplicate_warning")))


def find_duplicates(
    uow: UnitOfWork, access: Access, object_key: str, raw: Mapping[str, Any], exclude: str | None = None
) -> dict[str, Any]:
    """{"candidates": [{id, label, fields: [field keys that are the same]}], "others": n}.

    raw: wire values by field key; values that cannot be read are passed over (saving will name them).
    """
    schema = schema_of(uow)
    obj = schema.object(object_key)
    rights = access.object(object_key)
    workspace = state_of(uow).workspace
    ctx = CoerceContext("text", access.actor.locale, ZoneInfo(workspace.time_zone), schema, workspace, uow.now)
    conditions: dict[str, sa.ColumnElement[bool]] = {}
    shown: dict[str, sa.ColumnElement[bool]] = {}
    for key, value in raw.items():
        field = obj.fields.get(key)
        if field is None or not watched(field) or rights.level(key) not in ("read", "write"):
            continue
        try:
            typed = field.ftype.coerce(field, value, ctx)
        except ValueProblem:
            continue
        if typed is not None:
            conditions[key] = equal = _same(obj, field, typed)
            # Where a field may be read on some rows only, being the same there counts for nothing on the others.
            only = rights.field_condition(key, obj.table)
            shown[key] = equal if only is None else sa.and_(equal, only)
    if not conditions:
        return {"candidates": [], "others": 0}
    table = obj.table
    seen = rights.row_condition("read", table, access.actor, uow.dialect)
    where = [sa.or_(*conditions.values()), table.c.deleted_at.is_(None)]
    if exclude:
        where.append(table.c.id != exclude)
    name = obj.fields.get(obj.name_field or "")
    shows_name = name is not None and bool(name.columns) and rights.level(name.key) in ("read", "write")
    label = table.c[name.columns[0]] if name is not None and shows_name else sa.null()
    hits = [
        sa.case((condition, sa.literal_column("1")), else_=sa.literal_column("0")).label(f"hit_{place}")
        for place, condition in enumerate(shown.values())
    ]
    visible = sa.case(
        (sa.and_(seen, sa.or_(*shown.values())), sa.literal_column("1")), else_=sa.literal_column("0")
    ).label("visible")
    query = sa.select(table.c.id, label.label("label"), visible, *hits).where(*where).order_by(table.c.id).limit(200)
    candidates: list[dict[str, Any]] = []
    others = 0
    for row in uow.conn.execute(query, access.row_parameters()):
        if not row[2]:
            others += 1
        elif len(candidates) < MOST:
            same = [key for key, hit in zip(conditions, row[3:], strict=True) if hit]
            candidates.append({"id": row[0], "label": row[1] if row[1] is not None else "", "fields": same})
    return {"candidates": candidates, "others": others}


def _same(obj: ObjectDef, field: FieldDef, value: Any) -> sa.ColumnElement[bool]:
    """Equal after normalising where a normalised column is kept, else equal as stored."""
    if field.norm_column:
        return obj.table.c[field.norm_column] == field.ftype.unique_key(field, value)
    column = obj.table.c[field.columns[0]]
    stored = field.ftype.to_row(field, value)[field.columns[0]]
    if isinstance(stored, str):
        return sa.or_(column == stored, sa.func.lower(column) == stored.lower())
    return column == stored
