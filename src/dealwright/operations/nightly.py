"""What the product does every night by itself: relative dates move on, and what nobody needs any more is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import Database, UnitOfWork, state_of, touch
from dealwright.foundation.outbox import Handler, JobContext, dw_job, purge, schedule
from dealwright.messages.mail.tables import dw_mail
from dealwright.model import Schema, recompute, schema_of
from dealwright.model.formula import parse_formula
from dealwright.model.shapes import FieldDef
from dealwright.operations import tasks
from dealwright.people import sessions
from dealwright.people.tables import (
    dw_absence,
    dw_invitation,
    dw_password_reset,
    dw_session,
    dw_sign_in_failure,
)
from dealwright.records.tables import dw_idempotency

DATES, PURGE = "nightly.dates", "nightly.purge"
DONE_JOBS, OLD_KEYS, OLD_MAILS, OLD_ABSENCES = (
    timedelta(days=30),
    timedelta(days=2),
    timedelta(days=90),
    timedelta(days=400),
)


def plan(db: Database) -> None:
    """Put both into the calendar, a few minutes after midnight of the workspace; nothing when they are there."""
    with db.read() as uow:
        zone = state_of(uow).workspace.time_zone
        names = {row[0] for row in uow.raw("SELECT name FROM dw_schedule")}
    if {DATES, PURGE} <= names:
        return
    with db.write() as uow:
        schedule(uow, DATES, DATES, "5 0 * * *", zone)
        schedule(uow, PURGE, PURGE, "35 3 * * *", zone)


def dated_fields(schema: Schema) -> Iterator[FieldDef]:
    """Computed fields that change by themselves when a day passes: totals over relative dates, formulas of today."""
    for obj in schema.objects.values():
        for field in obj.fields.values():
            if (field.type == "roll_up" and _is_relative(field.config.get("where"))) or (
                field.type == "formula" and field.columns and _reads_clock(field.config["expression"])
            ):
                yield field


def _is_relative(where: Any) -> bool:
    if isinstance(where, dict) or hasattr(where, "items"):
        return "relative" in where or "period" in where or any(_is_relative(one) for one in where.values())
    return isinstance(where, (list, tuple)) and any(_is_relative(one) for one in where)


def _reads_clock(expression: str) -> bool:
    tree = parse_formula(expression)
    return "today" in repr(tree) or "now" in repr(tree)


def move_dates(db: Database) -> list[str]:
    """Work those fields out anew, each in a transaction of its own; "object.field" of each."""
    with db.read() as uow:
        wanted = [(f.object_key, f.key) for f in dated_fields(schema_of(uow))]
    for object_key, key in wanted:
        with db.write() as uow:
            schema = schema_of(uow)
            obj = schema.objects.get(object_key)
            if obj is not None and key in obj.fields:
                recompute.settle(uow, schema, obj.fields[key])
                touch(uow, object_key)
    return [f"{object_key}.{key}" for object_key, key in wanted]


def forget(uow: UnitOfWork) -> dict[str, int]:
    """Remove what is over; how many rows of each. Jobs that were given up and the log of rights stay."""
    ended = {
        "sessions": sa.delete(dw_session).where(
            sa.or_(
                dw_session.c.created_at < uow.now - sessions.LONGEST,
                dw_session.c.last_seen_at < uow.now - sessions.LONGEST,
            )
        ),
        "invitations": sa.delete(dw_invitation).where(dw_invitation.c.expires_at < uow.now),
        "resets": sa.delete(dw_password_reset).where(dw_password_reset.c.expires_at < uow.now),
        "failures": sa.delete(dw_sign_in_failure).where(dw_sign_in_failure.c.first_at < uow.now - timedelta(days=1)),
        "absences": sa.delete(dw_absence).where(dw_absence.c.to_day < (uow.now - OLD_ABSENCES).date()),
        "answers": sa.delete(dw_idempotency).where(dw_idempotency.c.at < uow.now - OLD_KEYS),
        "mails": sa.delete(dw_mail).where(
            dw_mail.c.at < uow.now - OLD_MAILS,
            ~sa.exists().where(dw_job.c.id == dw_mail.c.job_id, dw_job.c.state != "done"),
        ),
    }
    gone = {name: uow.conn.execute(statement).rowcount for name, statement in ended.items()}
    return gone | {"jobs": purge(uow, uow.now - DONE_JOBS), "tasks": tasks.purge(uow)}


def handlers() -> list[Handler]:
    """The two topics of the night."""

    def dates(context: JobContext, payload: dict[str, Any]) -> None:
        move_dates(context.db)

    def forgetting(context: JobContext, payload: dict[str, Any]) -> None:
        with context.db.write() as uow:
            forget(uow)

    return [Handler(DATES, dates, timeout_s=3600), Handler(PURGE, forgetting, timeout_s=600)]
