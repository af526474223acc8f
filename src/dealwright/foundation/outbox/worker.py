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
from dealwright.foundation.outbox.schedule import queue_due
from dealwright.foundation.outbox.tables import dw_job, dw_schedule, waiting

log = structlog.get_logger("dealwright.worker")
LONGEST_DELAY_S = 8 * 3600
SETTLE_ATTEMPTS = 4
LOST = "the worker was lost while it ran"

Job = dict[str, Any]


def _among(jobs: Sequence[Job]) -> sa.ColumnElement[bool]:
    return dw_job.c.id.in_([job["id"] for job in jobs])


class GiveUp(Exception):
    """Raised by an action: trying again is of no use; the job is dead at once."""


class Unknown(Exception):
    """Raised by an action: whether it happened cannot be told and it must not be tried again; a person decides."""


class InDoubt(Exception):
    """Raised by an action: it may have happened. Handlers with on_doubt "unknown" leave it to a person."""


@dataclass(frozen=True)
class JobContext:
    """What an action gets besides its payload: the database to open its own units on, and the job's identity.

    `extend()` renews the lease of a long job; False says that another worker has taken over: stop.
    """

    db: Database
    clock: Clock
    job_id: str
    attempt: int
    extend: Callable[[], bool]


@dataclass(frozen=True)
class Handler:
    """Who answers a topic.

    act: runs with no transaction open; what it returns goes to `settle`, which runs in the transaction that marks
    the job done. on_doubt: after a crash in the middle, "retry" or leave it "unknown" for a person (customer mail).
    timeout_s: the length of the lease; an action that may take longer calls `context.extend()`. at_once: for many quick
    actions without `settle`: so many fresh jobs of the topic are claimed, and settled, in one transaction.
    """

    topic: str
    act: Callable[[JobContext, dict[str, Any]], Any]
    settle: Callable[[UnitOfWork, dict[str, Any], Any], None] | None = None
    on_doubt: Literal["retry", "unknown"] = "retry"
    max_attempts: int = 8
    timeout_s: int = 120
    at_once: int = 1

    def __post_init__(self) -> None:
        if self.at_once > 1 and (self.settle is not None or self.on_doubt != "retry"):
            raise ValueError("only actions that settle nothing and may be tried again are taken together")


