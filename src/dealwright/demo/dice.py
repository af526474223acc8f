"""Chance that repeats itself, and the calendar of a Chinese office: working hours, holidays, quarters."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")
ZONE = ZoneInfo("Asia/Shanghai")
# How busy a month is, against an ordinary one: little around the Spring Festival, much before the year's end.
SEASON = (0.8, 0.45, 1.1, 1.05, 0.95, 1.15, 0.9, 0.9, 1.15, 0.95, 1.2, 1.3)
QUARTER_ENDS = (date(2000, 3, 31), date(2000, 6, 30), date(2000, 9, 30), date(2000, 12, 31))


class Dice(random.Random):
    """random.Random with the few draws that the story needs."""

    def chance(self, likely: float) -> bool:
        """True as often as `likely` (0 to 1)."""
        return self.random() < likely

    def weighed(self, weights: Mapping[T, float]) -> T:
        """One of the keys, as often as its weight."""
        return self.choices(list(weights), list(weights.values()))[0]

    def spread(self, median: float, sigma: float) -> float:
        """Around a median, now and then much more: log-normal."""
        return median * math.exp(self.gauss(0, sigma))

    def at_work(self, day: date) -> datetime:
        """A moment of the working hours of a day."""
        minutes = self.choice((self.randint(0, 175), self.randint(270, 555)))
        return datetime.combine(day, time(9, 0), ZONE) + timedelta(minutes=minutes, seconds=self.randint(0, 59))

    def after(self, moment: datetime, days: float) -> datetime:
        """A working moment about so many days later, and surely later."""
        day = workday((moment + timedelta(days=days)).date())
        found = self.at_work(day)
        return found if found > moment else self.at_work(workday(moment.date() + timedelta(days=1)))

    def busy_days(self, count: int, first: date, last: date, growth: float = 0.35) -> list[date]:
        """So many days of a span in order, more in busy months and towards the end; weekends count little."""
        span = (last - first).days + 1
        days = [first + timedelta(days=n) for n in range(span)]
        weights = [load(day) * (1 + growth * n / span) for n, day in enumerate(days)]
        return sorted(self.choices(days, weights, k=count))


def is_holiday(day: date) -> bool:
    """The long holidays, as far as they matter here."""
    return ((day.month, day.day) >= (10, 1) and (day.month, day.day) <= (10, 7)) or (
        (day.month == 5 and day.day <= 3) or (day.month == 2 and 8 <= day.day <= 15) or (day.month, day.day) == (1, 1)
    )


def load(day: date) -> float:
    """How much happens on a day, against an ordinary working day."""
    if is_holiday(day):
        return 0.03
    return SEASON[day.month - 1] * (0.06 if day.weekday() >= 5 else 1.0)


def workday(day: date) -> date:
    """The day, or the next one on which people work."""
    while day.weekday() >= 5 or is_holiday(day):
        day += timedelta(days=1)
    return day


def quarter_end(day: date) -> date:
    """The last day of the quarter."""
    return next(end.replace(year=day.year) for end in QUARTER_ENDS if end.replace(year=day.year) >= day)
