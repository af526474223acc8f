"""Keyset pages: sort keys, the condition "after this record", and the opaque cursor."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from dealwright.conditions import All, Condition, Leaf
from dealwright.foundation.database import Day, Decimal_, Dialect, Instant
from dealwright.foundation.errors import Problem
from dealwright.records.query.builder import Builder, target_of

MAX_KEYS = 3
FILLED = ("gt", "gte", "lt", "lte", "between", "in_period", "not_empty")  # what an empty value never satisfies


class SortKey(NamedTuple):
    """One key: its expression, direction, and whether it can be empty (then last, whatever the direction)."""

    expr: sa.ColumnElement[Any]
    is_descending: bool
    is_nullable: bool


def sort_keys(builder: Builder, sort: str, filled: frozenset[str] = frozenset()) -> list[SortKey]:
    """The keys of `-amount,name`. Problem 422 UNKNOWN_FIELD, NOT_SORTABLE, TOO_MANY.

    filled: the fields that no record of the answer leaves empty (`filled_in`).
    """
    parts = [part for part in sort.split(",") if part]
    if len(parts) > MAX_KEYS:
        raise Problem(422, "TOO_MANY", field="sort", params={"count": len(parts), "max": MAX_KEYS})
    keys = []
    for part in parts:
        down = part.startswith("-")
        path = tuple(part.lstrip("+-").split("."))
        shape = builder.visible.field(builder.obj.key, path)
        if shape is None:
            raise Problem(422, "UNKNOWN_FIELD", field=part[:200], params={"field": part.lstrip("+-")[:200]})
        keys.append(SortKey(_expression(builder, path), down, _nullable(builder, path, filled)))
    return keys


def filled_in(condition: Condition) -> frozenset[str]:
    """The fields that every record under a condition has a value in.

    Said to PostgreSQL by leaving out NULLS LAST: its index by a field ends with the empty ones, so read backwards it
    begins with them, and serves no order that wants them last.
    """
    parts = condition.nodes if isinstance(condition, All) else (condition,)
    found: set[str] = set()
    for part in parts:
        if isinstance(part, All):
            found |= filled_in(part)
        elif isinstance(part, Leaf) and len(part.path) == 1 and part.op in FILLED:
            found.add(part.path[0])
    return frozenset(found)


def _nullable(builder: Builder, path: tuple[str, ...], filled: frozenset[str]) -> bool:
    if len(path) > 1 or path[0] == "id":
        return len(path) > 1
    field = builder.obj.fields[path[0]]
    if builder.rights.field_condition(field.key, builder.root) is not None:
        return True  # read on some rows only, empty on the others
    if field.key in filled and not target_of(field):  # a related record may be out of sight, and its name with it
        return False
    return not (field.columns and builder.root.c[field.columns[0]].nullable is False)


def _expression(builder: Builder, path: tuple[str, ...]) -> sa.ColumnElement[Any]:
    field = builder.schema.field_def(builder.obj.key, path)
    if field is not None:
        if field.many or not field.columns or field.type == "relation_any":
            raise Problem(422, "NOT_SORTABLE", field=".".join(path), params={"field": dict(field.labels)})
        if target_of(field):
            return builder.label(path)
        if field.options:
            column = builder.column(path)
            order = {key: place for place, key in enumerate(field.options)}
            return sa.case(order, value=column, else_=sa.case((column.is_(None), None), else_=len(order)))
    return builder.column(path)


def order_by(keys: Sequence[SortKey], tie: sa.ColumnElement[Any]) -> list[Any]:
    """The ORDER BY; the id breaks ties in the direction of the first key."""
    found: list[Any] = []
    for key in keys:
        one: Any = key.expr.desc() if key.is_descending else key.expr.asc()
        found.append(one.nulls_last() if key.is_nullable else one)
    down = bool(keys) and keys[0].is_descending
    return [*found, tie.desc() if down else tie.asc()]


def is_down_to_empty(keys: Sequence[SortKey], root: Any) -> bool:
    """Whether the order is one column of the records downwards, with the empty ones last."""
    if len(keys) != 1 or not (keys[0].is_descending and keys[0].is_nullable):
        return False
    return getattr(keys[0].expr, "table", None) is root


def filled_then_empty(
    chosen: sa.Select[Any], key: SortKey, tie: sa.ColumnElement[Any], limit: sa.BindParameter[int]
) -> sa.CompoundSelect[Any]:
    """The first `limit` records of an order that `is_down_to_empty`: those with a value, then those without.

    Each half reads an index backwards, and the second one is not begun while the first one fills the page.
    """
    filled = chosen.where(key.expr.is_not(None)).order_by(key.expr.desc(), tie.desc()).limit(limit).subquery("filled")
    empty = chosen.where(key.expr.is_(None)).order_by(tie.desc()).limit(limit).subquery("empty")
    return sa.union_all(sa.select(*filled.c), sa.select(*empty.c)).limit(limit)


def after(keys: Sequence[SortKey], tie: sa.ColumnElement[Any], values: Sequence[Any]) -> sa.ColumnElement[bool]:
    """The condition of the records after the one with these key values (the last value is its id)."""
    down = bool(keys) and keys[0].is_descending
    last = sa.bindparam("k_id", values[-1], type_=sa.Text())
    found: sa.ColumnElement[bool] = tie < last if down else tie > last
    for place in range(len(keys) - 1, -1, -1):
        key, value = keys[place], values[place]
        if value is None:
            found = sa.and_(key.expr.is_(None), found)
            continue
        bind = sa.bindparam(f"k_{place}", value, type_=key.expr.type)
        beyond = key.expr < bind if key.is_descending else key.expr > bind
        parts = [beyond, sa.and_(key.expr == bind, found)]
        if key.is_nullable:
            parts.append(key.expr.is_(None))
        found = sa.or_(*parts)
    return found


def parameters(keys: Sequence[SortKey], values: Sequence[Any]) -> dict[str, Any]:
    """The bind values of `after`."""
    found = {f"k_{place}": value for place, value in enumerate(values[:-1]) if value is not None}
    return {**found, "k_id": values[-1]}


def typed(type_: Any, raw: Any, dialect: Dialect) -> Any:
    """A raw key value as Python value of its column's type."""
    if raw is None:
        return None
    if isinstance(type_, Decimal_):
        return dialect.exact(raw, type_.scale)
    return _moment(type_, raw)


