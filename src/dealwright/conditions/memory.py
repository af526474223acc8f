"""The tree read against one record in memory, with the same answers as the SQL reader."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dealwright.conditions.operands import day_range, instant_range, people
from dealwright.conditions.periods import Period, bounds, local_today
from dealwright.conditions.shapes import TRUE_WHEN_EMPTY, All, AnyOf, Condition, Context, Leaf, Not
from dealwright.conditions.sql import region_stem
from dealwright.foundation.textfold import fold

Get = Callable[[tuple[str, ...]], Any]


def matches(condition: Condition, get: Get, context: Context) -> bool:
    """Whether a record meets the condition. `get` gives typed values by path: str, Decimal, bool, date, aware
    datetime, list of keys or ids; None for an empty value."""
    if isinstance(condition, All):
        return all(matches(node, get, context) for node in condition.nodes)
    if isinstance(condition, AnyOf):
        return any(matches(node, get, context) for node in condition.nodes)
    if isinstance(condition, Not):
        return not matches(condition.node, get, context)
    return _leaf(condition, get(condition.path), context)


def _leaf(leaf: Leaf, value: Any, context: Context) -> bool:
    op, kind = leaf.op, leaf.shape.kind
    is_empty = value is None or value == "" or value == []
    if op in ("empty", "not_empty"):
        return is_empty == (op == "empty")
    if is_empty:
        return op in TRUE_WHEN_EMPTY or (op == "contains_all" and leaf.value == ())
    wanted = leaf.value if isinstance(leaf.value, tuple) else (leaf.value,)
    if kind in ("options", "relations", "users"):
        ids = people(leaf, wanted, context) if kind == "users" else wanted
        if op == "contains_all":
            return all(item in value for item in ids)
        return any(item in value for item in ids) == (op == "contains_any")
    if kind == "text":
        return _text(op, fold(value), [fold(item) for item in wanted])
    if kind in ("date", "datetime"):
        first, after = day_range(leaf, context) if kind == "date" else instant_range(leaf, context)
        if kind == "datetime":
            value = value.astimezone(UTC)
        inside = (first is None or value >= first) and (after is None or value < after)
        return inside != (op in ("ne", "not_in_period"))
    if kind == "month_day":
        return value[-5:] in month_days(leaf, context)
    if kind in ("user", "team"):
        wanted = people(leaf, wanted, context)
    if kind == "number":
        value = Decimal(value)
        if op in ("gt", "gte", "lt", "lte"):
            other = wanted[0]
            return bool({"gt": value > other, "gte": value >= other, "lt": value < other, "lte": value <= other}[op])
        if op == "between":
            return bool(wanted[0] <= value <= wanted[1])
    if op == "under":
        return value == wanted[0] or value.startswith(region_stem(wanted[0]))
    return (value in wanted) != (op in ("ne", "not_in"))


def _text(op: str, value: str, wanted: Sequence[str]) -> bool:
    if op in ("contains", "not_contains"):
        return (wanted[0] in value) == (op == "contains")
    if op == "starts_with":
        return value.startswith(wanted[0])
    if op == "ends_with":
        return value.endswith(wanted[0])
    return (value in wanted) == (op in ("eq", "in"))


def month_days(leaf: Leaf, context: Context) -> tuple[str, ...]:
    """The MM-DD texts a month-day leaf means; 29 February is kept on 28 February in common years (R7)."""
    if not isinstance(leaf.value, Period):
        return (str(leaf.value)[-5:],)
    first, after = bounds(leaf.value, local_today(context.now, context.zone), context.fiscal_start_month)
    found: list[str] = []
    day = first
    while day < after and len(found) < 367:
        found.append(f"{day:%m-%d}")
        if found[-1] == "02-28" and not _leap(day.year):
            found.append("02-29")
        day += timedelta(days=1)
    return tuple(dict.fromkeys(found))


def _leap(year: int) -> bool:
    return (date(year, 3, 1) - timedelta(days=1)).day == 29


__all__ = ["datetime", "matches", "month_days"]
