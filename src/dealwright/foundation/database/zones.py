"""Local dates of instants on SQLite, which knows no time zones.

A zone is reduced to the moments at which its offset changed. A zone that changed seldom since 1970 becomes a CASE of
SQLite's own date(), which runs in C; one with summer time asks `dw_local_date`, a function of ours.
"""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_FIRST, _LAST = 1900, 2101
MAX_CASES = 20


@lru_cache(maxsize=64)
def transitions(zone_name: str) -> tuple[tuple[str, ...], tuple[int, ...]]:
    """Stored texts of the instants at which the offset changes, and the offset in seconds from each on.

    offsets has one more entry: offsets[0] holds before the first change.
    """
    zone = ZoneInfo(zone_name)

    def offset(at: datetime) -> int:
        delta = at.astimezone(zone).utcoffset()
        assert delta is not None
        return round(delta.total_seconds())

    moments: list[str] = []
    at = datetime(_FIRST, 1, 1, tzinfo=UTC)
    end = datetime(_LAST, 1, 1, tzinfo=UTC)
    offsets = [offset(at)]
    step = timedelta(days=14)
    while at < end:
        after = at + step
        if offset(after) != offsets[-1]:
            low, high = at, after
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if offset(middle) == offsets[-1] else (low, middle)
            moments.append(high.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
            offsets.append(offset(high))
            at = high
        else:
            at = after
    return tuple(moments), tuple(offsets)


def local_date(text: str | None, zone_name: str) -> str | None:
    """The local day, YYYY-MM-DD, of a stored instant."""
    if text is None:
        return None
    moments, offsets = transitions(zone_name)
    seconds = offsets[bisect_right(moments, text)]
    return (datetime.fromisoformat(text[:19]) + timedelta(seconds=seconds)).date().isoformat()
