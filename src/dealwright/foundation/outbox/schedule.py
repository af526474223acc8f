"""What returns by the calendar: cron lines in a time zone, kept as rows (dw_schedule)."""

from bisect import bisect_right
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.database.types import instant_text
from dealwright.foundation.database.zones import transitions
from dealwright.foundation.errors import Problem
from dealwright.foundation.outbox.queue import queue
from dealwright.foundation.outbox.tables import dw_schedule


def next_occurrence(cron: str, zone_name: str, after: datetime) -> datetime:
    """The next instant (UTC) after `after` at which a five-field cron line is due on the zone's clocks.

    A local time that a change of clocks leaves out falls on the first instant after the gap; one that comes twice
    counts once, the first time (S22). Raises Problem 422 BAD_SCHEDULE.
    """
    zone = _zone(zone_name)
    from croniter import croniter  # only what is set by the calendar needs it, not a start

    if len(cron.split()) != 5 or not croniter.is_valid(cron):
        raise Problem(422, "BAD_SCHEDULE", params={"cron": cron[:100]})
    # croniter reckons on the wall clock alone; what the zone makes of it is decided here
    times = croniter(cron, after.astimezone(zone).replace(tzinfo=None), ret_type=datetime)
    while True:
        wall: datetime = times.get_next()
        at = wall.replace(tzinfo=zone).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) != wall:  # in the gap: back to the moment of the change
            moments, _ = transitions(zone_name)
            at = datetime.fromisoformat(moments[bisect_right(moments, instant_text(at)) - 1])
        if at > after:
            return at


def _zone(zone_name: str) -> ZoneInfo:
    try:
        return ZoneInfo(zone_name)
    except (ValueError, KeyError, OSError):
        raise Problem(422, "UNKNOWN_TIME_ZONE", params={"zone": zone_name[:100]}) from None


def schedule(
    uow: UnitOfWork, name: str, topic: str, cron: str, zone_name: str, payload: dict[str, Any] | None = None
) -> None:
    """Queue `topic` whenever the cron line is due. The same `name` again changes the line; an unchanged one keeps
    its next time, so a restart loses no time that has come meanwhile."""
    old = uow.conn.execute(sa.select(dw_schedule).where(dw_schedule.c.name == name)).mappings().first()
    values: dict[str, Any] = {"topic": topic, "cron": cron, "zone": zone_name, "payload": payload or {}}
    if old is not None and (old["cron"], old["zone"]) == (cron, zone_name):
        values["next_at"] = old["next_at"]
    else:
        values["next_at"] = next_occurrence(cron, zone_name, uow.now)
    uow.conn.execute(uow.dialect.upsert(dw_schedule, {"name": name, **values}, ["name"]))


def move_schedules(uow: UnitOfWork, from_zone: str, to_zone: str) -> None:
    """Let what returns by the clocks of one zone return by those of another."""
    rows = uow.conn.execute(sa.select(dw_schedule).where(dw_schedule.c.zone == from_zone)).mappings().all()
    for row in rows:
        schedule(uow, row["name"], row["topic"], row["cron"], to_zone, row["payload"])


def unschedule(uow: UnitOfWork, name: str) -> bool:
    """Forget a schedule; False when there is none of that name."""
    return uow.conn.execute(sa.delete(dw_schedule).where(dw_schedule.c.name == name)).rowcount == 1


def queue_due(uow: UnitOfWork) -> int:
    """Queue what the calendar asks for and set the next times; after downtime several missed times become one job."""
    due = sa.select(dw_schedule).where(dw_schedule.c.next_at <= uow.now).order_by(dw_schedule.c.next_at)
    rows = uow.conn.execute(uow.dialect.skip_locked(due)).mappings().all()
    for row in rows:
        key = f"schedule:{row['name']}:{instant_text(row['next_at'])}"
        payload = {**row["payload"], "scheduled_for": instant_text(row["next_at"])}
        queue(uow, row["topic"], payload, key=key)
        following = next_occurrence(row["cron"], row["zone"], uow.now)
        uow.conn.execute(sa.update(dw_schedule).where(dw_schedule.c.name == row["name"]).values(next_at=following))
    return len(rows)
