"""Writing to the outbox, and what an operator asks about it."""

from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import Dialect, Prepared, UnitOfWork
from dealwright.foundation.ids import new_id
from dealwright.foundation.outbox.tables import dw_job, unfinished


@lru_cache(maxsize=8)
def _insert(dialect: Dialect) -> Prepared:
    names = ("id", "topic", "payload", "state", "run_at", "key", "object_key", "record_id", "created_at")
    statement = dialect.insert(dw_job).values({name: sa.bindparam(name) for name in names})
    return dialect.compile(statement.on_conflict_do_nothing().returning(dw_job.c.id))


def queue(
    uow: UnitOfWork,
    topic: str,
    payload: dict[str, Any],
    *,
    key: str | None = None,
    run_at: datetime | None = None,
    record: tuple[str, str] | None = None,
) -> str:
    """Add a job in this transaction and return its id. A second one with the same `key` gives the first one's id.

    run_at: not before this instant (aware). record: (object_key, record_id); jobs of one record run in the order of
    their commits, one at a time.
    """
    job_id = new_id()
    object_key, record_id = record or (None, None)
    made = uow.fetch(
        _insert(uow.dialect),
        {
            "id": job_id, "topic": topic, "payload": payload, "state": "ready", "run_at": run_at or uow.now,
            "key": key, "object_key": object_key, "record_id": record_id, "created_at": uow.now,
        },
    )  # fmt: skip
    if not made:
        return str(uow.conn.execute(sa.select(dw_job.c.id).where(dw_job.c.key == key)).scalar_one())
    return job_id


def counts(uow: UnitOfWork) -> dict[str, int]:
    """How many jobs are in each state but done (finished ones are many and are not counted)."""
    rows = uow.conn.execute(sa.select(dw_job.c.state, sa.func.count()).where(unfinished(dw_job)).group_by("state"))
    return {row[0]: row[1] for row in rows}


def dead_jobs(uow: UnitOfWork, limit: int = 100) -> list[dict[str, Any]]:
    """Jobs that were given up or are in doubt, newest first, with their last error."""
    rows = uow.conn.execute(
        sa.select(dw_job)
        .where(unfinished(dw_job), dw_job.c.state.in_(["dead", "unknown"]))
        .order_by(dw_job.c.id.desc())
        .limit(limit)
    )
    return [dict(row) for row in rows.mappings()]


def replay(uow: UnitOfWork, job_id: str) -> bool:
    """Put a dead or doubtful job back in line; False when it is in neither state."""
    statement = (
        sa.update(dw_job)
        .where(dw_job.c.id == job_id, dw_job.c.state.in_(["dead", "unknown"]))
        .values(state="ready", run_at=uow.now, attempts=0, error=None, worker=None, lease_until=None)
    )
    return uow.conn.execute(statement).rowcount == 1


def discard(uow: UnitOfWork, job_id: str) -> bool:
    """Remove a dead or doubtful job for good; False when it is in neither state."""
    statement = sa.delete(dw_job).where(dw_job.c.id == job_id, dw_job.c.state.in_(["dead", "unknown"]))
    return uow.conn.execute(statement).rowcount == 1


def purge(uow: UnitOfWork, done_before: datetime) -> int:
    """Remove jobs that were done before an instant; returns how many. Dead and doubtful ones stay for a person."""
    old = sa.delete(dw_job).where(dw_job.c.state == "done", dw_job.c.done_at < done_before)
    return uow.conn.execute(old).rowcount
