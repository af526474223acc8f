"""Notices on the live stream: their id, to the person they are for."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence

import sqlalchemy as sa

from dealwright.foundation.database import UnitOfWork
from dealwright.messages.notices.tables import dw_notice
from dealwright.records.live import Event
from dealwright.records.live.tail import OVERLAP_S, id_at

MOST = 200


class NoticeSource:
    """Where one process has read to in the table of notices; a `records.live.Source`."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self.now = now
        self._seen: set[str] = set()

    def read(self, uow: UnitOfWork, user_ids: Collection[str]) -> Sequence[tuple[str, Event]]:
        """(user, event) of each notice of these people made in the last seconds and not told yet. One statement."""
        floor = id_at(self.now() - OVERLAP_S)
        rows = uow.conn.execute(
            sa.select(dw_notice.c.id, dw_notice.c.user_id)
            .where(dw_notice.c.id > floor, dw_notice.c.user_id.in_(sorted(user_ids)))
            .order_by(dw_notice.c.id.desc())
            .limit(MOST)
        ).all()
        fresh = [row for row in reversed(rows) if row.id not in self._seen]
        self._seen = {one for one in self._seen if one > floor} | {row.id for row in rows}
        return [(row.user_id, Event("notice", {"id": row.id})) for row in fresh]
