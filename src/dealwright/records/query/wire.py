"""Which columns a field needs in a list and how its raw database values become wire values.

Works on bare driver rows: a converter takes the row and the place of its first column. On SQLite most values are wire
values already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from dealwright.access import mask
from dealwright.foundation.database import Dialect
from dealwright.model import FieldDef
from dealwright.people.tables import dw_user
from dealwright.records.query.builder import Builder, target_of

Raw = Sequence[Any]
ABSENT = object()


class Slot(NamedTuple):
    """One entry of a wire record: its key, the columns it reads, and the converter of the row."""

    key: str
    columns: tuple[sa.ColumnElement[Any], ...]
    convert: Callable[[Raw, int], Any] | None


def _same(row: Raw, at: int) -> Any:
    return row[at]


def decimal_text(scale: int, dialect: Dialect) -> Callable[[Raw, int], Any]:
    """Converter of an exact number."""
    text = dialect.exact_text(scale)
    return lambda row, at: text(row[at])


def instant_text(row: Raw, at: int) -> Any:
    """Converter of an instant."""
    value = row[at]
    return value if value is None or isinstance(value, str) else _instant(value)


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _json(row: Raw, at: int) -> Any:
    value = row[at]
    return msgspec.json.decode(value) if isinstance(value, str) else (value or [])


def _json_list(row: Raw, at: int) -> Any:
    return _json(row, at) or []


def _flag(row: Raw, at: int) -> Any:
    value = row[at]
    return None if value is None else bool(value)


def _linked(row: Raw, at: int) -> Any:
    """id, id of the joined row, label: absent when there is a target that the viewer may not see."""
    if row[at] is None:
        return None
    if row[at + 1] is None:
        return ABSENT
    return {"id": row[at], "label": row[at + 2] or ""}


def slots_of(builder: Builder, field: FieldDef) -> list[Slot]:
    """The entries of one readable field of the root object. Live formulas and lines have none here."""
    level = builder.rights.level(field.key)
    found = _slots(builder, field)
    if level == "masked":
        found = [Slot(slot.key, slot.columns, _masking(field, slot)) for slot in found]
    only = builder.rights.field_condition(field.key, builder.root)
    if only is not None:
        found = [Slot(s.key, (*s.columns, sa.case((only, 1), else_=0)), _guarded(s)) for s in found]
    return found


def _masking(field: FieldDef, slot: Slot) -> Callable[[Raw, int], Any]:
    inner = slot.convert or _same

    def convert(row: Raw, at: int) -> Any:
        value = inner(row, at)
        return value if value is None or value is ABSENT else mask(field, value)

    return convert


def _guarded(slot: Slot) -> Callable[[Raw, int], Any]:
    inner, last = slot.convert or _same, len(slot.columns)
    return lambda row, at: inner(row, at) if row[at + last] else ABSENT


def _slots(builder: Builder, field: FieldDef) -> list[Slot]:
    root, dialect = builder.root, builder.dialect
    key, kind = field.key, field.type
    if kind in ("relation", "user", "team"):
        target = target_of(field) or ""
        if target not in ("user", "team") and not builder.access.object(target).can_read:
            return []
        alias, _ = builder.join((key,))
        return [Slot(key, (root.c[field.columns[0]], alias.c.id, builder.name_column(alias, target)), _linked)]
    if kind in ("relation_many", "users"):
        return [Slot(key, (_many(builder, field),), _json_list)]
    if kind == "relation_any":
        id_column, object_column = (root.c[name] for name in field.columns)

        def named(alias: Any, target: str) -> Any:
            name = sa.type_coerce(builder.name_column(alias, target), sa.Text())
            return builder.dialect.json_object(id=alias.c.id, label=name)

        return [Slot(key, (id_column, object_column, builder.any_target(field, root, named)), _any)]
    if not field.columns:
        return []
    column = root.c[field.columns[0]]
    if kind == "money":
        scale = int(field.config.get("scale", 2))
        currency = root.c[field.columns[1]]
        return [Slot(key, (column,), decimal_text(scale, dialect)), Slot(f"{key}_currency", (currency,), None)]
    if kind in ("number", "percent"):
        return [
            Slot(key, (column,), decimal_text(int(field.config.get("scale", 2 if kind == "percent" else 0)), dialect))
        ]
    if kind in ("formula", "roll_up"):
        result = field.config.get("result", "number")
        if result in ("number", "money", "percent"):
            return [Slot(key, (column,), decimal_text(int(field.config.get("scale", 2)), dialect))]
        kind = result
    if kind == "datetime":
        return [Slot(key, (column,), instant_text)]
    if kind == "boolean":
        return [Slot(key, (column,), _flag)]
    if kind in ("multi_select", "tags", "file", "image"):
        return [Slot(key, (column,), _json_list)]
    return [Slot(key, (column,), None)]


def _any(row: Raw, at: int) -> Any:
    if row[at] is None:
        return None
    found = _json(row, at + 2)
    return {"object": row[at + 1], "id": row[at], "label": found["label"] or ""} if found else ABSENT


def _many(builder: Builder, field: FieldDef) -> sa.ColumnElement[Any]:
    """A JSON array of {"id", "label"} of the visible targets, in their order."""
    link = builder.obj.links[field.key].alias()
    if field.type == "users":
        target: Any = dw_user.alias()
        name: Any = target.c.name
        seen: sa.ColumnElement[bool] = sa.true()
    else:
        obj = builder.schema.object(field.target or "")
        target = obj.table.alias()
        name = builder.name_column(target, obj.key)
        seen = sa.and_(target.c.deleted_at.is_(None), builder.rows(obj, target))
    inner = (
        sa.select(target.c.id.label("id"), sa.type_coerce(name, sa.Text()).label("label"))
        .select_from(link.join(target, target.c.id == link.c.target_id))
        .where(link.c.record_id == builder.root.c.id, seen)
        .order_by(link.c.position)
        .correlate(builder.root)
        .subquery()
    )
    pair = builder.dialect.json_object(id=inner.c.id, label=inner.c.label)
    return sa.select(builder.dialect.json_array_agg(pair)).select_from(inner).scalar_subquery()


def plain(value: Any) -> Any:
    """A raw aggregate value as wire value."""
    if isinstance(value, Decimal):
        return int(value)
    if isinstance(value, datetime):
        return _instant(value)
    return value.isoformat() if isinstance(value, date) else value


def records(rows: Sequence[Raw], slots: Sequence[Slot]) -> list[dict[str, Any]]:
    """Wire records of bare rows."""
    plan: list[tuple[str, int, Callable[[Raw, int], Any] | None]] = []
    at = 0
    for slot in slots:
        plan.append((slot.key, at, slot.convert))
        at += len(slot.columns)
    out = []
    for row in rows:
        record: dict[str, Any] = {}
        for key, place, convert in plan:
            if convert is None:
                record[key] = row[place]
            else:
                value = convert(row, place)
                if value is not ABSENT:
                    record[key] = value
        out.append(record)
    return out


__all__ = ["ABSENT", "Mapping", "Slot", "decimal_text", "plain", "records", "slots_of"]
