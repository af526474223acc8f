"""Notices about work that goes on in the background."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.foundation.outbox import Handler
from dealwright.messages.notices.service import notify
from dealwright.records.imports.tables import dw_import

ENDED = ("done", "failed", "cancelled", "undone")


def telling(handler: Handler) -> Handler:
    """The same handler; when the import that it worked on has come to an end, whoever started it is told.

    The notice is written in the transaction that marks the job done: one job, one notice, whatever crashes.
    """

    def settle(uow: UnitOfWork, payload: dict[str, Any], found: Any) -> None:
        if handler.settle is not None:
            handler.settle(uow, payload, found)
        row = uow.conn.execute(sa.select(dw_import).where(dw_import.c.id == payload["import"])).mappings().first()
        if row is None or row["actor_id"] is None or row["state"] not in ENDED:
            return
        params = {"import": row["id"], "state": row["state"], "file": row["file_name"]}
        params |= {"made": row["created"], "changed": row["updated"], "refused": row["refused"]}
        notify(uow, row["actor_id"], f"import_{row['state']}", params)

    return replace(handler, settle=settle)
