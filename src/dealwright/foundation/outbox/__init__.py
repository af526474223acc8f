"""The outbox: what must happen after a commit is a row of that commit; the worker does it until it is done.

Jobs, timers and schedules are rows of our own database, so they commit with the record on both databases.
"""

from dealwright.foundation.outbox.queue import counts, dead_jobs, queue, replay
from dealwright.foundation.outbox.tables import dw_job
from dealwright.foundation.outbox.worker import Handler, JobContext, Worker

__all__ = ["Handler", "JobContext", "Worker", "counts", "dead_jobs", "dw_job", "queue", "replay"]