def _moment(type_: Any, raw: Any) -> Any:
    """Stored or encoded text of an instant or a day as what it means; anything else as it is."""
    if isinstance(type_, Instant) and isinstance(raw, str):
        return datetime.fromisoformat(raw)
    if isinstance(type_, Day) and isinstance(raw, str):
        return date.fromisoformat(raw)
    return raw


def encode(values: Sequence[Any], mark: str) -> str:
    """The opaque cursor of a record's key values; `mark` ties it to the query."""
    plain = [str(v) if isinstance(v, Decimal) else v.isoformat() if isinstance(v, date) else v for v in values]
    return base64.urlsafe_b64encode(msgspec.json.encode([mark, *plain])).decode().rstrip("=")


def decode(text: str, mark: str, keys: Sequence[SortKey]) -> list[Any]:
    """The key values of a cursor. Problem 422 BAD_CURSOR for one that is broken or of another query."""
    try:
        if len(text) > 4_000:
            raise ValueError
        found = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if (
            not isinstance(found, list)
            or not found
            or found[0] != mark
            or len(found) != len(keys) + 2
            or not isinstance(found[-1], str)
            or "\x00" in found[-1]
        ):
            raise ValueError
        out = []
        for key, raw in zip(keys, found[1:-1], strict=True):
            value = raw
            if isinstance(raw, (list, dict)) or (isinstance(raw, str) and "\x00" in raw):
                raise ValueError
            if isinstance(key.expr.type, Decimal_) and raw is not None:
                value = Decimal(str(raw))
            elif isinstance(key.expr.type, (Instant, Day)):
                value = _moment(key.expr.type, raw)
            elif (raw is not None and isinstance(key.expr.type, sa.Integer) and not isinstance(raw, int)) or (
                raw is not None and isinstance(key.expr.type, sa.Text) and not isinstance(raw, str)
            ):
                raise ValueError
            out.append(value)
        return [*out, found[-1]]
    except (ValueError, TypeError, ArithmeticError, binascii.Error, msgspec.DecodeError, UnicodeError) as exc:
        raise Problem(422, "BAD_CURSOR", field="cursor") from exc


def mark_of(*parts: object) -> str:
    """A short mark of a query: a cursor of another one is refused."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:12]
