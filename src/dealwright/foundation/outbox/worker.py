"""The worker: claim, act between two short transactions, settle.

A claim is a lease with a fencing pair (worker, attempts): whoever settles must still hold it, so a worker that
slept through its lease cannot undo what the next one did.
"""

import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa
import structlog

from dealwright.foundation.clock import Clock
from dealwright.foundation.database import Database, UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.ids import new_id
from dealwright.foundation.outbox.tables import dw_job

log = structlog.get_logger("dealwright.worker")
LONGEST_DELAY_S = 8 * 3600


@dataclass(frozen=True)
class JobContext:
    """What an action gets besides its payload: the database to open its own units on, and the job's identity."""

    db: Database
    clock: Clock
    job_id: str
    attempt: int
    extend: Callable[[], bool]


@dataclass(frozen=True)
class Handler:
    """Who answers a topic.

    act: runs with no transaction open; its result goes to `settle`, which runs in the transaction that marks the job
    done. on_doubt: after a crash in the middle, "retry" or leave it "unknown" for a person (customer mail).
    """

    topic: str
    act: Callable[[JobContext, dict[str, Any]], Any]
    settle: Callable[[UnitOfWork, dict[str, Any], Any], None] | None = None
    on_doubt: Literal["retry", "unknown"] = "retry"
    max_attempts: int = 8
    lease_s: int = 120


class Worker:
    """Runs due jobs of the handlers' topics. `turn` does what is due now and returns how many jobs it ran."""

    def __init__(self, db: Database, handlers: Sequence[Handler], clock: Clock, worker_id: str | None = None) -> None:
        self.db = db
        self.clock = clock
        self.handlers = {handler.topic: handler for handler in handlers}
        self.worker_id = worker_id or new_id()

    def run(self, stop: threading.Event, idle_s: float = 0.5) -> None:
        """Turn until `stop` is set; a database in trouble is waited for."""
        while not stop.is_set():
            try:
                ran = self.turn()
            except Problem as problem:
                log.warning("worker_waits", code=problem.code)
                ran = 0
            except Exception:
                log.exception("worker_failed")
                ran = 0
            if not ran:
                stop.wait(idle_s)

    def turn(self, limit: int = 20) -> int:
        """Claim up to `limit` due jobs, one after the other, and run them."""
        ran = 0
        while ran < limit:
            job = self._claim()
            if job is None:
                break
            self._run(job)
            ran += 1
        return ran

    def _claim(self) -> dict[str, Any] | None:
        if not self.handlers or not self._something_due():
            return None
        with self.db.write() as uow:
            earlier = dw_job.alias("earlier")
            due = (
                sa.select(dw_job)
                .where(
                    dw_job.c.topic.in_(list(self.handlers)),
                    dw_job.c.state.in_(["ready", "running"]),
                    dw_job.c.run_at <= uow.now,
                    sa.or_(dw_job.c.state == "ready", dw_job.c.lease_until < uow.now),
                    # Jobs of one record run in the order of their commits, one at a time (S15).
                    ~sa.exists(
                        sa.select(1).where(
                            earlier.c.record_id == dw_job.c.record_id,
                            earlier.c.state.in_(["ready", "running"]),
                            earlier.c.id < dw_job.c.id,
                        )
                    ),
                )
                .order_by(dw_job.c.run_at, dw_job.c.id)
                .limit(1)
            )
            row = uow.conn.execute(uow.dialect.skip_locked(due)).mappings().first()
            if row is None:
                return None
            job = dict(row)
            handler = self.handlers[job["topic"]]
            in_doubt = job["state"] == "running"
            if in_doubt and (handler.on_doubt == "unknown" or job["attempts"] >= handler.max_attempts):
                state = "unknown" if handler.on_doubt == "unknown" else "dead"
                self._mark(uow, job, state=state, error="the worker was lost while it ran")
                return self._again()
            job["attempts"] += 1
            uow.conn.execute(
                sa.update(dw_job)
                .where(dw_job.c.id == job["id"])
                .values(
                    state="running", attempts=job["attempts"], worker=self.worker_id,
                    lease_until=uow.now + timedelta(seconds=handler.lease_s),
                )
            )  # fmt: skip
            return job

    def _again(self) -> dict[str, Any] | None:
        return None

    def _something_due(self) -> bool:
        # A read first: an idle worker must not take SQLite's only write lock twice a second.
        with self.db.read() as uow:
            due = sa.select(1).where(dw_job.c.state.in_(["ready", "running"]), dw_job.c.run_at <= uow.now).limit(1)
            return uow.conn.execute(due).first() is not None

    def _mark(self, uow: UnitOfWork, job: dict[str, Any], **values: Any) -> None:
        uow.conn.execute(sa.update(dw_job).where(dw_job.c.id == job["id"]).values(**values))

    def _held(self, job: dict[str, Any]) -> sa.ColumnElement[bool]:
        return sa.and_(
            dw_job.c.id == job["id"], dw_job.c.worker == self.worker_id, dw_job.c.attempts == job["attempts"],
            dw_job.c.state == "running",
        )  # fmt: skip

    def _extend(self, job: dict[str, Any]) -> bool:
        seconds = self.handlers[job["topic"]].lease_s
        with self.db.write() as uow:
            until = uow.now + timedelta(seconds=seconds)
            return uow.conn.execute(sa.update(dw_job).where(self._held(job)).values(lease_until=until)).rowcount == 1

    def _run(self, job: dict[str, Any]) -> None:
        handler = self.handlers[job["topic"]]
        context = JobContext(self.db, self.clock, job["id"], job["attempts"], lambda: self._extend(job))
        try:
            result = handler.act(context, job["payload"])
            with self.db.write() as uow:
                done = sa.update(dw_job).where(self._held(job)).values(state="done", done_at=uow.now, lease_until=None)
                if uow.conn.execute(done).rowcount != 1:
                    log.warning("job_lost_lease", job=job["id"], topic=job["topic"])
                    raise _LeaseLost
                if handler.settle is not None:
                    handler.settle(uow, job["payload"], result)
        except _LeaseLost:
            return
        except Exception as error:
            self._failed(job, handler, error)

    def _failed(self, job: dict[str, Any], handler: Handler, error: Exception) -> None:
        text = "".join(traceback.format_exception_only(error)).strip()[:2000]
        log.warning("job_failed", job=job["id"], topic=job["topic"], attempt=job["attempts"], error=text)
        with self.db.write() as uow:
            values: dict[str, Any] = {"state": "dead", "error": text, "lease_until": None}
            if job["attempts"] < handler.max_attempts:
                delay = min(2 ** job["attempts"], LONGEST_DELAY_S)
                values |= {"state": "ready", "run_at": uow.now + timedelta(seconds=delay)}
            uow.conn.execute(sa.update(dw_job).where(self._held(job)).values(**values))


class _LeaseLost(Exception):
    """Another worker holds the job now."""