class Worker:
    """Runs due jobs of the handlers' topics. `turn` does what is due now and returns how many jobs it ran."""

    def __init__(self, db: Database, handlers: Sequence[Handler], clock: Clock, worker_id: str | None = None) -> None:
        self.db = db
        self.clock = clock
        self.handlers = {handler.topic: handler for handler in handlers}
        if len(self.handlers) != len(handlers):
            raise ValueError("a topic has two handlers")
        self.worker_id = worker_id or new_id()
        self._stop = threading.Event()
        self._gathers = False

    def run(self, stop: threading.Event, idle_s: float = 0.5) -> None:
        """Turn until `stop` is set; a database in trouble is waited for."""
        self._stop = stop
        while not stop.is_set():
            try:
                ran = self.turn()
            except Problem as problem:
                log.warning("worker_waits", code=problem.code)
                ran = 0
            except Exception:
                log.exception("worker_failed")
                ran = 0
            # What is taken together is let gather: one by one it would cost more than the saves that queue it.
            if not ran or self._gathers:
                stop.wait(idle_s)

    def turn(self, limit: int = 20) -> int:
        """Queue what the calendar asks for, then claim up to `limit` due jobs, one after the other, and run them."""
        jobs_due, schedules_due = self._due()
        if schedules_due:
            with self.db.write() as uow:
                jobs_due = queue_due(uow) > 0 or jobs_due
        ran = 0
        self._gathers = jobs_due
        while jobs_due and ran < limit and not (ran and self._stop.is_set()):
            jobs = self._claim()
            if not jobs:
                break
            self._gathers &= len(jobs) < self.handlers[jobs[0]["topic"]].at_once
            self._run(jobs)
            ran += len(jobs)
        return ran

    def _due(self) -> tuple[bool, bool]:
        # A read first: an idle worker must not take SQLite's only write lock twice a second.
        with self.db.read() as uow:
            jobs = sa.exists().where(*self._waiting(uow))
            schedules = sa.exists().where(dw_schedule.c.next_at <= uow.now)
            found = uow.conn.execute(sa.select(jobs, schedules)).one()
            return bool(found[0]), bool(found[1])

    def _waiting(self, uow: UnitOfWork) -> list[sa.ColumnElement[bool]]:
        return [
            dw_job.c.topic.in_(list(self.handlers)),
            waiting(dw_job),
            dw_job.c.run_at <= uow.now,
            sa.or_(dw_job.c.state == "ready", dw_job.c.lease_until < uow.now),
        ]

    def _free(self, uow: UnitOfWork) -> list[sa.ColumnElement[bool]]:
        """Jobs of one record run in the order of their commits, one at a time (S15).

        A timer for later does not hold up what is due now; a job that failed and waits for its next attempt does.
        """
        earlier = dw_job.alias("earlier")
        first = ~sa.exists().where(
            earlier.c.record_id == dw_job.c.record_id,
            earlier.c.id < dw_job.c.id,
            waiting(earlier),
            earlier.c.topic.in_(list(self.handlers)),
            sa.or_(
                earlier.c.state == "running",
                sa.and_(earlier.c.state == "ready", sa.or_(earlier.c.run_at <= uow.now, earlier.c.attempts > 0)),
            ),
        )
        later = dw_job.alias("later")
        running = ~sa.exists().where(
            later.c.record_id == dw_job.c.record_id,
            waiting(later),
            later.c.state == "running",
            later.c.id != dw_job.c.id,
        )
        return [first, running]

    def _claim(self) -> list[Job]:
        """Take the next due job, with fresh ones of its topic where its handler takes several at once.

        Jobs in doubt that may not be tried again are put aside on the way.
        """
        with self.db.write() as uow:
            due = (
                sa.select(dw_job)
                .where(*self._waiting(uow), *self._free(uow))
                .order_by(dw_job.c.run_at, dw_job.c.id)
                .limit(1)
            )
            while (row := uow.conn.execute(uow.dialect.skip_locked(due)).mappings().first()) is not None:
                job = dict(row)
                handler = self.handlers[job["topic"]]
                if job["state"] == "running":
                    log.warning("job_in_doubt", job=job["id"], topic=job["topic"], attempt=job["attempts"])
                    if handler.on_doubt == "unknown":
                        self._mark(uow, job, state="unknown", error=LOST, lease_until=None)
                        continue
                    if job["attempts"] >= handler.max_attempts:
                        self._mark(uow, job, state="dead", error=LOST, lease_until=None)
                        continue
                job["attempts"] += 1
                until = uow.now + timedelta(seconds=handler.timeout_s)
                values = {
                    "state": "running",
                    "attempts": job["attempts"],
                    "worker": self.worker_id,
                    "lease_until": until,
                }
                self._mark(uow, job, **values)
                jobs = [job]
                if handler.at_once > 1 and job["attempts"] == 1:
                    jobs += self._fellows(uow, handler, values)
                return jobs
            return []

    def _fellows(self, uow: UnitOfWork, handler: Handler, values: dict[str, Any]) -> list[Job]:
        """Claim further jobs of a topic that nobody has tried yet."""
        fresh = (dw_job.c.topic == handler.topic, dw_job.c.state == "ready", dw_job.c.attempts == 0)
        due = (
            sa.select(dw_job)
            .where(*fresh, waiting(dw_job), dw_job.c.run_at <= uow.now, *self._free(uow))
            .order_by(dw_job.c.run_at, dw_job.c.id)
            .limit(handler.at_once - 1)
        )
        jobs = [{**row, **values} for row in uow.conn.execute(uow.dialect.skip_locked(due)).mappings()]
        if jobs:
            uow.conn.execute(sa.update(dw_job).where(_among(jobs)).values(**values))
        return jobs

    def _mark(self, uow: UnitOfWork, job: Job, **values: Any) -> None:
        uow.conn.execute(sa.update(dw_job).where(dw_job.c.id == job["id"]).values(**values))

    def _mark_held(self, uow: UnitOfWork, jobs: Sequence[Job], **values: Any) -> int:
        """Change jobs (of the same attempt) on which this worker's claim stands; how many these were."""
        held = sa.and_(
            _among(jobs),
            dw_job.c.state == "running",
            dw_job.c.worker == self.worker_id,
            dw_job.c.attempts == jobs[0]["attempts"],
        )
        return uow.conn.execute(sa.update(dw_job).where(held).values(**values)).rowcount

    def _extend(self, job: Job) -> bool:
        seconds = self.handlers[job["topic"]].timeout_s
        with self.db.write() as uow:
            return self._mark_held(uow, [job], lease_until=uow.now + timedelta(seconds=seconds)) == 1

    def _run(self, jobs: Sequence[Job]) -> None:
        handler = self.handlers[jobs[0]["topic"]]
        half = self.clock.now() + timedelta(seconds=handler.timeout_s / 2)
        done: list[Job] = []
        result = None
        for place, job in enumerate(jobs):
            if place and self.clock.now() >= half:  # the actions are not so quick after all
                self._give_back(jobs[place:])
                break
            context = JobContext(self.db, self.clock, job["id"], job["attempts"], lambda job=job: self._extend(job))  # type: ignore[misc]
            try:
                result = handler.act(context, job["payload"])
            except Exception as error:
                self._failed(job, handler, error, in_doubt=isinstance(error, InDoubt))
            else:
                done.append(job)
        if not done:
            return
        try:
            self._settle(done, handler, result)
        except Exception as error:
            if isinstance(error, Problem) and error.status == 503:
                # The effect has happened, the database is away: the lease runs out and the jobs are in doubt.
                ids = [job["id"] for job in done]
                log.warning("job_unsettled", jobs=ids, topic=handler.topic, code=error.code)
                return
            for job in done:
                self._failed(job, handler, error, in_doubt=True)

    def _give_back(self, jobs: Sequence[Job]) -> None:
        """Jobs that were claimed and not begun are as fresh as before."""
        with self.db.write() as uow:
            self._mark_held(uow, jobs, state="ready", attempts=0, worker=None, lease_until=None)

    def _settle(self, jobs: Sequence[Job], handler: Handler, result: Any) -> None:
        """Effect and `done` in one transaction; tried again for a moment when the database is busy."""
        for attempt in range(SETTLE_ATTEMPTS):
            try:
                with self.db.write() as uow:
                    held = self._mark_held(uow, jobs, state="done", done_at=uow.now, lease_until=None, error=None)
                    if held < len(jobs):
                        log.warning("job_lost_lease", job=jobs[0]["id"], topic=handler.topic, lost=len(jobs) - held)
                    elif handler.settle is not None:
                        handler.settle(uow, jobs[0]["payload"], result)
                return
            except Problem as problem:
                if problem.status != 503 or attempt == SETTLE_ATTEMPTS - 1:
                    raise
            self._stop.wait(0.2 * 2**attempt)

    def _failed(self, job: Job, handler: Handler, error: Exception, *, in_doubt: bool) -> None:
        """Note the error; again after 2^n seconds, or dead, or unknown when the effect may have happened."""
        text = "".join(traceback.format_exception_only(error)).strip()[:2000].replace("\x00", "")
        log.warning("job_failed", job=job["id"], topic=job["topic"], attempt=job["attempts"], error=text)
        with self.db.write() as uow:
            values: dict[str, Any] = {"state": "dead", "error": text, "lease_until": None}
            if isinstance(error, Unknown) or (in_doubt and handler.on_doubt == "unknown"):
                values["state"] = "unknown"
            elif job["attempts"] < handler.max_attempts and not isinstance(error, GiveUp):
                delay = min(2 ** job["attempts"], LONGEST_DELAY_S)
                values |= {"state": "ready", "run_at": uow.now + timedelta(seconds=delay)}
            self._mark_held(uow, [job], **values)
