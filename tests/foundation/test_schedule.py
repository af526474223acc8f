"""The calendar: what returns at a local hour is queued once, whatever the clocks and the downtime did."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from dealwright.foundation.clock import FixedClock
from dealwright.foundation.database import Database
from dealwright.foundation.errors import Problem
from dealwright.foundation.outbox import (
    Handler,
    JobContext,
    Worker,
    dw_schedule,
    next_occurrence,
    schedule,
    unschedule,
)  # fmt: skip


class Log:
    """An action that notes what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, context: JobContext, payload: dict[str, Any]) -> None:
        self.asked.append(payload.get("n"))


def worker(db: Database, clock: FixedClock, act: Log) -> Worker:
    return Worker(db, [Handler("mail.requested", act)], clock)


def test_a_schedule_queues_its_topic_at_the_local_hour(db: Database, clock: FixedClock) -> None:
    with db.write() as uow:
        schedule(uow, "morning", "mail.requested", "0 9 * * *", "Asia/Shanghai", {"n": 9})
    act = Log()
    one = worker(db, clock, act)
    assert one.turn() == 0  # it is 10:00 in Shanghai
    clock.advance(hours=23)
    assert [one.turn(), one.turn()] == [1, 0]
    clock.advance(days=1)
    assert one.turn() == 1


def test_times_missed_while_the_system_was_down_become_one(db: Database, clock: FixedClock) -> None:
    with db.write() as uow:
        schedule(uow, "hourly", "mail.requested", "0 * * * *", "Asia/Shanghai", {"n": 1})
    clock.advance(days=3)
    with db.write() as uow:  # the start of the next process sets the schedule again
        schedule(uow, "hourly", "mail.requested", "0 * * * *", "Asia/Shanghai", {"n": 2})
    act = Log()
    one = worker(db, clock, act)
    assert [one.turn(), one.turn(), act.asked] == [1, 0, [2]]


def test_a_changed_schedule_takes_its_new_time_and_a_forgotten_one_is_silent(db: Database, clock: FixedClock) -> None:
    with db.write() as uow:
        schedule(uow, "a", "mail.requested", "0 9 * * *", "Asia/Shanghai")
        schedule(uow, "a", "mail.requested", "30 10 * * *", "Asia/Shanghai")
        schedule(uow, "b", "mail.requested", "15 10 * * *", "Asia/Shanghai")
        assert unschedule(uow, "b") is True and unschedule(uow, "b") is False
        rows = uow.conn.execute(sa.select(dw_schedule.c.name, dw_schedule.c.next_at)).all()
    assert [tuple(row) for row in rows] == [("a", datetime(2026, 11, 24, 2, 30, tzinfo=UTC))]


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        ("30 2 * * *", "Asia/Shanghai", "2026-11-24T02:00", "2026-11-24T18:30"),
        ("30 2 * * *", "America/New_York", "2026-03-07T12:00", "2026-03-08T07:00"),  # 02:30 is left out: 03:00
        ("30 2 * * *", "America/New_York", "2026-03-08T07:00", "2026-03-09T06:30"),
        ("30 1 * * *", "America/New_York", "2026-11-01T00:00", "2026-11-01T05:30"),  # comes twice: the first
        ("30 1 * * *", "America/New_York", "2026-11-01T05:30", "2026-11-02T06:30"),
        ("30 1 * * *", "America/New_York", "2026-11-01T06:00", "2026-11-02T06:30"),
        ("0 9 29 2 *", "Asia/Shanghai", "2026-01-01T00:00", "2028-02-29T01:00"),
        ("0 9 * * 1", "Europe/Berlin", "2026-11-24T02:00", "2026-11-30T08:00"),
    ],
)
def test_the_next_time_follows_the_zones_clocks(cron: str, zone: str, after: str, expected: str) -> None:
    found = next_occurrence(cron, zone, datetime.fromisoformat(after).replace(tzinfo=UTC))
    assert found.isoformat(timespec="minutes") == f"{expected}+00:00"


@pytest.mark.parametrize(
    ("cron", "zone", "code"),
    [("every day", "UTC", "BAD_SCHEDULE"), ("61 * * * *", "UTC", "BAD_SCHEDULE"), ("* * * * * *", "UTC", "BAD_SCHEDULE"),
     ("0 9 * * *", "Mars/Base", "UNKNOWN_TIME_ZONE")],
)  # fmt: skip
def test_a_schedule_that_cannot_be_is_refused(cron: str, zone: str, code: str) -> None:
    with pytest.raises(Problem) as refused:
        next_occurrence(cron, zone, datetime(2026, 1, 1, tzinfo=UTC))
    assert (refused.value.status, refused.value.code) == (422, code)
