"""The one source of the present moment, so tests can hold it still."""

from datetime import UTC, datetime, timedelta
from typing import Any, Protocol


class Clock(Protocol):
    """Anything that knows the present instant."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime:
        """The present instant: aware, in UTC."""
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told to move (tests, replays)."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("FixedClock needs an aware instant")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        """The instant this clock stands at."""
        return self._at

    def advance(self, **timedelta_kwargs: Any) -> None:
        """Move forward; keywords of `timedelta` (seconds=5, days=1)."""
        self._at += timedelta(**timedelta_kwargs)

    def set(self, at: datetime) -> None:
        """Move to another instant (aware)."""
        if at.tzinfo is None:
            raise ValueError("FixedClock needs an aware instant")
        self._at = at.astimezone(UTC)
