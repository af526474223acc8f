"""When a session or token was last used, written seldom and never inside the request's own unit of work.

A read stays a read: the moment goes into a small queue of this process, and whoever finishes a request after it has
waited long enough writes all of them in one short unit. A moment lost with the process costs at most the interval.
"""

import threading
from datetime import datetime, timedelta
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from dealwright.foundation.database import Database
from dealwright.foundation.errors import Problem
from dealwright.people.tables import dw_api_token, dw_session

INTERVAL = timedelta(minutes=10)
_queues: "WeakKeyDictionary[Database, dict[tuple[str, str], datetime]]" = WeakKeyDictionary()
_lock = threading.Lock()
_flushing = threading.Lock()


def note(db: Database, kind: str, token_hash: str, last: datetime | None, now: datetime) -> None:
    """Remember a use when the stored moment is ten minutes old."""
    if last is not None and now - last < INTERVAL:
        return
    with _lock:
        _queues.setdefault(db, {}).setdefault((kind, token_hash), now)


def flush(db: Database) -> int:
    """Write what is waiting; how many moments. Call with no unit open. A busy database leaves them for next time."""
    if not _queues.get(db) or not _flushing.acquire(blocking=False):
        return 0
    try:
        with _lock:
            waiting = _queues.pop(db, {})
        try:
            with db.write() as uow:
                for (kind, token_hash), at in waiting.items():
                    table = dw_session if kind == "session" else dw_api_token
                    column = table.c.last_seen_at if kind == "session" else table.c.last_used_at
                    uow.conn.execute(
                        sa.update(table)
                        .where(table.c.token_hash == token_hash, sa.or_(column.is_(None), column < at))
                        .values({column: at})
                    )
        except Problem:
            with _lock:
                _queues.setdefault(db, {}).update(waiting)
            return 0
        return len(waiting)
    finally:
        _flushing.release()
