"""What a leaf compares with, once the relative parts are settled: used alike by the SQL and the memory reader."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from dealwright.conditions.parse import Who
from dealwright.conditions.periods import (
    Period,
    Relative,
    bounds,
    day_start,
    local_today,
    relative_day,
    relative_instant,
)
from dealwright.conditions.shapes import Context, Leaf


def people(leaf: Leaf, values: Sequence[Any], context: Context) -> tuple[str, ...]:
    """Ids of persons (or teams), with me and my team put in."""
    found: list[str] = []
    teams = leaf.shape.kind == "team"
    for value in values:
        if not isinstance(value, Who):
            found.append(value)
        elif value == "me":
            found += [context.user_id] if context.user_id and not teams else list(context.team_ids) if teams else []
        elif value == "my_team":
            found += context.team_ids if teams else context.team_user_ids()
        else:
            found += context.team_tree_ids if teams else context.team_tree_user_ids()
    return tuple(found)


def is_group(value: Any) -> bool:
    """True for a value that stands for several people."""
    return isinstance(value, Who) and value != "me"


def day_range(leaf: Leaf, context: Context) -> tuple[date | None, date | None]:
    """The days [first, after) a date leaf means; None leaves that side open. `ne` means outside the range."""
    value = leaf.value
    if isinstance(value, Period):
        return bounds(value, local_today(context.now, context.zone), context.fiscal_start_month)
    if isinstance(value, tuple) and not isinstance(value, Relative):
        first, last = (_day(item, context) for item in value)
        return first, last + timedelta(days=1)
    day = _day(value, context)
    after = day + timedelta(days=1)
    return {
        "eq": (day, after), "ne": (day, after), "gt": (after, None), "gte": (day, None),
        "lt": (None, day), "lte": (None, after),
    }[leaf.op]  # fmt: skip


def instant_range(leaf: Leaf, context: Context) -> tuple[datetime | None, datetime | None]:
    """The instants [first, after) a date-time leaf means. A day stands for the whole local day."""
    value = leaf.value
    tick = timedelta(microseconds=1)
    if isinstance(value, Period):
        first, after = day_range(leaf, context)
        assert first is not None and after is not None
        return day_start(first, context.zone), day_start(after, context.zone)
    if isinstance(value, tuple) and not isinstance(value, Relative):
        low, high = (_instants(item, context) for item in value)
        return low[0], high[1]
    first_, after_ = _instants(value, context)
    if leaf.op in ("eq", "ne"):
        return first_, after_
    if leaf.op == "gt":
        return (after_ if after_ - first_ > tick else first_ + tick), None
    if leaf.op == "gte":
        return first_, None
    return (None, first_) if leaf.op == "lt" else (None, after_)


def _day(value: Any, context: Context) -> date:
    if isinstance(value, Relative):
        return relative_day(value, context.now, context.zone)
    day: date = value
    return day


def _instants(value: Any, context: Context) -> tuple[datetime, datetime]:
    if isinstance(value, Relative) and value.base == "now":
        at = relative_instant(value, context.now, context.zone)
        return at, at + timedelta(microseconds=1)
    if isinstance(value, datetime):
        return value, value + timedelta(microseconds=1)
    day = _day(value, context)
    return day_start(day, context.zone), day_start(day + timedelta(days=1), context.zone)
