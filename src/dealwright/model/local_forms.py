"""Numbers, dates and durations as people write them in forms and files, in Chinese and in English.

Strict wire forms are read by the field types themselves; here stands what only mode "text" accepts.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

PLAIN_NUMBER = re.compile(r"-?\d{1,1000}(\.\d{1,1000})?")
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?|\.\d+")
UNITS = {
    "亿": 8,
    "千万": 7,
    "百万": 6,
    "十万": 5,
    "万": 4,
    "w": 4,
    "千": 3,
    "百": 2,
    "k": 3,
    "m": 6,
    "b": 9,
    "bn": 9,
}
UNIT = re.compile(r"(亿|千万|百万|十万|万|千|百|bn|[kmbw])$", re.IGNORECASE)
MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
DAY_WORDS = re.compile(
    r"(\d{1,2})[\s-]([A-Za-z]{3})[A-Za-z]*\.?,?[\s-](\d{4})|([A-Za-z]{3})[A-Za-z]*\.?\s(\d{1,2}),?\s(\d{4})"
)
DAY_PACKED = re.compile(r"(\d{4})(\d{2})(\d{2})")
CLOCK = re.compile(
    r"(上午|下午|晚上|am|pm)?\s*(\d{1,2})[:时点](\d{1,2})?(?:[:分](\d{1,2})(?:\.\d+)?)?[分秒]?\s*(am|pm)?",
    re.IGNORECASE,
)
DURATION_PARTS = re.compile(
    r"(\d+(?:\.\d+)?)\s*(天|days?|d|个?小时|hours?|hrs?|h|时|分钟?|minutes?|mins?|m|秒钟?|seconds?|secs?|s)",
    re.IGNORECASE,
)
EXCEL_FIRST = date(1899, 12, 30)
EARLIEST, LATEST = 1900, 2200


def number(text: str) -> Decimal | None:
    """12.5万, 1.2M, 1,234.50, ￥99, (1,200), １２ as a Decimal; None when it is no number. A trailing % is dropped."""
    plain = unicodedata.normalize("NFKC", text).strip().replace("，", ",")
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()").strip()
    plain = re.sub(r"^[¥$€£]\s*|\s*(%|元|¥)$", "", plain).strip()
    if plain.startswith(("-", "−", "+")):
        negative ^= plain[0] != "+"
        plain = plain[1:].strip()
    plain = re.sub(r"^[¥$€£]\s*", "", plain)
    shift = 0
    while (unit := UNIT.search(plain)) is not None and shift < 12:
        shift += UNITS[unit.group(1).lower()]
        plain = plain[: unit.start()].strip()
    if not GROUPED.fullmatch(plain):
        return None
    try:
        value = Decimal(plain.replace(",", "")).scaleb(shift)
    except InvalidOperation:
        return None
    return -value if negative else value


def day(text: str) -> date | None:
    """2026/11/24, 2026年11月24日, 20261124, 24 Nov 2026 as a date; None when it is none or does not exist.

    All-figure forms that begin with the day or the month (03/04/2026) are refused: nobody can tell which it is.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    found = DAY.fullmatch(plain) or DAY_PACKED.fullmatch(plain)
    if found:
        parts = tuple(int(part) for part in found.groups())
    elif words := DAY_WORDS.fullmatch(plain):
        d1, m1, y1, m2, d2, y2 = words.groups()
        month = MONTHS.get((m1 or m2).lower())
        if month is None:
            return None
        parts = (int(y1 or y2), month, int(d1 or d2))
    else:
        return None
    try:
        return date(*parts)
    except ValueError:
        return None


def excel_day(serial: float | int | Decimal) -> datetime | None:
    """An Excel serial (1900 system) as a naive local date and time; None outside 1900 to 2200.

    Serials below 61 lie before the 29 February 1900 that Excel wrongly counts, so they are one day later.
    """
    number_ = Decimal(str(serial))
    if not 1 <= number_ < 110_000 or int(number_) == 60:
        return None
    whole = int(number_)
    seconds = int(((number_ - whole) * 86_400).to_integral_value())
    start = EXCEL_FIRST + timedelta(days=whole + (1 if whole < 60 else 0))
    return datetime.combine(start, time()) + timedelta(seconds=seconds)


def moment(text: str) -> datetime | None:
    """A date with a clock (2026/11/24 9:30, 2026年11月24日 下午3点20分) as a naive datetime; midnight without a clock."""
    plain = unicodedata.normalize("NFKC", text).strip()
    only = day(plain)
    if only:
        return datetime.combine(only, time())
    for cut in re.finditer(r"[日号\sT]", plain):
        start = day(plain[: cut.start() + (cut.group() in "日号")])
        rest = CLOCK.fullmatch(plain[cut.end() :].strip()) if start else None
        if start and rest:
            before, hour, minute, second, after = rest.groups()
            half = (before or after or "").lower()
            hours = int(hour)
            if half in ("下午", "晚上", "pm") and hours < 12:
                hours += 12
            elif half in ("上午", "am") and hours == 12:
                hours = 0
            try:
                return datetime.combine(start, time(hours, int(minute or 0), int(second or 0)))
            except ValueError:
                return None
    return None


def duration_s(text: str) -> int | None:
    """1h30m, 3小时20分, 90 min, 1:30, 1:30:20 as seconds; None when it is no duration."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    clock = re.fullmatch(r"(\d{1,6}):([0-5]\d)(?::([0-5]\d))?", plain)
    if clock:
        return int(clock[1]) * 3600 + int(clock[2]) * 60 + int(clock[3] or 0)
    total, end = Decimal(0), 0
    for part in DURATION_PARTS.finditer(plain):
        if plain[end : part.start()].strip(" ,和"):
            return None
        total += Decimal(part[1]) * _seconds(part[2])
        end = part.end()
    if end == 0 or plain[end:].strip():
        return None
    return int(total)


def _seconds(unit: str) -> int:
    if unit.startswith(("天", "d")):
        return 86_400
    if unit.startswith(("个", "小", "h", "时")):
        return 3_600
    return 60 if unit.startswith(("分", "m")) else 1


def to_utc(local: datetime, zone: ZoneInfo) -> datetime:
    """A naive local time as UTC: of a doubled hour the first, in a gap the first instant after it (S22)."""
    early = local.replace(tzinfo=zone, fold=0)
    utc = early.astimezone(UTC)
    if utc.astimezone(zone).replace(tzinfo=None) == local:
        return utc
    low, high = (
        local.replace(tzinfo=zone, fold=1).astimezone(UTC),
        utc,
    )  # the change lies between the two readings
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)
