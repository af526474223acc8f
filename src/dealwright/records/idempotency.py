"""Idempotency keys: a submit that is sent twice makes one record.

The key's row is the first thing the transaction writes: a twin that comes meanwhile waits for it, then finds the
answer stored and gives the same one. A refused first attempt leaves no row, so trying again is a fresh try.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from dealwright.foundation.database import Dialect, Prepared, UnitOfWork
from dealwright.foundation.errors import Problem
from dealwright.foundation.jsonout import to_json
from dealwright.records.tables import dw_idempotency

LONGEST = 255


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body and perhaps an ETag."""

    status: int
    body: bytes
    etag: str | None = None


def fingerprint(method: str, path: str, body: Any) -> str:
    """What makes two submits the same one."""
    return hashlib.sha256(b"\n".join([method.encode(), path.encode(), to_json(body)])).hexdigest()


def checked_key(key: str | None) -> str | None:
    """The header's key, None when there is none. Problem 400 IDEMPOTENCY_KEY for one that cannot be kept."""
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST or not key.isprintable():
        raise Problem(400, "IDEMPOTENCY_KEY", field="Idempotency-Key", params={"max": LONGEST})
    return key


def once(uow: UnitOfWork, actor_id: str | None, key: str | None, mark: str, act: Callable[[], Answer]) -> Answer:
    """Act, or give the answer of the first time. Problem 422 IDEMPOTENCY_REUSED when the key came with another body."""
    if key is None:
        return act()
    values = {"key": key, "actor_id": actor_id or "", "fingerprint": mark, "at": uow.now}
    if not uow.fetch(_claim(uow.dialect), values):
        table = dw_idempotency
        row = uow.conn.execute(
            sa.select(table.c.fingerprint, table.c.status, table.c.body, table.c.etag).where(
                table.c.key == key, table.c.actor_id == (actor_id or "")
            )
        ).one()
        if row.fingerprint != mark:
            raise Problem(422, "IDEMPOTENCY_REUSED", field="Idempotency-Key")
        return Answer(row.status, row.body.encode(), row.etag)
    answer = act()
    uow.conn.execute(
        sa.update(dw_idempotency)
        .where(dw_idempotency.c.key == key, dw_idempotency.c.actor_id == (actor_id or ""))
        .values(status=answer.status, body=answer.body.decode(), etag=answer.etag)
    )
    return answer


@lru_cache(maxsize=8)
def _claim(dialect: Dialect) -> Prepared:
    names = ("key", "actor_id", "fingerprint", "at")
    columns = dw_idempotency.c
    statement = dialect.insert(dw_idempotency).values(
        {name: sa.bindparam(name, type_=columns[name].type) for name in names}
    )
    return dialect.compile(
        statement.on_conflict_do_nothing(index_elements=["key", "actor_id"]).returning(columns.fingerprint)
    )
