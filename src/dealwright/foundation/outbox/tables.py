"""One row per thing to do. States: ready, running, done, dead (given up), unknown (in doubt after a crash)."""

import sqlalchemy as sa

from dealwright.foundation.database import Id, Instant, Json, metadata

dw_job = sa.Table(
    "dw_job",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("run_at", Instant, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lease_until", Instant),
    sa.Column("worker", sa.Text),
    sa.Column("key", sa.Text),
    sa.Column("error", sa.Text),
    sa.Column("object_key", sa.Text),
    sa.Column("record_id", Id),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("done_at", Instant),
)
# What returns by the calendar. Rows, so that downtime is noticed: a missed time is due at once, several become one.
dw_schedule = sa.Table(
    "dw_schedule",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("topic", sa.Text, nullable=False),
    sa.Column("payload", Json, nullable=False),
    sa.Column("cron", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
)
_unfinished = dw_job.c.state != "done"
# Only what waits is indexed: finished rows are many and never looked for by time.
sa.Index(
    "ix_dw_job_waiting", dw_job.c.run_at, dw_job.c.id,
    sqlite_where=dw_job.c.state.in_(["ready", "running"]), postgresql_where=dw_job.c.state.in_(["ready", "running"]),
)  # fmt: skip
sa.Index(
    "uq_dw_job_key", dw_job.c.key, unique=True,
    sqlite_where=dw_job.c.key.is_not(None), postgresql_where=dw_job.c.key.is_not(None),
)  # fmt: skip
sa.Index(
    "ix_dw_job_record", dw_job.c.record_id, dw_job.c.id,
    sqlite_where=dw_job.c.state.in_(["ready", "running"]), postgresql_where=dw_job.c.state.in_(["ready", "running"]),
)  # fmt: skip
sa.Index("ix_dw_job_state", dw_job.c.state, sqlite_where=_unfinished, postgresql_where=_unfinished)


def waiting(jobs: sa.FromClause) -> sa.ColumnElement[bool]:
    """Ready or running, spelt with constants: only so do the databases see that the small index serves."""
    states = sa.bindparam(None, ["ready", "running"], type_=sa.Text(), expanding=True, literal_execute=True)
    return jobs.c.state.in_(states)


def unfinished(jobs: sa.FromClause) -> sa.ColumnElement[bool]:
    """Every state but done, spelt with a constant."""
    return jobs.c.state != sa.bindparam(None, "done", type_=sa.Text(), literal_execute=True)
