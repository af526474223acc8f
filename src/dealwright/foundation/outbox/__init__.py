"""The outbox: what must happen after a commit is a row of that commit; the worker does it until it is done.

Jobs, timers and schedules are rows of our own database, so they commit with the record on both databases.
"""

from dealwright.foundation.outbox.queue import counts, dead_jobs, discard, purge, queue, replay
from dealwright.foundation.outbox.schedule import move_schedules, next_occurrence, schedule, unschedule
from dealwright.foundation.outbox.tables import dw_job, dw_schedule
from dealwright.foundation.outbox.worker import GiveUp, Handler, InDoubt, JobContext, Unknown, Worker

__all__ = [
    "GiveUp",
    "Handler",
    "InDoubt",
    "JobContext",
    "Unknown",
    "Worker",
    "counts",
    "dead_jobs",
    "discard",
    "dw_job",
    "dw_schedule",
    "move_schedules",
    "next_occurrence",
    "purge",
    "queue",
    "replay",
    "schedule",
    "unschedule",
]
