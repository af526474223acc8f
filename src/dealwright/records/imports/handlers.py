"""The worker's side of imports."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from dealwright.foundation.outbox import Handler, JobContext
from dealwright.foundation.services import Services
from dealwright.people.service import actor_of
from dealwright.records.imports.run import run
from dealwright.records.imports.service import sheet_of
from dealwright.records.imports.tables import dw_import
from dealwright.records.imports.undo import TOPIC as UNDO
from dealwright.records.imports.undo import run_undo


def handlers(services: Services) -> list[Handler]:
    """The topics import.requested and import.undo: run in steps, going on where a lost worker stopped."""

    def act(context: JobContext, payload: dict[str, Any]) -> None:
        import_id = payload["import"]
        with context.db.read() as uow:
            row = uow.conn.execute(sa.select(dw_import).where(dw_import.c.id == import_id)).mappings().first()
            if row is None or row["state"] not in ("queued", "running"):
                return
            actor = actor_of(uow, row["actor_id"])
        sheet = sheet_of(services.extras["files"], dict(row))
        run(context.db, services.extras["write_path"], actor, import_id, sheet, context.extend)

    def take_back(context: JobContext, payload: dict[str, Any]) -> None:
        import_id = payload["import"]
        with context.db.read() as uow:
            actor = actor_of(uow, payload["actor"])
        run_undo(context.db, services.extras["write_path"], actor, import_id, context.extend)

    return [Handler("import.requested", act, timeout_s=60), Handler(UNDO, take_back, timeout_s=60)]
