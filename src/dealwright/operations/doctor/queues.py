"""The outbox, imports and files: states that can be, counts that add up, bytes that are there."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.files import FileStore
from dealwright.foundation.outbox.tables import dw_job
from dealwright.records.imports.tables import dw_import, dw_import_row
from dealwright.records.tables import dw_bulk, dw_file

STATES = ("ready", "running", "done", "dead", "unknown")


def outbox(uow: UnitOfWork) -> Iterator[str]:
    """Every job is in one of its states, with what belongs to that state."""
    job = dw_job.c
    checks = {
        "in no known state": job.state.not_in(STATES),
        "running without a lease": sa.and_(
            job.state == "running", sa.or_(job.lease_until.is_(None), job.worker.is_(None))
        ),
        "done without a moment": sa.and_(job.state == "done", job.done_at.is_(None)),
        "not done, with the moment of their end": sa.and_(job.state != "done", job.done_at.is_not(None)),
    }
    for name, wrong in checks.items():
        count = uow.conn.execute(sa.select(sa.func.count()).where(wrong)).scalar_one()
        if count:
            yield f"outbox: {count} jobs {name}"


def imports(uow: UnitOfWork) -> Iterator[str]:
    """Rows behind an import, counted by outcome, are what it says it did; a bulk change is not past its end."""
    one = dw_import.c
    behind = sa.select(sa.func.count()).where(dw_import_row.c.import_id == one.id).scalar_subquery()
    sums = one.created + one.updated + one.unchanged + one.refused
    query = sa.select(one.id).where(sa.or_(behind != one.done, sums != one.done, one.done > one.total))
    for row in uow.conn.execute(query.order_by(one.id)):
        yield f"import {row[0]}: its counts differ from its rows"
    for row in uow.conn.execute(sa.select(dw_bulk.c.id).where(dw_bulk.c.done > dw_bulk.c.total)):
        yield f"bulk change {row[0]}: it is past its end"


def files(uow: UnitOfWork, store: FileStore) -> Iterator[str]:
    """The bytes of every file that a record holds are there, and as many as were stored."""
    file = dw_file.c
    for row in uow.conn.execute(sa.select(file.id, file.stored_key, file.size).where(file.record_id.is_not(None))):
        try:
            size = store.path(row.stored_key).stat().st_size
        except FileNotFoundError:
            yield f"file {row.id}: its bytes are missing"
            continue
        if size != row.size:
            yield f"file {row.id}: {size} bytes instead of {row.size}"
