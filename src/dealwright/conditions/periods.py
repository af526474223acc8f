"""Relative days and periods: today + 30 days, this quarter, the last 7 days, in the workspace's zone.

Weeks start on Monday; quarters and years follow the fiscal start month; month steps clamp to the month's end (S22).
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

UNITS = ("day", "week", "month", "quarter", "year")
PERIODS = (
    "today", "yesterday", "tomorrow", "this_week", "last_week", "next_week", "this_month", "last_month", "next_month",
    "this_quarter", "last_quarter", "next_quarter", "this_year", "last_year", "next_year", "last_n_days", "next_n_days",
)  # fmt: skip


class Relative(NamedTuple):
    """A day (today) or instant (now) shifted by whole units."""

    base: str
    offset: int
    unit: str


class Period(NamedTuple):
    """A named stretch of days; `n` counts for last_n_days (up to today) and next_n_days (from today)."""

    name: str
    n: int


def add_months(day: date, months: int) -> date:
    """`day` shifted by months, clamped to the end of the month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def shifted(day: date, offset: int, unit: str) -> date:
    """`day` shifted by whole units, kept inside 1900 to 2200."""
    try:
        if unit in ("day", "week"):
            moved = day + timedelta(days=offset * (7 if unit == "week" else 1))
        else:
            moved = add_months(day, offset * {"month": 1, "quarter": 3, "year": 12}[unit])
    except (OverflowError, ValueError):
        moved = date(2200, 12, 31) if offset > 0 else date(1900, 1, 1)
    return min(max(moved, date(1900, 1, 1)), date(2200, 12, 31))


def local_today(now: datetime, zone: ZoneInfo) -> date:
    """The calendar day in a zone."""
    return now.astimezone(zone).date()


def relative_day(value: Relative, now: datetime, zone: ZoneInfo) -> date:
    """The day a relative value means."""
    return shifted(local_today(now, zone), value.offset, value.unit)


def relative_instant(value: Relative, now: datetime, zone: ZoneInfo) -> datetime:
    """The instant a relative `now` value means: the same clock time on the shifted day."""
    if value.unit in ("day", "week"):
        return now + timedelta(days=value.offset * (7 if value.unit == "week" else 1))
    local = now.astimezone(zone)
    return datetime.combine(shifted(local.date(), value.offset, value.unit), local.time(), zone).astimezone(UTC)


def bounds(period: Period, today: date, fiscal_start_month: int = 1) -> tuple[date, date]:
    """First day of a period and the first day after it."""
    name = period.name
    if name in ("today", "yesterday", "tomorrow"):
        first = today + timedelta(days={"today": 0, "yesterday": -1, "tomorrow": 1}[name])
        return first, first + timedelta(days=1)
    if name == "last_n_days":
        return today - timedelta(days=period.n - 1), today + timedelta(days=1)
    if name == "next_n_days":
        return today, today + timedelta(days=period.n + 1)
    which, unit = name.split("_")
    step = {"this": 0, "last": -1, "next": 1}[which]
    if unit == "week":
        first = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
        return first, first + timedelta(weeks=1)
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    into = (today.month - fiscal_start_month) % length if unit != "month" else 0
    first = add_months(today.replace(day=1), step * length - into)
    return first, add_months(first, length)


def day_start(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins (the first valid one when midnight falls into a gap)."""
    local = datetime.combine(day, time(), zone)
    utc = local.astimezone(UTC)
    if utc.astimezone(zone).date() < day:  # midnight does not exist that day
        utc += timedelta(hours=1)
    return utc
